"""One page of each kind in a real browser: what one wants to know before a commit.

`look.js` says what is looked for. The thorough tests do this to every page, in both palettes.
"""

import pytest
from accessibility import violations
from site_pages import BESIDE, KINDS, LANGUAGES, look, settled, visit

WIDTHS = (360, 1280)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_of_page_is_whole(open_page, kind, language):
    """No error, no request to another host, nothing cut or overlapping, no sideways scrolling."""
    page = open_page(f"{language}/{KINDS[kind]}", reduced_motion="reduce")
    faults = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        faults += [f"at {width} pixels: {fault}" for fault in settled(lambda: look(page))]
    assert faults == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_of_page_breaks_no_rule_of_axe(open_page, kind):
    """The languages in turn: rules look at colours and structure, which are the same in both."""
    language = LANGUAGES[list(KINDS).index(kind) % 2]
    page = open_page(f"{language}/{KINDS[kind]}", bypass_csp=True, reduced_motion="reduce")
    assert violations(page) == []


def test_the_pages_beside_the_course_are_whole(open_page, address):
    page = open_page("en/", reduced_motion="reduce")
    faults = []
    for path in BESIDE:
        visit(page, address, path)
        faults += settled(lambda: look(page))
    assert faults == []
