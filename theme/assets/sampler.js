// The sampler: a trained language model goes on with the reader's text, computed here.
// Above the line are functions that know nothing of a browser; tests run them without one.

const SAMPLER_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// Reads numbers from base64: each is one byte with a sign, in units of `scale`.
function samplerNumbers({ scale, bytes }) {
  const found = [];
  let [held, bits] = [0, 0];
  for (const letter of bytes.replace(/=+$/, "")) {
    held = (held << 6) | SAMPLER_LETTERS.indexOf(letter);
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    const whole = (held >> bits) & 255;
    found.push(scale * (whole < 128 ? whole : whole - 256));
    held &= (1 << bits) - 1;
  }
  return Float64Array.from(found);
}

// data: {vocabulary, sizes: [context, width, heads, layers], weights: {name: {scale, bytes}}}
function samplerModel({ vocabulary, sizes, weights }) {
  const named = {};
  for (const name of Object.keys(weights)) named[name] = samplerNumbers(weights[name]);
  return { characters: [...vocabulary], sizes, named };
}

function samplerLinear(inputs, weight, bias) {
  const size = weight.length / inputs.length;
  const made = new Float64Array(size);
  for (let row = 0; row < size; row += 1) {
    let sum = bias ? bias[row] : 0;
    for (let column = 0; column < inputs.length; column += 1) sum += inputs[column] * weight[row * inputs.length + column];
    made[row] = sum;
  }
  return made;
}

function samplerNorm(values, named, name) {
  const mean = values.reduce((sum, value) => sum + value) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  const [weight, bias] = [named[`${name}.weight`], named[`${name}.bias`]];
  return values.map((value, index) => ((value - mean) / Math.sqrt(variance + 1e-5)) * weight[index] + bias[index]);
}

function samplerSoftmax(scores) {
  const most = scores.reduce((high, score) => Math.max(high, score));
  const powers = scores.map((score) => Math.exp(score - most));
  const sum = powers.reduce((total, power) => total + power);
  return powers.map((power) => power / sum);
}

// Adds to each place what attention finds at it and at the places before it.
function samplerAttend(places, named, block, heads) {
  const width = places[0].length, part = width / heads;
  const qkv = places.map((values) =>
    samplerLinear(samplerNorm(values, named, `${block}.norm1`), named[`${block}.attention.qkv.weight`]));
  return places.map((values, place) => {
    const output = new Float64Array(width);
    for (let start = 0; start < width; start += part) {
      const scores = qkv.slice(0, place + 1).map((other) => {
        let sum = 0;
        for (let i = start; i < start + part; i += 1) sum += qkv[place][i] * other[width + i];
        return sum / Math.sqrt(part);
      });
      samplerSoftmax(scores).forEach((share, other) => {
        for (let i = start; i < start + part; i += 1) output[i] += share * qkv[other][2 * width + i];
      });
    }
    const added = samplerLinear(output, named[`${block}.attention.out.weight`]);
    return values.map((value, index) => value + added[index]);
  });
}

// Returns a score for each character, to follow the characters with these numbers.
function samplerScores({ sizes: [context, width, heads, layers], named }, numbers) {
  const row = (name, index) => named[name].subarray(index * width, (index + 1) * width);
  let places = numbers.slice(-context).map((number, place) => {
    const position = row("places.weight", place);
    return row("characters.weight", number).map((value, index) => value + position[index]);
  });
  for (let layer = 0; layer < layers; layer += 1) {
    const block = `blocks.${layer}`;
    places = samplerAttend(places, named, block, heads).map((values) => {
      const normed = samplerNorm(values, named, `${block}.norm2`);
      const inner = samplerLinear(normed, named[`${block}.network.0.weight`], named[`${block}.network.0.bias`]);
      const added = samplerLinear(inner.map((value) => Math.max(value, 0)),
        named[`${block}.network.2.weight`], named[`${block}.network.2.bias`]);
      return values.map((value, index) => value + added[index]);
    });
  }
  return samplerLinear(samplerNorm(places[places.length - 1], named, "norm"), named["characters.weight"]);
}

const samplerScoresOfAll = (data, contexts) => {
  const model = samplerModel(data);
  return contexts.map((numbers) => [...samplerScores(model, numbers)]);
};

// Chooses a character by its probability, with `draw` between 0 and 1; at temperature 0 the likeliest.
function samplerChoice(scores, temperature, draw) {
  const likeliest = scores.indexOf(scores.reduce((high, score) => Math.max(high, score)));
  if (temperature === 0) return likeliest;
  let left = draw;
  const shares = samplerSoftmax(scores.map((score) => score / temperature));
  const chosen = shares.findIndex((share) => (left -= share) < 0);
  return chosen < 0 ? likeliest : chosen; // rounding: the shares may sum to a little less than 1
}

// ---------------------------------------------------------------------------------------------

(() => {
  if (!globalThis.document?.addEventListener) return; // at build time

  const COUNT = 120; // characters that one press of the button adds
  const fill = (text, parts) => text.replace(/\{(\w+)\}/g, (_, name) => parts[name]);

  // The network comes as a script: from the file system, a page can fetch nothing else.
  const load = (address) => new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    script.addEventListener("load", () => { // also of what is no network
      try {
        resolve(samplerModel(globalThis.samplerData));
      } catch (error) {
        reject(error);
      }
      delete globalThis.samplerData;
    });
    script.addEventListener("error", reject);
    document.head.append(script);
  });

  const start = (box) => {
    const words = JSON.parse(box.querySelector("script").textContent);
    const [form, button, text, status] = ["controls", "go", "text", "status"]
      .map((name) => box.querySelector(`.sampler__${name}`));
    const [given, warmth] = ["input", "select"].map((name) => form.querySelector(name));
    let model, loading = false, writing = false;

    const say = (name, parts = {}) => { status.textContent = fill(words[name], parts); };
    const showButton = () => { button.textContent = words[writing ? "stop" : "again"]; };

    const write = (numbers, left) => {
      if (writing && left > 0 && box.isConnected) {
        const scores = samplerScores(model, numbers);
        const next = samplerChoice(scores, Number(warmth.value), Math.random());
        text.textContent += model.characters[next];
        setTimeout(write, 0, [...numbers, next], left - 1); // lets the page show it
        return;
      }
      writing = false;
      showButton();
      say("done", { count: COUNT - left });
    };

    const begin = () => {
      const numbers = [...given.value].map((character) => model.characters.indexOf(character));
      const unknown = [...given.value].filter((_, index) => numbers[index] < 0);
      if (unknown.length || !numbers.length) {
        writing = false;
        showButton();
        say(numbers.length ? "unknown" : "empty", { characters: unknown.join(" ") });
        return;
      }
      text.textContent = given.value;
      say("writing");
      write(numbers, COUNT);
    };

    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (writing) {
        writing = false; // `write` sees it, or the loading below
        return;
      }
      writing = true;
      if (loading) return; // what has begun to load goes on with it
      if (!model) {
        loading = true;
        say("loading");
        try {
          model = await load(new URL(box.dataset.assets, location.href).href);
        } catch {
          writing = false;
          say("failed");
          return;
        } finally {
          loading = false;
        }
      }
      showButton();
      begin();
    });
    box.querySelectorAll("[hidden]").forEach((part) => { part.hidden = false; });
  };

  const startAll = () => document.querySelectorAll(".sampler:not([data-started])").forEach((box) => {
    box.dataset.started = "";
    start(box);
  });
  if (window.document$) document$.subscribe(startAll); // emits again on instant navigation
  else startAll();
})();
