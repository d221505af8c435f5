// Loads Material's search worker and its index, the largest part of a first visit, only when the
// reader first types. This script's address names that worker after the question mark. See
// loom/website/first_view.py. The message types are Material's.
const [SETUP, READY, QUERY, RESULT] = [0, 1, 2, 3];
const post = self.postMessage.bind(self);
let options; // of Material's search, from an index without pages
let query; // the latest
let loading;

async function load() {
  const answer = await fetch(new URL("../../../search/pages.json", location));
  if (!answer.ok) throw new Error(`${answer.url}: ${answer.status}`);
  const index = await answer.json();
  importScripts(location.search.slice(1));
  await new Promise((ready) => {
    self.postMessage = (message) => (message.type === READY ? ready() : post(message));
    removeEventListener("message", hear);
    tell({ type: SETUP, data: { ...index, options } });
  });
  tell(query);
}

const tell = (data) => dispatchEvent(new MessageEvent("message", { data }));

function hear({ data: message }) {
  if (message.type === SETUP) {
    options = message.data.options;
    post({ type: READY });
  } else if (message.type === QUERY) {
    query = message;
    if (!query.data) post({ type: RESULT, data: { items: [] } });
    // After a network error, the next key press tries again.
    else loading ??= load().catch((error) => { loading = undefined; throw error; });
  }
}
addEventListener("message", hear);
