// Remember the language, and keep the reader's section when switching it.
(() => {
  const remember = (language) => {
    try {
      localStorage.setItem("course-language", language);
    } catch {
      // storage may be blocked; the choice lasts for this page only
    }
  };
  remember(document.documentElement.lang.slice(0, 2));

  const currentSection = () => {
    const headings = document.querySelectorAll("article :is(h2, h3)[id]");
    const passed = [...headings].filter((heading) => heading.getBoundingClientRect().top < 120);
    return passed.length ? passed[passed.length - 1].id : "";
  };
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-language]");
    if (link) {
      remember(link.dataset.language);
      link.hash = currentSection();
    }
  });
})();
