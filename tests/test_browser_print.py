"""What a page looks like on paper: readable from either palette, whole, and the answers last."""

import pytest
from site_pages import KINDS, LANGUAGES

PAPER, CHEAT_SHEET = 718, 725  # pixels between the margins of A4: 10 mm, and 9 mm
OPEN = "document.querySelectorAll('details').forEach((fold) => { fold.open = true; })"
COLOURS = """() => [...document.querySelectorAll("body, article, article *")]
    .filter((part) => part.checkVisibility())
    .map((part) => {
        const { color, backgroundColor, borderColor, fill, stroke } = getComputedStyle(part);
        return [part.localName, color, backgroundColor, borderColor, fill, stroke].join(" ");
    })"""
# Return what does not fit between the margins. The space at which a line breaks may hang.
CUT_OFF = """(width) => [...document.querySelectorAll("article *")]
    .filter((part) => part.checkVisibility() && !part.closest("svg, .katex-mathml, .headerlink"))
    .filter((part) => {
        const isFrame = getComputedStyle(part).overflowX !== "visible";
        const isCut = isFrame && part.scrollWidth > part.clientWidth + 1;
        return isCut || part.getBoundingClientRect().right > width + 8;
    })
    .map((part) => `${part.localName}.${part.className}: ${part.textContent.slice(0, 40)}`)"""


def on_paper(open_page, path: str, scheme: str = "light"):
    """Open a page as it is printed, with all folds open, as Material opens them for a printer."""
    viewport = {"width": PAPER, "height": 1000}
    page = open_page(path, color_scheme=scheme, viewport=viewport, reduced_motion="reduce")
    page.wait_for_function("() => !document.documentElement.classList.contains('put-off')")
    page.emulate_media(media="print")
    page.evaluate(OPEN)
    return page


@pytest.mark.parametrize(
    "kind",
    [
        "lesson",
        *(
            pytest.param(kind, marks=pytest.mark.thorough)
            for kind in ("derivation", "lab", "tables")
        ),
    ],
)
def test_both_palettes_print_the_same(open_page, kind):
    path = f"en/{KINDS[kind]}"
    light, dark = (on_paper(open_page, path, scheme) for scheme in ("light", "dark"))
    assert dark.evaluate("document.body.dataset.mdColorScheme") == "slate"
    assert dark.evaluate(COLOURS) == light.evaluate(COLOURS)


@pytest.mark.thorough
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "start"])
def test_nothing_is_cut_off(open_page, language, kind):
    page = on_paper(open_page, f"{language}/{KINDS[kind]}")
    width = CHEAT_SHEET if kind == "tables" else PAPER
    page.set_viewport_size({"width": width, "height": 1000})
    assert page.evaluate(CUT_OFF, width) == []


def test_tables_behind_pictures_and_controls_are_left_out(open_page):
    page = on_paper(open_page, "en/lessons/nn-sequential/")
    for left_out in (".figure__numbers", ".figure__controls", ".md-code__nav"):
        parts = page.locator(left_out).all()
        assert parts
        assert not any(part.is_visible() for part in parts)
    assert all(part.is_visible() for part in page.locator(".figure__panels--frames > div").all())


@pytest.mark.parametrize("path", ["zh/lessons/tensors/", "en/labs/digits/"])
def test_the_answers_come_last_and_go_back(open_page, path):
    page = on_paper(open_page, path)
    before = page.locator("article").inner_html()
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    answers = page.locator("article > :last-child > details.success").all()
    assert len(answers) > 3
    names = page.locator('article > h3:is([id^="exercise-"], [id^="try-"])').all_inner_texts()
    for name, answer in zip(names, answers, strict=True):
        assert answer.locator("summary").inner_text().endswith(name.strip())
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("article").inner_html() == before
