// Send a returning reader to the language chosen last, and a new one to the browser's.
(() => {
  const links = [...document.querySelectorAll("[data-language]")];
  const languages = links.map((link) => link.dataset.language);
  let chosen = null;
  try {
    chosen = localStorage.getItem("course-language");
  } catch {
    // storage may be blocked; the browser's language decides
  }
  if (!languages.includes(chosen)) {
    const wanted = (navigator.language || "").toLowerCase();
    chosen = languages.find((language) => wanted.startsWith(language)) || "en";
  }
  // A reader who comes back from one of the languages wants to choose.
  const back = languages.some((language) =>
    document.referrer.startsWith(new URL(`${language}/`, location.href).href),
  );
  if (!back) location.replace(links[languages.indexOf(chosen)].href);
})();
