// The digit box: the reader draws, and a trained network answers, computed here.
// Above the line are functions that know nothing of a browser; tests run them without one.

const DIGIT_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// Reads numbers from base64: each is two bytes, the lower one first, in units of `scale`.
function digitNumbers({ scale, numbers }) {
  const bytes = [];
  let [held, bits] = [0, 0];
  for (const letter of numbers.replace(/=+$/, "")) {
    held = (held << 6) | DIGIT_LETTERS.indexOf(letter);
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push((held >> bits) & 255);
    held &= (1 << bits) - 1;
  }
  const found = [];
  for (let i = 0; i < bytes.length; i += 2) {
    const whole = bytes[i] + 256 * bytes[i + 1];
    found.push(scale * (whole < 32768 ? whole : whole - 65536));
  }
  return found;
}

const digitNetwork = (layers) =>
  layers.map((layer) => ({ weight: digitNumbers(layer.weight), bias: digitNumbers(layer.bias) }));

// Returns ten scores for 64 pixels from 0 to 16: linear layers, with a ReLU between neighbours.
function digitScores(network, pixels) {
  let values = pixels.map((ink) => ink / 16);
  network.forEach(({ weight, bias }, index) => {
    const inputs = index ? values.map((value) => Math.max(value, 0)) : values;
    values = bias.map((sum, row) =>
      inputs.reduce((total, value, column) => total + value * weight[row * inputs.length + column], sum));
  });
  return values;
}

const digitScoresOfAll = (layers, pictures) => {
  const network = digitNetwork(layers);
  return pictures.map((pixels) => digitScores(network, pixels));
};

function digitProbabilities(scores) {
  const powers = scores.map((score) => Math.exp(score - Math.max(...scores)));
  const sum = powers.reduce((total, power) => total + power);
  return powers.map((power) => power / sum);
}

// A drawing has 32 x 32 points, like the forms that the data set was made from.
const DIGIT_SIDE = 32;
const DIGIT_PEN = 2.1; // the pen's radius in points: strokes are about as thick as in the data

// Blackens the points near a straight stroke.
function digitStroke(points, [x0, y0], [x1, y1]) {
  const steps = Math.ceil(Math.hypot(x1 - x0, y1 - y0)) || 1;
  for (let step = 0; step <= steps; step += 1) {
    const [x, y] = [x0 + ((x1 - x0) * step) / steps, y0 + ((y1 - y0) * step) / steps];
    for (let row = Math.max(0, Math.floor(y - 3)); row < Math.min(DIGIT_SIDE, y + 3); row += 1) {
      for (let column = Math.max(0, Math.floor(x - 3)); column < Math.min(DIGIT_SIDE, x + 3); column += 1) {
        if (Math.hypot(column + 0.5 - x, row + 0.5 - y) < DIGIT_PEN) points[row * DIGIT_SIDE + column] = 1;
      }
    }
  }
}

// Counts the black points of each block of 4 x 4, as those who made the data set did.
function digitPixels(points) {
  const pixels = new Array(64).fill(0);
  points.forEach((black, point) => {
    pixels[8 * Math.floor(point / DIGIT_SIDE / 4) + Math.floor((point % DIGIT_SIDE) / 4)] += black;
  });
  return pixels;
}

// Stretches a drawing to the full height, at most 26 points wide, and puts it into the middle.
function digitFit(points) {
  const [rows, columns] = [[], []];
  points.forEach((black, point) => {
    if (!black) return;
    rows.push(Math.floor(point / DIGIT_SIDE));
    columns.push(point % DIGIT_SIDE);
  });
  const fitted = new Array(DIGIT_SIDE * DIGIT_SIDE).fill(0);
  if (!rows.length) return fitted;
  const [top, left] = [Math.min(...rows), Math.min(...columns)];
  const [height, width] = [Math.max(...rows) + 1 - top, Math.max(...columns) + 1 - left];
  const wide = Math.min((width * DIGIT_SIDE) / height, 26);
  const start = (DIGIT_SIDE - wide) / 2;
  return fitted.map((_, point) => {
    const [y, x] = [Math.floor(point / DIGIT_SIDE) + 0.5, (point % DIGIT_SIDE) + 0.5];
    if (x < start || x >= start + wide) return 0;
    const row = top + Math.floor((y * height) / DIGIT_SIDE);
    const column = left + Math.min(width - 1, Math.floor(((x - start) * width) / wide));
    return points[row * DIGIT_SIDE + column];
  });
}

// Returns the pixels that the network gets for a drawing made of strokes.
function digitOfStrokes(strokes) {
  const points = new Array(DIGIT_SIDE * DIGIT_SIDE).fill(0);
  strokes.forEach(([from, to]) => digitStroke(points, from, to));
  return digitPixels(digitFit(points));
}

// ---------------------------------------------------------------------------------------------

(() => {
  if (!globalThis.PointerEvent) return; // at build time

  const fill = (text, parts) => text.replace(/\{(\w+)\}/g, (_, name) => parts[name]);

  const start = (box) => {
    const { data, words } = JSON.parse(box.querySelector("script").textContent);
    const [pad, status, clear, next] = ["pad", "status", "clear", "next"]
      .map((name) => box.querySelector(`.digit__${name}`));
    const seen = [...box.querySelectorAll(".digit__seen i")];
    const rows = [...box.querySelectorAll(".digit__scores tbody tr")];
    const network = digitNetwork(data.layers);
    let points, sample, current = 0, last = null;

    const cells = Array.from({ length: 8 }, () => {
      const row = document.createElement("div");
      row.setAttribute("role", "row");
      pad.append(row);
      return Array.from({ length: 8 }, () => {
        const cell = document.createElement("div");
        cell.setAttribute("role", "gridcell");
        row.append(cell);
        return cell;
      });
    }).flat();

    const show = () => {
      const drawn = digitPixels(points);
      const pixels = sample ? drawn : digitPixels(digitFit(points));
      cells.forEach((cell, index) => {
        cell.style.setProperty("--ink", drawn[index] / 16);
        cell.setAttribute("aria-label", fill(words.cell,
          { row: Math.floor(index / 8) + 1, column: (index % 8) + 1, ink: drawn[index] }));
        cell.tabIndex = index === current ? 0 : -1;
      });
      seen.forEach((cell, index) => cell.style.setProperty("--ink", pixels[index] / 16));
      const scores = digitScores(network, pixels);
      const shares = digitProbabilities(scores);
      rows.forEach((row, digit) => {
        row.cells[1].textContent = scores[digit].toFixed(2);
        row.querySelector("span").textContent = shares[digit].toFixed(3);
        row.querySelector("rect").setAttribute("width", 100 * shares[digit]);
      });
      const digit = shares.indexOf(Math.max(...shares));
      const parts = { digit, p: shares[digit].toFixed(2), name: sample?.name };
      const empty = !drawn.some(Boolean);
      status.textContent = fill(empty ? words.empty : sample ? words.test : words.said, parts);
    };

    const take = (chosen) => {
      sample = chosen;
      points = new Array(DIGIT_SIDE * DIGIT_SIDE).fill(0);
      // Spread the ink of a pixel over its block: only how much there is counts.
      chosen?.pixels.forEach((ink, pixel) => {
        for (let n = 0; n < ink; n += 1) {
          const [row, column] = [4 * Math.floor(pixel / 8) + (n % 4), 4 * (pixel % 8) + Math.floor(n / 4)];
          points[row * DIGIT_SIDE + column] = 1;
        }
      });
      show();
    };

    const place = (event) => {
      const { left, top, width, height } = pad.getBoundingClientRect();
      return [((event.clientX - left) / width) * DIGIT_SIDE, ((event.clientY - top) / height) * DIGIT_SIDE];
    };
    pad.addEventListener("pointerdown", (event) => {
      pad.setPointerCapture(event.pointerId);
      if (sample) take(null); // a drawing begins on an empty pad
      last = place(event);
      digitStroke(points, last, last);
      show();
    });
    pad.addEventListener("pointermove", (event) => {
      if (!last) return;
      const here = place(event);
      digitStroke(points, last, here);
      last = here;
      show();
    });
    for (const end of ["pointerup", "pointercancel"]) pad.addEventListener(end, () => { last = null; });

    const moves = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
    pad.addEventListener("keydown", (event) => {
      const [row, column] = [Math.floor(current / 8), current % 8];
      if (moves[event.key]) {
        const [down, right] = moves[event.key];
        const bound = (value) => Math.min(7, Math.max(0, value));
        current = 8 * bound(row + down) + bound(column + right);
      } else if (event.key === " " || event.key === "Enter") {
        if (sample) take(null);
        const black = digitPixels(points)[current] < 8 ? 1 : 0;
        for (let n = 0; n < 16; n += 1) {
          points[(4 * row + (n >> 2)) * DIGIT_SIDE + 4 * column + (n & 3)] = black;
        }
      } else return;
      event.preventDefault();
      show();
      cells[current].focus();
    });

    let taken = 0;
    clear.addEventListener("click", () => take(null));
    next.addEventListener("click", () => {
      taken = (taken + 1) % data.samples.length;
      take(data.samples[taken]);
    });
    box.querySelectorAll("[hidden]").forEach((part) => { part.hidden = false; });
    take(data.samples[0]);
  };

  const startAll = () => document.querySelectorAll(".digit:not([data-started])").forEach((box) => {
    box.dataset.started = "";
    start(box);
  });
  if (window.document$) document$.subscribe(startAll); // emits again on instant navigation
  else startAll();
})();
