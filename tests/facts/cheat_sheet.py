"""What `cheat-sheet` says: each fix of its tables, tried on the example that shows the mistake."""

import itertools
from pathlib import Path

import numpy as np
import pytest
import torch

from facts import record
from snippets import warmup_numpy
from snippets.mistakes import (
    autograd_no_zero,
    custom_function_no_clone,
    nn_sequential_broadcast,
    nn_sequential_rebind,
    optim_order,
    warmup_numpy_wrong_transpose,
)
from snippets.mistakes import weight_sharing_hand_update_fixed as skips_none


def _fixed(name, *changes):
    """Return what the main function of an example returns after replacing text in its source.

    Args:
        name: The example below `snippets/mistakes`, whose run ends in the error that is shown.
        *changes: Pairs of the text in its source and what to write instead.
    """
    source = Path(f"snippets/mistakes/{name}.py").read_text(encoding="utf-8")
    assert record(f"mistakes.{name}").error
    for old, new in changes:
        assert old in source
        source = source.replace(old, new)
    names = {"__name__": name}
    exec(compile(source, name, "exec"), names)
    return names["main"]()


def shapes_are_those_of_the_code():
    """Each variable has the shape of its row, and the loss, a number, has the shape ()."""
    N, D_in, H, D_out = 64, 1000, 100, 10
    x, y, w1, w2 = warmup_numpy.make_data()
    h = x.dot(w1)
    h_relu = np.maximum(h, 0)
    y_pred = h_relu.dot(w2)
    loss = np.square(y_pred - y).sum()
    assert (x.shape, w1.shape, h.shape, h_relu.shape) == ((N, D_in), (D_in, H), (N, H), (N, H))
    assert (w2.shape, y_pred.shape, y.shape) == ((H, D_out), (N, D_out), (N, D_out))
    assert (y_pred - y).shape == (N, D_out)
    assert loss.shape == ()
    assert loss == pytest.approx(np.linalg.norm(y_pred - y) ** 2, rel=1e-12)


def a_gradient_has_the_shape_of_what_it_belongs_to():
    """A gradient has the shape of what it belongs to."""
    x, y, *weights = warmup_numpy.make_data()
    _, *gradients = warmup_numpy.gradients(x, y, *weights)
    assert [gradient.shape for gradient in gradients] == [w.shape for w in weights]


def linear_stores_the_transpose():
    """`nn.Linear` stores its weight as (out, in)."""
    assert torch.nn.Linear(3, 2).weight.shape == (2, 3)


def inner_sizes_differ():
    """Sizes that do not meet: the transpose of the second factor multiplies."""
    assert "64x1000 and 100x1000" in record("mistakes.tensors_shapes").values["error"]
    assert _fixed("tensors_shapes", ("x.mm(w1)", "x.mm(w1.t())")).shape == (64, 100)


def two_dtypes():
    """Two dtypes: convert where the data comes in."""
    change = ("from_numpy(np.ones((64, 1000)))", "tensor(np.ones((64, 1000)), dtype=torch.float32)")
    assert _fixed("tensors_dtype", change).dtype == torch.float32


def item_of_several_numbers():
    """`.item()` on several numbers: `.tolist()` gives them."""
    assert _fixed("tensors_item", ("4.5]).item()", "4.5]).tolist()")) == [3.5, 4.5]


def t_of_a_batch():
    """`.t()` on a batch of matrices: `.mT` transposes each."""
    assert _fixed("tensors_t", ("stack.t()", "stack.mT")).shape == (2, 4, 3)


def view_of_a_transpose():
    """`.view` on a transposed tensor: `.reshape` copies."""
    flat = _fixed("tensors_view", (".t().view(-1)", ".t().reshape(-1)"))
    assert flat.tolist() == [0, 3, 1, 4, 2, 5]


def a_negative_step():
    """A slice with a negative step: `x.flip(0)` reverses."""
    assert _fixed("tensors_negative_step", ("x[::-1]", "x.flip(0)")).tolist() == [2, 1, 0]


IN_PLACE = "with torch.no_grad():\n        w -= 0.1 * w.grad"


def update_outside_no_grad():
    """An update outside `no_grad`: inside it works."""
    _fixed("autograd_no_grad", ("w -= 0.1 * w.grad", IN_PLACE))


def a_new_tensor_has_no_gradient():
    """`w = w - …` made a new tensor: `w -= …` under `no_grad` works, and alone does not."""
    _fixed("autograd_rebind", ("w = w - 0.1 * w.grad", IN_PLACE))
    with pytest.raises(RuntimeError, match="leaf Variable"):
        _fixed("autograd_rebind", ("w = w - 0.1 * w.grad", "w -= 0.1 * w.grad"))


def two_backward_through_one_graph():
    """Two `backward()` through one graph: after computing the loss again there are two graphs."""
    once = "    loss.backward()\n"
    again = f"{once}    loss = w.pow(2).sum()\n{once}"
    _fixed("autograd_second_backward", (2 * once, again))


@pytest.mark.filterwarnings("ignore")
def an_instance_was_called():
    """An instance was called: `apply` of the class works."""
    assert _fixed("custom_function_instance", ("Double()(x)", "Double.apply(x)")).tolist() == [
        -2,
        4,
    ]


def a_gradient_for_each_input():
    """`backward` returns too few gradients or too many: one for each input is right."""
    pair = "return grad_output * (x > 0), grad_output"
    _fixed("custom_function_count", (pair, "return grad_output * (x > 0)"))
    with pytest.raises(RuntimeError, match="expected 2, got 1"):
        _fixed(
            "custom_function_count",
            (pair, "return grad_output * (x > 0)"),
            ("def forward(x)", "def forward(x, other)"),
            ("(*inputs)", "(inputs[0])"),
            (".apply(x)", ".apply(x, x)"),
        )


def super_comes_first():
    """`__init__` of Module did not run: `super().__init__()` before the first layer runs it."""
    layer = "self.linear1 ="
    model = _fixed("custom_module_no_super", (layer, f"super().__init__()\n        {layer}"))
    assert len(list(model.parameters())) == 2


def layers_in_a_plain_list():
    """Layers in a plain list: a `ModuleList` shows them to the module."""
    layers = "[torch.nn.Linear(1000, 100), torch.nn.Linear(100, 10)]"
    change = (layers, f"torch.nn.ModuleList({layers})")
    optimizer = _fixed("custom_module_list", change)
    assert len(optimizer.param_groups[0]["params"]) == 4


def forward_is_misspelt():
    """`forward` is misspelt: spelt right, it runs."""
    assert _fixed("custom_module_misspelt", ("foward", "forward")).tolist() == [2, 2, 2]


def two_devices():
    """Moved to the device of the predictions, the targets can be subtracted."""
    assert _fixed("tensors_devices", ("y_pred - y", "y_pred - y.to(y_pred.device)")).shape == (
        64,
        10,
    )


def a_loss_of_several_numbers():
    """With `.sum()` or `.mean()` the loss is one number, and `backward()` works."""
    for method in ("sum", "mean"):
        _fixed("autograd_not_scalar", ("errors.backward()", f"errors.{method}().backward()"))


def a_loss_without_notes():
    """Each of the three losses with this message has no `grad_fn`; the right one has one."""
    lines = record("mistakes.autograd_no_graph").output.splitlines()[:4]
    assert [line.split()[-1] == "NoneType" for line in lines] == [True, True, True, False]


def a_change_in_between():
    """If the factor is changed after `backward()`, there is no error."""
    change, backward = "        b += 97\n", "    product.backward()\n"
    source = f"    with torch.no_grad():\n{change}{backward}"
    _fixed("autograd_in_place", (source, f"{backward}    with torch.no_grad():\n{change}"))


def numpy_of_a_tracked_tensor():
    """After `.detach()`, `.numpy()` works."""
    _fixed("autograd_numpy", ("    w.numpy()", "    w.detach().numpy()"))


def whole_numbers():
    """After `.float()` a tensor may require gradients."""
    asks = "torch.tensor([1, 2], requires_grad=True)"
    _fixed("autograd_integer", (asks, "torch.tensor([1, 2]).float().requires_grad_()"))


def a_wrong_matrix_of_the_same_shape():
    """A wrong matrix of the same shape: central differences tell it from the right one."""
    errors = warmup_numpy_wrong_transpose.compare()
    assert errors["w2.T"] < 1e-6
    assert errors["grad_w2.T"] > 0.1


def gradients_that_were_not_cleared():
    """Gradients that are not cleared: the loss falls, rises, ends at nan; cleared, it falls."""
    losses = autograd_no_zero.train(201)
    assert min(losses[:100]) < losses[0] < max(losses[50:101])
    assert np.isnan(losses[-1])
    cleared = autograd_no_zero.train(201, clear=True)
    assert all(after < before for before, after in itertools.pairwise(cleared))


def zero_grad_between_backward_and_step():
    """`zero_grad()` between `backward()` and `step()` moves nothing; before them, it moves."""
    assert optim_order.move(optim_order.cleared_between)[0] == 0
    assert optim_order.move(optim_order.cleared_before)[0] > 0


@pytest.mark.filterwarnings("ignore")
def a_perfect_prediction_broadcast():
    """A perfect prediction of shape (4, 1) against (4,) has a loss; with equal shapes it is 0."""
    wrong, right = nn_sequential_broadcast.main()
    assert wrong > 0 == right


def a_rebound_parameter_stays():
    """`param = param - …` moves nothing, `param -= …` moves the parameter."""
    rebound, in_place = nn_sequential_rebind.main()
    assert rebound == 0 < in_place


def backward_wrote_into_what_it_received():
    """Where two paths are added, a `backward` that writes is wrong and `clone()` makes it right."""
    right, careless = custom_function_no_clone.main()
    careful = custom_function_no_clone.gradient(custom_function_no_clone.CarefulReLU.apply)
    assert careless != right == careful


def what_took_no_part_can_be_skipped():
    """`.grad` is None for a layer that took no part; the update can skip it."""
    assert record("mistakes.weight_sharing_hand_update").error == "TypeError"
    assert skips_none.main() == 2
