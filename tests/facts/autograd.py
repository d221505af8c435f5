"""What `lessons/autograd` says."""

import contextlib
import dataclasses
import functools
import itertools
import json
import math
import types
import warnings
import weakref
from pathlib import Path

import numpy as np
import pytest
import torch

from facts import record
from snippets import autograd, tensors, tiny_autograd, warmup_numpy
from snippets.answers import autograd as answers
from snippets.charts import autograd_graphs
from snippets.mistakes import (
    autograd_clamp_at_zero,
    autograd_leaf,
    autograd_leaf_fixed,
    autograd_no_grad_fixed,
    autograd_not_scalar_fixed,
    autograd_rebind_fixed,
    autograd_second_backward_fixed,
)

# Of the largest entry, in float64: sums in a different order differ by about 1e-15 of it.
ROUNDING = 1e-12


def _statements(name, section):
    """Return the lines of code in a section of a snippet."""
    source = Path(f"snippets/{name}.py").read_text(encoding="utf-8")
    lines = source.split(f"[start:{section}]\n")[1].split(f"# --8<-- [end:{section}]")[0]
    return [line for line in lines.splitlines() if line.strip() and "#" not in line.split()[0]]


@functools.cache
def _passes():
    """Return the tensors of one forward and backward pass of the lesson, in float64, by name."""
    shapes = {"x": (64, 1000), "y": (64, 10), "w1": (1000, 100), "w2": (100, 10)}
    torch.manual_seed(0)
    found = {name: torch.randn(shape, dtype=torch.float64) for name, shape in shapes.items()}
    one = types.SimpleNamespace(**found)
    one.w1.requires_grad_()
    one.w2.requires_grad_()
    one.h = one.x.mm(one.w1)  # (N, H)
    one.h_relu = one.h.clamp(min=0)  # (N, H)
    one.y_pred = one.h_relu.mm(one.w2)  # (N, D_out)
    for hidden in (one.h, one.h_relu, one.y_pred):
        hidden.retain_grad()
    one.loss = (one.y_pred - one.y).pow(2).sum()
    one.loss.backward(retain_graph=True)
    return one


def _is_leaf(node):
    return hasattr(node, "variable")


def _nodes(loss):
    """Yield the nodes of operations in a graph without branches, from the loss back."""
    node = loss.grad_fn
    while node:
        yield node
        before = [before for before, _ in node.next_functions if before and not _is_leaf(before)]
        node = before[0] if before else None


def _close(found, expected):
    """Tell whether two tensors or arrays agree up to rounding in float64."""
    found, expected = np.asarray(found), np.asarray(expected)
    return np.abs(found - expected).max() <= ROUNDING * np.abs(expected).max()


def one_line_replaces_six():
    """The backward pass of lessons 1 and 2 is six lines; in this lesson it is one."""
    lines = [_statements(name, "backward") for name in ("warmup_numpy", "tensors", "autograd")]
    lines[0] = [line for line in lines[0] if "--8<--" not in line]
    assert [len(part) for part in lines] == [6, 6, 1]


def a_deeper_network_has_more_nodes():
    """The deeper a network, the more steps the backward pass has."""
    depths = record("charts.autograd_graphs").values["depths"]
    assert list(depths) == [f"depth {depth}" for depth in range(4)]
    counts = [len(graph["nodes"]) for graph in depths.values()]
    assert all(after > before for before, after in itertools.pairwise(counts))


def a_wrong_matrix_spoils_the_training_without_an_error():
    """With `grad_w2.T` instead of `w2.T` lesson 1 ends at nan and raises no error."""
    x, y, w1, w2 = warmup_numpy.make_data()
    with np.errstate(all="ignore"):
        for _ in range(20):
            h = x.dot(w1)  # (N, H)
            grad_y_pred = 2.0 * (np.maximum(h, 0).dot(w2) - y)  # (N, D_out)
            grad_w2 = np.maximum(h, 0).T.dot(grad_y_pred)  # (H, D_out)
            grad_h = grad_y_pred.dot(grad_w2.T) * (h > 0)  # (N, H)
            w1 -= warmup_numpy.learning_rate * x.T.dot(grad_h)
            w2 -= warmup_numpy.learning_rate * grad_w2
    assert np.isnan(w1).any()


def autograd_gives_the_gradients_of_lesson_1():
    """Autograd gives the gradients of the six lines."""
    one = _passes()
    arrays = (tensor.detach().numpy() for tensor in (one.x, one.y, one.w1, one.w2))
    _, grad_w1, grad_w2 = warmup_numpy.gradients(*arrays)
    assert _close(one.w1.grad, grad_w1)
    assert _close(one.w2.grad, grad_w2)


def the_forward_pass_records_each_operation():
    """After the forward pass there is a node for each operation, and no gradient yet."""
    x, y, w1, w2 = autograd.make_data()
    loss = (x.mm(w1).clamp(min=0).mm(w2) - y).pow(2).sum()
    names = [node.name() for node in _nodes(loss)]
    for name, operation in zip(names, ("Sum", "Pow", "Sub", "Mm", "Clamp", "Mm"), strict=True):
        assert name.startswith(f"{operation}Backward")
    assert w1.grad is w2.grad is None


def the_chain_rule_at_each_node_gives_the_gradients():
    """Walked by hand, each node turning one gradient into the next, the graph gives `.grad`."""
    one = _passes()
    gradient, found = torch.ones_like(one.loss), []
    for node in _nodes(one.loss):
        results = node(gradient)
        results = results if isinstance(results, tuple) else (results,)
        for (before, _), result in zip(node.next_functions, results, strict=True):
            if before and _is_leaf(before):
                found.append((before.variable, result))
            elif before:
                gradient = result
    for (leaf, result), weights in zip(found, (one.w2, one.w1), strict=True):
        assert leaf is weights
        assert torch.equal(result, weights.grad)


def only_what_depends_on_tracked_tensors_is_recorded():
    """A product of the data alone has no node; with tracked weights it has one."""
    x, _, w1, _ = autograd.make_data()
    assert x.mm(x.t()).grad_fn is None
    assert x.mm(w1.detach()).grad_fn is None
    assert x.mm(w1).grad_fn is not None


def a_leaf_is_what_no_recorded_operation_made():
    """A tensor is a leaf if it has no node, however it was made."""
    w = torch.ones(3, requires_grad=True)
    with torch.no_grad():
        untracked = 2 * w
    for leaf in (w, torch.ones(3), 2 * torch.ones(3), w.detach(), untracked):
        assert leaf.is_leaf
        assert leaf.grad_fn is None
    assert not (2 * w).is_leaf
    assert (2 * w).grad_fn is not None


def the_weights_are_leaves_that_require_gradients():
    """`w1` and `w2` are leaves that require gradients."""
    _, _, *weights = autograd.make_data()
    assert all(w.is_leaf and w.requires_grad for w in weights)


def the_data_are_leaves_that_do_not():
    """`x` and `y` are leaves that require no gradients."""
    *data, _, _ = autograd.make_data()
    assert all(tensor.is_leaf and not tensor.requires_grad for tensor in data)


def the_graph_keeps_the_hidden_values():
    """The graph keeps `h` and `h_relu`, which the backward pass by hand needs."""
    lines = "".join(_statements("tensors", "backward"))
    assert "h_relu.t()" in lines
    assert "h <= 0" in lines
    x, y, w1, w2 = autograd.make_data()
    loss = (x.mm(w1).clamp(min=0).mm(w2) - y).pow(2).sum()
    _, _, _, mm, clamp, _ = _nodes(loss)
    assert torch.equal(clamp._saved_self, x.mm(w1))
    assert torch.equal(mm._saved_self, x.mm(w1).clamp(min=0))


def the_loss_is_a_tensor_of_shape_empty():
    """The loss is a tensor of shape (), and `.item()` takes a Python number out of it."""
    loss = _passes().loss
    assert loss.shape == ()
    assert type(loss.item()) is float
    assert any(".item()" in line for line in _statements("tensors", "loss"))
    assert not any(".item()" in line for line in _statements("autograd", "forward"))


def a_leaf_that_the_loss_does_not_depend_on_gets_none():
    """`backward()` gives a `.grad` to a leaf in the graph, and none to a leaf outside of it."""
    inside, outside = torch.ones(3, requires_grad=True), torch.ones(3, requires_grad=True)
    inside.sum().backward()
    assert inside.grad.tolist() == [1, 1, 1]
    assert outside.grad is None


def each_gradient_has_the_shape_of_its_weights():
    """`w1.grad` has the shape of `w1`, and `w2.grad` has that of `w2`."""
    one = _passes()
    assert one.w1.grad.shape == one.w1.shape == (1000, 100)
    assert one.w2.grad.shape == one.w2.shape == (100, 10)


def only_leaves_that_require_gradients_get_one():
    """A leaf that requires gradients gets a `.grad`; data and hidden values get none."""
    found = autograd_leaf.main()
    assert found == {
        "x": (False, True, False),
        "w1": (True, True, True),
        "h": (True, False, False),
    }
    with warnings.catch_warnings():  # reading the .grad of what is no leaf warns
        warnings.simplefilter("ignore")
        h = torch.ones(2, requires_grad=True) * 2
        h.sum().backward()
        assert h.grad is None


def the_figure_is_the_walk_from_grad_fn_to_the_leaves():
    """The figure has the nodes that a walk along `next_functions` finds, and no others."""
    shown = record("charts.autograd_graphs").values["weights"]["nodes"].values()
    x, y, w1, w2 = autograd.make_data()
    loss = (x.mm(w1).clamp(min=0).mm(w2) - y).pow(2).sum()
    walked = [node.name() for node in _nodes(loss)]
    assert [node["name"] for node in shown if node["kind"] == "op"] == walked
    assert autograd_graphs.walk(loss, {"w1": w1, "w2": w2})["edges"][-1][1] == "loss"


def nodes_have_the_names_of_their_operations():
    """The name of each node begins with that of an operation in the forward pass."""
    shown = record("charts.autograd_graphs").values["weights"]["nodes"].values()
    names = {node["name"].split("Backward")[0] for node in shown if node["kind"] == "op"}
    lines = " ".join(_statements("autograd", "forward")).replace(" - ", ".sub(")
    assert all(f".{name.lower()}(" in lines for name in names)


def the_number_tells_the_forms_of_clamp_apart():
    """`clamp` makes the node `ClampBackward1` for a number and `ClampBackward0` for a tensor."""
    h = torch.ones(3, requires_grad=True)
    assert h.clamp(min=0).grad_fn.name() == "ClampBackward1"
    assert h.clamp(min=torch.zeros(3)).grad_fn.name() == "ClampBackward0"


def an_arrow_has_the_shape_of_a_tensor_and_its_gradient():
    """The shapes at the arrows are those of the hidden tensors and of their gradients."""
    one = _passes()
    shown = record("charts.autograd_graphs").values["weights"]["edges"]
    tensors_on_the_way = [one.h, one.h_relu, one.y_pred, one.y_pred - one.y]
    expected = [str(tuple(tensor.shape)) for tensor in tensors_on_the_way]
    expected.append(str(tuple((one.y_pred - one.y).pow(2).shape)))
    assert [text for *_, text in shown if text] == expected
    assert all(tensor.grad.shape == tensor.shape for tensor in tensors_on_the_way[:3])


def the_graph_leads_only_to_the_weights():
    """The leaves of the graph are `w1` and `w2`."""
    shown = record("charts.autograd_graphs").values["weights"]["nodes"].values()
    assert {node["name"] for node in shown if node["kind"] == "leaf"} == {"w1", "w2"}


def zero_changes_its_tensor_in_place():
    """`zero_()` sets its own tensor to zero, and returns it."""
    tensor = torch.ones(3)
    assert tensor.zero_() is tensor
    assert tensor.tolist() == [0, 0, 0]


def data_and_weights_are_those_of_lesson_2():
    """Lessons 2 and 3 draw equal data and equal weights."""
    pairs = zip(tensors.make_data(), autograd.make_data(), strict=True)
    assert all(torch.equal(theirs, ours.detach()) for theirs, ours in pairs)


def the_first_loss_needs_no_gradient():
    """The first loss is that of the forward pass alone: that of lesson 2, not of lesson 1.

    The tolerance is what a different order of adding up in float32 can change.
    """
    x, y, w1, w2 = autograd.make_data()
    with torch.no_grad():
        loss = (x.mm(w1).clamp(min=0).mm(w2) - y).pow(2).sum().item()
    first = {name: record(name).values for name in ("warmup_numpy", "tensors", "autograd")}
    first = {name: values["losses"][0] for name, values in first.items()}
    assert math.isclose(first["autograd"], loss, rel_tol=1e-5)
    assert math.isclose(first["autograd"], first["tensors"], rel_tol=1e-5)
    assert f"{first['warmup_numpy']:.1e}" == "3.2e+07"
    assert f"{first['tensors']:.1e}" == "2.9e+07"


def losses_equal_lesson_2_up_to_the_first_exact_zero():
    """Up to the first hidden value of exactly 0 the losses equal those of lesson 2.

    When depends on the processor.
    """
    by_hand, ours = (record(name).values["losses"] for name in ("tensors", "autograd"))
    first_zero = record("mistakes.autograd_clamp_at_zero").values["first_zero"]
    assert by_hand[: first_zero + 1] == ours[: first_zero + 1]
    assert by_hand != ours


def losses_end_near_those_of_lesson_2():
    """The last loss is nearly that of lesson 2: the two differ by less than a tenth."""
    by_hand, ours = (record(name).values["losses"][-1] for name in ("tensors", "autograd"))
    assert 0 < abs(ours - by_hand) < 0.1 * by_hand


@pytest.mark.thorough
def lessons_1_to_4_agree_in_float64():
    """From one start in float64 the losses of lessons 1 to 4 agree in each step, up to rounding.

    Rounding differs in the last of 16 digits, and 500 steps amplify that to about 1e-9.
    """
    assert record("charts.one_start").values["worst"]["float64"] < 1e-8


def the_curves_of_lessons_2_to_4_lie_over_one_another():
    """On the logarithmic axis of the figure the curves of lessons 2, 3 and 4 cannot be told apart.

    The axis spans 12 powers of ten, and 5 % is a fiftieth of one.
    """
    curves = record("charts.loss_curves").values["first"]
    for name in ("autograd", "custom_function"):
        assert curves[name] == pytest.approx(curves["tensors"], rel=0.05)


def numpy_starts_and_ends_at_a_different_loss():
    """The curve of lesson 1 starts and ends at a different loss than those of lessons 2 to 4."""
    curves = record("charts.loss_curves").values["first"]
    for name in ("tensors", "autograd", "custom_function"):
        assert curves[name][0] != curves["warmup_numpy"][0]
        assert curves[name][-1] > 5 * curves["warmup_numpy"][-1]


@pytest.mark.thorough
def from_one_start_the_lessons_agree():
    """From one start, in float32 too, no loss of a lesson is 5 % off that of a different lesson."""
    assert max(record("charts.one_start").values["worst"].values()) < 0.05


def outside_no_grad_the_update_is_refused():
    """PyTorch refuses to change a leaf that requires gradients in place outside `no_grad`."""
    refused = record("mistakes.autograd_no_grad")
    assert refused.error == "RuntimeError"
    assert "leaf Variable that requires grad" in refused.values["error"]


def a_variable_is_a_tensor():
    """`Variable` makes a tensor, and every tensor counts as one."""
    assert type(torch.autograd.Variable(torch.zeros(3))) is torch.Tensor
    assert isinstance(torch.zeros(3), torch.autograd.Variable)


def a_recorded_change_in_place_makes_a_leaf_a_result():
    """A leaf is none after a change in place that is recorded, and gets no `.grad`."""
    tensor = torch.zeros(3)
    assert tensor.is_leaf
    tensor += torch.ones(3, requires_grad=True)
    assert not tensor.is_leaf
    tensor.sum().backward()
    with warnings.catch_warnings():  # reading the .grad of what is no leaf warns
        warnings.simplefilter("ignore")
        assert tensor.grad is None


def inside_no_grad_the_update_is_allowed():
    """Inside `no_grad` the update changes the weights, and they stay a leaf."""
    w = autograd_no_grad_fixed.main()
    assert w.is_leaf
    assert w.grad_fn is None
    assert w.tolist() == pytest.approx([0.8] * 3)


def rebinding_fails_one_step_later():
    """With `w = w - …` the first step works, and the second raises a `TypeError`."""
    failed = record("mistakes.autograd_rebind")
    assert "w.is_leaf after the step:  False" in failed.output
    assert failed.error == "TypeError"
    assert "NoneType" in failed.values["error"]


@pytest.mark.filterwarnings("ignore")
def rebinding_leaves_grad_at_none():
    """`w - 0.1 * w.grad` is a new tensor and no leaf; `backward()` leaves its `.grad` at None."""
    w = torch.ones(3, requires_grad=True)
    w.pow(2).sum().backward()
    new = w - 0.1 * w.grad
    assert new.data_ptr() != w.data_ptr()
    assert not new.is_leaf
    new.pow(2).sum().backward()
    assert new.grad is None


def pytorch_warns_before_the_second_step_fails():
    """PyTorch warns that the tensor is no leaf before the second step fails."""
    output = record("mistakes.autograd_rebind").output
    assert 0 < output.index("not a leaf Tensor") < output.index("TypeError")


def in_place_the_leaf_stays_in_both_steps():
    """`w -= …` inside `no_grad` changes the leaf itself, in both steps."""
    w = autograd_rebind_fixed.main()
    assert w.is_leaf
    assert w.tolist() == pytest.approx([0.64] * 3)
    assert record("mistakes.autograd_rebind_fixed").output.count("step: True") == 2


def backward_adds_to_grad():
    """A second `backward()` on an equal loss doubles `.grad`; after clearing it starts anew."""
    values = record("mistakes.autograd_accumulates").values
    assert [values[name] for name in ("once", "twice", "cleared")] == [[2, 4], [4, 8], [2, 4]]


def gradients_of_several_losses_add_up():
    """After `backward()` on two losses `.grad` is the gradient of their sum."""
    w = torch.tensor([1.0, 2.0], requires_grad=True)
    w.pow(2).sum().backward()
    w.pow(3).sum().backward()
    (expected,) = torch.autograd.grad((w.pow(2) + w.pow(3)).sum(), w)
    assert torch.equal(w.grad, expected)


def without_clearing_each_step_uses_all_gradients_so_far():
    """Without clearing, `.grad` is the sum of the gradients of this and of all earlier steps."""
    w = torch.tensor([1.0, -2.0], dtype=torch.float64, requires_grad=True)
    so_far = torch.zeros(2, dtype=torch.float64)
    for _ in range(5):
        so_far += 2 * w.detach()  # the gradient of the sum of squares
        w.pow(2).sum().backward()
        assert _close(w.grad, so_far)
        with torch.no_grad():
            w -= 0.01 * w.grad


def without_clearing_the_loss_falls_rises_and_ends_at_nan():
    """In this run the loss falls by fits and starts, rises beyond its start, and ends at nan."""
    losses = record("mistakes.autograd_no_zero").values["losses"]
    losses = [math.nan if loss is None else float(loss) for loss in losses]
    assert losses[50] < losses[0] / 10
    assert any(after > before for before, after in itertools.pairwise(losses[:50]))
    assert max(loss for loss in losses if math.isfinite(loss)) > losses[0]
    assert math.isnan(losses[-1])


def with_clearing_the_loss_falls_in_each_step():
    """In this run the loss with clearing falls in each step."""
    losses = record("mistakes.autograd_no_zero").values["cleared"]
    assert all(after < before for before, after in itertools.pairwise(losses))


def a_second_backward_raises():
    """A second `backward()` through one graph raises a `RuntimeError`."""
    failed = record("mistakes.autograd_second_backward")
    assert failed.error == "RuntimeError"
    assert "second time" in failed.values["error"]


def the_graph_frees_what_it_saved():
    """What a node saved is there before `backward()` and freed after it."""
    w = torch.ones(3, requires_grad=True)
    loss = w.pow(2).sum()
    *_, power = _nodes(loss)
    assert torch.equal(power._saved_self, w)
    loss.backward()
    with pytest.raises(RuntimeError, match="after they have already been freed"):
        power._saved_self  # noqa: B018 - reading it raises


@dataclasses.dataclass(eq=False)
class _Box:
    """A tensor that a graph saves, in something that can be watched."""

    tensor: torch.Tensor


@contextlib.contextmanager
def _saved_tensors():
    """Yield the set of what graphs save inside this context, as long as they keep it."""
    boxes = weakref.WeakSet()

    def keep(tensor):
        box = _Box(tensor)
        boxes.add(box)
        return box

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda box: box.tensor):
        yield boxes


def _chained(steps, retain_graph):
    """Train as the fixed program does, without `.detach()`.

    Returns:
        alive (list[int]): After each step, how many tensors all graphs so far still keep.
        walked (list[int]): How many nodes of operations each `backward()` walked.
    """
    w, last = torch.ones(3, requires_grad=True), torch.zeros(3)
    alive, walked = [], []
    with _saved_tensors() as saved:
        for _ in range(steps):
            y_pred = (last + w).pow(2)
            loss = y_pred.sum()
            walked.append(len(list(_nodes(loss))))
            loss.backward(retain_graph=retain_graph)
            last = y_pred
            alive.append(len(saved))
    return alive, walked


def without_detach_the_second_step_raises():
    """Without `.detach()` the second step raises the error of a second `backward()`."""
    assert autograd_second_backward_fixed.main() == [3, 12]
    _chained(1, retain_graph=False)
    with pytest.raises(RuntimeError, match="second time"):
        _chained(2, retain_graph=False)


def with_retain_graph_all_earlier_graphs_stay_and_are_walked_again():
    """With `retain_graph=True` it does not raise; all graphs stay, and each step walks them all."""
    alive, walked = _chained(4, retain_graph=True)
    assert alive == [1, 2, 3, 4], "each step's pow keeps its input"
    assert walked == [3, 5, 7, 9], "sum, pow and add, then pow and add of each earlier step"


def with_relu_the_losses_are_exactly_those_of_lesson_2():
    """With `torch.relu` all 500 losses are exactly those that the gradients of lesson 2 give."""
    assert record("mistakes.autograd_clamp_at_zero").values["with_relu"] is None


def one_hidden_value_is_exactly_0():
    """At the step that the page names one hidden value is exactly 0, and before it none is."""
    x, y, w1, w2 = autograd_clamp_at_zero.start()
    zeros = []
    for _ in range(record("mistakes.autograd_clamp_at_zero").values["first_zero"] + 1):
        h = x.mm(w1)  # (N, H)
        zeros.append((h == 0).sum().item())
        grad_y_pred = 2.0 * (h.clamp(min=0).mm(w2) - y)  # (N, D_out)
        grad_h = grad_y_pred.mm(w2.t()) * (h > 0)  # (N, H)
        w1 -= autograd_clamp_at_zero.learning_rate * x.t().mm(grad_h)
        w2 -= autograd_clamp_at_zero.learning_rate * h.clamp(min=0).t().mm(grad_y_pred)
    assert zeros[-1] == 1
    assert not any(zeros[:-1])


def mask_and_relu_take_0_and_clamp_takes_1():
    """At 0 the mask and `torch.relu` take the slope 0, and `clamp` takes 1 in PyTorch 2.13."""
    slopes = record("derivations.relu_at_zero").values["found"]
    assert slopes["torch.relu(x)"] == 0
    assert slopes["x.clamp(min=0)"] == 1, "true of torch 2.13: the page says so"
    (mask,) = [line for line in _statements("tensors", "backward") if "h <= 0" in line]
    names = {"h": torch.zeros(1), "grad_h": torch.ones(1)}
    exec(mask.strip(), names)
    assert names["grad_h"].item() == 0


def one_step_later_the_losses_part():
    """With `clamp` the losses leave those of lesson 2 one step after the first exact zero."""
    found = record("mistakes.autograd_clamp_at_zero").values
    assert found["with_clamp"] == found["first_zero"] + 1


def from_2_14_on_clamp_takes_0():
    """Under PyTorch 2.14 the slope of `clamp` at 0 was 0, and under 2.15 the losses were equal."""
    kept = {
        release: json.loads(Path(f"releases/torch-{release}.json").read_text(encoding="utf-8"))
        for release in ("2.14.0", "2.15.0")
    }
    slopes = kept["2.14.0"]["snippets/derivations/relu_at_zero.py"]["values"]["found"]
    assert slopes["x.clamp(min=0)"] == 0
    losses = kept["2.15.0"]["snippets/mistakes/autograd_clamp_at_zero.py"]["values"]
    assert losses["with_clamp"] is None


def retain_grad_keeps_the_gradient_of_a_hidden_value():
    """After `h.retain_grad()` a hidden value has its gradient."""
    assert autograd_leaf_fixed.main().tolist() == [[6] * 4] * 2


def answer_1_the_sum_made_the_loss():
    """`loss.grad_fn` is the node of the sum, and the product is the node before it."""
    w = torch.ones(2, requires_grad=True)
    names = [node.name() for node in _nodes((w * torch.ones(2)).sum())]
    assert names == ["SumBackward0", "MulBackward0"]
    printed = record("answers.autograd").output.splitlines()
    assert printed[0] == "SumBackward0"
    assert answers.predict()[0] == "sum"


def answer_1_the_second_backward_adds_2_and_4():
    """The second `backward()` adds 2 and 4 to `w.grad`."""
    _, first, second, _ = answers.predict()
    assert np.subtract(second, first).tolist() == [2, 4]
    printed = record("answers.autograd").output.splitlines()
    assert printed[1:3] == ["tensor([3., 4.])", "tensor([5., 8.])"]
    assert [first, second] == [[3, 4], [5, 8]]


def answer_1_v_has_no_gradient():
    """`v.grad` is None."""
    assert record("answers.autograd").output.splitlines()[3] == "None"
    assert answers.predict()[3] is None


@functools.cache
def _small():
    """Return a small x, y, w1 and w2 in float64, and a function that computes their loss."""
    torch.manual_seed(0)
    shapes = [(6, 5), (6, 3), (5, 4), (4, 3)]
    given = [torch.randn(shape, dtype=torch.float64) for shape in shapes]
    return given, lambda x, y, w1, w2: (x.mm(w1).clamp(min=0).mm(w2) - y).pow(2).mean()


def _nudged(place, index, step):
    """Return the small loss after one entry of one of its four tensors was changed."""
    given, loss = _small()
    moved = [tensor.clone() for tensor in given]
    moved[place][index] += step
    return loss(*moved).item()


def answer_2_each_tensor_of_the_loss_has_a_gradient():
    """The loss has a gradient for `x`, `y`, `w1` and `w2`, as central differences measure it.

    A step of 1e-6 leaves about 1e-9 of rounding in the slope, which is about 1.
    """
    given, loss = _small()
    for place, tensor in enumerate(given):
        grad = answers.gradient(
            lambda t, place=place: loss(*given[:place], t, *given[place + 1 :]), tensor
        )
        for index in np.ndindex(*tensor.shape):
            slope = (_nudged(place, index, 1e-6) - _nudged(place, index, -1e-6)) / 2e-6
            assert grad[index].item() == pytest.approx(slope, abs=1e-7)


def answer_2_the_gradient_tells_where_a_small_change_counts_most():
    """A small change moves the loss most at the entry of `x` with the largest gradient."""
    given, loss = _small()
    grad = answers.gradient(lambda x: loss(x, *given[1:]), given[0]).abs()
    before = loss(*given).item()
    moves = {index: abs(_nudged(0, index, 1e-6) - before) for index in np.ndindex(*given[0].shape)}
    assert grad[max(moves, key=moves.get)] == grad.max()


def answer_3_each_graph_is_freed_before_the_next_begins():
    """The three parts build three graphs; when one begins, the earlier ones keep nothing."""
    before, after = [], []
    w1, w2 = (torch.ones(shape, requires_grad=True) for shape in ((5, 4), (4, 3)))

    def forward(x):
        before.append(len(saved))
        y_pred = x.mm(w1).clamp(min=0).mm(w2)
        after.append(len(saved))
        return y_pred

    with _saved_tensors() as saved:
        answers.accumulate(forward, torch.ones(64, 5), torch.zeros(64, 3), 24)
    assert before == [0, 0, 0]
    assert min(after) > 0
    assert "rows [24, 24, 16]" in record("answers.autograd").output


def answer_3_dividing_by_the_size_of_the_part_is_wrong():
    """Divided by N · D_out the parts add up to the gradient of the batch; by their own size not."""
    (x, y, w1, w2), loss = _small()
    (whole,) = torch.autograd.grad(loss(x, y, w1.requires_grad_(), w2), w1)
    right, wrong = torch.zeros_like(whole), torch.zeros_like(whole)
    for rows in (slice(0, 4), slice(4, 6)):
        squares = (x[rows].mm(w1).clamp(min=0).mm(w2) - y[rows]).pow(2).sum()
        (grad,) = torch.autograd.grad(squares, w1)
        right += grad / y.numel()
        wrong += grad / y[rows].numel()
    w1.requires_grad_(False)
    assert _close(right, whole)
    assert (wrong - whole).norm() > 0.5 * whole.norm()


def answer_4_a_gets_16_and_48():
    """`a` gets 16 through `d` and 48 through `c`, and autograd finds their sum, too."""
    slopes = {(result, name): slope for result, inputs in answers.NOTES for name, slope in inputs}
    found = answers.walk_back(answers.NOTES, "loss")
    assert found["d"] * slopes["d", "a"] == 16
    assert found["c"] * slopes["c", "a"] == 48
    a, b = (torch.tensor(value, requires_grad=True) for value in (2.0, 3.0))
    d = a * b + a
    (d * d).backward()
    assert (found["a"], found["b"]) == (a.grad.item(), b.grad.item()) == (64, 32)


def answer_4_in_the_lesson_slopes_are_transposed_matrices_and_masks():
    """In the graph of this lesson the slopes are products with transposed matrices, and a mask."""
    one = _passes()
    assert _close(one.h_relu.grad, one.y_pred.grad.mm(one.w2.detach().t()))
    assert _close(one.w2.grad, one.h_relu.detach().t().mm(one.y_pred.grad))
    assert torch.equal(one.h.grad, one.h_relu.grad * (one.h > 0))
    assert _close(one.w1.grad, one.x.t().mm(one.h.grad))


def four_things_are_more_than_in_the_interlude():
    """PyTorch drops hidden gradients, frees notes, counts changes, and can stop the notes."""
    a = tiny_autograd.Tensor(2.0, requires_grad=True)
    own_hidden = a * a
    own = own_hidden**2
    own.backward()
    own.backward()  # the notes are still there
    assert own_hidden.grad is not None
    assert not hasattr(tiny_autograd, "no_grad")
    b = torch.tensor(2.0, requires_grad=True)
    hidden = b * b
    loss = hidden**2
    loss.backward()
    with warnings.catch_warnings():  # reading the .grad of what is no leaf warns
        warnings.simplefilter("ignore")
        assert hidden.grad is None
    with pytest.raises(RuntimeError, match="second time"):
        loss.backward()
    before = b._version
    with torch.no_grad():
        b += 1
        assert (b * b).grad_fn is None
    assert b._version == before + 1


def a_loss_of_several_numbers_is_refused():
    """`backward()` on a loss of two numbers raises a `RuntimeError`."""
    assert record("mistakes.autograd_not_scalar").error == "RuntimeError"


def a_gradient_of_ones_is_the_gradient_of_the_sum():
    """Beginning with a gradient of ones gives the gradient of the sum."""
    of_sum, of_ones = autograd_not_scalar_fixed.main()
    assert of_sum == of_ones


def three_causes_have_one_message():
    """A forgotten request, `no_grad` and a cut way have one message, and no `grad_fn`."""
    shown = record("mistakes.autograd_no_graph")
    messages = shown.values["messages"]
    assert messages.pop("right") == "no error"
    assert set(messages) == {"forgotten", "no_grad", "cut"}
    assert set(messages.values()) == {"element 0 of tensors does not require grad"}
    assert shown.output.count("grad_fn NoneType") == 3


def detach_returns_the_same_numbers_without_notes():
    """`.detach()` returns a tensor with the same numbers, without notes, that numpy accepts."""
    result = 2 * torch.tensor([1.0, 2.0], requires_grad=True)
    assert result.detach().tolist() == result.tolist()
    assert result.detach().grad_fn is None
    assert result.detach().numpy().tolist() == [2, 4]
    assert record("mistakes.autograd_numpy").error == "RuntimeError"


def integers_cannot_require_gradients_and_float_converts_them():
    """An integer tensor cannot require a gradient; after `.float()` it can."""
    assert record("mistakes.autograd_integer").error == "RuntimeError"
    assert torch.tensor([1, 2]).float().requires_grad_().requires_grad


def requires_grad_leads_to_each_of_the_three_causes():
    """`requires_grad` shows where each of the three ways ends; `grad_fn` of a weight does not."""
    x = torch.tensor([1.0, 2.0])
    forgotten = torch.tensor([0.5, 0.5])
    assert not (x * forgotten).requires_grad
    assert not forgotten.requires_grad
    w = torch.tensor([0.5, 0.5], requires_grad=True)
    with torch.no_grad():
        without_notes = x * w
    assert not without_notes.requires_grad
    noted = (x * w).sum()
    assert noted.requires_grad
    cuts = noted.detach(), torch.tensor(noted.item()), torch.from_numpy(noted.detach().numpy())
    without_slopes = x * w > 1, (x * w).argmax(), (x * w).long()
    assert not any(cut.requires_grad for cut in (*cuts, *without_slopes))
    assert w.requires_grad
    assert w.grad_fn is None
