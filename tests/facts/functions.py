"""What `lessons/functions` says."""

import functools
import itertools
import warnings

import pytest
import torch
from torch.func import functional_call, grad, hessian, jacfwd, jacrev, jvp, stack_module_state, vmap
from torch.utils._python_dispatch import TorchDispatchMode

from facts import record
from snippets import functions, functions_jacobians
from snippets.answers import functions as answers
from snippets.charts import functions_ensemble
from snippets.mistakes import (
    functions_history,
    functions_if,
    functions_if_fixed,
    functions_in_place,
    functions_in_place_fixed,
)

ROUNDING = (
    1e-12  # of float64: its unit is 2e-16, and these numbers are sums of at most 97 of size 10
)


def _run(name):
    """Return a value of the lesson's run."""
    return record("functions").values[name]


def _mistake(name, value):
    """Return a value that one of the page's short programs left behind."""
    return record(f"mistakes.functions_{name}").values[value]


@functools.cache
def _trained(seed=0):
    """Train a network as the lesson does; return its loss, its parameters and the data."""
    torch.manual_seed(seed)
    x, y = functions.make_data()
    model = functions.make_model()
    functions.train_alone(model, x, y)
    params = {name: param.detach() for name, param in model.named_parameters()}
    return functions.loss_of(model), params, x, y


@functools.cache
def _samples(seed=0):
    """Return the gradients of all samples of a trained network, and that of the batch."""
    loss, params, x, y = _trained(seed)
    each = vmap(grad(loss), in_dims=(None, 0, 0))(params, x, y)
    return each, grad(loss)(params, x, y)


@functools.cache
def _ensemble():
    """Return where the networks of the picture were asked, what they say, and the truth."""
    at, y_pred = functions_ensemble.predictions()
    return at[:, 0], y_pred, torch.sin(3 * at[:, 0])


def _length(grads):
    """Return the length of a gradient that is a dictionary."""
    return torch.cat([part.flatten() for part in grads.values()]).norm().item()


class _Sizes(TorchDispatchMode):
    """Notes how many numbers each result of an operation has."""

    def __init__(self):
        super().__init__()
        self.found = []

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        result = function(*args, **(kwargs or {}))
        if torch.is_tensor(result):
            self.found.append(result.numel())
        return result


def _sizes(task):
    """Return the sizes of the results of all operations of a task."""
    with _Sizes() as sizes:
        task()
    return sizes.found


def backward_adds_the_samples_up():
    """The gradient of a sum over the samples is the sum of the samples' gradients."""
    loss, params, x, y = _trained()
    model = functions.make_model()
    model.load_state_dict(params)
    (model(x) - y).pow(2).sum().backward()
    parts = [grad(loss)(params, x[i], y[i]) for i in range(len(x))]
    for name, param in model.named_parameters():
        total = sum(part[name] for part in parts)
        assert torch.allclose(param.grad, total, rtol=0, atol=ROUNDING)


def grad_of_grad_is_the_second_derivative():
    """`grad(grad(cube))` is 6 x, at 3 and elsewhere."""
    assert _run("found") == [27.0, 18.0]
    for x in torch.randn(5, dtype=torch.float64):
        assert torch.isclose(grad(grad(functions.cube))(x), 6 * x)


def vmap_of_a_slope_gives_a_slope_for_each_number():
    """`vmap(slope)` gives the slopes 3, 12 and 27 at 1, 2 and 3."""
    assert _run("slopes") == [3.0, 12.0, 27.0]


def no_input_has_to_require_gradients():
    """`grad` differentiates along a tensor that does not require gradients."""
    x = torch.tensor(3.0)
    assert not x.requires_grad
    assert grad(functions.cube)(x) == 27
    assert not x.requires_grad


def grad_leaves_nothing_behind():
    """`grad` leaves `.grad` at None, of its inputs and of the module that it calls."""
    x = torch.tensor(3.0, requires_grad=True)
    grad(functions.cube)(x)
    assert x.grad is None
    model = functions.make_model()
    params = dict(model.named_parameters())
    x, y = torch.randn(2, 8, 1, dtype=functions.dtype)
    grad(functions.loss_of(model))(params, x, y)
    assert all(param.grad is None for param in params.values())
    assert "model[0].weight.grad is None" in record("functions").output


def grad_differentiates_along_the_first_argument():
    """Without `argnums`, `grad` differentiates along the first argument alone."""
    a, b = torch.tensor(2.0), torch.tensor(5.0)
    assert grad(lambda a, b: a * a * b)(a, b) == 2 * 2 * 5


def gradients_have_the_names_and_shapes_of_the_parameters():
    """The gradients are a dictionary with the names and the shapes of the parameters."""
    _, params, _, _ = _trained()
    _, grads = _samples()
    assert {name: part.shape for name, part in grads.items()} == {
        name: part.shape for name, part in params.items()
    }


def grad_agrees_with_backward():
    """`grad` and `backward()` give the same gradients, up to rounding."""
    assert _run("apart") < ROUNDING
    torch.manual_seed(1)
    x, y = torch.randn(2, 8, 1, dtype=functions.dtype)
    model = functions.make_model()
    params = {name: param.detach() for name, param in model.named_parameters()}
    (model(x) - y).pow(2).mean().backward()
    for name, part in grad(functions.loss_of(model))(params, x, y).items():
        assert torch.allclose(part, model.get_parameter(name).grad, rtol=0, atol=ROUNDING)


def no_point_lies_in_the_gap():
    """Of the 40 points none lies between -0.4 and 0.4, and one target is 2 off the others."""
    _, _, x, y = _trained()
    assert len(x) == 40
    assert x.abs().min() >= 0.4
    off = (y - torch.sin(3 * x)).abs()[:, 0]
    assert off.argmax() == 7
    assert (off > 1).sum() == 1


def after_training_the_gradient_is_nearly_0():
    """After the training the gradient has less than a hundredth of its length before."""
    torch.manual_seed(0)
    x, y = functions.make_data()
    model = functions.make_model()
    params = {name: param.detach().clone() for name, param in model.named_parameters()}
    before = _length(grad(functions.loss_of(model))(params, x, y))
    assert _run("batch_length") < before / 100


def in_dims_says_what_is_mapped():
    """`None` gives each call the whole argument, and 0 one entry along dimension 0."""
    seen = []

    def note(whole, row):
        seen.append((tuple(whole.shape), tuple(row.shape)))
        return row.sum()

    vmap(note, in_dims=(None, 0))(torch.zeros(7, 2), torch.zeros(5, 3))
    assert seen == [((7, 2), (3,))]


def vmap_puts_the_samples_in_front():
    """Each gradient has 40 in front of the shape of its parameter."""
    _, params, _, _ = _trained()
    each, _ = _samples()
    for name, part in each.items():
        assert part.shape == (40, *params[name].shape)
    assert _run("shape") == "(40, 32, 1)"


def vmap_agrees_with_the_loop():
    """`vmap(grad(loss))` gives the gradients of a loop over the samples, up to rounding."""
    for seed in range(5):
        loss, params, x, y = _trained(seed)
        each, _ = _samples(seed)
        for i in range(len(x)):
            alone = grad(loss)(params, x[i], y[i])
            for name, part in alone.items():
                assert torch.allclose(each[name][i], part, rtol=0, atol=ROUNDING)


def the_mean_of_the_samples_is_the_gradient_of_the_batch():
    """The mean of the samples' gradients is the gradient of the batch, up to rounding."""
    for seed in range(5):
        each, grads = _samples(seed)
        for name, part in grads.items():
            assert torch.allclose(each[name].mean(dim=0), part, rtol=0, atol=ROUNDING)


def per_sample_gradients_have_40_times_as_many_numbers():
    """The 40 gradients have 40 times as many numbers as the gradient of the batch."""
    each, grads = _samples()
    assert sum(part.numel() for part in each.values()) == 40 * sum(
        part.numel() for part in grads.values()
    )


def chunks_give_the_same_gradients():
    """With `chunk_size=8` the function runs on eight samples at a time, with the same results."""
    loss, params, x, y = _trained()
    runs = []

    def noted(params, x, y):
        runs.append(None)
        return loss(params, x, y)

    in_chunks = vmap(grad(noted), in_dims=(None, 0, 0), chunk_size=8)(params, x, y)
    assert len(runs) == 40 / 8
    assert functions.largest_difference(in_chunks, _samples()[0]) < ROUNDING


def the_pulls_cancel():
    """The shortest gradient of a sample is several times as long as that of the batch."""
    each, grads = _samples()
    assert functions.norms(each).min() > 5 * _length(grads)


def sample_7_pulls_five_times_as_hard():
    """Sample 7 has the longest gradient, five times as long as the next."""
    each, _ = _samples()
    lengths = functions.norms(each).sort(descending=True)
    assert lengths.indices[0] == 7 == _run("worst")[0]
    assert 5 < lengths.values[0] / lengths.values[1] < 6


def python_runs_the_function_once():
    """For 40 rows, Python runs the function inside `vmap` once."""
    assert _mistake("seen", "calls") == 1


def inside_vmap_a_row_does_not_show_the_samples():
    """Inside `vmap`, a row of 40 has the shape of a row."""
    assert "shape inside (3,)" in record("mistakes.functions_seen").output


@pytest.mark.thorough
def together_is_as_alone():
    """Each of the five networks ends at the weights that it gets when it is trained alone."""
    torch.manual_seed(1)
    x, y = functions.make_data()
    models = [functions.make_model() for _ in range(functions.K)]
    params, _ = functions.train_together(models, x, y)
    for k, model in enumerate(models):
        functions.train_alone(model, x, y)
        for name, param in model.named_parameters():
            assert torch.allclose(params[name][k], param, rtol=0, atol=1e-9)  # after 500 steps


def the_gradient_of_the_sum_is_for_each_network_its_own():
    """The gradient of the sum of the losses is for each network that of its own loss."""
    torch.manual_seed(0)
    x, y = functions.make_data()
    models = [functions.make_model() for _ in range(functions.K)]
    params, _ = stack_module_state(models)
    vmap(functions.loss_of(models[0]), in_dims=(0, None, None))(params, x, y).sum().backward()
    for k, model in enumerate(models):
        (model(x) - y).pow(2).mean().backward()
        for name, param in model.named_parameters():
            assert torch.allclose(params[name].grad[k], param.grad, rtol=0, atol=ROUNDING)


def stacking_copies_the_parameters():
    """Training what `stack_module_state` returns leaves the modules as they were."""
    torch.manual_seed(0)
    models = [functions.make_model() for _ in range(2)]
    before = models[1][0].weight.detach().clone()
    params, _ = stack_module_state(models)
    with torch.no_grad():
        params["0.weight"] += 1
    assert models[1][0].weight.equal(before)


def the_first_network_lends_its_forward_alone():
    """`functional_call` with all parameters gives the same result whatever those of the model."""
    torch.manual_seed(0)
    x = torch.randn(8, 1, dtype=functions.dtype)
    one, other = functions.make_model(), functions.make_model()
    params = {name: param.detach() for name, param in other.named_parameters()}
    assert functional_call(one, params, (x,)).equal(other(x))


def where_the_data_are_the_networks_agree():
    """Between 0.4 and 1 on both sides, the spread stays below a sixth of that in the gap."""
    at, y_pred, _ = _ensemble()
    spread = y_pred.std(dim=0)
    inside = (at.abs() >= 0.4) & (at.abs() <= 1)
    assert spread[inside].max() < 0.05
    assert spread[(at.abs() > 0.5) & (at.abs() < 0.9)].max() < spread[at.abs() < 0.05].min() / 6


def away_from_the_data_they_spread():
    """In the gap and outside, the spread at 0 and at 2 is ten times that at 0.7."""
    left, at_left, middle, at_right, right = _run("spreads")
    assert min(left, middle, right) > 10 * max(at_left, at_right)


def all_five_can_be_wrong_together():
    """At -2 each network is farther from the truth than any two are from each other."""
    at, y_pred, truth = _ensemble()
    assert at[0] == -2
    apart = y_pred[:, 0].max() - y_pred[:, 0].min()
    assert (y_pred[:, 0] - truth[0]).abs().min() > 2 * apart


def a_jacobian_has_a_slope_for_each_output_along_each_input():
    """The entry [m, d] of a Jacobian is the slope of output m along input d."""
    torch.manual_seed(0)
    weight = torch.randn(3, 5, dtype=torch.float64)
    assert jacrev(lambda v: weight @ v)(torch.zeros(5, dtype=torch.float64)).equal(weight)


def the_jacobian_of_softmax_is_that_of_the_derivation():
    """The Jacobian of softmax by `jacrev` is that of the formula, up to rounding."""
    torch.manual_seed(1)
    z = torch.randn(7, 4, dtype=torch.float64)
    found = vmap(jacrev(functions_jacobians.softmax))(z)
    p = torch.softmax(z, dim=1)
    for n in range(7):
        for c in range(4):
            for k in range(4):
                assert abs(found[n, c, k] - p[n, c] * (int(c == k) - p[n, k])) < ROUNDING


def the_jacobian_of_a_batch_has_both_shapes():
    """The Jacobian of the batch has the shape of the output and then that of the input."""
    assert record("functions_jacobians").values["shape"] == "(5, 4, 5, 4)"
    found = jacrev(lambda z: z[:, :3].exp())(torch.zeros(5, 4))
    assert found.shape == (5, 3, 5, 4)


def most_of_it_is_0():
    """320 of its 400 numbers are 0: the slopes of one sample along another, all of them."""
    assert record("functions_jacobians").values["zeros"] == 320
    whole = jacrev(lambda z: torch.softmax(z, dim=1))(torch.randn(5, 4))
    across = ~torch.eye(5, dtype=torch.bool)
    blocks = whole.movedim(2, 1)  # (5, 5, 4, 4)
    assert blocks[across].numel() == 320
    assert not blocks[across].any()


def four_ways_give_one_jacobian():
    """`jacrev`, `jacfwd` and both written by us give one shape and one matrix."""
    torch.manual_seed(0)
    for f, size in ((functions_jacobians.softmax, 4), (functions_jacobians.circle, 1)):
        v = torch.randn(size, dtype=torch.float64)
        found = jacrev(f)(v)
        assert found.shape == (len(f(v)), size)
        by_us = functions_jacobians.by_rows, functions_jacobians.by_columns
        for other in (jacfwd(f)(v), *(way(f, v) for way in by_us)):
            assert torch.allclose(found, other, rtol=0, atol=ROUNDING)


def by_rows_costs_a_pass_for_each_output_and_by_columns_one_for_each_input():
    """`jacrev` computes as many times a backward pass as there are outputs, `jacfwd` inputs."""
    few, many = 2, 500
    wide, tall = torch.randn(few, many), torch.randn(many, few)

    def cost(way, weight):
        start = torch.ones(weight.shape[1])
        return sum(_sizes(lambda: way(lambda v: (weight @ v).tanh())(start)))

    assert cost(jacfwd, wide) > 50 * cost(jacrev, wide)  # 500 passes against 2
    assert cost(jacrev, tall) > 50 * cost(jacfwd, tall)
    assert functions_jacobians.circle(torch.ones(1)).shape == (3,)


def some_operations_have_no_forward_mode():
    """`jacfwd` of `scaled_dot_product_attention` is an error on a CPU; `jacrev` is none."""

    def attend(v):
        rows = v.view(1, 1, 2, 4)
        return torch.nn.functional.scaled_dot_product_attention(rows, rows, rows).flatten()

    assert jacrev(attend)(torch.ones(8)).shape == (8, 8)
    with pytest.raises(NotImplementedError, match="forward AD"):
        jacfwd(attend)(torch.ones(8))


def the_hessian_has_97_times_97_numbers():
    """The network has 97 weights, and the Hessian 97 times 97 numbers; a million gives 10^12."""
    assert _run("weights") == 97
    assert _run("numbers") == 97 * 97
    assert 10**6 * 10**6 == 10**12


def the_product_is_that_of_the_hessian():
    """`jvp` of the gradient gives the product of the Hessian and the vector, up to rounding."""
    loss, params, x, y = _trained()
    names = list(params)

    def of_vector(vector):
        parts = vector.split([params[name].numel() for name in names])
        shaped = {
            name: part.reshape(params[name].shape) for name, part in zip(names, parts, strict=True)
        }
        return loss(shaped, x, y)

    w = torch.cat([params[name].flatten() for name in names])
    v = torch.randn(97, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    _, product = jvp(grad(of_vector), (w,), (v,))
    assert torch.allclose(product, hessian(of_vector)(w) @ v, rtol=0, atol=ROUNDING)
    h = 1e-5  # the error of a central difference is about h**2 and 1e-16 / h
    difference = (grad(of_vector)(w + h * v) - grad(of_vector)(w - h * v)) / (2 * h)
    assert torch.allclose(product, difference, rtol=0, atol=1e-6)


def the_product_makes_no_tensor_as_large_as_the_hessian():
    """No operation of the product gives as many numbers as the Hessian has."""
    loss, params, x, y = _trained()
    ones = {name: torch.ones_like(part) for name, part in params.items()}
    gradient = grad(lambda params: loss(params, x, y))
    assert max(_sizes(lambda: jvp(gradient, (params,), (ones,)))) < 97 * 97 / 5
    whole = _sizes(lambda: hessian(lambda params: loss(params, x, y))(params))
    assert max(whole) > 97 * 97


def hessian_is_the_forward_jacobian_of_a_reverse_jacobian():
    """`hessian(f)` gives what `jacfwd(jacrev(f))` gives."""
    f, w = answers.bowl, torch.ones(3, dtype=torch.float64)
    assert hessian(f)(w).equal(jacfwd(jacrev(f))(w))


def one_result_has_no_place_for_two_values():
    """Writing values of the samples into a tensor that all share works for one number only."""
    error = record("mistakes.functions_in_place").output
    assert "[1.0, 2.0, 4.0]" in error.splitlines()
    assert "`other` being vmapped over but `self` not" in error
    x = torch.tensor([2.0, 3.0])
    assert vmap(functions_in_place_fixed.powers)(x).equal(
        torch.stack([functions_in_place.powers(one) for one in x])
    )


def new_zeros_has_a_place_for_each():
    """With `new_zeros`, `vmap` lets values be written, and `jacfwd` does unless x**0 is first."""

    def powers(x, first=0):
        result = x.new_zeros(3)
        for k in range(3):
            result[k] = x ** (first + k)
        return result

    assert vmap(powers)(torch.tensor([2.0, 3.0])).tolist() == [[1, 2, 4], [1, 3, 9]]
    with pytest.raises(RuntimeError, match="`other` being vmapped over but `self` not"):
        jacfwd(powers)(torch.tensor(2.0))
    assert jacfwd(functools.partial(powers, first=1))(torch.tensor(2.0)).tolist() == [1, 4, 12]


def vmap_does_not_guess_what_is_drawn():
    """Without `randomness`, `vmap` refuses a function that draws, and names both settings."""
    error = record("mistakes.functions_random").output
    assert "use the 'same' or 'different' randomness flags" in error


def each_sample_has_its_own_draw_or_the_same_one():
    """With `different` the samples differ in what they draw, with `same` they do not."""
    masks = record("mistakes.functions_random_fixed").values["masks"]
    assert len(set(masks["same"])) == 1
    assert len(set(masks["different"])) == len(masks["different"])
    dropout, ones = torch.nn.Dropout(0.5), torch.ones(4, 64)
    loop = torch.stack([dropout(row) for row in ones])
    assert len({tuple(row.tolist()) for row in loop}) == 4  # equal once in 2**64 times


def after_eval_nothing_is_drawn():
    """After `eval()`, dropout runs inside `vmap` without a setting."""
    ones = torch.ones(4, 8)
    assert vmap(torch.nn.Dropout(0.5).eval())(ones).equal(ones)


def an_if_is_refused_inside_vmap():
    """A decision by a value works for one number and is refused inside `vmap`."""
    said = record("mistakes.functions_if").output
    assert "2.5" in said.splitlines()
    assert "data-dependent control flow" in said


def where_chooses_sample_by_sample():
    """`torch.where` gives the losses of the function with `if`, one for each sample."""
    errors = torch.linspace(-3, 3, 25)
    found = vmap(functions_if_fixed.huber)(errors)
    assert found.equal(torch.stack([functions_if.huber(error) for error in errors]))


def grad_wants_one_number():
    """`grad` refuses a result of several numbers, as `backward()` does."""
    assert "to return a scalar Tensor" in record("mistakes.functions_not_scalar").output
    with pytest.raises(RuntimeError, match="only for scalar outputs"):
        torch.ones(2, requires_grad=True).sin().backward()


def the_slopes_one_by_one_are_the_diagonal():
    """The slope of each number along itself is the diagonal of the Jacobian; the rest is 0."""
    x = torch.tensor([0.0, 1.0, 2.0])
    assert jacrev(torch.sin)(x).equal(torch.diag(vmap(grad(torch.sin))(x)))


def a_missing_parameter_is_the_models_own():
    """For a parameter that the dictionary lacks, `functional_call` takes the model's."""
    model = torch.nn.Linear(2, 1)
    x, bias = torch.ones(2), torch.zeros(1)
    with warnings.catch_warnings(action="error"):
        found = functional_call(model, {"wieght": torch.zeros(1, 2), "bias": bias}, (x,))
    assert found.equal(torch.nn.functional.linear(x, model.weight, bias))
    assert _mistake("misspelt", "y_pred") != 0


def the_gradient_of_an_unused_name_is_0():
    """The gradient of the misspelt name is exactly 0."""
    assert _mistake("misspelt", "slope") == 0


def strict_refuses_a_misspelt_name():
    """`strict=True` makes a misspelt name an error that names it."""
    assert "Unexpected key(s): 'wieght'" in record("mistakes.functions_misspelt").output


def the_optimizer_does_not_see_what_grad_returns():
    """After `grad`, `step()` moves nothing; with the gradients in `.grad` it moves the weight."""
    assert _mistake("step", "lost") == 0
    assert _mistake("step", "given") > 0.01


def with_parameters_that_require_gradients_the_graph_grows():
    """With parameters that require gradients, each step adds nodes to the graph."""
    sizes = _mistake("history", "sizes")["as they are"]
    assert len(sizes) == 4
    assert all(later > earlier for earlier, later in itertools.pairwise(sizes))


def detached_parameters_have_no_graph():
    """With detached parameters there is no graph, and the gradients are the same."""
    assert _mistake("history", "sizes")["detached"] == [0, 0, 0, 0]
    model = functions.make_model()
    x, y = torch.randn(2, 8, 1, dtype=functions.dtype)
    params = dict(model.named_parameters())
    kept = grad(functions.loss_of(model))(params, x, y)
    free = {name: param.detach() for name, param in params.items()}
    assert functions.largest_difference(kept, grad(functions.loss_of(model))(free, x, y)) == 0


def under_no_grad_grad_works_and_records_nothing():
    """Under `no_grad`, `grad` gives the same gradients, and no graph is recorded."""
    model = functions.make_model()
    x, y = torch.randn(2, 8, 1, dtype=functions.dtype)
    params = dict(model.named_parameters())
    recorded = grad(functions.loss_of(model))(params, x, y)
    with torch.no_grad():
        found = grad(functions.loss_of(model))(params, x, y)
    assert functions.largest_difference(recorded, found) == 0
    assert (
        functions_history.size(found["0.weight"])
        == 0
        < functions_history.size(recorded["0.weight"])
    )


def each_stands_on_the_diagonal_of_whole():
    """`each[n]` of exercise 1 is `whole[n, :, n, :]`."""
    x = torch.randn(5, 3, dtype=torch.float64)

    def f(row):
        return torch.cat([row.sin(), row[:1] * row[1:2]])

    each, whole = vmap(jacrev(f))(x), jacrev(vmap(f))(x)
    for n in range(5):
        assert torch.allclose(each[n], whole[n, :, n, :])


def a_sample_contributes_at_most_limit_over_n():
    """One of N samples moves the mean of the clipped gradients by at most limit / N."""
    torch.manual_seed(0)
    model = torch.nn.Linear(3, 2).to(torch.float64)
    x, y = torch.randn(20, 3, dtype=torch.float64), torch.randn(20, 2, dtype=torch.float64)
    without = answers.clipped_gradient(model, x[1:], y[1:], 1.0)
    for wrong in (0.0, 1.0, 1e3, 1e6):
        target = y.clone()
        target[0] += wrong
        found = answers.clipped_gradient(model, x, target, 1.0)
        moved = {name: part - without[name] * 19 / 20 for name, part in found.items()}
        assert _length(moved) <= 1.0 / 20 + ROUNDING


def the_jacobian_of_the_sum_over_rows_is_the_same():
    """The Jacobian of the sum over the rows, (M, N, D), holds the Jacobians of the rows."""
    x = torch.randn(5, 4, dtype=torch.float64)

    def f(x):
        return x.softmax(dim=1)[:, :3]

    found = jacrev(lambda x: f(x).sum(dim=0))(x)
    assert found.shape == (3, 5, 4)
    assert torch.allclose(found.movedim(1, 0), answers.batch_jacobian(f, x))


def power_iteration_finds_the_largest_curvature_of_the_bowl():
    """After 20 rounds the largest curvature of the bowl is found."""
    w = torch.ones(3, dtype=torch.float64)
    assert abs(answers.largest_curvature(answers.bowl, w, 20) - 9) < 1e-6


def in_each_round_the_second_part_shrinks_to_four_ninths():
    """In each round the part along the second curvature shrinks to 4/9, against the steepest."""
    w, v = torch.ones(3, dtype=torch.float64), torch.ones(3, dtype=torch.float64)
    for _ in range(5):
        _, product = jvp(grad(answers.bowl), (w,), (v,))
        assert torch.isclose(product[1] / product[2], v[1] / v[2] * 4 / 9)
        v = product / product.norm()
