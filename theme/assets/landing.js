// Lead a returning reader to the language chosen last, and a new one to the browser's.
(() => {
  const languages = ["zh", "en"];
  let chosen = null;
  try {
    chosen = localStorage.getItem("course-language");
  } catch {
    // storage may be blocked; the browser's language decides
  }
  if (!languages.includes(chosen)) {
    chosen = (navigator.language || "").toLowerCase().startsWith("zh") ? "zh" : "en";
  }
  // A reader who comes back from one of the languages wants to choose.
  const back = languages.some((language) =>
    document.referrer.startsWith(new URL(`${language}/`, location.href).href),
  );
  if (!back) location.replace(document.querySelector(`[data-language="${chosen}"]`).href);
})();
