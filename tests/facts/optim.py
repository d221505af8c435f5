"""What `lessons/optim` says."""

import contextlib
import functools
import inspect
import io
import itertools
import math
import warnings
from pathlib import Path
from unittest import mock

import pytest
import torch

from facts import record
from facts._start import SEEDS, start, train
from snippets import nn_sequential, optim
from snippets.answers import optim as answers
from snippets.charts import autograd_graphs, optim_valley
from snippets.mistakes import optim_forgot_zero, optim_order, optim_sgd_by_hand, optim_which

SUM = torch.nn.MSELoss(reduction="sum")


def one_line_names_the_rule():
    """The line that makes the optimizer is the one line of the program that names the rule."""
    lines = Path(optim.__file__).read_text(encoding="utf-8").splitlines()
    (line,) = [line.strip() for line in lines if "Adam" in line]
    assert line.startswith("optimizer = torch.optim.Adam(")


def the_loop_runs_with_each_rule():
    """The loop of the lesson trains with SGD, with momentum and with Adam."""
    for rule in optim_which.rules.values():
        x, y = optim.make_data()
        model = optim.make_model()
        quiet = contextlib.redirect_stdout(io.StringIO())
        with quiet, mock.patch.object(optim, "steps", 50):
            losses = optim.train(model, rule(model.parameters(), 1e-4), x, y)
        assert losses[-1] < losses[0] / 2


def adam_adapts_the_step_of_each_number():
    """Adam's first step is as long for a large gradient as for a small one; SGD's is not."""
    moved = {}
    for rule in (torch.optim.Adam, torch.optim.SGD):
        w = torch.zeros(2, requires_grad=True)
        w.grad = torch.tensor([1.0, 1000.0])
        rule([w], lr=0.1).step()
        moved[rule] = (w[1] / w[0]).item()
    assert moved == pytest.approx({torch.optim.Adam: 1, torch.optim.SGD: 1000})


def the_model_the_loss_and_the_data_are_those_of_lesson_5():
    """The data and the first weights equal those of lesson 5, and both lessons name one loss."""
    for ours, theirs in zip(optim.make_data(), nn_sequential.make_data(), strict=True):
        assert torch.equal(ours, theirs)
    models = []
    for lesson in (optim, nn_sequential):
        lesson.make_data()
        models.append(lesson.make_model())
        assert 'torch.nn.MSELoss(reduction="sum")' in inspect.getsource(lesson.train)
    assert str(models[0]) == str(models[1])
    for ours, theirs in zip(*(model.parameters() for model in models), strict=True):
        assert torch.equal(ours, theirs)


def _losses_when_clearing(place):
    """Return the losses of 20 steps of Adam with `zero_grad` in a given place."""
    x, y, model = start(0)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-4)
    losses = []
    for _ in range(20):
        loss = SUM(model(x), y)
        losses.append(loss.item())
        if place == "first":
            optimizer.zero_grad()
        loss.backward()
        if place == "between":
            optimizer.zero_grad()
        optimizer.step()
        if place == "last":
            optimizer.zero_grad()
    return losses


def zero_grad_may_come_last():
    """With `zero_grad` after `step`, the losses are exactly those of the lesson's order."""
    first = _losses_when_clearing("first")
    assert first == _losses_when_clearing("last")
    assert first[-1] < first[0]


def zero_grad_in_between_stops_the_training():
    """With `zero_grad` between `backward` and `step`, the loss does not move at all."""
    assert len(set(_losses_when_clearing("between"))) == 1


def first_loss_is_that_of_lesson_5():
    """The first loss equals that of lesson 5, whose network starts from the same seed."""
    assert record("optim").values["losses"][0] == record("nn_sequential").values["losses"][0]


def adam_takes_a_different_path():
    """From the second on, all losses differ from those of lesson 5."""
    adam, descent = (record(name).values["losses"] for name in ("optim", "nn_sequential"))
    assert all(ours != theirs for ours, theirs in zip(adam[1:], descent[1:], strict=True))


def adam_is_behind_at_step_99_and_ahead_at_step_499():
    """Adam is behind gradient descent at step 99 and ahead of it at step 499."""
    adam, descent = (record(name).values["losses"] for name in ("optim", "nn_sequential"))
    assert adam[99] > descent[99]
    assert adam[499] < descent[499]


def after_steps_of_adam_the_graph_is_that_of_lesson_5():
    """After steps of Adam, a forward pass leaves the graph of lesson 5, and no trace of Adam."""
    x, y, model = start(0)
    train(x, y, model, torch.optim.Adam(model.parameters(), lr=1e-4), steps=3)
    found = autograd_graphs.walk(SUM(model(x), y), dict(model.named_parameters()))
    assert found == record("charts.autograd_graphs").values["sequential"]


def sgd_draws_nothing():
    """Steps of `torch.optim.SGD` draw no random numbers."""
    x, y, model = start(0)
    before = torch.get_rng_state()
    train(x, y, model, torch.optim.SGD(model.parameters(), lr=1e-4), steps=3)
    assert torch.equal(torch.get_rng_state(), before)


@functools.cache
def _by_hand():
    """Return the weights (H, D_in) after 100 steps: of SGD, of one operation, of two."""
    kinds = ("by_optimizer", "in_one_operation", "in_two_operations")
    return [optim_sgd_by_hand.train(getattr(optim_sgd_by_hand, kind)) for kind in kinds]


def the_decorator_runs_a_function_in_no_grad():
    """A function below `@torch.no_grad()` runs inside `no_grad`."""

    @torch.no_grad()
    def recorded(w):
        return (2 * w).requires_grad

    w = torch.ones(3, requires_grad=True)
    assert not recorded(w)
    assert (2 * w).requires_grad


def add_takes_a_factor():
    """`param.add_(grad, alpha=a)` adds a times grad to param in place."""
    param, grad = torch.tensor([1.0, 2.0]), torch.tensor([4.0, 8.0])
    same = param.add_(grad, alpha=0.5)
    assert same is param
    assert param.tolist() == [3.0, 6.0]


def one_operation_gives_exactly_the_weights_of_sgd():
    """Written as one operation, the update gives exactly the weights of SGD after 100 steps."""
    by_optimizer, one, _ = _by_hand()
    assert torch.equal(one, by_optimizer)


def two_operations_differ_in_the_last_digits():
    """Written as two operations, the update differs from SGD in the last digits of float32."""
    by_optimizer, _, two = _by_hand()
    difference = (two - by_optimizer).norm() / by_optimizer.norm()
    assert 0 < difference < 1e-4  # float32 has 7 digits, and 100 steps magnify the rounding


def two_operations_round_once_more():
    """One operation rounds once, and two round the product as well."""
    torch.manual_seed(0)
    w, grad = torch.randn(1000), torch.randn(1000)
    rate = torch.tensor(1e-1)  # in float32, as SGD uses it
    exact = w.double() - rate.double() * grad.double()
    assert torch.equal(w.add(grad, alpha=-rate.item()), exact.float())
    product = (rate.double() * grad.double()).float()  # rounded
    assert torch.equal(w - rate * grad, (w.double() - product.double()).float())


@functools.cache
def _table():
    """Return the losses that the program prints, by learning rate as printed and by rule."""
    head, *rows = record("mistakes.optim_which").output.strip().splitlines()
    rules = head.split()[1:]
    return {
        row.split()[0]: dict(zip(rules, map(float, row.split()[1:]), strict=True)) for row in rows
    }


def three_rules_and_four_learning_rates():
    """The table has three rules, four learning rates and the losses at the last of 100 steps."""
    assert list(_table()) == ["1e-05", "1e-04", "1e-03", "1e-02"]
    assert all(list(row) == ["SGD", "momentum", "Adam"] for row in _table().values())
    assert optim_which.steps == 100


def momentum_goes_on_moving():
    """Without a gradient, SGD stays where it is, and with momentum it moves on as before."""
    moved = {}
    for momentum in (0, 0.9):
        w = torch.tensor(1.0, requires_grad=True)
        optimizer = torch.optim.SGD([w], lr=0.1, momentum=momentum)
        places = [w.item()]
        for grad in (2.0, 0.0):
            w.grad = torch.tensor(grad)
            optimizer.step()
            places.append(w.item())
        moved[momentum] = places
    assert moved[0][1] == moved[0][2] < moved[0][0]
    assert moved[0.9][2] < moved[0.9][1] < moved[0.9][0]


def at_1e_4_momentum_is_far_ahead_and_adam_last():
    """In the row `1e-04` momentum is far ahead of plain SGD, and Adam is last."""
    row = _table()["1e-04"]
    assert row["momentum"] < row["SGD"] / 10
    assert row["SGD"] < row["Adam"]


def at_1e_2_adam_is_the_only_one_left():
    """In the row `1e-02` both kinds of SGD have exploded, and Adam has not."""
    row = _table()["1e-02"]
    assert math.isnan(row["SGD"])
    assert math.isnan(row["momentum"])
    assert row["Adam"] < 1


def no_rule_wins_in_every_row():
    """No rule has the lowest loss in all four rows."""
    losses = [
        {rule: math.inf if math.isnan(loss) else loss for rule, loss in row.items()}
        for row in _table().values()
    ]
    assert len({min(row, key=row.get) for row in losses}) > 1


def adam_has_the_default_1e_3():
    """The default learning rate of Adam is 1e-3."""
    (group,) = torch.optim.Adam([torch.zeros(1, requires_grad=True)]).param_groups
    assert group["lr"] == 1e-3


def lesson_3_ended_at_nan():
    """Without clearing, the program of lesson 3 ends at nan."""
    last = record("mistakes.autograd_no_zero").output.strip().splitlines()[-1]
    assert last.split()[1] == "nan"


@pytest.mark.thorough
def without_zero_grad_nothing_explodes_in_500_steps():
    """Without `zero_grad`, Adam and SGD stay below their first loss for 500 steps."""
    for seed in SEEDS:
        for rule in (torch.optim.Adam, torch.optim.SGD):
            x, y, model = start(seed)
            losses = train(x, y, model, rule(model.parameters(), lr=1e-4), 500, zero=False)
            assert max(losses[1:]) < losses[0]


def without_zero_grad_both_losses_stay_high():
    """Without `zero_grad` the loss of Adam ends above 50 and that of SGD above 10."""
    values = record("mistakes.optim_forgot_zero").values
    assert 50 < values["without_zero"] < values["first"]
    assert 10 < values["sgd_without_zero"] < values["first"]


def with_zero_grad_the_same_steps_reach_almost_nothing():
    """With `zero_grad`, 500 steps of Adam end below a millionth of where they began."""
    values = record("mistakes.optim_forgot_zero").values
    assert values["with_zero"] < values["first"] / 1e6


@pytest.mark.thorough
def in_a_longer_run_sgd_explodes_too():
    """Without `zero_grad`, this run of SGD ends at nan after more than a thousand steps."""
    x, y, model = start(optim_forgot_zero.seed)
    losses = train(x, y, model, torch.optim.SGD(model.parameters(), lr=1e-4), 2000, zero=False)
    assert all(math.isfinite(loss) for loss in losses[:1000])
    assert math.isnan(losses[-1])


def cleared_between_the_weight_stays():
    """In `cleared_between` the gradient is `None` before the step, and the weight does not move."""
    moved, grad = optim_order.move(optim_order.cleared_between)
    assert moved == 0
    assert grad is None


def step_skips_parameters_without_a_gradient_and_says_nothing():
    """`step()` leaves parameters whose `.grad` is `None` alone, without an error or a warning."""
    for rule in optim_which.rules.values():
        w, other = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)
        other.grad = torch.ones(2)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            rule([w, other], 0.1).step()
        assert caught == []
        assert w.tolist() == [1, 1] != other.tolist()


def cleared_before_the_weight_moves():
    """In `cleared_before` the weight moves."""
    moved, grad = optim_order.move(optim_order.cleared_before)
    assert moved > 0
    assert grad is not None


def the_three_steps_use_6_then_the_sum_then_nothing():
    """The program's steps use the gradient 6, then 6 + 4.8, then none."""
    first = 3 - 0.1 * 6
    second = first - 0.1 * (6 + 2 * first)
    assert 2 * first == pytest.approx(4.8)
    printed = record("answers.optim").output.split("\n\n")[0]
    assert [float(line) for line in printed.split()] == pytest.approx([first, second, second])


def answer_2_ten_times_the_rate_in_the_last_layer_ends_lower():
    """With ten times the rate in its last layer, the loss falls further in this run."""
    _, first, even = answers.train(lambda model: answers.two_rates(model, 1e-4, 1e-4), 100)
    _, _, uneven = answers.train(lambda model: answers.two_rates(model, 1e-4, 1e-3), 100)
    assert uneven < even < first


def answer_2_with_slow_0_only_the_last_layer_is_trained():
    """With slow = 0, the last layer alone moves."""
    x, y, model = answers.make_data()
    optimizer = answers.two_rates(model, 0, 1e-3)
    before = [param.detach().clone() for param in model.parameters()]
    (model(x) - y).pow(2).sum().backward()
    optimizer.step()
    same = [torch.equal(old, param) for old, param in zip(before, model.parameters(), strict=True)]
    assert same == [True, True, False, False]


def answer_2_a_rate_in_param_groups_may_change_between_two_steps():
    """A step takes the rate that its group has in `optimizer.param_groups` by then."""
    w = torch.tensor(3.0, requires_grad=True)
    optimizer = torch.optim.SGD([{"params": [w], "lr": 0.1}])
    (w * 1).backward()
    optimizer.step()
    assert abs(w.item() - 2.9) < 1e-6  # rounding in float32
    optimizer.param_groups[0]["lr"] = 1.0
    optimizer.step()
    assert abs(w.item() - 1.9) < 1e-6


@functools.cache
def _remembered():
    """Return the numbers that the answer prints, by the name before them."""
    lines = record("answers.optim").output.split("\n\n")[2].splitlines()
    return {" ".join(line.split()[:-1]): int(line.split()[-1].replace(",", "")) for line in lines}


def sgd_remembers_nothing_and_momentum_one_number_each():
    """Plain SGD remembers nothing, and momentum one number for each number in the parameters."""
    counts = _remembered()
    assert counts["SGD"] == 0
    assert counts["SGD, momentum"] == counts["parameters"]


def adam_keeps_two_tensors_and_a_step_count():
    """Adam keeps two tensors of each parameter's shape and a number of steps."""
    counts = _remembered()
    assert counts["Adam"] == 2 * counts["parameters"] + 4
    optimizer, _, _ = answers.train(lambda model: torch.optim.Adam(model.parameters()), 1)
    assert len(optimizer.state) == 4
    for param, kept in optimizer.state.items():
        step, *others = sorted((value.shape for value in kept.values()), key=len)
        assert step == ()
        assert others == [param.shape, param.shape]


def training_with_adam_keeps_four_numbers_for_one():
    """Training with Adam keeps a weight, its gradient and two more numbers."""
    optimizer, _, _ = answers.train(lambda model: torch.optim.Adam(model.parameters()), 1)
    params = optimizer.param_groups[0]["params"]
    count = sum(param.numel() for param in params)
    gradients = sum(param.grad.numel() for param in params)
    assert (count + gradients + answers.remembered(optimizer)) / count == pytest.approx(4, rel=1e-3)


def m_and_v_are_means_in_which_late_gradients_count_most():
    """In both means the shares of the gradients add up to 1 and grow towards the last."""
    steps = 10
    shares = {"m": [], "v": []}
    for impulse in range(steps):
        w = torch.zeros(1, dtype=torch.float64, requires_grad=True)
        adam = answers.Adam([w], 0.1)
        for t in range(steps):
            w.grad = torch.full((1,), float(t == impulse), dtype=torch.float64)
            adam.step()
        shares["m"].append((adam.m[0] / (1 - 0.9**steps)).item())
        shares["v"].append((adam.v[0] / (1 - 0.999**steps)).item())
    for share in shares.values():
        assert sum(share) == pytest.approx(1)
        assert share == sorted(set(share))


def the_first_step_is_the_learning_rate():
    """In its first step Adam moves by the learning rate, whether the gradient is 1000 or 0.001."""
    w = torch.zeros(3, requires_grad=True)
    w.grad = torch.tensor([1000, 1e-3, -1e-3])
    torch.optim.Adam([w], lr=0.1).step()
    assert w.tolist() == pytest.approx([-0.1, -0.1, 0.1], rel=1e-3)


def with_a_gradient_of_0_the_first_step_is_0():
    """Numbers whose gradient is 0 stay where they are in the first step."""
    w = torch.tensor([0.0, 1.0], requires_grad=True)
    w.pow(2).sum().backward()
    torch.optim.Adam([w], lr=0.1).step()
    assert w[0] == 0
    assert w[1] != 1


def _longest_moves(rule, learning_rate, steps):
    """Return the largest distance that any number moves in each step, divided by the rate."""
    x, y, model = start(0)
    optimizer = rule(model.parameters(), lr=learning_rate)
    moves = []
    for _ in range(steps):
        before = torch.nn.utils.parameters_to_vector(model.parameters()).detach()
        train(x, y, model, optimizer, steps=1)
        after = torch.nn.utils.parameters_to_vector(model.parameters()).detach()
        moves.append(((after - before).abs().max() / learning_rate).item())
    return moves


def no_step_of_adam_is_longer_than_7_3_times_the_learning_rate():
    """No gradients make a step of Adam longer than 7.3 times the learning rate."""
    # After t steps, m is the sum of shares a of the gradients, and v of shares b of their squares.
    # So m / sqrt(v) is at most sqrt(sum of a * a / b) (Cauchy's inequality), and gradients in
    # proportion to a / b reach that.
    lengths = []
    for t in (1, 10, 100, 1000):
        ages = torch.arange(t - 1, -1, -1, dtype=torch.float64)
        a = 0.1 * 0.9**ages / (1 - 0.9**t)
        b = 0.001 * 0.999**ages / (1 - 0.999**t)
        lengths.append((a * a / b).sum().sqrt().item())
        w = torch.zeros(1, dtype=torch.float64, requires_grad=True)
        adam = torch.optim.Adam([w], lr=1.0)
        for grad in a / b * 1e6:
            before = w.item()
            w.grad = grad.reshape(1)
            adam.step()
        assert before - w.item() == pytest.approx(lengths[-1], rel=1e-3)
    assert lengths == sorted(lengths)
    limit = math.sqrt(0.01 / 0.001 / (1 - 0.81 / 0.999))  # of these sums, as t grows
    assert lengths[-1] < limit < 7.3


def the_steps_of_sgd_grow_with_the_gradients():
    """In the row `1e-02` the steps of SGD become longer and longer until they overflow."""
    moves = _longest_moves(torch.optim.SGD, 1e-2, 10)
    finite = [move for move in moves if math.isfinite(move)]
    assert 2 < len(finite) < 10
    assert finite == sorted(finite)
    assert finite[-1] > 1e6 * finite[0]


def rules_by_hand_are_those_of_torch_optim():
    """Momentum, RMSProp and Adam by hand give the weights of `torch.optim` in each of 500 steps."""
    differences = record("derivations.optimizer_rules").values["differences"]
    assert set(differences) == {"momentum", "RMSProp", "Adam"}
    assert max(differences.values()) < 1e-12  # weights are about 1 in float64


def _paths():
    """Return the paths through the valley, by the name of the rule."""
    return record("charts.optim_valley").values["paths"]


def in_the_valley_sgd_zigzags():
    """In the first steps SGD changes sides in each step, and comes nearer to the middle."""
    across = [y for _, y in _paths()["SGD"][:6]]
    assert all(a * b < 0 and abs(b) < abs(a) for a, b in itertools.pairwise(across))


def in_the_valley_momentum_overshoots():
    """Momentum and Adam pass the lowest point along the valley and come back; SGD does not."""
    along = {name: [x for x, _ in path] for name, path in _paths().items()}
    assert max(along["SGD"]) < 0
    for name in ("momentum", "Adam"):
        assert max(along[name]) > 0.3
        assert along[name][-1] < max(along[name]) / 2


def in_the_valley_rmsprop_and_adam_start_with_equal_entries():
    """Their first step is equally long in both directions; at the start the slopes are 4 and 25."""
    for name in ("RMSProp", "Adam"):
        (x0, y0), (x1, y1) = _paths()[name][:2]
        assert math.isclose(abs(x1 - x0), abs(y1 - y0), rel_tol=1e-3)  # four digits are kept
    w = torch.tensor(optim_valley.start, requires_grad=True)
    optim_valley.loss_of(w).backward()
    assert w.tolist() == [-4, 1]
    assert w.grad.abs().tolist() == [4, 25]


def the_valley_is_25_times_as_steep_across():
    """At equal distances from its lowest point the valley is 25 times as steep across as along."""
    along, across = (torch.eye(2, dtype=torch.float64)[i].requires_grad_() for i in (0, 1))
    for w in (along, across):
        optim_valley.loss_of(w).backward()
    assert across.grad[1] == 25 * along.grad[0]


def the_rate_of_sgd_is_nearly_too_large_and_a_seventh_of_it_crawls():
    """SGD's rate is just below 2 / 25; at a seventh of it, half the way is left after 60 steps."""
    rate = optim_valley.RULES["SGD"](torch.zeros(2, requires_grad=True)).defaults["lr"]
    assert 0.8 * 2 / 25 < rate < 2 / 25
    path = optim_valley.path_of(lambda w: torch.optim.SGD([w], lr=rate / 7))
    assert path[-1][0] < optim_valley.start[0] / 2
