// Name what is wrong with the look of a page. Everything in a fold counts as shown.
() => {
  document.querySelectorAll("details").forEach((fold) => { fold.open = true; });
  scrollTo({ top: 0, behavior: "instant" }); // the header covers what is below it
  document.querySelectorAll(".md-sidebar__scrollwrap").forEach((menu) => { menu.scrollTop = 0; });
  const sheet = new CSSStyleSheet(); // measure all of the page, not only what is near
  sheet.replaceSync("* { content-visibility: visible !important }");
  document.adoptedStyleSheets = [sheet];
  const faults = [];
  const say = (fault) => { if (faults.length < 20) faults.push(fault); };
  const isShown = (element) =>
    element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true });

  const width = document.documentElement.clientWidth;
  const wide = document.documentElement.scrollWidth;
  if (wide > width) say(`the page scrolls sideways: ${wide} > ${width}`);

  for (const formula of document.querySelectorAll(".katex")) {
    const [shown, read] = [".katex-html", ".katex-mathml math"].map((half) => formula.querySelector(half));
    if (!isShown(formula)) continue; // in a picture of a sequence that is not its turn
    if (!shown || !shown.getClientRects().length || !shown.offsetWidth) say(`no formula: ${formula.textContent.slice(0, 40)}`);
    const [base, after] = [[...formula.querySelectorAll(".katex-base")].at(-1), formula.nextSibling];
    if (base && after?.nodeType === Node.TEXT_NODE) { // punctuation
      const line = document.createRange();
      line.selectNodeContents(after);
      if (line.getBoundingClientRect().top > base.getBoundingClientRect().bottom - 2) say(`a line begins with the punctuation after ${formula.textContent.slice(0, 40)}`);
    }
    if (!read || !read.checkVisibility() || read.closest("[aria-hidden]")) say(`no MathML for: ${formula.textContent.slice(0, 40)}`);
  }
  for (const picture of document.querySelectorAll("svg[role=img]")) {
    if (picture.closest("[hidden]")) continue;
    const box = picture.getBoundingClientRect();
    if (box.width < 40 || box.height < 30) say(`no picture: ${picture.ariaLabel}`);
  }

  // Where an element's text can be seen: inside all ancestors that do not let it overflow.
  const frames = new Map();
  const frameOf = (element) => {
    if (!element || element === document.documentElement || element === document.body) {
      return { left: -1e6, top: -1e6, right: 1e6, bottom: 1e6, cuts: [] };
    }
    if (frames.has(element)) return frames.get(element);
    const style = getComputedStyle(element);
    let frame = frameOf(style.position === "fixed" ? null : element.parentElement);
    if (style.overflowX !== "visible" && style.display !== "inline" && style.display !== "contents") {
      const box = element.getBoundingClientRect();
      const isCut = ["hidden", "clip"].includes(style.overflowX) && !element.closest(".md-header, .md-ellipsis");
      frame = {
        left: Math.max(frame.left, box.left), right: Math.min(frame.right, box.right),
        top: Math.max(frame.top, box.top), bottom: Math.min(frame.bottom, box.bottom),
        // What scrolls can be read by scrolling; what ends in an ellipsis has its whole text as title.
        cuts: isCut ? [...frame.cuts, box] : frame.cuts,
      };
      if (["auto", "scroll"].includes(style.overflowX)) frame.cuts = [];
    }
    frames.set(element, frame);
    return frame;
  };

  // One box for each line of each text. A font's box is higher than its letters, and boxes of lines
  // may touch: letters stand in the middle three fifths. A displayed formula counts as a whole.
  const boxes = [];
  const add = (rects, element, text, inset, source) => {
    const frame = frameOf(element);
    for (const rect of rects) {
      if (rect.width < 1 || rect.height < 1) continue;
      const slack = Math.max(2, 0.2 * Math.min(rect.width, rect.height)); // no letters stand there
      if (frame.cuts.some((cut) => cut.width > 1 && (rect.right > cut.right + slack || rect.left < cut.left - slack))) {
        say(`cut off: ${text.slice(0, 40)}`);
      }
      const [left, right] = [Math.max(rect.left, frame.left), Math.min(rect.right, frame.right)];
      const top = Math.max(rect.top + rect.height * inset, frame.top);
      const bottom = Math.min(rect.bottom - rect.height * inset, frame.bottom);
      if (right - left > 2 && bottom - top > 2) boxes.push({ left, right, top, bottom, text, source });
    }
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  for (let node = texts.nextNode(); node; node = texts.nextNode()) {
    const element = node.parentElement;
    const text = node.data.trim();
    if (!text || element.closest(".katex, script, style, noscript, option, textarea") || !isShown(element)) continue;
    range.selectNodeContents(node);
    add(range.getClientRects(), element, text, 0.2, node);
  }
  for (const part of document.querySelectorAll(".katex-display .katex-base")) {
    if (isShown(part)) add([part.getBoundingClientRect()], part, part.textContent, 0, part);
  }
  boxes.sort((one, other) => one.top - other.top);
  boxes.forEach((one, index) => {
    for (let next = index + 1; next < boxes.length && boxes[next].top < one.bottom - 2; next += 1) {
      const other = boxes[next];
      const shared = Math.min(one.right, other.right) - Math.max(one.left, other.left);
      if (one.source !== other.source && shared > 2 && Math.min(one.bottom, other.bottom) - other.top > 2) {
        say(`overlap: "${one.text.slice(0, 40)}" and "${other.text.slice(0, 40)}"`);
      }
    }
  });
  return faults;
}
