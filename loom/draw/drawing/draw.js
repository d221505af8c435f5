// Draws pictures as SVG text from plain data. Runs at build time in a bare JavaScript engine:
// Observable Plot draws charts, dagre lays out graphs. Colours are the site's CSS variables.

const document = linkedom.parseHTML("<html><body></body></html>").document;
const WIDTH = 420;
const DASHES = ["", "7 3", "2 3", "9 3 2 3", "4 2", "12 4", "1 2", "6 2 1 2"];
const colour = (index) => `var(--chart-${(index % 8) + 1})`;

function plot(options) {
  const svg = Plot.plot({ document, width: WIDTH, style: { fontSize: "11px" }, ...options });
  // The picture has one description; Plot's labels are English, on parts without a role.
  svg.querySelectorAll("[aria-label]").forEach((part) => part.removeAttribute("aria-label"));
  svg.querySelectorAll("style").forEach((style) => style.remove());
  svg.removeAttribute("class");
  const shown = svg.outerHTML.replace(/(\d+\.\d\d)\d+/g, "$1");
  // A tenth of a pixel is enough for the points of a line, and makes a long one a quarter shorter.
  return shown.replace(/ d="[^"]*"/g, (points) => points.replace(/(\.\d)\d/g, "$1"));
}

const power = (value) => {
  const text = value.toExponential(0);
  return text.startsWith("1e") ? "10" + [...text.slice(2).replace("+", "")]
    .map((digit) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(digit)]).join("") : "";
};

// data: {name: [y, ...]} or {name: [[x, y], ...]}; labels: {x, y, name: text}
function curves(data, labels, log) {
  const marks = Object.entries(data).map(([name, values], index, all) =>
    Plot.line(values.map((value, x) => (Array.isArray(value) ? value : [x, value])), {
      stroke: colour(index),
      strokeWidth: Math.max(1.6, 1.6 + (all.length - 1 - index) * 0.8),
      strokeDasharray: DASHES[index % 8],
      strokeLinejoin: "round",
      className: `curve-${index}`,
    }));
  const y = log
    ? { type: "log", tickFormat: power, ticks: 6 }
    : { nice: true, ticks: 5 };
  return plot({
    height: 260, marginLeft: 46, marginBottom: 36, marginRight: 12,
    x: { label: labels.x, ticks: 5, labelArrow: "none" },
    y: { ...y, label: labels.y, grid: true, labelArrow: "none" },
    marks,
  });
}

// data: {name: {edges: [...], counts: [...]}}: stacked panels on one scale
function bars(data, labels) {
  const cells = Object.entries(data).flatMap(([name, { edges, counts }]) =>
    counts.map((count, index) => ({ name, x1: edges[index], x2: edges[index + 1], count })));
  const names = Object.keys(data);
  return plot({
    height: 60 + 110 * names.length, marginLeft: 46, marginBottom: 36, marginRight: 12, marginTop: 34,
    x: { label: labels.x, ticks: 5, labelArrow: "none" },
    y: { label: labels.y, ticks: 3, grid: true, labelArrow: "none" },
    fy: { domain: names, axis: null, padding: 0.2 },
    marks: [
      Plot.rectY(cells, { x1: "x1", x2: "x2", y: "count", fy: "name", insetRight: 0.5, fill: colour(0) }),
      Plot.text(names, { fy: (name) => name, text: (name) => labels[name] ?? name, frameAnchor: "top-left", dx: 4, dy: -10, fontWeight: 600, lineAnchor: "middle" }),
      Plot.ruleY([0]),
    ],
  });
}

// data: {name: ["0101...", ...]}: one panel per name, one row per sample; 1 is drawn, 0 is not
const mask = (data, labels) =>
  Object.fromEntries(Object.entries(data).map(([name, rows]) => {
    const columns = rows[0].length;
    // Draw all cells as one path: thousands of rectangles would weigh ten times as much.
    const cells = (index, scales) => {
      const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
      const [x0, y0] = [scales.x(0), scales.y(0)];
      path.setAttribute("transform", `translate(${x0},${y0}) scale(${scales.x(1) - x0},${scales.y(1) - y0})`);
      path.setAttribute("fill", colour(0));
      path.setAttribute("d", rows.flatMap((row, y) =>
        [...row.matchAll(/1+/g)].map((run) => `M${run.index} ${y}h${run[0].length}v1h-${run[0].length}z`)).join(""));
      return path;
    };
    return [name, plot({
      height: (rows.length / columns) * (WIDTH - 58) + 48, marginLeft: 46, marginBottom: 36, marginRight: 12, marginTop: 12,
      x: { label: labels.x, domain: [0, columns], ticks: 5, labelArrow: "none" },
      y: { label: labels.y, domain: [rows.length, 0], ticks: 4, labelArrow: "none", labelAnchor: "center" },
      marks: [cells, Plot.frame({ stroke: "currentColor", strokeOpacity: 0.4 })],
    })];
  }));

// data: {targets: [...], frames: {name: [...]}}: dots that move towards short lines, one picture per frame
function frames(data, labels) {
  const all = [...data.targets, ...Object.values(data.frames).flat()];
  const domain = [Math.min(...all), Math.max(...all)];
  return Object.fromEntries(Object.entries(data.frames).map(([name, values]) => [name, plot({
    height: 170, marginLeft: 46, marginBottom: 36, marginRight: 12,
    x: { label: labels.x, domain: values.map((_, index) => index), tickSize: 0, labelArrow: "none" },
    y: { label: labels.y, domain, nice: true, ticks: 5, grid: true, labelArrow: "none" },
    marks: [
      Plot.ruleY([0], { strokeOpacity: 0.4 }),
      Plot.tickY(data.targets, { x: (_, index) => index, y: (value) => value, stroke: colour(2), strokeWidth: 3 }),
      Plot.dot(values, { x: (_, index) => index, y: (value) => value, fill: colour(1), r: 4 }),
    ],
  })]));
}

// data: [{name, pixels: [0 to 16, 64 times]}]: pictures of 8 by 8 pixels, four in a row
function pictures(data) {
  const [side, gap, label] = [80, 20, 22];
  const rows = Math.ceil(data.length / 4);
  const drawn = data.map(({ name, pixels }, index) => {
    const [x, y] = [gap / 2 + (index % 4) * (side + gap), 4 + Math.floor(index / 4) * (side + label + gap / 2)];
    if (pixels.length !== 64) throw new Error(`${name} has ${pixels.length} pixels`);
    const cells = pixels.map((ink, cell) => (ink
      ? `<path fill-opacity="${ink / 16}" d="M${cell % 8} ${Math.floor(cell / 8)}h1v1h-1z"/>` : "")).join("");
    return `<g transform="translate(${x},${y})"><g transform="scale(${side / 8})" fill="currentColor">${cells}</g>`
      + `<path d="M0 0h${side}v${side}h-${side}z" fill="none" stroke="currentColor" stroke-opacity="0.4"/>`
      + `<text x="${side / 2}" y="${side + 15}" text-anchor="middle" font-size="12" fill="currentColor">${escape(name)}</text></g>`;
  });
  const [width, height] = [4 * (side + gap), rows * (side + label + gap / 2)];
  return `<svg class="pictures" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">${drawn.join("")}</svg>`;
}

// data: see snippets/charts/explorer.py. Draws what is shown before the reader chooses.
function explorer(data, labels) {
  const svg = explorerChart(Plot, data, data.start, labels, { document });
  svg.querySelectorAll("style").forEach((style) => style.remove());
  svg.removeAttribute("class");
  return svg.outerHTML.replace(/(\d+\.\d\d)\d+/g, "$1");
}

// Estimates a text's width: Latin letters and digits are monospace, Chinese characters square.
const widthOf = (text, size) =>
  [...text].reduce((sum, letter) => sum + (letter > "\u2e80" ? size : size * 0.61), 0);
const escape = (text) => text.replace(/[&<>"]/g, (sign) =>
  ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[sign]);
const shapeText = (shape) => shape ? ` (${shape.join(", ")}${shape.length === 1 ? "," : ""})` : "";
const side = (size) => 8 + 1.5 * Math.sqrt(size);

// data: {nodes: {id: {name, kind, shape}}, edges: [[from, to, text]]}; a number needs no shape
// An operation is a pill; every other node is a labelled rectangle whose sides grow with its shape.
function graph(data) {
  const layout = new dagre.graphlib.Graph({ multigraph: true });
  layout.setGraph({ rankdir: "TB", nodesep: 16, ranksep: 24, edgesep: 12, marginx: 4, marginy: 4 });
  layout.setDefaultEdgeLabel(() => ({}));
  const parts = {};
  for (const [id, node] of Object.entries(data.nodes)) {
    const part = (parts[id] = node.kind === "op" ? pill(node) : array(node));
    layout.setNode(id, { width: part.width, height: part.height });
  }
  const missing = data.edges.flat().find((id, index) => index % 3 < 2 && !parts[id]);
  if (missing) throw new Error(`an edge names ${missing}, which is no node`);
  data.edges.forEach(([from, to, text], index) =>
    layout.setEdge(from, to, text
      ? { width: widthOf(text, 10) + 6, height: 12, labelpos: "r", labeloffset: 4 } : {}, `e${index}`));
  dagre.layout(layout);
  const edges = data.edges.map(([from, to, text], index) => {
    const edge = layout.edge({ v: from, w: to, name: `e${index}` });
    const path = d3.line().curve(d3.curveBasis)(edge.points.map(({ x, y }) => [x, y]));
    const label = text ? `<text class="edge-label" x="${edge.x - edge.width / 2}" y="${edge.y + 4}">${escape(text)}</text>` : "";
    return `<path class="edge" d="${path}"/>${head(edge.points)}${label}`;
  });
  const nodes = Object.entries(data.nodes).map(([id, node]) => {
    const { x, y } = layout.node(id);
    return `<g class="node node--${node.kind}" transform="translate(${x - parts[id].width / 2},${y - parts[id].height / 2})">${parts[id].svg}</g>`;
  });
  const { width, height } = layout.graph();
  const [w, h] = [Math.ceil(width), Math.ceil(height)];
  return `<svg class="graph" viewBox="0 0 ${w} ${h}" width="${w}" height="${h}">${edges.join("")}${nodes.join("")}</svg>`
    .replace(/(\d+\.\d\d)\d+/g, "$1");
}

// data: {name: graph}: several graphs, one panel each
const graphs = (data, labels) =>
  Object.fromEntries(Object.entries(data).map(([name, one]) => [name, graph(one, labels)]));

// Draws an arrowhead at the last point.
function head(points) {
  const [before, end] = points.slice(-2);
  const degrees = (Math.atan2(end.y - before.y, end.x - before.x) * 180) / Math.PI;
  return `<path class="head" transform="translate(${end.x},${end.y}) rotate(${degrees})" d="M0,0L-7,-3.5L-7,3.5z"/>`;
}

function pill({ name }) {
  const lines = name.split("\n");
  const width = Math.max(...lines.map((line) => widthOf(line, 11))) + 18;
  const height = 8 + 15 * lines.length;
  const text = lines.map((line, index) =>
    `<text x="${width / 2}" y="${16 + 15 * index}">${escape(line)}</text>`).join("");
  return { width, height, svg: `<rect width="${width}" height="${height}" rx="11"/>${text}` };
}

function array({ name, shape }) {
  const [rows, columns] = shape?.length > 1 ? shape.slice(-2) : [1, shape?.[0] ?? 1];
  const [tall, wide] = [side(rows), side(columns)];
  const label = name + shapeText(shape);
  const width = Math.max(wide, widthOf(label, 11) + 4);
  const svg = `<rect x="${(width - wide) / 2}" width="${wide}" height="${tall}" rx="2"/>`
    + `<text x="${width / 2}" y="${tall + 13}"><tspan class="name">${escape(name)}</tspan>${shapeText(shape)}</text>`;
  return { width, height: tall + 18, svg };
}

// Draws a sample of a line, for the legend.
function swatch(index) {
  return `<svg viewBox="0 0 28 8" width="28" height="8" aria-hidden="true"><path d="M0,4H28" fill="none" stroke="${colour(index)}" stroke-width="2.4" stroke-dasharray="${DASHES[index % 8]}"/></svg>`;
}
