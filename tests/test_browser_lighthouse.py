"""What Lighthouse finds on its phone profile that does not depend on this machine's speed.

`make bench PART=phone` measures the rest: when the largest part is there, and how long a page
cannot answer.
"""

import pytest
from lighthouse import PAGES, hosted, measure

pytestmark = pytest.mark.thorough

SHIFT = 0.02  # of the screen
SCORES = ("accessibility", "best-practices", "seo")
SCORE = 99  # of 100


@pytest.fixture(scope="module")
def host(site):
    """The address of the site on a host that compresses."""
    with hosted(site) as address:
        yield address


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_sound_on_a_phone(host, path, record_property):
    found = measure(host + path)
    assert found["numbers"]["cumulative-layout-shift"] < SHIFT
    assert {name: found["scores"][name] for name in SCORES if found["scores"][name] < SCORE} == {}
    # The first paint waits for one style and for no script.
    assert [url.rpartition("/")[2] for url in found["blocking"]] in ([], ["style.css"])
    record_property(
        f"{path}: largest paint, ms", round(found["numbers"]["largest-contentful-paint"])
    )
    record_property(f"{path}: blocked, ms", round(found["numbers"]["total-blocking-time"]))
