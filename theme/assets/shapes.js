// A button at each displayed equation that shows the shape of each factor below it. The build has
// found the shapes, and has put them into `data-shape`.
(() => {
  const ROW = 0.85; // how much lower each row stands than the one above, in em of the formula

  // Shapes take room below a row, but KaTeX has fixed where rows stand.
  const rowsOf = (formula) => [...formula.querySelectorAll(".mtable:has([data-shape]) > * > .vlist-t > .vlist-r:first-child > .vlist")]
    .map((column) => [...column.children]);

  // A factor in letters. What KaTeX has stacked stands in the page from the bottom to the top.
  const told = (part) => {
    if (part.nodeType === Node.TEXT_NODE) return part.data.replace(/\u200b/g, "");
    const inside = (one) => [...one.childNodes].map(told).join("");
    if (!part.matches(".mfrac, .msupsub, .op-limits")) return inside(part);
    const stack = [...part.querySelector(".vlist").children].map(inside);
    if (part.matches(".mfrac")) return `(${stack.at(-1)})/(${stack[0]})`;
    const low = part.querySelector(".vlist-t").matches(".vlist-t2") ? `_${stack.shift()}` : "";
    const sign = part.matches(".op-limits") ? stack.shift() : "";
    return sign + low + (stack.length ? `^${stack[0]}` : "");
  };

  const start = (formula, label) => {
    const factors = [...formula.querySelectorAll("[data-shape]")];
    if (!factors.length) return;
    const display = formula.querySelector(".katex-display");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "shapes__button";
    button.textContent = label;
    button.ariaPressed = false;
    const list = document.createElement("span"); // for who does not see where shapes stand
    list.className = "shapes__list";
    list.hidden = true;
    button.addEventListener("click", () => {
      const { top } = button.getBoundingClientRect();
      const isShown = button.ariaPressed === "false";
      if (!list.textContent) {
        list.textContent = [...new Set(factors.map((factor) => `${told(factor)}: ${factor.dataset.shape}`))].join("; ");
        // A space that KaTeX puts behind a factor would move its shape off its middle.
        for (const space of formula.querySelectorAll("[data-shape] > .mspace:last-child")) space.parentElement.after(space);
      }
      const columns = rowsOf(formula);
      for (const rows of columns) rows.forEach((row, index) => { row.style.translate = isShown ? `0 ${index * ROW}em` : ""; });
      display.style.paddingBottom = isShown && columns.length ? `${columns[0].length * ROW}em` : "";
      formula.classList.toggle("math--shapes", isShown);
      button.ariaPressed = isShown;
      list.hidden = !isShown;
      scrollBy({ top: button.getBoundingClientRect().top - top, behavior: "instant" }); // it stays where it was pressed
    });
    display.after(button, list);
  };

  const startAll = () => {
    const page = document.querySelector(".shapes:not([data-started])");
    if (!page) return;
    page.dataset.started = "";
    document.querySelectorAll(".math--display").forEach((formula) => start(formula, page.dataset.shapes));
  };
  const style = document.createElement("link");
  style.rel = "stylesheet";
  style.href = document.currentScript.src.replace(/js$/, "css");
  style.addEventListener("load", () => {
    if (window.document$) document$.subscribe(startAll); // emits again on instant navigation
    else startAll();
  });
  document.head.append(style);
})();
