"""The labs in a real browser, in both languages, all other hosts blocked."""

import json
from pathlib import Path

import pytest

pytestmark = pytest.mark.thorough

LABS = sorted(path.stem for path in (Path(__file__).parent.parent / "docs/en/labs").glob("*.py"))


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", LABS)
def test_a_lab_shows_its_outputs_and_gives_its_notebook(open_page, address, language, name):
    page = open_page(f"{language}/labs/{name}/")
    outputs = page.locator("article .loom--output samp")
    assert outputs.count() >= 4
    folded = page.locator("article details.success .loom--output samp")
    assert folded.count() >= 4
    assert not any(output.is_visible() for output in folded.all())
    for title in page.locator("article details > summary").all():
        title.click()
    assert all(output.is_visible() for output in outputs.all())
    pictures = page.locator("article .loom--lab svg[role=img]")
    assert pictures.count() >= 1
    assert all(picture.bounding_box()["height"] > 100 for picture in pictures.all())
    link = page.locator("article .lab a[download]")
    with page.expect_download() as download:
        link.click()
    assert download.value.suggested_filename == f"{name}.ipynb"
    notebook = json.loads(Path(download.value.path()).read_text("utf-8"))
    assert notebook["nbformat"] == 4
    assert notebook["metadata"]["kernelspec"]["name"] == "python3"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_picture_can_be_read_in_light_and_dark(open_page, scheme):
    page = open_page("en/labs/checking-gradients/", color_scheme=scheme)
    text, line, background = page.evaluate("""() => {
        const svg = document.querySelector(".loom--lab svg");
        const lines = [...svg.querySelectorAll("path")];
        const line = lines.find((path) => /chart-1/.test(path.style.stroke));
        return [
          getComputedStyle(svg.querySelector("text")).fill,
          getComputedStyle(line).stroke,
          getComputedStyle(document.body).backgroundColor,
        ].map((colour) => colour.match(/[0-9]+/g).slice(0, 3).map(Number));
    }""")
    assert contrast(text, background) > 7
    assert contrast(line, background) > 4.5


def contrast(one, other):
    """Return the contrast of two colours, as WCAG defines it."""

    def luminance(colour):
        parts = [c / 255 for c in colour]
        parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)
