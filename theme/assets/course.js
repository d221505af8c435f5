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

  // The headings of a page stand in the same order in all languages; a place lies between two of them.
  const headings = () => [...document.querySelectorAll("article :is(h2, h3)[id]")];
  const topOf = (heading) => heading.getBoundingClientRect().top;
  const LINE = 120; // pixels from the top of the window: the header is above
  const heightOf = (index) => {
    const next = headings()[index + 1];
    return (next ? topOf(next) : document.querySelector("article").getBoundingClientRect().bottom) - topOf(headings()[index]);
  };
  const PLACE = "course-place";
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-language]");
    if (!link) return;
    remember(link.dataset.language);
    const index = headings().findLastIndex((heading) => topOf(heading) < LINE);
    link.hash = index < 0 ? "" : headings()[index].id;
    if (document.querySelector(".explorer")) link.search = location.search; // the reader's choice
    if (index < 0) return;
    const part = (LINE - topOf(headings()[index])) / heightOf(index);
    try {
      sessionStorage.setItem(PLACE, JSON.stringify([link.href, part]));
    } catch {
      // then the section begins at the top of the window
    }
  });
  addEventListener("load", () => {
    let place = null;
    try {
      place = JSON.parse(sessionStorage.getItem(PLACE));
      sessionStorage.removeItem(PLACE);
    } catch {
      // as above
    }
    const index = headings().findIndex((heading) => place?.[0] === location.href && `#${heading.id}` === location.hash);
    if (index < 0) return;
    const go = () => scrollBy({ top: topOf(headings()[index]) + place[1] * heightOf(index) - LINE, behavior: "instant" });
    requestAnimationFrame(() => requestAnimationFrame(go)); // after the browser has gone to the heading
  });
})();

// A first view puts off the layout of what is far below: main.html says when. Lay it out as soon as
// the browser is idle, because what is not laid out is missing in captures and for tools that read a
// page, and because only then is each place where it will stay.
(() => {
  const SLICE = 8; // milliseconds of work at a time; a slow phone may take four times as long
  const root = document.documentElement;
  if (!root.classList.contains("put-off")) return;
  const parts = [...document.querySelectorAll("article > *, article > .highlight > pre")]
    .filter((part) => getComputedStyle(part).contentVisibility === "auto");
  const whenIdle = window.requestIdleCallback ?? setTimeout;
  const layOutAll = () => root.classList.remove("put-off");
  const layOutSome = () => {
    const end = performance.now() + SLICE;
    while (parts.length && performance.now() < end) {
      for (const part of parts.splice(0, 3)) part.classList.add("laid-out");
      root.getBoundingClientRect(); // makes the browser do it now
    }
    if (parts.length) whenIdle(layOutSome);
    else layOutAll();
  };
  addEventListener("load", () => whenIdle(layOutSome));
  // A reader who goes elsewhere must arrive there, and find the way back.
  document.addEventListener("click", (event) => { if (event.target.closest("a")) layOutAll(); }, true);
  for (const name of ["hashchange", "beforeprint"]) addEventListener(name, layOutAll);
})();

// Do `work` now, and again on each page that instant navigation swaps in.
const onEachPage = (work) => (window.document$ ? document$.subscribe(work) : work());

// Add a copy button to each block of code, except inside .no-copy (code to compare). Material's own
// buttons measure every block, however far below, before the page can respond: on a phone that takes
// longer than the rest of this file.
onEachPage(() => {
  const { copy, copied } = document.getElementById("words")?.dataset ?? {};
  for (const code of document.querySelectorAll(".highlight:not(.no-copy *) pre > code")) {
    const nav = document.createElement("div");
    nav.className = "md-code__nav";
    nav.innerHTML = '<button type="button" class="md-code__button" data-md-type="copy"></button><span role="status"></span>';
    const [button, status] = nav.children;
    button.title = button.ariaLabel = copy;
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(code.textContent.trimEnd());
      } catch { // denied, or an insecure context: plain HTTP from another computer
        getSelection().selectAllChildren(code);
        document.execCommand("copy");
      }
      status.textContent = copied;
      setTimeout(() => { status.textContent = ""; }, 2000);
    });
    code.before(nav);
  }
});

// Explain a term in place: on hover, on keyboard focus, and on a first tap; a second tap follows the
// link. Material's own tooltips would also measure whatever surrounds each term.
(() => {
  const tip = document.createElement("div");
  Object.assign(tip, { id: "explanation", className: "explanation", role: "tooltip", hidden: true });
  document.body.append(tip);
  let shown = null;
  let tapped = null; // the term that was explained when the pointer went down
  let isTouch = false;
  const termAt = (element) => element.closest?.("a:is(.term, .equation-mark)") ?? null;

  const show = (term) => {
    if (term === shown) return;
    if (shown) {
      shown.title = tip.textContent;
      shown.removeAttribute("aria-describedby");
    }
    shown = term;
    tip.hidden = !term;
    if (!term) return;
    tip.textContent = term.title;
    term.title = ""; // or the browser would show it too
    term.setAttribute("aria-describedby", tip.id);
    // Below the term and touching it, so that a pointer can reach it; above where there is no room.
    const lines = term.getClientRects();
    const { left, bottom } = lines[lines.length - 1];
    const fits = bottom + tip.offsetHeight < innerHeight;
    const room = document.documentElement.clientWidth - tip.offsetWidth - 8;
    tip.style.left = `${scrollX + Math.max(8, Math.min(left, room))}px`;
    tip.style.top = `${scrollY + (fits ? bottom : lines[0].top - tip.offsetHeight)}px`;
  };

  document.addEventListener("pointerover", ({ pointerType, target }) => {
    if (pointerType === "touch" || tip.contains(target)) return;
    show(termAt(target) ?? termAt(document.activeElement));
  });
  document.addEventListener("focusin", ({ target }) => show(termAt(target)));
  document.addEventListener("focusout", () => show(null));
  document.addEventListener("keydown", ({ key }) => {
    isTouch = false;
    if (key === "Escape") show(null);
  });
  document.addEventListener("pointerdown", ({ pointerType, target }) => {
    isTouch = pointerType === "touch";
    tapped = shown;
    if (!termAt(target) && (isTouch || !tip.contains(target))) show(null);
  });
  document.addEventListener("click", (event) => {
    const term = termAt(event.target);
    if (!term || !isTouch || term === tapped) return;
    event.preventDefault();
    show(term);
  });
})();

// Check the shown palette's radio button, so that Tab reaches it from either side.
const shownPalette = document.querySelector(`.md-option[data-md-color-scheme="${document.body.dataset.mdColorScheme}"]`);
if (shownPalette) shownPalette.checked = true;

// Tables and code wider than the page scroll; make them focusable, so that keys can scroll them.
onEachPage(() => {
  const observer = new ResizeObserver((entries) => {
    for (const { target } of entries) target.tabIndex = target.scrollWidth > target.clientWidth ? 0 : -1;
  });
  document.querySelectorAll(".md-typeset__scrollwrap, pre > code").forEach((part) => observer.observe(part));
});

// A graph wider than the page begins at its topmost node, not at the empty corner beside it.
onEachPage(() => {
  const observer = new ResizeObserver((entries) => {
    for (const { target: panel } of entries) {
      const boxes = [...panel.querySelectorAll(".node")].map((node) => node.getBoundingClientRect());
      const { left, width } = boxes.reduce((one, other) => (other.top < one.top ? other : one));
      panel.scrollLeft += left + width / 2 - panel.getBoundingClientRect().left - panel.clientWidth / 2;
      observer.unobserve(panel); // from here on, the reader scrolls
    }
  });
  document.querySelectorAll(".figure__panel:has(> svg.graph)").forEach((panel) => observer.observe(panel));
});

// On a phone a row becomes a card. With five columns or more, a head above the cards would not tell
// which cell is which: each cell shows the name of its column.
onEachPage(() => {
  for (const table of document.querySelectorAll("article table:has(th:nth-child(5)):not(.figure__numbers *)")) {
    const names = [...table.tHead.rows[0].cells].map((cell) => cell.textContent);
    for (const row of table.tBodies[0].rows) for (const cell of row.cells) cell.dataset.column = names[cell.cellIndex];
  }
});

// Material gives its search dialog no name, and looks at what was typed when a key comes up: not at
// text that was pasted with a pointer, dropped or spoken.
(() => {
  const search = document.querySelector(".md-search");
  if (!search) return;
  const input = search.querySelector("input");
  search.ariaLabel = input.placeholder;
  input.addEventListener("input", () => input.dispatchEvent(new Event("keyup")));
})();

// On small screens Material opens the menu, its parts and the search with labels, which keys cannot
// reach: put a button into each. Without scripts, the labels work as before.
(() => {
  const drawer = document.getElementById("__drawer");
  const narrow = matchMedia("(max-width: 76.234375em)");
  const buttons = [...document.querySelectorAll("label.md-header__button[for^=__], .md-nav label[for^=__]:not(:has(a))")]
    .filter((label) => !label.closest("[data-md-component=palette]"))
    .map((label) => {
      const toggle = document.getElementById(label.htmlFor);
      const button = document.createElement("button");
      button.type = "button";
      button.className = "label-button";
      if (!label.textContent.trim()) {
        const opened = toggle === drawer ? ".md-nav--primary" : ".md-search";
        button.ariaLabel = document.querySelector(opened).ariaLabel;
      }
      const tell = () => { button.ariaExpanded = toggle.checked; };
      toggle.addEventListener("change", tell);
      tell();
      button.addEventListener("click", () => toggle.click());
      return { label, button };
    });
  const arrange = () => {
    for (const { label, button } of buttons) {
      if (narrow.matches) {
        button.append(...label.childNodes);
        label.append(button);
      } else if (button.isConnected) {
        button.replaceWith(...button.childNodes);
      }
    }
  };
  narrow.addEventListener("change", arrange);
  arrange();
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !drawer.checked) return;
    drawer.click();
    document.querySelector(".md-header__button[for=__drawer] > button")?.focus();
  });
})();

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

// Judge the reader's prediction, and open the answer that follows.
onEachPage(() => {
  for (const box of document.querySelectorAll(".predict:not([data-ready])")) {
    box.dataset.ready = "";
    const button = box.querySelector("button");
    const plain = (text) => text.replace(/\s/g, "");
    const check = () => {
      const given = box.querySelector("input:checked, input[type=text]")?.value ?? "";
      if (!plain(given)) return;
      const right = plain(given) === plain(box.dataset.answer);
      box.querySelector("[role=status]").textContent = right ? box.dataset.right : box.dataset.wrong;
      box.dataset.said = right ? "right" : "wrong";
      if (box.nextElementSibling?.matches("details")) box.nextElementSibling.open = true;
    };
    button.hidden = false;
    button.addEventListener("click", check);
    box.querySelector("input[type=text]")?.addEventListener("keydown", ({ key }) => {
      if (key === "Enter") check();
    });
  }
});

// On paper the answers come last, each under the name of its exercise, so that a reader can try first.
(() => {
  const answers = document.createElement("section");
  answers.className = "answers";
  const places = new Map(); // from each answer to what stands in its place
  const headingOf = (answer) => {
    let heading = answer;
    while (heading && !/^h[23]$/.test(heading.localName)) heading = heading.previousElementSibling;
    return heading;
  };
  const nameOf = (heading) =>
    [...heading.childNodes].filter((part) => !part.classList?.contains("headerlink")).map((part) => part.textContent).join("");
  addEventListener("beforeprint", () => {
    for (const answer of document.querySelectorAll("article > details.success")) {
      const heading = headingOf(answer);
      if (!/^(exercise|try)-/.test(heading?.id)) continue; // the answer to a question in the text
      const name = document.createElement("b");
      name.textContent = ` · ${nameOf(heading)}`;
      answer.querySelector("summary").append(name);
      places.set(answer, document.createComment("answer"));
      answer.replaceWith(places.get(answer));
      answers.append(answer);
    }
    if (places.size) document.querySelector("article").append(answers);
  });
  addEventListener("afterprint", () => {
    for (const [answer, place] of places) {
      answer.querySelector("summary > b").remove();
      place.replaceWith(answer);
    }
    places.clear();
    answers.remove();
  });
})();

// Load the scripts of parts that only some pages have: the explorer, live boxes, boxes that try a network, the reader's progress, shapes of formulas.
const assets = document.currentScript.src.replace(/[^/]*$/, "");
onEachPage(() => {
  for (const name of ["explorer", "live", "digit", "sampler", "progress", "shapes"]) {
    const address = `${assets}${name}.js`;
    if (document.querySelector(`.${name}`) && !document.querySelector(`script[src="${address}"]`)) {
      const script = document.createElement("script");
      script.src = address;
      document.head.append(script);
    }
  }
});
