// The explorer of real runs: each choice updates the curve, a sentence and the address.
// The same function draws the chart at build time and in the browser.

// data: see snippets/charts/explorer.py; chosen: [optimizer, width, rate]
function explorerChart(Plot, data, chosen, labels, options) {
  const [optimizer, width, rate] = chosen;
  const curves = data.choices.rate.map((other) => {
    const run = data.runs[`${optimizer} ${width} ${other}`];
    const points = run.powers.map((power, index) => ({ step: index * data.every, loss: 10 ** (power / 100) }));
    return { rate: other, points, diverged: run.steps < data.steps };
  });
  const chosenOne = curves.find((curve) => curve.rate === rate);
  const line = { x: "step", y: "loss", clip: true };
  const svg = Plot.plot({
    width: 420, height: 290, marginTop: 28, marginLeft: 58, marginBottom: 40, marginRight: 14,
    x: { label: labels.x, domain: [0, data.steps], ticks: 5, labelArrow: "none" },
    y: { label: labels.y, type: "log", domain: [1e-13, 1e10], ticks: 6, grid: true, labelArrow: "none",
         tickFormat: (value) => `1e${Math.round(Math.log10(value))}` },
    marks: [
      ...curves.map((curve) => Plot.line(curve.points, { ...line, stroke: "currentColor", strokeOpacity: 0.55 })),
      Plot.line(chosenOne.points, { ...line, stroke: "var(--chart-2)", strokeWidth: 3 }),
      chosenOne.diverged
        ? Plot.dot(chosenOne.points.slice(-1), { ...line, symbol: "times", r: 6, stroke: "var(--chart-2)", strokeWidth: 3, y: (point) => Math.min(point.loss, 1e10), clip: false })
        : null,
    ],
    ...options,
  });
  // The picture has one description; Plot's labels are English, on parts without a role.
  svg.querySelectorAll("[aria-label]").forEach((part) => part.removeAttribute("aria-label"));
  return svg;
}

function explorerSentence(data, words, chosen) {
  const run = data.runs[chosen.join(" ")];
  const [optimizer, width, rate] = chosen;
  const sentence = run.steps < data.steps ? words.diverged : words.ended;
  const parts = { ...run, optimizer, width, rate };
  return sentence.replace(/\{(\w+)\}/g, (_, name) => parts[name]);
}

(() => {
  if (!globalThis.IntersectionObserver) return; // at build time

  const assets = document.currentScript.src.replace(/[^/]*$/, "");
  const load = (name) => new Promise((done, failed) => {
    const script = document.createElement("script");
    Object.assign(script, { src: assets + name, onload: done, onerror: failed });
    document.head.append(script);
  });

  const start = (box) => {
    const { data, words, labels } = JSON.parse(box.querySelector("script").textContent);
    const [picture, status, controls] = ["figure__panel", "explorer__status", "explorer__controls"]
      .map((name) => box.querySelector(`.${name}`));
    const names = Object.keys(data.choices);
    const inputs = () => names.map((name) => controls.querySelector(`[name="${name}"]:checked`).value);

    const asked = new URLSearchParams(location.search);
    for (const name of names) {
      const wanted = [...controls.querySelectorAll(`[name="${name}"]`)].find((input) => input.value === asked.get(name));
      if (wanted) wanted.checked = true;
    }
    const show = () => {
      const chosen = inputs();
      const sentence = explorerSentence(data, words, chosen);
      const svg = explorerChart(Plot, data, chosen, labels, {});
      svg.setAttribute("role", "img");
      svg.setAttribute("aria-label", sentence);
      picture.replaceChildren(svg);
      status.textContent = sentence;
    };
    controls.addEventListener("change", () => {
      const address = new URL(location);
      inputs().forEach((value, index) => address.searchParams.set(names[index], value));
      history.replaceState(null, "", address);
      show();
    });
    controls.hidden = false;
    show();
  };

  const observer = new IntersectionObserver(async (entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      observer.unobserve(target);
      if (!globalThis.Plot) {
        await load("plot/d3.min.js");
        await load("plot/plot.umd.min.js");
      }
      start(target);
    }
  }, { rootMargin: "600px" });
  const observe = () => document.querySelectorAll(".explorer").forEach((box) => observer.observe(box));
  if (window.document$) document$.subscribe(observe); // emits again on instant navigation
  else observe();
})();
