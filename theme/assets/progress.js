// The reader's progress: which lessons are finished and which exercises solved. It is kept in this
// browser alone, under the path of the lesson, which is the same in all languages.
(() => {
  const KEY = "course-progress";

  const read = () => {
    try {
      const kept = JSON.parse(localStorage.getItem(KEY));
      return kept && typeof kept === "object" && !Array.isArray(kept) ? kept : {};
    } catch { // storage may be blocked, or hold what is not ours
      return {};
    }
  };
  const write = (progress) => {
    try {
      localStorage.setItem(KEY, JSON.stringify(progress));
    } catch {
      // the ticks last for this page only
    }
  };
  // Show it now, when a tab in the other language has changed it, and on the way back to a kept page.
  const keepShowing = (show) => {
    show();
    for (const name of ["storage", "pageshow"]) addEventListener(name, show);
  };
  const solvedOf = (kept) => (Array.isArray(kept?.solved) ? kept.solved : []);
  const fill = (text, parts) => text.replace(/\{(\w+)\}/g, (_, name) => parts[name]);

  // On a lesson: a box for each exercise, and one for the lesson.
  const startLesson = (end) => {
    const { lesson, solved, count } = end.dataset;
    const headings = [...document.querySelectorAll("article h3[id^=exercise-]")];
    const finished = end.querySelector("input");
    const boxes = headings.map((heading) => {
      const label = document.createElement("label");
      label.className = "progress__solved";
      label.innerHTML = '<input type="checkbox"> ';
      label.append(solved);
      label.firstChild.setAttribute("aria-describedby", heading.id);
      heading.after(label);
      return label.firstChild;
    });
    const show = () => {
      const kept = read()[lesson];
      finished.checked = kept?.done === true;
      boxes.forEach((box, index) => { box.checked = solvedOf(kept).includes(headings[index].id); });
      const n = boxes.filter((box) => box.checked).length;
      end.querySelector(".progress__count").textContent = boxes.length ? fill(count, { n, all: boxes.length }) : "";
      markLinks();
    };
    const keep = () => {
      const ids = headings.filter((_, index) => boxes[index].checked).map((heading) => heading.id);
      write({ ...read(), [lesson]: { done: finished.checked, solved: ids, of: boxes.length } });
      show();
    };
    [finished, ...boxes].forEach((box) => box.addEventListener("change", keep));
    end.hidden = false;
    keepShowing(show);
  };

  // In the menu: a tick beside each lesson that is finished.
  const markLinks = () => {
    const progress = read();
    for (const link of document.querySelectorAll(".md-nav--primary a.md-nav__link:not([href^='#'])")) {
      const found = /lessons\/[\w-]+(?=\/|\.html|$)/.exec(link.href);
      link.classList.toggle("is-done", Boolean(found) && progress[found[0]]?.done === true);
    }
  };

  // On the home page: ticks on the cards, and the way back to the first lesson that is not finished.
  const startHome = (note) => {
    const { continue: onwards, done, count } = note.dataset;
    const cards = [...document.querySelectorAll(".path > li[data-lesson]")];
    const start = document.querySelector(".hero__start");
    const first = { text: start.textContent, href: start.getAttribute("href") };
    const show = () => {
      const progress = read();
      for (const card of cards) {
        const kept = progress[card.dataset.lesson];
        const said = [kept?.done === true && done,
          solvedOf(kept).length > 0 && fill(count, { n: solvedOf(kept).length, all: Number.isFinite(kept.of) ? kept.of : "?" })];
        card.classList.toggle("is-done", kept?.done === true);
        card.querySelector(".path__said")?.remove();
        if (!said.some(Boolean)) continue;
        const line = document.createElement("p");
        line.className = "path__said";
        line.textContent = said.filter(Boolean).join(" · ");
        card.append(line);
      }
      const begun = cards.some((card) => progress[card.dataset.lesson]);
      const next = begun && cards.find((card) => progress[card.dataset.lesson]?.done !== true);
      const link = next && next.querySelector("a");
      start.textContent = link ? fill(onwards, { title: link.textContent }) : first.text;
      start.setAttribute("href", link ? link.getAttribute("href") : first.href);
      note.hidden = !begun;
      markLinks();
    };
    note.querySelector("button").addEventListener("click", () => { write({}); show(); start.focus(); });
    keepShowing(show);
  };

  const begin = () => {
    const part = document.querySelector(".progress:not([data-ready])");
    if (!part) return;
    part.dataset.ready = "";
    (part.dataset.lesson ? startLesson : startHome)(part);
  };
  if (window.document$) document$.subscribe(begin); // emits again on instant navigation
  else begin();
})();
