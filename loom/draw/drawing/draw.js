// Draws pictures as SVG text from plain data. Runs at build time in a bare JavaScript engine:
// Observable Plot draws charts, dagre lays out graphs. Colours are the site's CSS variables.

const document = linkedom.parseHTML("<html><body></body></html>").document;
const WIDTH = 420;
const MARGINS = { marginTop: 28, marginLeft: 54, marginBottom: 40, marginRight: 14 }; // for letters of 14, on phones
const DASHES = ["", "7 3", "2 3", "9 3 2 3", "4 2", "12 4", "1 2", "6 2 1 2"];
const colour = (index) => `var(--chart-${(index % 8) + 1})`;

function plot(options) {
  const svg = Plot.plot({ document, width: WIDTH, ...MARGINS, ...options });
  // The picture has one description; Plot's labels are English, on parts without a role.
  svg.querySelectorAll("[aria-label]").forEach((part) => part.removeAttribute("aria-label"));
  svg.querySelectorAll("style").forEach((style) => style.remove());
  svg.removeAttribute("class");
  const shown = svg.outerHTML.replace(/(\d+\.\d\d)\d+/g, "$1");
  return shown.replace(/(?<= d=")M[-\d.,L]*(?=")/g, thinned);
}

// A line without the points that lie on it: a smooth one of 500 needs a tenth of them.
function thinned(line) {
  const points = line.slice(1).split("L").map((point) => point.split(",").map(Number));
  const near = ([x1, y1], [x2, y2]) => ([x, y]) =>
    Math.abs((x2 - x1) * (y - y1) - (y2 - y1) * (x - x1)) <= 0.1 * Math.hypot(x2 - x1, y2 - y1)
    && (x - x1) * (x2 - x) + (y - y1) * (y2 - y) >= 0;
  const kept = [0];
  for (let end = 2; end < points.length; end += 1) {
    const start = kept.at(-1);
    if (!points.slice(start + 1, end).every(near(points[start], points[end]))) kept.push(end - 1);
  }
  if (points.length > 1) kept.push(points.length - 1);
  return "M" + kept.map((index) => points[index].map((part) => part.toFixed(1)).join(",")).join("L");
}

// Not with raised digits: they would be the smallest letters of a picture on a phone.
const power = (value) => {
  const text = value.toExponential(0).replace("+", "");
  return text.startsWith("1e") ? text : "";
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
    height: 260,
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
    height: 60 + 110 * names.length, marginTop: 38, marginLeft: 66,
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
      height: (rows.length / columns) * (WIDTH - 82) + 52, marginLeft: 68, marginTop: 12,
      x: { label: labels.x, domain: [0, columns], ticks: 5, labelArrow: "none" },
      y: { label: labels.y, domain: [rows.length, 0], ticks: 4, labelArrow: "none", labelAnchor: "center", labelOffset: 56 },
      marks: [cells, Plot.frame({ stroke: "currentColor", strokeOpacity: 0.4 })],
    })];
  }));

// data: {targets: [...], frames: {name: [...]}}: dots that move towards short lines, one picture per frame
function frames(data, labels) {
  const all = [...data.targets, ...Object.values(data.frames).flat()];
  const domain = [Math.min(...all), Math.max(...all)];
  return Object.fromEntries(Object.entries(data.frames).map(([name, values]) => [name, plot({
    height: 170,
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
      + `<text x="${side / 2}" y="${side + 15}" text-anchor="middle" fill="currentColor">${escape(name)}</text></g>`;
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

const COLUMN = 740; // pixels for a picture on a screen of 1280
const SIZES = [13, 12, 11]; // of letters, in pixels: the first with which a graph fits into the column
const TRIES = 60; // dagre's layout depends on the order of nodes and edges: the best of so many

// data: {nodes: {id: {name, kind, shape}}, edges: [[from, to, text]]}; a number needs no shape
// An operation is a pill; every other node is a labelled rectangle whose sides grow with its shape.
function graph(data) {
  const missing = data.edges.flat().find((id, index) => index % 3 < 2 && !data.nodes[id]);
  if (missing) throw new Error(`an edge names ${missing}, which is no node`);
  let best;
  for (const size of SIZES) {
    best = bestLayout(data, size);
    if (best.width <= COLUMN) break;
  }
  return drawn(data, best);
}

// Returns the layout with the fewest crossings and struck labels, if it is not much too wide.
function bestLayout(data, size) {
  const parts = Object.fromEntries(Object.entries(data.nodes).map(([id, node]) =>
    [id, node.kind === "op" ? pill(node, size) : array(node, size)]));
  let seed = 1;
  const below = (bound) => { seed = (seed * 16807) % 2147483647; return seed % bound; };
  const shuffled = (list) => {
    for (let end = list.length - 1; end > 0; end -= 1) {
      const other = below(end + 1);
      [list[end], list[other]] = [list[other], list[end]];
    }
    return list;
  };
  let best;
  for (let index = 0; index < TRIES; index += 1) {
    const mix = index ? shuffled : (list) => list;
    const one = layoutOf(data.edges, parts, size, mix(Object.keys(parts)), mix([...data.edges.keys()]));
    if (!best || one.cost < best.cost) best = one;
    if (best.cost < 1) break; // nothing crosses
  }
  return { ...best, parts, size };
}

function layoutOf(edges, parts, size, nodeOrder, edgeOrder) {
  const layout = new dagre.graphlib.Graph({ multigraph: true });
  layout.setGraph({ rankdir: "TB", nodesep: 16, ranksep: 24, edgesep: 12, marginx: 4, marginy: 4 });
  for (const id of nodeOrder) layout.setNode(id, { width: parts[id].width, height: parts[id].height });
  for (const index of edgeOrder) {
    const [from, to, text] = edges[index];
    const label = { width: text && widthOf(text, size - 1) + 6, height: size + 1, labelpos: "r", labeloffset: 4 };
    layout.setEdge(from, to, text ? label : {}, `e${index}`);
  }
  dagre.layout(layout);
  const lines = edges.map(([from, to], index) => {
    const line = layout.edge({ v: from, w: to, name: `e${index}` });
    const curve = along(line.points);
    const beside = curve.filter(({ y }) => Math.abs(y - line.y) < size / 2).map(({ x }) => x);
    return { ...line, curve, left: Math.max(...beside) + 4 }; // the label is right of its own line
  });
  const places = Object.fromEntries(nodeOrder.map((id) => [id, layout.node(id)]));
  const { width, height } = layout.graph();
  const cost = faultsOf(lines) + Math.max(0, width - COLUMN) / 40 + width / 1e4;
  return { lines, places, width, height, cost };
}

// Points on the curve that d3.curveBasis draws: a uniform cubic B-spline with its ends three times.
function along(points) {
  const ends = [points[0], points[0], ...points, points.at(-1), points.at(-1)];
  return ends.slice(3).flatMap((_, index) => [0, 0.25, 0.5, 0.75].map((t) => {
    const weights = [(1 - t) ** 3, 3 * t ** 3 - 6 * t ** 2 + 4, -3 * t ** 3 + 3 * t ** 2 + 3 * t + 1, t ** 3];
    const at = (axis) => weights.reduce((sum, weight, part) => sum + (weight * ends[index + part][axis]) / 6, 0);
    return { x: at("x"), y: at("y") };
  }));
}

// Counts pairs of lines that cross, and lines through a label.
function faultsOf(lines) {
  const side = (a, b, c) => (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
  const crosses = (a, b, c, d) => side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0;
  const meet = (one, other) => one.some((a, i) => i && other.some((c, j) => j && crosses(one[i - 1], a, other[j - 1], c)));
  const strikes = (curve, { left, y, width, height }) => width
    && curve.some((point) => point.x > left - 2 && point.x < left + width && Math.abs(point.y - y) < height / 2);
  return lines.reduce((sum, { curve }, index) =>
    sum + lines.slice(0, index).filter((other) => meet(curve, other.curve)).length
    + lines.filter((line) => strikes(curve, line)).length, 0);
}

function drawn(data, { lines, places, parts, size, width, height }) {
  const edges = lines.map(({ points, left, y }, index) => {
    const text = data.edges[index][2];
    const path = d3.line().curve(d3.curveBasis)(points.map((point) => [point.x, point.y]));
    const label = text ? `<text class="edge-label" x="${left}" y="${y + 4}">${escape(text)}</text>` : "";
    return [`<path class="edge" d="${path}"/>${head(points)}`, label];
  });
  const nodes = Object.entries(data.nodes).map(([id, node]) => {
    const { x, y } = places[id];
    return `<g class="node node--${node.kind}" transform="translate(${x - parts[id].width / 2},${y - parts[id].height / 2})">${parts[id].svg}</g>`;
  });
  const [w, h] = [Math.ceil(width), Math.ceil(height)];
  const inside = [...edges.map(([line]) => line), ...nodes, ...edges.map(([, label]) => label)].join("");
  return `<svg class="graph" viewBox="0 0 ${w} ${h}" width="${w}" height="${h}" font-size="${size}">${inside}</svg>`
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

function pill({ name }, size) {
  const lines = name.split("\n");
  const width = Math.max(...lines.map((line) => widthOf(line, size))) + 18;
  const step = size + 4;
  const text = lines.map((line, index) =>
    `<text x="${width / 2}" y="${size + 5 + step * index}">${escape(line)}</text>`).join("");
  return { width, height: 8 + step * lines.length, svg: `<rect width="${width}" height="${8 + step * lines.length}" rx="11"/>${text}` };
}

function array({ name, shape }, size) {
  const [rows, columns] = shape?.length > 1 ? shape.slice(-2) : [1, shape?.[0] ?? 1];
  const [tall, wide] = [side(rows), side(columns)];
  const label = name + shapeText(shape);
  const width = Math.max(wide, widthOf(label, size) + 4);
  const svg = `<rect x="${(width - wide) / 2}" width="${wide}" height="${tall}" rx="2"/>`
    + `<text x="${width / 2}" y="${tall + size + 2}"><tspan class="name">${escape(name)}</tspan>${shapeText(shape)}</text>`;
  return { width, height: tall + size + 7, svg };
}

// Draws a sample of a line, for the legend.
function swatch(index) {
  return `<svg viewBox="0 0 28 8" width="28" height="8" aria-hidden="true"><path d="M0,4H28" fill="none" stroke="${colour(index)}" stroke-width="2.4" stroke-dasharray="${DASHES[index % 8]}"/></svg>`;
}
