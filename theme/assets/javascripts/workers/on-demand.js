// Loads Material's search worker and its index, the largest part of a first visit, only when the
// reader first types. This script's address names that worker after the question mark. See
// loom/website/first_view.py. The message types, and what a result holds, are Material's.
//
// It also stands between the two, because Material looks for each word on its own: here words like
// "the" do not count, and what has the words of a query in their order comes first, as a page that
// shows the error message which a reader pastes, or the name `torch.cat`; before all, a page with
// that title.
const [SETUP, READY, QUERY, RESULT] = [0, 1, 2, 3];
const STOP = new Set(("a an and are as at be been but by can cannot do does for from has have how i if in into is it "
  + "its my no not of on or should so than that the their then there they this to was were what when which why "
  + "will with you your").split(" "));
const ASKING = /为什么|什么是|是什么|什么|怎么样|怎么|怎样|如何|请问|[的吗呢]/g;
const LONG = 3; // fewer words in their order can be chance; with more, no character is an operator
const RUN = 1e9; // what a word in order counts, more than all that Material counts
const post = self.postMessage.bind(self);
let options; // of Material's search, from an index without pages
let query; // the latest
let loading;
let docs; // all sections, with their address
let texts; // of all sections, by address
let whole; // the same with the words that do not count, made when a query has hardly any other
let titles; // of all pages, by address, without what stands before a dot in the middle

// The words that count, in their order; each Han character is one. In a message, a reader's numbers differ.
const words = (text, all = false) => (text.replace(ASKING, " ").toLowerCase().match(/\p{sc=Han}|(?:(?!\p{sc=Han})[\p{L}\p{M}\p{N}_])+/gu) ?? [])
  .filter((word) => (all || !STOP.has(word)) && !/^\d/.test(word));
// A formula in the signs in which the index has it: "x^T A x" becomes "xᵀAx".
const typed = (text) => [
  [/\^\{?(?:T|⊤|\\top)\}?(?!\w)/g, "ᵀ"], [/\^\{?[-−](?:T|⊤|\\top)\}?/g, "⁻ᵀ"], [/\^\{?[-−]1\}?/g, "⁻¹"],
  [/\^\{?2\}?/g, "²"], [/\^\{?3\}?/g, "³"], [/−/g, "-"],
  [/(?<!\w)(\d|[A-Za-z][ᵀ⁻¹²³]*) (?=[A-Za-z][ᵀ⁻¹²³]*(?!\w))/g, "$1"], [/ (?=[-(])|(?<=[-(]) /g, ""],
].reduce((made, [pattern, sign]) => made.replace(pattern, sign), text);
const joined = (list) => ` ${list.join(" ")} `;
const plain = (html) => html.replace(/<[^>]*>/g, "").replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");

// What Material is to look for.
function wanted(text) {
  let kept = text.replace(ASKING, " ").replace(/[⁻¹²³]+/g, " "); // which an index may hold apart
  if (words(text).length >= LONG) kept = kept.replace(/[^\p{L}\p{N}_.]+/gu, " ");
  kept = kept.split(/\s+/).filter((word) => !STOP.has(word.toLowerCase())).join(" ");
  return kept.trim() ? kept : text;
}

// How many words of a query stand in a text in their order and together; 0 if that is chance.
function run(asked, text, fewest) {
  const least = Math.max(fewest, Math.ceil(asked.length / 2), Math.min(asked.length, LONG));
  const has = (start, length) => text.includes(joined(asked.slice(start, start + length)));
  let longest = least - 1;
  for (let start = 0; start + longest < asked.length; start += 1) {
    while (start + longest < asked.length && has(start, longest + 1)) longest += 1;
  }
  return longest < least ? 0 : longest;
}

function ranked(message) {
  if (message.type !== RESULT) return message;
  let [asked, all] = [words(query.data), texts];
  if (asked.length < 2 && words(query.data, true).length >= LONG) { // such as "'a' is not in list"
    whole ??= entries(({ title, text }) => `${title} ${text}`, true);
    [asked, all] = [words(query.data, true), whole];
  }
  const isName = /\w[._]\w/.test(query.data) && !/\s/.test(query.data); // of a program: a lesson teaches it
  const sorted = (items, scoreOf) => items.sort((one, other) => scoreOf(other) - scoreOf(one));
  for (const group of message.data.items) {
    for (const item of group) {
      if (!item.score) continue; // the title of a page of which only sections were found
      let found = run(asked, all.get(item.location), isName ? 1 : 2);
      if (titles.get(item.location) === joined(asked)) found += 1;
      if (isName && found && item.location.startsWith("lessons/")) found += 0.5;
      item.score += RUN * found;
    }
    sorted(group, (item) => item.score);
  }
  sorted(message.data.items, (group) => group[0].score);
  return message;
}

// A replacement for lunr's key of a node in its tree of words: nodes with the same key become one. Lunr
// writes labels and ids without anything between them, so that 1 → 23, 4 → 5 is the same as 1 → 2345;
// it then finds words that no page has, and a query which begins such a word fails.
function keyOf() {
  const labels = Object.keys(this.edges).sort();
  return this._str ?? [Number(this.final), ...labels.map((label) => label + this.edges[label].id)].join();
}

const entries = (textOf, all = false) =>
  new Map(docs.map((doc) => [doc.location, joined(words(plain(textOf(doc)), all))]));

async function load() {
  const answer = await fetch(new URL("../../../search/pages.json", location));
  if (!answer.ok) throw new Error(`${answer.url}: ${answer.status}`);
  const index = await answer.json();
  docs = index.docs;
  texts = entries(({ title, text }) => `${title} ${text}`);
  titles = entries(({ title, location: address }) => (address.includes("#") ? "" : title.replace(/^.* · /, "")));
  importScripts(location.search.slice(1));
  self.lunr.TokenSet.prototype.toString = keyOf;
  await new Promise((ready) => {
    self.postMessage = (message) => (message.type === READY ? ready() : post(ranked(message)));
    tell({ type: SETUP, data: { ...index, options } });
  });
}

const tell = (data) => dispatchEvent(new MessageEvent("message", { data }));

addEventListener("message", async (event) => {
  if (!event.isTrusted) return; // from here to Material's worker
  event.stopImmediatePropagation();
  const message = event.data;
  if (message.type === SETUP) {
    options = message.data.options;
    post({ type: READY });
  } else if (message.type === QUERY) {
    const asked = { ...message, data: typed(message.data) };
    query = asked;
    if (!query.data) {
      post({ type: RESULT, data: { items: [] } });
      return;
    }
    // After a network error, the next key press tries again.
    await (loading ??= load().catch((error) => { loading = undefined; throw error; }));
    if (query === asked) tell({ type: QUERY, data: wanted(query.data) });
  }
});
