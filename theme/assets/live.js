// Live boxes: run a page's program in the reader's browser. Nothing loads before the reader asks;
// Python then runs in a worker, so that it can be stopped. See loom/draw/live.py.
(() => {
  const workerAddress = new URL("live-worker.js", document.currentScript.src);
  const LONGEST_OUTPUT = 100_000; // characters; more would make the page slow
  const boxes = new Map();

  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

  class Box {
    constructor(element) {
      Object.assign(this, JSON.parse(element.dataset.live));
      this.element = element;
      this.assets = new URL(element.dataset.assets, location.href).href;
      const find = (selector) => element.querySelector(selector);
      this.shown = find("details");
      this.editor = find(".live__code");
      this.text = find("textarea");
      this.choice = find("select");
      this.button = find(".live__run");
      this.resetButton = find(".live__reset");
      this.status = find(".live__status");
      this.output = find(".live__output");
      this.original = this.shown.querySelector(".highlight code").textContent;
      this.text.value = this.withNetwork(this.original);
      this.button.addEventListener("click", () => (this.busy ? this.stop("stopped") : this.run()));
      this.resetButton.addEventListener("click", () => this.reset());
      this.choice?.addEventListener("change", () => this.choose());
      this.text.addEventListener("keydown", (event) => {
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !this.busy) this.run();
      });
      if (this.check) this.open(); // an exercise is there to be written
      find(".live__panel").hidden = false;
    }

    say(name, values = {}) {
      this.status.textContent = fill(this.words[name], values);
    }

    /** Put the chosen line of sizes into a program; null if it has none to replace. */
    withNetwork(code) {
      if (!this.choice) return code;
      const chosen = this.choice.selectedIndex;
      const lines = code.split("\n");
      const index = lines.findIndex((line) => this.lines.includes(line));
      if (index >= 0) lines[index] = this.lines[chosen];
      return index < 0 ? null : lines.join("\n");
    }

    choose() {
      const code = this.withNetwork(this.text.value);
      if (code === null) this.say("gone", { line: this.lines[1] });
      else this.text.value = code;
    }

    open() {
      this.editor.hidden = this.resetButton.hidden = false;
      this.shown.hidden = true;
    }

    async run() {
      this.setBusy(true);
      this.open();
      this.output.hidden = false;
      this.output.textContent = "";
      this.output.scrollIntoView({ block: "nearest" }); // the editor has pushed it down
      const worker = (this.worker ??= this.makeWorker());
      if (!this.ready) {
        this.say("loading", { size: this.size });
        this.timer = setTimeout(() => this.fail("late", { seconds: this.timeout }), this.timeout * 1000);
        const missing = await this.findMissing();
        if (this.worker !== worker) return; // stopped in the meantime
        if (missing) {
          this.fail("missing", { file: missing });
          return;
        }
      }
      const { program, assets, packages } = this;
      const code = this.text.value + (this.check ?? "");
      worker.postMessage({ code, program, assets, packages });
    }

    /** Start a worker under the policy of this page: one whose script comes from a host has none. */
    makeWorker() {
      const script = new Blob([`import ${JSON.stringify(workerAddress.href)};`], { type: "text/javascript" });
      const address = URL.createObjectURL(script);
      const worker = new Worker(address, { type: "module" });
      worker.onmessage = ({ data }) => this.hear(data);
      worker.onerror = (event) => {
        event.preventDefault();
        this.fail("failed", { message: event.message || workerAddress.pathname });
      };
      return worker;
    }

    /** Return a file that the host lacks, if any: Pyodide would wait for it forever. */
    async findMissing() {
      const found = await Promise.all(this.files.map((file) =>
        fetch(this.assets + file, { method: "HEAD" }).then((answer) => answer.ok, () => false)));
      return this.files[found.indexOf(false)];
    }

    hear(message) {
      if ("text" in message) this.print(message.text);
      else if (message.failed) this.fail("failed", { message: message.failed });
      else if (message.running) {
        clearTimeout(this.timer);
        this.ready = true;
        this.say("running");
      } else {
        this.setBusy(false);
        this.say(message.good ? "done" : "error", { seconds: message.seconds.toFixed(1) });
      }
    }

    print(text) {
      const isAtEnd = this.output.scrollTop + this.output.clientHeight >= this.output.scrollHeight - 8;
      this.printed = (this.output.firstChild ? this.printed : 0) + text.length;
      this.output.append(text);
      if (isAtEnd) this.output.scrollTop = this.output.scrollHeight;
      if (this.printed > LONGEST_OUTPUT) this.stop("full");
    }

    setBusy(busy) {
      this.busy = busy;
      this.button.textContent = this.words[busy ? "stop" : "run"];
    }

    /** End the worker; the next run starts a new one, from files in the browser's cache. */
    stop(word, values) {
      clearTimeout(this.timer);
      this.worker?.terminate();
      this.worker = undefined;
      this.ready = false;
      this.setBusy(false);
      this.say(word, values);
    }

    reset() {
      this.stop("reset");
      this.text.value = this.withNetwork(this.original);
      this.output.textContent = "";
    }

    /** Say what is wrong, and show the program as it looks without JavaScript. */
    fail(word, values) {
      this.stop(word, values);
      this.status.textContent += ` ${this.words.instead}`;
      this.editor.hidden = this.output.hidden = this.resetButton.hidden = true;
      this.shown.hidden = false;
      this.shown.open = true;
    }
  }

  const setUp = () => {
    for (const [element, box] of boxes) {
      if (!element.isConnected) {
        box.worker?.terminate();
        boxes.delete(element);
      }
    }
    for (const element of document.querySelectorAll(".live")) {
      if (!boxes.has(element)) boxes.set(element, new Box(element));
    }
  };
  if (window.document$) window.document$.subscribe(setUp); // emits again on instant navigation
  else setUp();
})();
