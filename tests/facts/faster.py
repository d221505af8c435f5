"""What `lessons/faster` says."""

import contextlib
import functools
import inspect
import io
import itertools
import os
import pickle
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from unittest import mock

import pytest
import torch
from torch.profiler import ProfilerActivity, profile
from torch.utils import benchmark

from facts import record
from snippets import faster
from snippets.answers import faster as answers
from snippets.mistakes import faster_breaks, faster_compile, faster_times, faster_train_mode

ROOT = Path(__file__).parent.parent.parent
SIZES = (32, 32, 359, 100, 1)
os.environ["KINETO_LOG_LEVEL"] = "99"  # the profiler else logs when it begins and ends


def _run(name):
    """Return a value of the lesson's run."""
    return record("faster").values[name]


def _shown(name, value="found"):
    """Return a value that one of the page's short programs left behind."""
    return record(f"mistakes.faster_{name}").values[value]


@functools.cache
def _network():
    """Return the lesson's network and its pictures."""
    torch.manual_seed(faster.seed)
    return faster.make_model(), torch.rand(faster.N, faster.D_in)


def _calls(work):
    """Return how often each operation was called while work() ran."""
    return {name: count for name, (count, _) in faster.profiled(work).items()}


def timer_has_rounds_and_runs_that_do_not_count():
    """Timer runs a statement some times without counting them, and takes the median of rounds."""
    calls = []
    timer = benchmark.Timer(
        "calls.append(1)",
        globals={"calls": calls},
        timer=lambda: (len(calls) / 1e4) ** 4,  # a clock on which each round takes longer
    )
    found = timer.blocked_autorange(min_run_time=0.1)
    assert len(found.times) > 1
    assert found.median == pytest.approx(statistics.median(found.times), rel=1e-3)
    assert found.median != pytest.approx(statistics.mean(found.times), rel=0.1)
    assert len(calls) > found.number_per_run * len(found.times)


def timer_takes_one_thread():
    """Timer sets PyTorch to one thread unless it is told otherwise."""
    threads = []
    for options, expected in (({}, 1), ({"num_threads": 2}, 2)):
        names = {"threads": threads, "torch": torch}
        statement = "threads.append(torch.get_num_threads())"
        benchmark.Timer(statement, globals=names, **options).timeit(1)
        assert threads[-1] == expected


def timer_waits_for_an_accelerator():
    """Before it looks at the clock, Timer waits for an accelerator if there is one."""
    with (
        mock.patch("torch.accelerator.is_available", return_value=True),
        mock.patch("torch.accelerator.synchronize") as wait,
    ):
        benchmark.Timer("pass").timeit(1)
    assert wait.call_count >= 2, "before and after"


def at_once_is_more_than_ten_times_as_fast():
    """All 359 pictures in one call are more than ten times as fast as one by one."""
    assert _run("ten_times") is True  # measured: 60 and more


def one_by_one_gives_the_same_scores():
    """The scores are the same one by one and at once, up to rounding."""
    model, x = _network()
    one_by_one = torch.cat([model(row) for row in x.split(1)])
    torch.testing.assert_close(one_by_one, model(x), rtol=1e-5, atol=1e-5)  # float32: 1e-7 each


def one_call_of_the_network_is_23_operator_calls():
    """A call of the network makes 23 operator calls, for 1 picture as for 359; split makes 3."""
    model, x = _network()
    with torch.no_grad():
        for size in (1, 359):
            assert sum(_calls(lambda size=size: model(x[:size])).values()) - 2 == 23  # slice
    assert _run("calls") == [359 * (23 + 3) + 1, 23]  # split itself is one call


def results_have_the_same_bytes():
    """The results of product and ReLU have the same bytes one by one and at once."""
    one_by_one, at_once = _run("one_by_one"), _run("at_once")
    assert one_by_one["aten::addmm"][1] == at_once["aten::addmm"][1] == 359 * (100 + 10) * 4
    assert one_by_one["aten::clamp_min"][1] == at_once["aten::clamp_min"][1] == 359 * 100 * 4


def twice_the_batch_is_about_half_the_calls():
    """From one batch size to its double, operator calls fall to about a half; last, to less."""
    points = record("charts.faster_pictures").values["calls"]["calls"]
    *ratios, last = [after / before for (_, before), (_, after) in itertools.pairwise(points)]
    assert all(0.48 < ratio < 0.55 for ratio in ratios)
    assert last > 0.6, "of three batches, two are left"


@functools.cache
def _profile():
    model, x = _network()
    with profile(activities=[ProfilerActivity.CPU]) as prof:
        model(x)
    return prof.key_averages()


def the_table_of_the_profiler_has_times():
    """The profiler's table has times, sorted by self time if asked to."""
    table = _profile().table(sort_by="self_cpu_time_total")
    assert "Self CPU" in table
    assert "aten::addmm" in table


def self_time_excludes_what_was_called():
    """The self time of `linear` is less than its time, which has that of `addmm` in it."""
    found = {event.key: event for event in _profile()}
    linear, addmm = found["aten::linear"], found["aten::addmm"]
    assert linear.self_cpu_time_total < linear.cpu_time_total
    assert linear.cpu_time_total >= addmm.cpu_time_total


def training_keeps_inputs_hidden_values_and_a_weight():
    """As in training, pictures, hidden values and the second weight are kept, 4 bytes a number."""
    assert _run("recorded") == 4 * (359 * 64 + 359 * 100 + 100 * 10)


def both_modes_keep_nothing():
    """Under no_grad and inference_mode nothing is kept for a backward pass."""
    assert (_run("without_grad"), _run("in_inference")) == (0, 0)


def the_three_modes_call_the_same_operations():
    """With recording, no_grad and inference_mode, the same operations are called as often."""
    model, x = _network()
    found = []
    for mode in (contextlib.nullcontext, torch.no_grad, torch.inference_mode):
        with mode():
            found.append(_calls(lambda: model(x)))
    assert found[0] == found[1] == found[2]


def inference_tensors_count_no_changes():
    """Changes of a tensor are counted, but for those that are made anew in inference_mode."""
    with torch.no_grad():
        counted = torch.ones(3)
        counted += 1
    assert counted._version == 1
    with torch.inference_mode():
        result, view = torch.ones(3) + 1, counted[:2]
    with pytest.raises(RuntimeError, match="do not track version counter"):
        _ = result._version
    assert view._version == 1


def inference_tensors_stay_out_of_training():
    """A recorded operation that has to keep a result of inference_mode raises."""
    assert "Inference tensors cannot be saved for backward" in _shown_output("inference")


def _shown_output(name):
    return record(f"mistakes.faster_{name}").output


def a_graph_has_the_operations_of_a_pass():
    """A graph of torch.compile holds the operations of a forward pass."""
    graphs = []
    model, x = _network()
    _compiled(model, graphs)(x)
    names = [getattr(node.target, "__name__", "") for node in graphs[0]]
    assert names == ["linear", "relu", "dropout", "linear"]


def the_first_call_makes_the_graph():
    """`torch.compile` makes no graph until the first call; a second such call makes none."""
    graphs = []
    model, x = _network()
    compiled = _compiled(model, graphs)
    assert len(graphs) == 0
    for _ in range(2):
        compiled(x)
        assert len(graphs) == 1
    assert _run("made")[:2] == [1, 0]


def a_second_size_makes_a_graph_for_all_others():
    """A second number of pictures makes a graph that serves other numbers, too."""
    assert dict(zip(SIZES[2:4], _run("made")[2:4], strict=True)) == {359: 1, 100: 0}
    graphs = []
    model, x = _network()
    compiled = _compiled(model, graphs)
    for size in (32, 359, *range(2, 40, 5)):
        compiled(x[:size])
    assert len(graphs) == 2


def one_picture_gets_its_own_graph():
    """One picture makes a graph of its own, even when the number of pictures is an unknown."""
    assert _run("made")[4] == 1


def _compiled(function, graphs, **options):
    """Compile with a backend that keeps the operations of each graph and compiles nothing."""

    def keep(graph, example_inputs):
        graphs.append([node for node in graph.graph.nodes if node.op.startswith("call")])
        return graph.forward

    torch.compiler.reset()
    return torch.compile(function, backend=keep, **options)


def one_graph_of_a_pass_that_draws_its_depth_is_refused():
    """With `fullgraph=True`, compiling a `forward` that draws its own depth is an error."""
    assert record("mistakes.faster_compile").output.startswith("Unsupported\n")


def a_drawn_factor_compiles_with_fullgraph():
    """`x * random.randint(0, 3)` becomes one graph, which serves all draws."""
    graphs = []
    multiply = _compiled(lambda x: x * random.randint(0, 3), graphs, fullgraph=True)
    random.seed(0)
    assert {multiply(torch.ones(1)).item() for _ in range(50)} == set(range(4))
    assert [len(graph) for graph in graphs] == [1]


def other_draws_break_the_graph_or_stay_the_same():
    """`random.random()` is refused in a graph; `randint` of an own generator gives one number."""
    refused = _compiled(lambda x: x * random.random(), [], fullgraph=True)
    with pytest.raises(torch._dynamo.exc.Unsupported):
        refused(torch.ones(1))
    own, plain, graphs = random.Random(0), random.Random(0), []
    multiply = _compiled(lambda x: x * own.randint(0, 9), graphs, fullgraph=True)
    assert len({multiply(torch.ones(1)).item() for _ in range(12)}) == 1
    assert "random_value" in str(graphs[0][0].all_input_nodes)
    assert len({plain.randint(0, 9) for _ in range(12)}) > 3


def without_fullgraph_the_graph_ends_before_the_loop():
    """Without `fullgraph=True` the network runs, and the graph ends before the loop."""
    graphs = []
    model = _compiled(faster_compile.DynamicNet(), graphs)
    assert model(torch.ones(4, 8)).shape == (4, 2)
    assert len(graphs[0]) == 2, "the input layer and its clamp"


@pytest.mark.thorough
def the_usual_backend_needs_a_compiler():
    """The default backend fails on a CPU without a C++ compiler."""
    torch.compiler.reset()
    model = torch.compile(faster_compile.DynamicNet())
    with (
        # mock.patch would hide the first setting from all that comes after
        torch._inductor.config.patch(
            {"force_disable_caches": True, "cpp.cxx": ("no-such-compiler",)}
        ),
        pytest.raises(Exception, match="No working C\\+\\+ compiler"),
    ):
        model(torch.ones(4, 8), 1)


def _graphs_made():
    """Return, for each call that the page shows, its depth and how many graphs it made."""
    output = record("mistakes.faster_compile").output
    lines = [line.split() for line in output.splitlines() if line.startswith("depth")]
    return [(int(line[1]), int(line[-1])) for line in lines]


def a_new_depth_costs_a_graph_and_a_known_one_costs_none():
    """The first call at a depth makes a graph, a later one none, so there are four in the end."""
    calls = _graphs_made()
    for i, (depth, made) in enumerate(calls):
        assert made == (depth not in [before for before, _ in calls[:i]])
    assert sum(made for _, made in calls) == 4


def each_layer_but_the_last_is_two_operations():
    """A graph has two operations for each layer but the last, with the loop written out."""
    order = [depth for depth, made in _graphs_made() if made]
    _, sizes = faster_compile.main()
    assert sizes == [2 * (1 + depth) + 1 for depth in order]


def torch_compile_keeps_eight_graphs_of_one_function():
    """By default eight graphs of one function are kept; a ninth runs uncompiled, or is an error."""
    graphs = []
    network = faster_compile.DynamicNet()
    model = _compiled(network, graphs)
    x = torch.ones(4, 8)
    for depth in range(12):
        assert torch.equal(model(x, depth), network(x, depth))
    assert len(graphs) == 8
    shared = []
    _compiled(torch.nn.Linear(4, 1), shared)  # forgets what was compiled before
    for width in range(12):
        own = torch.nn.Sequential(torch.nn.Linear(8, 100 + width))
        torch.compile(own, backend=lambda graph, _: shared.append(graph) or graph.forward)(x)
    assert len(shared) == 8
    strict = _compiled(faster_compile.DynamicNet(), [], fullgraph=True)
    for depth in range(8):
        strict(x, depth)
    with pytest.raises(torch._dynamo.exc.FailOnRecompileLimitHit):
        strict(x, 8)


def _table():
    """Return the rows of the table of times: operations, as it is, compiled, ratio, first call."""
    rows = {}
    for line in (ROOT / "docs/en/lessons/faster.md").read_text(encoding="utf-8").splitlines():
        found = re.match(r"\| <!-- (\w+) -->", line)
        if found:
            numbers = re.findall(r"[\d.,]+(?= )", line.partition("-->")[2].partition("|")[2])
            plain, count, fast, ratio, first = (float(text.replace(",", "")) for text in numbers)
            rows[found[1]] = (count, plain / 1e6, fast / 1e6, ratio, first)
    return rows


def the_table_has_the_operations_of_the_run():
    """The table says how many operations each graph has; its ratios are those of its times."""
    found = _shown("times")
    assert {name: row[0] for name, row in _table().items()} == found
    for _, plain, fast, ratio, _ in _table().values():
        assert ratio == pytest.approx(plain / fast, abs=0.1)  # the table is rounded


def gelu_gained_most():
    """In the table, `gelu` gained the most, and it has eight operations."""
    rows = _table()
    assert max(rows, key=lambda name: rows[name][3]) == "gelu"
    assert rows["gelu"][3] > 2
    assert rows["gelu"][0] == 8


def gelu_had_to_be_called_more_than_a_hundred_times():
    """In the table, more than 100 calls of `gelu` regain what the first one cost."""
    _, plain, fast, _, first = _table()["gelu"]
    assert 100 < first / (plain - fast) < 1000


def the_network_lost_about_20_microseconds():
    """In the table, a compiled call of the network takes about 20 µs more, for 1 as for 359."""
    for name in ("one", "batch"):
        _, plain, fast, _, _ = _table()[name]
        assert fast - plain == pytest.approx(20e-6, abs=10e-6)


def first_calls_took_about_a_second_or_far_longer():
    """In the table, a first call took about a second, and the very first about ten."""
    very_first, *others = [row[4] for row in _table().values()]
    assert all(0.5 < first < 2 for first in others)
    assert 7 < very_first < 15


@functools.cache
def _written(name):
    """Return the code that inductor writes for one of the functions of the table."""
    from torch._inductor.utils import run_and_get_code  # noqa: PLC0415 - it takes a second

    function, x = faster_times.cases()[name]
    torch.compiler.reset()
    with torch.no_grad(), torch._inductor.config.patch(force_disable_caches=True):
        _, code = run_and_get_code(torch.compile(function), x)
    return "\n".join(code)


@pytest.mark.thorough
@pytest.mark.skipif(not shutil.which("g++"), reason="inductor needs a C++ compiler")
def inductor_makes_one_loop_of_gelu():
    """Of the eight operations of `gelu`, inductor makes one loop."""
    assert _written("gelu").count("for(int64_t") == 1


@pytest.mark.thorough
@pytest.mark.skipif(not shutil.which("g++"), reason="inductor needs a C++ compiler")
def inductor_leaves_products_to_the_library():
    """In the network, inductor calls the library's products, and writes a loop for the ReLU."""
    code = _written("batch")
    assert code.count("extern_kernels.addmm") == 2
    assert code.count("for(int64_t") == 1


def each_broken_function_is_refused_at_its_line():
    """With fullgraph=True each of the three is refused, and the error names the line."""
    said = _shown("breaks", "said")
    assert said["asks"] == ["Data-dependent branching", "if h.sum() > 0:"]
    assert said["talks"][0] == "Failed to trace builtin operator"
    assert "print(" in said["talks"][1]
    assert said["draws"][1] == "for _ in range(random.randint(1, 3)):"


def without_the_demand_results_are_right():
    """Without fullgraph=True, the three compute what they compute uncompiled."""
    x = torch.randn(4, 8)
    with contextlib.redirect_stdout(io.StringIO()):
        for function in (faster_breaks.asks, faster_breaks.talks, faster_breaks.draws):
            results = []
            for called in (function, _compiled(function, [])):
                random.seed(0)
                results.append(called(x))
            assert torch.equal(*results)


def two_functions_fall_into_two_graphs():
    """The function that asks and the one that prints become two graphs each."""
    found = _shown("breaks")
    assert [len(found[name]) for name in ("asks", "talks")] == [2, 2]


def the_rest_of_the_third_is_not_compiled():
    """Of the function that draws, only what stands before the loop becomes a graph."""
    assert _shown("breaks")["draws"] == [["mul", "relu"]]


@pytest.mark.thorough
def a_log_names_each_break():
    """With TORCH_LOGS=graph_breaks, each graph break is logged with its line."""
    said = _logged("graph_breaks", "snippets/mistakes/faster_breaks.py")
    assert "Graph break in user code at" in said
    assert "if h.sum() > 0:" in said


@pytest.mark.thorough
def a_log_says_why_a_graph_was_made():
    """With TORCH_LOGS=recompiles, the log says why each further graph was made."""
    said = _logged("recompiles", "snippets/mistakes/faster_compile.py")
    assert said.count("Recompiling function forward") == 3
    assert "depth == 3" in said


def _logged(what, program):
    """Run a program with one of PyTorch's logs switched on; return what it wrote to stderr."""
    environment = os.environ | {"TORCH_LOGS": what, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, ROOT / program],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stderr


def the_repaired_functions_are_one_graph():
    """Each of the three repaired functions is one graph."""
    found = _shown("breaks")
    assert [len(found[name]) for name in ("chooses", "returns", "receives")] == [1, 1, 1]


def the_repaired_functions_compute_the_same():
    """The repaired functions compute what the broken ones do."""
    for sign in (1, -1):  # the ReLU of -x is 0, and then nothing is added
        x = sign * torch.rand(4, 8)
        with contextlib.redirect_stdout(io.StringIO()):
            assert torch.equal(faster_breaks.asks(x), faster_breaks.chooses(x))
            assert torch.equal(faster_breaks.talks(x), faster_breaks.returns(x)[0])
        random.seed(0)
        drawn = random.randint(1, 3)
        random.seed(0)
        assert torch.equal(faster_breaks.draws(x), faster_breaks.receives(x, drawn))


def a_call_in_a_file_is_refused():
    """A file that calls `print` is refused by default, and the message names `print`."""
    name, refused = _shown("untrusted")
    assert name == "UnpicklingError"
    assert "print" in refused
    assert inspect.signature(torch.load).parameters["weights_only"].default is not False


def the_message_offers_two_ways_round():
    """The message names `weights_only=False` and a list of permitted functions."""
    guest = type("Guest", (), {"__reduce__": lambda self: (print, ("it ran",))})
    file = io.BytesIO()
    torch.save(guest(), file)
    file.seek(0)
    with pytest.raises(pickle.UnpicklingError) as raised:
        torch.load(file)
    assert "`weights_only` set to `False`" in str(raised.value)
    assert "add_safe_globals" in str(raised.value)


def with_weights_only_false_it_runs():
    """With weights_only=False the call in the file is made while the file is being loaded."""
    lines = _shown_output("untrusted").splitlines()
    assert lines.index("weights_only=False:") < lines.index("    code from the file is running")


def nothing_in_the_content_shows_the_call():
    """What the call leaves behind is a dictionary with the weights and a None."""
    assert _shown_output("untrusted").splitlines()[-1] == "weight (10, 64) note None"


CLASS = """
import sys, torch
class Own(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = torch.nn.Linear(4, 2)
    def forward(self, x):
        return self.linear(x).relu()
torch.manual_seed(0)
own, x = Own(), torch.ones(3, 4)
torch.export.save(torch.export.export(own, (x,)), sys.argv[1])
print(own(x).tolist())
"""
NO_CLASS = """
import sys, torch
print(torch.export.load(sys.argv[1]).module()(torch.ones(3, 4)).tolist())
"""


@pytest.mark.thorough
def a_loaded_program_needs_no_class():
    """An exported program runs where the class of the model is not, with the same result."""
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder, "own.pt2"))
        said = [
            subprocess.check_output([sys.executable, "-c", code, path], text=True)
            for code in (CLASS, NO_CLASS)
        ]
    assert said[0] == said[1]


def the_exported_graph_has_four_operations():
    """`torch.export` makes one graph, here of four operations."""
    assert _run("operations") == [
        f"aten.{name}.default" for name in ("linear", "relu", "dropout", "linear")
    ]


def _module(function):
    """Return a module whose forward is a function."""
    return type("Own", (torch.nn.Module,), {"forward": lambda self, x: function(x)})()


def exporting_a_condition_on_a_tensor_is_an_error():
    """Exporting a model in which a number in a tensor is a condition raises."""
    with pytest.raises(Exception, match="data-dependent"):
        torch.export.export(_module(faster_breaks.asks), (torch.ones(4, 8),))


def an_exported_print_prints_once():
    """What forward prints is printed while the model is traced, and not by the program."""
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        program = torch.export.export(_module(faster_breaks.talks), (torch.ones(4, 8),))
        assert printed.getvalue().count("largest") == 1
        program.module()(torch.ones(4, 8))
    assert printed.getvalue().count("largest") == 1


def an_exported_draw_is_frozen():
    """The model gives three results; the exported program, in which a draw is frozen, one."""
    plain, exported = _shown("frozen_draw")
    assert plain == [1, 2, 3]
    assert len(exported) == 1


def a_dynamic_batch_takes_any_number():
    """With dynamic_shapes the program gives the model's scores for 1, 32 and 359 pictures."""
    assert _run("same") == {"1": True, "32": True, "359": True}


def loading_a_program_is_not_for_strangers():
    """The documentation of torch.export.load warns as that of torch.load does."""
    for load in (torch.load, torch.export.load):
        assert "Never load data from an untrusted source" in load.__doc__


def compile_wraps_the_model():
    """`torch.compile` returns a new module, with _orig_mod in its names and the same tensors."""
    model = torch.nn.Linear(64, 10)
    compiled = torch.compile(model)
    assert compiled is not model
    assert compiled._orig_mod is model
    assert _shown("prefix")[:2] == [["_orig_mod.weight", "_orig_mod.bias"], ["weight", "bias"]]
    pairs = zip(compiled.state_dict().values(), model.state_dict().values(), strict=True)
    assert all(one.data_ptr() == other.data_ptr() for one, other in pairs)


def compiling_in_place_keeps_the_names():
    """With its forward compiled, a model has the old names; model.compile() compiles no Linear."""
    assert _shown("prefix")[2] == ["weight", "bias"]
    made, unmade = [], []
    forward, whole = torch.nn.Linear(4, 3), torch.nn.Linear(4, 3)
    forward.forward = _compiled(forward.forward, made)
    forward(torch.ones(2, 4))
    whole.compile(backend=lambda graph, _: unmade.append(graph) or graph.forward)
    whole(torch.ones(2, 4))
    assert (len(made), len(unmade)) == (1, 0)
    assert [*forward.state_dict()] == ["weight", "bias"]


def no_grad_or_a_clone_can_be_trained_on():
    """With no_grad, or with a clone of the inference tensor, the second layer gets its gradient."""
    first, second, x = torch.nn.Linear(64, 100), torch.nn.Linear(100, 10), torch.ones(32, 64)
    with torch.inference_mode():
        inferred = first(x)
        assert inferred.clone().is_inference()
    with torch.no_grad():
        untracked = first(x)
    for h in (inferred.clone(), untracked):
        second.zero_grad()
        second(h).sum().backward()
        assert second.weight.grad is not None


def without_dynamic_shapes_the_example_decides():
    """Exported with 32 pictures and without dynamic_shapes, a program takes 32 and not 5."""
    output = _shown_output("static")
    assert output.startswith("(32, 10)\n")
    assert "Guard failed: input.size()[0] == 32" in output


def dropout_stays_on_in_what_was_exported_in_training():
    """Exported in training mode, dropout stays on, and eval() on the program raises."""
    same, message = _shown("train_mode")
    assert same == [False, True]
    assert message.startswith("NotImplementedError")
    assert faster_train_mode.main()[0] == [False, True]


def exercise_1_is_right_on_a_made_up_clock():
    """On the made-up clock, the answer is the true ratio, 3."""
    assert record("answers.faster").output.startswith("on a made-up clock: 3\n")


@pytest.mark.thorough
def exercise_2_is_what_torch_compile_does():
    """`torch.compile` makes the graphs that the answer predicts, and keeps those of the first 8."""

    def rounds(x, depth):
        for _ in range(depth):
            x = x + 1
        return x * 2

    for depths in ([3, 1, 0, 1, 3, 2, 0, 2], [*range(10), 0, 9]):
        graphs, made = [], []
        compiled = _compiled(rounds, graphs)
        for depth in depths:
            before = len(graphs)
            compiled(torch.ones(2), depth)
            made.append(len(graphs) - before)
        assert made == answers.new_graphs(depths)


def exercise_3_has_the_gradient_of_the_if():
    """The gradient of the answer is that of the function with `if`."""
    for numbers in ([3.0, 4.0], [0.3, 0.4]):
        gradients = []
        for function in (answers.limit, lambda x: x / x.norm() if x.norm() > 1 else x):
            x = torch.tensor(numbers, dtype=torch.float64, requires_grad=True)
            function(x)[0].backward()
            gradients.append(x.grad)
        torch.testing.assert_close(*gradients)


def clip_grad_norm_does_it_to_all_gradients_together():
    """`clip_grad_norm_` cuts the gradients of all weights together to the length it is given."""
    weights = [torch.ones(2, requires_grad=True) for _ in range(2)]
    for weight in weights:
        weight.grad = torch.tensor([3.0, 4.0])
    torch.nn.utils.clip_grad_norm_(weights, 1.0)
    length = torch.cat([weight.grad for weight in weights]).norm()
    torch.testing.assert_close(length, torch.tensor(1.0), rtol=1e-4, atol=0)  # it adds 1e-6


def exercise_4_refuses_a_whole_layer():
    """The answer has the plain names for a compiled layer, and None for a whole layer."""
    output = record("answers.faster").output
    assert "weights: ['weight', 'bias']\na model: None" in output


def exercise_5_takes_an_example_of_two():
    """Two rows do, and the file keeps them; until saved, the program shares the weights."""
    model = torch.nn.Linear(4, 2)
    with (
        mock.patch("torch.zeros", return_value=torch.ones(1, 4)),
        pytest.raises(torch._dynamo.exc.UserError, match="constant"),
    ):
        answers.export_scores(model, 4)
    results = []
    for example in (torch.zeros(2, 4), torch.randn(2, 4)):
        with mock.patch("torch.zeros", return_value=example):
            program = answers.export_scores(model, 4)
        results.append(program.module()(torch.ones(3, 4)))
    assert torch.equal(*results)
    file = io.BytesIO()
    torch.export.save(program, file)
    file.seek(0)
    loaded = torch.export.load(file)
    (kept,), _ = loaded.example_inputs
    assert torch.equal(kept, example)
    with torch.no_grad():
        model.weight += 1  # as training goes on
    assert not torch.equal(program.module()(torch.ones(3, 4)), results[1])
    assert torch.equal(loaded.module()(torch.ones(3, 4)), results[1])
