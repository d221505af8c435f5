"""Live boxes in a real browser: the lesson's own program, run, changed, stopped and put back."""

import http.server
import re
import threading
from pathlib import Path

import pytest
from playwright.sync_api import expect
from site_pages import LAY_OUT, idle
from small_site import python

from loom import words
from loom.draw import pyodide
from loom.weave import references

pytestmark = pytest.mark.thorough

ROOT = Path(__file__).parent.parent
LANGUAGES = ("zh", "en")
LESSON = "lessons/warmup-numpy/"
DERIVATION = "derivation/derivative-basics/"
SMALL = "N, D_in, H, D_out = 16, 50, 20, 4"
OWN = "N, D_in, H, D_out = 64, 1000, 100, 10"


@pytest.fixture(scope="module", autouse=True)
def python_for_the_browser(site):
    """A site that has the assets."""
    assert (site / pyodide.PUBLISHED).is_dir(), (
        "Python for the browser could not be fetched when the site was built: "
        "check the network, and run the tests again."
    )


class Box:
    """The first live box of a page, which shows its program.

    Attributes:
        requests: Addresses that the page has asked for, the worker's included.
    """

    def __init__(self, page, language: str) -> None:
        self.page, self.words = page, words.of(language)["live"]["while"]
        self.requests: list[str] = []
        page.evaluate(LAY_OUT)
        page.on("request", lambda request: self.requests.append(request.url))
        self.whole = page.locator(".live").first
        self.code = self.whole.locator("textarea")
        self.button = self.whole.locator(".live__run")
        self.output = self.whole.locator(".live__output")
        self.status = self.whole.locator(".live__status")
        self.shown = self.whole.locator(".highlight")

    def run(self, program: str | None = None) -> str:
        """Run the program that is there, or another one, and return what it printed."""
        if program is not None:
            self.code.fill(program)
        self.button.click()
        return self.end()

    def end(self) -> str:
        expect(self.button).to_have_text(self.words["run"])
        return self.output.text_content()

    def says(self, word: str) -> None:
        """Check that the status line says a sentence, whatever stands in its gaps."""
        pattern = re.sub(r"\\\{\w+\\\}", ".+", re.escape(self.words[word]))
        expect(self.status).to_have_text(re.compile(pattern))


def published(path: str) -> str:
    """Return a program as the page shows it."""
    return references.without_marks((ROOT / path).read_text("utf-8"))


def run_natively(program: str, folder: Path) -> str:
    path = folder / "program.py"
    path.write_text(program, encoding="utf-8")
    return python(path).stdout


def test_a_small_network_prints_in_the_browser_what_it_prints_here(open_page, tmp_path):
    page = open_page(f"zh/{LESSON}")
    box = Box(page, "zh")
    page.reload()
    page.evaluate(LAY_OUT)  # or the button moves away from the click
    expect(box.button).to_contain_text(re.compile(r"\d\.\d MB"))
    idle(page)
    assert not [url for url in box.requests if "/live/" in url or "live-worker" in url]
    small = published("snippets/warmup_numpy.py").replace(OWN, SMALL)
    printed = box.run()
    assert box.code.input_value() == small
    assert printed == run_natively(small, tmp_path)
    box.says("done")


def test_the_network_of_the_lesson_prints_what_the_page_shows(open_page):
    page = open_page(f"en/{LESSON}")
    box = Box(page, "en")
    box.whole.locator("select").select_option(index=1)
    assert box.code.input_value() == published("snippets/warmup_numpy.py")
    shown = page.locator("#output ~ details figure.loom--output samp").first.text_content()
    assert box.run() == shown
    box.says("done")


def test_an_error_names_the_line_of_the_reader(open_page):
    page = open_page(f"zh/{LESSON}")
    box = Box(page, "zh")
    box.run()
    printed = box.run("def f(x):\n    return 1 / x\n\nprint('before')\nf(0)\n")
    assert printed.startswith("before\nTraceback (most recent call last):\n")
    assert '  File "warmup_numpy.py", line 5, in <module>\n    f(0)\n' in printed
    assert '  File "warmup_numpy.py", line 2, in f\n    return 1 / x\n' in printed
    assert printed.endswith("ZeroDivisionError: division by zero\n")
    assert "pyodide" not in printed
    box.says("error")
    assert "SyntaxError" in box.run("x = (\n")
    assert box.run("print(x)").endswith("NameError: name 'x' is not defined\n")


def test_endless_loops_and_going_back(open_page):
    page = open_page(f"en/{LESSON}")
    box = Box(page, "en")
    box.run()
    box.code.fill("print('it began', flush=True)\nwhile True:\n    pass\n")
    box.button.click()
    expect(box.output).to_have_text("it began\n")  # it comes while the program runs
    box.says("running")
    box.button.click()
    box.says("stopped")
    assert box.run("print(1 + 1)") == "2\n", "a new worker"

    box.run("while True: print('flood')")
    box.says("full")
    assert len(box.output.text_content()) < 300_000

    box.whole.locator(".live__reset").click()
    assert box.code.input_value() == published("snippets/warmup_numpy.py").replace(OWN, SMALL)
    assert box.output.text_content() == ""
    box.says("reset")


def test_autograd_agrees_in_the_browser_too(open_page, tmp_path):
    page = open_page(f"zh/{DERIVATION}")
    box = Box(page, "zh")
    assert box.whole.locator("select").count() == 0
    program = published("snippets/derivations/autograd_bridge.py")
    assert box.run() == run_natively(program, tmp_path)
    wrong = program.replace("2.0 * (np.dot", "2.1 * (np.dot")
    assert wrong != program
    assert "of the largest: False" in box.run(wrong)


OWN_WORKER = """
import js
from pyodide.ffi import to_js
def made(**parts): return to_js(parts, dict_converter=js.Object.fromEntries)
worker = js.Worker.new("%sassets/live-worker.js", made(type="module"))
worker.postMessage(made(code="1", program="a", assets="http://127.0.0.1:%s/", packages=[]))
"""


def test_a_program_asks_no_other_host(open_page, address):
    asked = []

    class Other(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_error(404)

    page = open_page(f"en/{LESSON}")
    box = Box(page, "en")
    box.button.click()  # shows the editor
    box.button.click()
    box.says("stopped")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Other) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        said = box.run(
            "from js import XMLHttpRequest\nask = XMLHttpRequest.new()\n"
            f"ask.open('GET', 'http://127.0.0.1:{server.server_port}/', False)\nask.send()\n"
        )
        assert "NetworkError" in said
        box.code.fill(OWN_WORKER % (address, server.server_port))
        box.button.click()  # its worker would be under no policy, so the script ends it
        expect(box.status).to_contain_text("under the policy of a page")
        server.shutdown()
    assert asked == []
    page.faults.clear()  # the browser tells of it


def test_everything_can_be_done_by_keyboard(open_page):
    page = open_page(f"en/{LESSON}")
    box = Box(page, "en")
    box.button.focus()
    page.keyboard.press("Enter")
    assert "step 499" in box.end()
    box.code.focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("while True: pass")
    page.keyboard.press("Control+Enter")
    box.says("running")
    page.keyboard.press("Tab")  # the text does not hold it
    assert page.evaluate("document.activeElement.localName") == "select"
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    box.says("stopped")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    box.says("reset")


def test_the_choice_of_network_keeps_other_changes(open_page):
    page = open_page(f"en/{LESSON}")
    box = Box(page, "en")
    box.button.click()
    box.button.click()
    box.says("stopped")  # before Python has started; the program can be changed now
    box.code.fill(box.code.input_value().replace("steps = 500", "steps = 1"))
    box.whole.locator("select").select_option(index=1)
    assert OWN in box.code.input_value()
    assert "steps = 1\n" in box.code.input_value()
    box.code.fill("print(1)")
    box.whole.locator("select").select_option(index=0)
    box.says("gone")
    assert box.code.input_value() == "print(1)"


@pytest.mark.parametrize(
    ("language", "file"), [("zh", "pyodide.asm.wasm"), ("en", pyodide.WHEELS["numpy"])]
)
def test_a_missing_file_is_named_and_the_code_stays(open_page, language, file):
    page = open_page(f"{language}/{LESSON}")
    box = Box(page, language)
    page.context.route(f"**/{file}", lambda route: route.fulfill(status=404))
    box.button.click()
    expect(box.status).to_contain_text(file)
    box.says("missing")
    expect(box.status).to_contain_text(box.words["instead"])
    expect(box.shown).to_be_visible()
    expect(box.code).to_be_hidden()
    page.context.unroute(f"**/{file}")
    assert "step 499" in box.run(), "it can be tried again"
    expect(box.shown).to_be_hidden()
    assert all("404" in fault or file in fault for fault in page.faults)
    page.faults.clear()


BROKEN = {
    # What the host sends in the place of a file, though it has said that the file is there.
    "a runtime that never comes": ("pyodide.asm.wasm", None, "late"),
    "a wheel that is none": (pyodide.WHEELS["numpy"], "no wheel", "failed"),
    "a script that is none": ("pyodide.mjs", "no script", "failed"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_fails_later_is_said_too(open_page, name):
    file, sent, word = BROKEN[name]
    page = open_page("en/")

    def serve(route):
        if route.request.method == "HEAD":
            route.fallback()
        elif sent is not None:
            route.fulfill(body=sent, content_type="text/javascript")

    def be_impatient(route):
        text = route.fetch().text()
        route.fulfill(
            body=re.sub(r"(timeout&quot;: )180", r"\g<1>5", text), content_type="text/html"
        )

    page.context.route(f"**/{file}", serve)
    if word == "late":
        page.context.route(f"**/{LESSON}", be_impatient)
    page.goto(page.url + LESSON)
    box = Box(page, "en")
    box.button.click()
    box.says(word)
    expect(box.shown).to_be_visible()
    page.faults.clear()


@pytest.mark.parametrize(("language", "said"), [("en", "the gradient of x"), ("zh", "x 的梯度")])
def test_an_exercise_is_written_and_checked_on_the_page(open_page, language, said):
    page = open_page(f"{language}/lessons/tiny-autograd/")
    page.evaluate(LAY_OUT)
    box = page.locator(".live", has=page.locator("textarea")).nth(2)
    own = words.of(language)["live"]
    code, button, output = (box.locator(f".live__{part}") for part in ("code", "run", "output"))
    text = code.locator("textarea")
    expect(text).to_have_value(re.compile(r"^import numpy as np\n\n\ndef exp\(x\):"))
    stub = text.input_value()
    for program, answer in (
        (stub, own["unwritten"]),
        ("import numpy as np\ndef exp(x):\n    return np.exp(x), lambda grad: grad\n", said),
        ("import numpy as np\ndef exp(x):\n    return np.exp(x), np.exp(x).__mul__\n", "✓"),
        ("def exp(x):\n    return unknown\n", "line 2, in exp"),
    ):
        text.fill(program)
        button.click()
        expect(output).to_contain_text(answer)
        expect(button).to_have_text(own["check_again"])
    box.locator(".live__reset").click()
    expect(text).to_have_value(stub)


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_javascript_the_program_can_be_read(open_page, language):
    page = open_page(f"{language}/{LESSON}", java_script_enabled=False)
    page.evaluate(LAY_OUT)
    box = page.locator(".live").first
    assert box.locator(".live__run").is_hidden()
    box.locator("summary").first.click()
    shown = box.locator(".highlight code")
    assert shown.is_visible()
    assert shown.text_content() == published("snippets/warmup_numpy.py")
