"""The pictures: drawn from data, described from data, and the data is that of real runs."""

import base64
import json
import math
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
import torch
from facts import record

from loom.draw import figures, javascript, sampler
from loom.run.record import Record, Settings, SnippetError
from loom.weave import references
from loom.weave.weaver import Weaver
from snippets import warmup_numpy
from snippets.charts import autograd_graphs, loss_curves, shapes, training_in_nn

GRAPH = {
    "nodes": {
        "w": {"name": "w", "kind": "leaf", "shape": [3, 2]},
        "mm": {"name": "MmBackward0", "kind": "op"},
        "loss": {"name": "loss", "kind": "result", "shape": []},
    },
    "edges": [["w", "mm", ""], ["mm", "loss", "(5, 2)"]],
}
# For each kind: data, what the text alternative must say, what the table must hold.
KINDS = {
    "curves": ({"a": [8.0, 2.0, 0.5], "b": [[0, 1.0], [2, 4.0]]}, ["8", "0.5", "4"], ["0.5", "4"]),
    "bars": ({"a": {"edges": [0, 1, 2], "counts": [3, 40]}}, ["43", "1", "2"], ["3", "40"]),
    "mask": ({"a": ["0110", "1000"]}, ["8", "3"], ["8", "3"]),
    "frames": ({"targets": [1.0, 2.0], "frames": {"a": [0.0, 2.5]}}, ["1"], ["2.5"]),
    "graph": (GRAPH, ["3", "w", "MmBackward0", "loss"], ["(3, 2)", "(5, 2)"]),
    "pictures": ([{"name": "5 → 9", "pixels": [16, *[0] * 63]}], ["1", "5 → 9"], ["5 → 9"]),
    "graphs": ({"a": GRAPH}, ["3", "MmBackward0"], ["(5, 2)"]),
}
RUN = {"powers": [280, 100], "first": "631", "last": "0.5", "steps": 8}
EXPLORER = {
    "choices": {"optimizer": ["SGD"], "width": ["10"], "rate": ["1e-04", "1e-02"]},
    "start": ["SGD", "10", "1e-04"],
    "steps": 8,
    "every": 4,
    "runs": {"SGD 10 1e-04": RUN, "SGD 10 1e-02": {**RUN, "steps": 3}},
}
KINDS["explorer"] = (EXPLORER, ["SGD", "10", "1e-04"], ["0.5"])
SAMPLE = {"name": "7", "pixels": [16, *[0] * 63], "scores": [0.5, *[0.0] * 8, 3.0]}
WORDS = "title: A title\nx: step\ny: loss\na: first\nb: second\n"


def draw(tmp_path, kind: str, data, language: str = "en", words: str = WORDS, **options) -> str:
    options = {"file": "snippets/a.py", "value": "data", "kind": kind, **options}
    reference = references.from_options("figure", options)
    assert reference.problem == ""
    picture = figures.Picture("snippets/a.py", "data", kind, words, "log" in options)
    return figures.figure(picture, data, language, str(tmp_path / "cache"))


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_is_drawn_described_and_tabled(kind, language, tmp_path):
    data, said, tabled = KINDS[kind]
    html = draw(tmp_path, kind, data, language)
    for svg in re.findall(r"<svg role.*?</svg>", html, re.DOTALL):
        root = ElementTree.fromstring(svg)
        assert root.get("viewBox")
        label = root.get("aria-label")
        assert all(word in label for word in said), label
        if kind != "explorer":
            assert (max(label) > "\u4e00") == (language == "zh")
        assert "NaN" not in svg
        assert "undefined" not in svg
    table = html.split("<table>")[1]
    assert all(f"<td>{cell}</td>" in table for cell in tabled), table


def test_a_picture_has_no_colour_of_its_own(tmp_path):
    for kind, (data, _, _) in KINDS.items():
        colours = re.findall(r'(?:fill|stroke)="([^"]*)"', draw(tmp_path, kind, data))
        assert set(colours) <= {"none", "currentColor"} | {f"var(--chart-{i})" for i in range(1, 9)}


def test_names_of_the_data_are_shown_in_the_words_of_the_page(tmp_path):
    html = draw(tmp_path, "curves", KINDS["curves"][0])
    assert re.search(r"<li><svg.*?</svg> first</li>", html)
    assert "<th>second</th>" in html


def test_a_path_that_turns_back_is_tabled_by_the_number_of_its_points(tmp_path):
    path = [[-4.0, 1.0], *([-1.0 + 0.1 * at, 0.5] for at in range(40)), [0.25, 0.0]]
    table = draw(tmp_path, "curves", {"a": path}).split("<table>")[1]
    assert "<th>step</th>" in table
    assert "<tr><td>0</td><td>(-4, 1)</td></tr>" in table
    assert "<tr><td>41</td><td>(0.25, 0)</td></tr>" in table


def test_a_curve_between_whole_numbers_is_tabled_at_more_than_its_ends(tmp_path):
    curve = [[at / 20 - 2, float(at)] for at in range(81)]
    assert draw(tmp_path, "curves", {"a": curve}).split("<table>")[1].count("<tr>") > 12


def test_another_word_or_number_gives_another_picture(tmp_path):
    first = draw(tmp_path, "bars", KINDS["bars"][0])
    assert draw(tmp_path, "bars", KINDS["bars"][0]) == first
    assert draw(tmp_path, "bars", {"a": {"edges": [0, 1, 2], "counts": [3, 41]}}) != first
    assert "other" in draw(tmp_path, "bars", KINDS["bars"][0], words=WORDS.replace("step", "other"))


NOWHERE = {"nodes": {}, "edges": [["a", "b", ""]]}
FAULTS = {
    "not finite": ("curves", {"a": [1.0, math.inf]}, WORDS, "NaN or infinity"),
    "no title": ("curves", {"a": [1.0]}, "x: step\n", "has no title"),
    "an unclear line": ("curves", {"a": [1.0]}, "title: A\nstep\n", "the line `step`"),
    "a word twice": ("curves", {"a": [1.0]}, "title: A\nx: 1\nx: 2\n", "the line `x: 2`"),
    "a different form": ("bars", [1.0, 2.0], WORDS, "cannot be drawn as bars"),
    "too few pixels": ("pictures", [{"name": "5", "pixels": [1]}], WORDS, "as pictures"),
    "an edge to nowhere": ("graph", NOWHERE, WORDS, "drawn as graph"),
    "a control character": ("curves", {"a\0": [1.0]}, WORDS, "the control character"),
    "no points": ("curves", {"a": []}, WORDS, "cannot be drawn as curves"),
    "a number": ("curves", 5, WORDS, "cannot be drawn as curves"),
    "no counts": ("bars", {"a": {"edges": [1.0], "counts": []}}, WORDS, "drawn as bars"),
    "too few counts": ("bars", {"a": {"edges": [1.0], "counts": [1, 2]}}, WORDS, "drawn as bars"),
    "a short frame": ("frames", {"targets": [1.0], "frames": {"a": []}}, WORDS, "drawn as frames"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_what_cannot_be_drawn_is_named(name, tmp_path):
    kind, data, words, said = FAULTS[name]
    with pytest.raises(SnippetError, match=said) as caught:
        draw(tmp_path, kind, data, words=words)
    assert all(Path(name).is_file() for name in re.findall(r"loom/\S+\.\w+", str(caught.value)))


def test_the_walk_finds_leaves_shapes_and_sharing():
    w = torch.ones(3, 3, requires_grad=True)
    x = torch.ones(2, 3)
    graph = autograd_graphs.walk(x.mm(w).relu().mm(w).sum(), {"w": w})
    names = {id_: node["name"] for id_, node in graph["nodes"].items()}
    edges = sorted((names[a], names[b], shape) for a, b, shape in graph["edges"])
    assert edges == [
        ("MmBackward0", "ReluBackward0", "(2, 3)"),
        ("MmBackward0", "SumBackward0", "(2, 3)"),
        ("ReluBackward0", "MmBackward0", "(2, 3)"),
        ("SumBackward0", "loss", ""),
        ("w", "MmBackward0", ""),
        ("w", "MmBackward0", ""),
    ]
    assert [node["shape"] for node in graph["nodes"].values() if node["kind"] == "leaf"] == [[3, 3]]


def test_the_shape_diagram_of_lesson_1():
    def call():
        return warmup_numpy.gradients(*warmup_numpy.make_data())

    graph = shapes.diagram(warmup_numpy.gradients, call, "backward")
    grad_w1 = {"name": "grad_w1", "kind": "gradient", "shape": [1000, 100]}
    assert graph["nodes"]["grad_w1"] == grad_w1
    assert graph["nodes"]["w2"]["kind"] == "leaf"
    made = {edge[1]: edge[0] for edge in graph["edges"] if edge[0].startswith("line")}
    assert graph["nodes"][made["grad_h"]]["name"] == "grad_h_relu.copy()\ngrad_h[h <= 0] = 0"
    used = {edge[0] for edge in graph["edges"] if edge[1] == made["grad_h"]}
    assert used == {"grad_h_relu", "h"}


def test_the_curves_are_those_of_the_lessons(capsys):
    expected = warmup_numpy.train(*warmup_numpy.make_data())
    assert loss_curves.losses_of(warmup_numpy) == pytest.approx(expected, rel=1e-5)


def test_a_histogram_counts_every_entry():
    values = torch.tensor([[-1.0, -0.5], [0.0, 1.0]])
    found = training_in_nn.histogram(values, -1, 1)
    assert sum(found["counts"]) == 4
    assert (found["edges"][0], found["edges"][-1]) == (-1, 1)
    assert len(found["edges"]) == len(found["counts"]) + 1


ZEROS = [base64.b64encode(bytes(2 * numbers)).decode() for numbers in (640, 10)]
LAYER = {
    name: {"scale": 0.5, "numbers": numbers}
    for name, numbers in zip(("weight", "bias"), ZEROS, strict=True)
}
DIGIT = {"layers": [LAYER], "samples": [SAMPLE]}


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "shows the digit 7: the network reads the digit 9"),
        ("zh", "写的是 7：网络认为这是 9"),
    ],
)
def test_the_digit_box_shows_a_picture_and_its_scores_without_a_script(language, said, tmp_path):
    html = draw(tmp_path, "digit", DIGIT, language)
    assert said in html
    assert html.count('<i style="--ink:') == 64
    assert "<td>0.50</td><td><span>0.055</span>" in html
    assert "<td>3.00</td><td><span>0.67" in html


WRONG_DIGITS = {
    "no samples": {"samples": []},
    "a text": "text",
    "no layers": {"layers": []},
    "no base64": {"layers": [{"weight": 3, "bias": None}]},
    "too few weights": {"layers": [LAYER | {"weight": LAYER["bias"]}]},
    "a scale without end": {"layers": [LAYER | {"bias": {"scale": math.inf, "numbers": ""}}]},
    "63 pixels": {"samples": [SAMPLE | {"pixels": [1] * 63}]},
    "too much ink": {"samples": [SAMPLE | {"pixels": [17] * 64}]},
    "pixels as text": {"samples": [SAMPLE | {"pixels": ["1"] * 64}]},
    "three scores": {"samples": [SAMPLE | {"scores": [1.0, 2.0, 3.0]}]},
    "a score of 400 digits": {"samples": [SAMPLE | {"scores": [10**400] * 10}]},
    "scores that are no numbers": {"samples": [SAMPLE | {"scores": [math.nan] * 10}]},
    "a second sample without scores": {"samples": [SAMPLE, {"name": "1", "pixels": [1] * 64}]},
}


@pytest.mark.parametrize("name", WRONG_DIGITS)
def test_a_digit_box_that_could_not_work_is_named(name, tmp_path):
    wrong = WRONG_DIGITS[name]
    data = DIGIT | wrong if isinstance(wrong, dict) else wrong
    words = r"drawn as digit|which cannot be drawn\nWhat to do: "
    with pytest.raises(SnippetError, match=words):
        draw(tmp_path, "digit", data)


PART = {"scale": 0.5, "bytes": "Af8="}  # 1 and -1, in units of 0.5
ONE = {"scale": 1, "bytes": "AQ=="}
WEIGHTS = {"characters.weight": PART, "places.weight": PART, "norm.weight": ONE, "norm.bias": ONE}
SAMPLER = {"vocabulary": "a<", "sizes": [2, 1, 1, 0], "weights": WEIGHTS, "written": "a<a"}


def test_the_sampler_shows_what_was_written_and_leaves_the_network_outside(tmp_path):
    html = draw(tmp_path, "sampler", SAMPLER)
    assert ">a&lt;a</pre>" in html
    assert 'data-assets="loom:networks/' in html
    assert "Af8=" not in html
    assert "Load the network (0 kB)" in html
    assert '"bytes":"Af8="' in sampler.script(SAMPLER)
    assert "written" not in sampler.script(SAMPLER)
    more = SAMPLER | {"weights": WEIGHTS | {"unused": []}}
    assert sampler.script(more) == sampler.script(SAMPLER)


def test_each_network_has_an_address_of_its_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("snippets/sub").mkdir(parents=True)
    weaver, fences = Weaver(Settings()), ""
    for path, values in {
        "snippets/a.py": {"one": SAMPLER, "other": SAMPLER | {"vocabulary": "ab"}},
        "snippets/sub/a.py": {"one": SAMPLER | {"vocabulary": "ac"}},
        "snippets/words.py": {"one": {"vocabulary": "ad", "sizes": [2, 1, 1, 0], "written": "a"}},
        "snippets/weights.py": {"one": {"weights": WEIGHTS}},
    }.items():
        Path(path).write_text("")
        weaver.runs.records[path] = Record(path, "", values, {}, {}, None)
    for path, value, more in (
        ("snippets/a.py", "one", ""),
        ("snippets/a.py", "other", ""),
        ("snippets/sub/a.py", "one", ""),
        ("snippets/words.py", "one", ' with="snippets/weights.py"'),
        ("snippets/weights.py", "one", ""),  # the page shows why it is refused
    ):
        fences += f'```figure file="{path}" value="{value}" kind="sampler"{more}\ntitle: T\n```\n'
    Path("page.md").write_text(fences)
    found = weaver.networks([Path("page.md")])
    assert [json.loads(s[s.index("{") : -2])["vocabulary"][1] for s in found.values()] == [*"<bcd"]
    place = references.find(fences)[3]
    assert re.search('data-assets="loom:([^"]+)"', weaver.figure(place))[1] == list(found)[3]


WRONG_SAMPLERS = {
    "a text": "text",
    "no weights": SAMPLER | {"weights": {}},
    "no vocabulary": SAMPLER | {"vocabulary": None},
    "three sizes": SAMPLER | {"sizes": [2, 1, 1]},
    "no head": SAMPLER | {"sizes": [2, 1, 0, 0]},
    "heads that do not divide": SAMPLER | {"sizes": [2, 1, 2, 0]},
    "a block that is not there": SAMPLER | {"sizes": [2, 1, 1, 1]},
    "too few numbers": SAMPLER | {"weights": WEIGHTS | {"places.weight": ONE}},
    "no base64": SAMPLER | {"weights": WEIGHTS | {"norm.bias": {"scale": 1, "bytes": "?"}}},
    "no scale": SAMPLER | {"weights": WEIGHTS | {"norm.bias": ONE | {"scale": "1"}}},
    "-1 layers": SAMPLER | {"sizes": [2, 1, 1, -1]},
    "layers without end": SAMPLER | {"sizes": [2, 1, 1, 10**12]},
    "-1 heads": SAMPLER | {"sizes": [2, 1, -1, 0]},
    "a character twice": SAMPLER | {"vocabulary": "aa"},
    "a scale of 400 digits": SAMPLER
    | {"weights": WEIGHTS | {"norm.bias": ONE | {"scale": 10**400}}},
    "nothing written": SAMPLER | {"written": None},
}


@pytest.mark.parametrize("name", WRONG_SAMPLERS)
def test_a_sampler_that_could_not_work_is_named(name, tmp_path):
    with pytest.raises(SnippetError, match=r"drawn as sampler") as raised:
        draw(tmp_path, "sampler", WRONG_SAMPLERS[name])
    assert "loom/draw/sampler.py" in str(raised.value)


def in_sampler(function, *arguments):
    return javascript.call((figures.ASSETS / "sampler.js",), "", function, *arguments)


def test_the_sampler_chooses_by_probability_and_the_likeliest_at_temperature_0():
    scores = [math.log(share) for share in (0.2, 0.5, 0.3)]
    assert [in_sampler("samplerChoice", scores, 0, draw) for draw in (0, 0.99)] == [1, 1]
    draws = {0.1: 0, 0.25: 1, 0.65: 1, 0.75: 2, 0.999: 2}
    assert [in_sampler("samplerChoice", scores, 1, draw) for draw in draws] == [*draws.values()]
    # Twice as warm, the shares go with the square roots: 0.263, 0.415, 0.322.
    assert [in_sampler("samplerChoice", scores, 2, draw) for draw in (0.25, 0.3, 0.7)] == [0, 1, 2]
    assert list(in_sampler("samplerNumbers", PART).values()) == [0.5, -0.5]


@pytest.mark.parametrize("name", ["numpy_backward", "softmax"])
def test_lines_of_a_graph_cross_only_where_they_must(name):
    data = record("charts.shapes").values[name]
    best = javascript.call(figures.SCRIPTS, figures.BEFORE, "bestLayout", data, 13)
    assert best["cost"] < 1  # each crossing and each label that a line strikes through counts 1


def test_a_label_stands_right_of_its_own_line():
    data = record("charts.autograd_graphs").values["weights"]
    best = javascript.call(figures.SCRIPTS, figures.BEFORE, "bestLayout", data, 13)
    labelled = [line for line in best["lines"] if "labelpos" in line]
    assert labelled
    for line in labelled:
        near = [p["x"] for p in line["curve"] if abs(p["y"] - line["y"]) < line["height"] / 2]
        assert line["left"] > max(near)
