"""What `lessons/tiny-autograd` says."""

import inspect
from unittest import mock

import numpy as np
import pytest
import torch

from facts import record
from snippets import tiny_autograd
from snippets.answers import tiny_autograd as answers
from snippets.mistakes import tiny_autograd_growing
from snippets.tiny_autograd import Tensor, sum_to


def _back(result, grad):
    """Return what the rules of a result make of its gradient, one array for each input."""
    return [send_back(grad) for _, send_back in result.made_of]


def inputs_without_a_gradient_are_not_noted():
    """A result notes the inputs that need a gradient; made of others alone it needs none."""
    x, w = Tensor(np.ones((2, 3))), Tensor(np.ones((3, 2)), requires_grad=True)
    assert [source for source, _ in (x @ w).made_of] == [w]
    assert not w.made_of
    assert not (x + x).made_of
    assert not (x + x).requires_grad


def rules_of_sum_product_and_difference():
    """A sum has the slopes 1 and 1, a difference 1 and -1, a product the other factor."""
    a, b = (Tensor(np.array(numbers), requires_grad=True) for numbers in ([2.0, 3.0], [5.0, 7.0]))
    grad = np.array([1.0, 10.0])
    np.testing.assert_array_equal(_back(a + b, grad), [grad, grad])
    np.testing.assert_array_equal(_back(a - b, grad), [grad, -grad])
    np.testing.assert_array_equal(_back(a * b, grad), [grad * b.data, grad * a.data])


def python_calls_these_methods_for_the_operators():
    """`+`, `-`, `*`, `**` and `@` call `__add__`, `__sub__`, `__mul__`, `__pow__`, `__matmul__`."""
    a, b = Tensor(np.ones((2, 2))), Tensor(np.ones((2, 2)))
    for sign, name in (("+", "add"), ("-", "sub"), ("*", "mul"), ("**", "pow"), ("@", "matmul")):
        with mock.patch.object(Tensor, f"__{name}__", lambda *_, name=name: name):
            assert eval(f"a {sign} b", {"a": a, "b": b}) == name


def relu_has_the_mask_of_lesson_1():
    """The gradient of ReLU is kept where the number is positive, and 0 elsewhere, at 0 as well."""
    h = Tensor(np.array([-1.0, 0.0, 2.0]), requires_grad=True)
    (back,) = _back(h.relu(), np.full(3, 5.0))
    np.testing.assert_array_equal(back, [0.0, 0.0, 5.0])


def rules_of_the_product_are_lines_of_lesson_1():
    """The rules of @ are the lines for `grad_h_relu` and `grad_w2`, with the shapes of both."""
    rng = np.random.default_rng(0)
    h_relu, w2, grad = (rng.standard_normal(shape) for shape in ((4, 3), (3, 2), (4, 2)))
    product = Tensor(h_relu, requires_grad=True) @ Tensor(w2, requires_grad=True)
    back = _back(product, grad)
    np.testing.assert_array_equal(back[0], grad.dot(w2.T))
    np.testing.assert_array_equal(back[1], h_relu.T.dot(grad))


def each_entry_gets_the_gradient_of_its_sum():
    """Each entry gets the gradient of the sum that it is in, of all entries or along one axis."""
    x = Tensor(np.arange(6.0).reshape(2, 3), requires_grad=True)
    (back,) = _back(x.sum(), np.array(5.0))
    np.testing.assert_array_equal(back, np.full((2, 3), 5.0))
    (back,) = _back(x.sum(axis=0), np.array([1.0, 2.0, 3.0]))
    np.testing.assert_array_equal(back, [[1.0, 2.0, 3.0]] * 2)


def paths_of_a_broadcast_number_are_added_up():
    """Each number of a bias (3,) that is added to (4, 3) gets the sum of four gradients."""
    b = Tensor(np.zeros(3), requires_grad=True)
    (Tensor(np.ones((4, 3))) + b).sum().backward()
    np.testing.assert_array_equal(b.grad, [4.0, 4.0, 4.0])


def sum_to_is_called_in_backward_alone():
    """`sum_to` undoes dimensions in front and stretched ones, and `backward` alone calls it."""
    grad = np.ones((5, 4, 3))
    np.testing.assert_array_equal(sum_to(grad, (4, 1)), np.full((4, 1), 15.0))
    assert inspect.getsource(tiny_autograd).count(" sum_to(") == 2, "its definition, and one call"
    assert inspect.getsource(Tensor.backward).count(" sum_to(") == 1


def each_tensor_stands_after_what_it_was_made_of():
    """In the list each tensor stands after all that it was made of; the last one is the result."""
    a, b = Tensor(2.0, requires_grad=True), Tensor(3.0, requires_grad=True)
    loss = (a * b + a) * (a * b)
    order = tiny_autograd.in_order(loss)
    assert order[-1] is loss
    for place, tensor in enumerate(order):
        assert all(source in order[:place] for source, _ in tensor.made_of)


def the_loss_has_the_gradient_1():
    """After backward the gradient of the loss with respect to itself is 1, in its shape."""
    loss = Tensor(np.array([3.0]), requires_grad=True) * Tensor(np.array([2.0]))
    loss.backward()
    np.testing.assert_array_equal(loss.grad, [1.0])


def _third_weight(sizes, rate, seed):
    """Train the program's network with a third weight put in; return all losses."""
    N, D_in, H, D_out = sizes
    rng = np.random.default_rng(seed)
    shapes = (N, D_in), (N, D_out), (D_in, H), (H, H), (H, D_out)
    x, y, *weights = (Tensor(rng.standard_normal(shape)) for shape in shapes)
    losses = []
    for weight in weights:
        weight.requires_grad = True
    w1, w3, w2 = weights
    for _ in range(tiny_autograd.steps):
        loss = ((((x @ w1).relu() @ w3).relu() @ w2 - y) ** 2).sum()
        losses.append(float(loss.data))
        for weight in weights:
            weight.grad = None
        loss.backward()
        for weight in weights:
            weight.data -= rate * weight.grad
    return losses


def a_third_weight_trains_in_the_small_network():
    """A leaf, an @, a ReLU, its .grad cleared and updated: the loss falls, from five starts."""
    for seed in range(5):
        losses = _third_weight((16, 50, 20, 4), tiny_autograd.learning_rate, seed)
        assert losses[-1] < 0.01 * losses[0]


@pytest.mark.filterwarnings("ignore:overflow", "ignore:invalid value")
def a_third_weight_in_the_lesson_s_network_wants_a_smaller_rate():
    """With 1e-6 the loss stands still or is nan, from five starts; with 1e-9 it falls."""
    sizes = tuple(getattr(tiny_autograd, name) for name in ("N", "D_in", "H", "D_out"))
    for seed in range(5):
        losses = _third_weight(sizes, 1e-6, seed)
        assert losses[-1] == losses[99] or np.isnan(losses[-1])
    losses = _third_weight(sizes, 1e-9, 0)
    assert losses[-1] < 0.01 * losses[0]


def gradients_of_the_numbers_are_those_of_lesson_1():
    """The gradients of a, b and c are the products of the slopes that lesson 1 has measured."""
    gradients = record("charts.tiny_autograd_numbers").values["gradients"]
    graph = record("derivations.chain_rule").values["open_graph"]
    slope = {(start, end): float(text.removeprefix("× ")) for start, end, text in graph["edges"]}
    shared = slope["e", "f"] * slope["f", "g"] * slope["g", "L"]
    assert gradients["a"] == slope["a", "e"] * shared
    assert gradients["b"] == slope["b", "e"] * shared
    assert gradients["c"] == slope["c", "f"] * slope["f", "g"] * slope["g", "L"]


def b_gets_the_other_factor_times_16():
    """16 comes back to the product `e`, and `b` gets the other factor, 2, times that."""
    gradients = record("charts.tiny_autograd_numbers").values["gradients"]
    assert gradients["e"] == 16
    assert gradients["b"] == 2 * 16


def summing_and_spreading_are_adjoint():
    """Summing a matrix against a vector is the matrix against the vector spread over its rows."""
    rng = np.random.default_rng(0)
    matrix, vector = rng.standard_normal((4, 3)), rng.standard_normal(3)
    spread = np.broadcast_to(vector, (4, 3))
    assert np.isclose(sum_to(matrix, (3,)) @ vector, (matrix * spread).sum(), rtol=1e-12)


def leaves_add_up_over_two_calls():
    """A second call of backward adds to the gradient of a leaf, not to an intermediate one."""
    a, b = Tensor(2.0, requires_grad=True), Tensor(3.0, requires_grad=True)
    product = a * b
    loss = product**2
    loss.backward()
    once, inside = a.grad, product.grad
    loss.backward()
    assert a.grad == 2 * once
    assert product.grad == inside


def losses_are_those_of_lesson_1():
    """From the same seed, the losses are those of lesson 1.

    Other processors may add in a different order: 1e-9 is what 500 steps make of the 16th digit.
    """
    losses = record("tiny_autograd").values["losses"]
    np.testing.assert_allclose(losses, record("warmup_numpy").values["losses"], rtol=1e-9)


def without_adding_one_path_is_lost():
    """With = the slope of a * b + a along a is that of one path; with += it is the measured one."""
    output = record("mistakes.tiny_autograd_no_add").output
    assert output.split() == ["=", "3", "+=", "4", "measured", "4"]


def sent_on_too_early_is_counted_twice():
    """Sent on too early, the first half of the gradient of h reaches a twice."""
    output = record("mistakes.tiny_autograd_order").output
    assert output.split() == ["at", "once", "36", "in", "order", "24", "measured", "24"]
    half = 24 / 2
    assert 24 + half == 36


def without_undoing_broadcasting_a_bias_becomes_a_matrix():
    """`b -= grad` refuses a gradient of shape (4, 3) for a bias of 3; `b = b - grad` does not."""
    assert record("mistakes.tiny_autograd_broadcast").error == "ValueError"
    b = np.zeros(3)
    b = b - np.ones((4, 3))
    assert b.shape == (4, 3)


def a_change_in_between_gives_a_wrong_gradient():
    """After a change in place of b the slope of a * b along a is wrong; PyTorch refuses it."""
    a, b = Tensor(2.0, requires_grad=True), Tensor(3.0, requires_grad=True)
    product = a * b
    b.data += 97
    product.backward()
    assert a.grad == 100
    assert record("mistakes.autograd_in_place").error == "RuntimeError"
    assert "is at version 1; expected version 0" in record("mistakes.autograd_in_place").output


def changes_through_data_and_numpy_are_not_counted():
    """PyTorch notices no change through .data or a shared array, and takes the new value."""
    array = np.array(3.0)
    shared, own = torch.from_numpy(array), torch.tensor(3.0)
    for b in (shared, own):
        a = torch.tensor(2.0, requires_grad=True)
        product = a * b
        if b is own:
            b.data.fill_(100)
        else:
            array[...] = 100
        product.backward()
        assert a.grad == 100


def a_sum_of_losses_keeps_each_of_them():
    """A sum of losses keeps two numbers more with each step."""
    counts = tiny_autograd_growing.main()
    assert counts[10] - counts[1] == 2 * 9
    assert counts[100] - counts[10] == 2 * 90


def in_order_fails_on_a_long_graph():
    """On the graph of a loop of 5,000 steps `in_order` fails with a RecursionError."""
    total = one = Tensor(1.0, requires_grad=True)
    for _ in range(5000):
        total = total + one
    try:
        tiny_autograd.in_order(total)
    except RecursionError:
        return
    raise AssertionError("it did not fail")


def relu_is_the_maximum_of_zeros_and_x_in_this_order():
    """`maximum(zeros, x)` has the values and the gradient of ReLU, at 0 too."""
    x, zeros = np.array([-1.0, 0.0, 2.0]), np.zeros(3)
    tensor = Tensor(x, requires_grad=True)
    tensor.relu().sum().backward()
    larger, send_back = answers.maximum(zeros, x)
    assert larger.tolist() == tensor.relu().data.tolist()
    assert send_back(np.ones(3))[1].tolist() == tensor.grad.tolist() == [0, 0, 1]
    assert answers.maximum(x, zeros)[1](np.ones(3))[0].tolist() == [0, 1, 1]
