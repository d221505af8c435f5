"""What axe-core finds wrong with a page: WCAG 2.2 up to AA, and its best practices."""

from axe_playwright_python.sync_playwright import Axe
from site_pages import LAY_OUT

AXE = Axe().axe_script
STANDARDS = {
    "type": "tag",
    "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}
# The parts of a formula have the colours of the text around it, and are most elements of a page.
ONE_COLOUR = """() => axe.configure({
    rules: [{ id: "color-contrast", selector: "*:not(.katex *)" }],
})"""
# What watches sizes has done its work two frames after a page was laid out.
TWO_FRAMES = """() => new Promise((resolve) => {
    requestAnimationFrame(() => requestAnimationFrame(resolve));
})"""


def violations(page) -> list[str]:
    """Return what breaks a rule on a page: the rule, the element, what is wrong.

    The page has to be opened with `bypass_csp=True`: the site's policy would keep axe out.
    """
    page.evaluate(LAY_OUT)
    page.evaluate(TWO_FRAMES)
    if not page.evaluate("window.axe !== undefined"):
        page.evaluate(AXE)
        page.evaluate(ONE_COLOUR)
    options = {"resultTypes": ["violations"], "runOnly": STANDARDS}
    found = page.evaluate("(options) => axe.run(document, options)", options)["violations"]
    return [
        f"{page.url} {rule['id']}: {node['html'][:200]} {node['failureSummary']}"
        for rule in found
        for node in rule["nodes"]
    ]
