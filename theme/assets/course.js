// Remember the language, and keep the reader's section when switching it.
(() => {
  const remember = (language) => {
    try {
      localStorage.setItem("course-language", language);
    } catch {
      // storage may be blocked; the choice lasts for this page only
    }
  };
  remember(document.documentElement.lang.slice(0, 2));

  const currentSection = () => {
    const headings = document.querySelectorAll("article :is(h2, h3)[id]");
    const passed = [...headings].filter((heading) => heading.getBoundingClientRect().top < 120);
    return passed.length ? passed[passed.length - 1].id : "";
  };
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-language]");
    if (link) {
      remember(link.dataset.language);
      link.hash = currentSection();
    }
  });
})();

// Do something now, and again for each page that instant navigation puts in the place of this one.
const onEachPage = (work) => (window.document$ ? document$.subscribe(work) : work());

// Show the pictures of a sequence one at a time, with a slider and, if motion is welcome, a button.
onEachPage(() => {
  for (const frames of document.querySelectorAll(".figure__panels--frames:not([data-ready])")) {
    frames.dataset.ready = "";
    const panels = [...frames.children];
    const names = panels.map((panel) => panel.querySelector(".figure__name").textContent);
    const controls = document.createElement("div");
    controls.className = "figure__controls";
    controls.innerHTML = '<button type="button"></button><input type="range" min="0" step="1">';
    const [button, slider] = controls.children;
    let timer;
    const show = (index) => {
      slider.value = index;
      slider.setAttribute("aria-valuetext", names[index]);
      panels.forEach((panel, other) => { panel.hidden = other !== index; });
    };
    const stop = () => { clearInterval(timer); timer = undefined; button.textContent = frames.dataset.play; };
    slider.max = panels.length - 1;
    slider.setAttribute("aria-label", frames.dataset.label);
    slider.addEventListener("input", () => { stop(); show(slider.valueAsNumber); });
    button.addEventListener("click", () => {
      if (timer) { stop(); return; }
      let index = slider.valueAsNumber === panels.length - 1 ? 0 : slider.valueAsNumber;
      button.textContent = frames.dataset.stop;
      show(index);
      timer = setInterval(() => {
        index += 1;
        show(index);
        if (index === panels.length - 1) stop();
      }, 700);
    });
    button.hidden = matchMedia("(prefers-reduced-motion: reduce)").matches;
    frames.before(controls);
    stop();
    show(0);
  }
});

// The explorer brings scripts of its own, on the page that has one.
const explorerScript = new URL("explorer.js", document.currentScript.src);
onEachPage(() => {
  if (document.querySelector(".explorer") && !document.querySelector(`script[src="${explorerScript}"]`)) {
    const script = document.createElement("script");
    script.src = explorerScript;
    document.head.append(script);
  }
});
