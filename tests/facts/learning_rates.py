"""What `labs/learning-rates` says."""

import inspect
import math
from itertools import pairwise
from unittest import mock

import numpy as np
import torch
from scipy.sparse.linalg import LinearOperator, eigsh

from facts import lab
from snippets import nn_sequential

RUN = "learning-rates"


def too_large_a_rate_soon_ends_at_infinity():
    """With the rate 5e-3 the loss grows with every step and is infinite in fewer than 10 steps."""
    losses = lab(RUN).curves[5e-3]
    assert all(before < after for before, after in pairwise(losses))
    assert losses[-1] == math.inf
    assert len(losses) < 10


def _bowl(rate, steps=50, curvature=10.0):
    """Return `w` at the start and after each step in the bowl of the lab."""
    w = [1.0]
    for _ in range(steps):
        w.append(w[-1] - rate * curvature * w[-1])
    return np.array(w)


def a_step_in_a_bowl_multiplies_by_one_factor():
    """In a bowl, each step multiplies `w` by 1 - rate * curvature."""
    for rate in (0.001, 0.05, 0.15, 0.19, 0.2, 0.21):
        w = _bowl(rate)
        assert np.allclose(w[1:], (1 - rate * 10) * w[:-1], rtol=1e-12)  # rounding, in float64


def a_bowl_has_an_exact_edge():
    """Below 2 / curvature `w` shrinks, at it `w` jumps from side to side, beyond it `w` grows."""
    for rate in (1e-3, 0.05, 0.15, 0.199):
        assert all(np.diff(abs(_bowl(rate))) < 0)
    for rate in (0.15, 0.2, 0.21):
        w = _bowl(rate)
        assert all(w[1:] * w[:-1] < 0), "a negative factor: each step lands on the other side"
    assert all(abs(_bowl(0.2)) == 1)
    assert all(np.diff(abs(np.diff(_bowl(0.21)))) > 0)


def the_data_are_those_of_lesson_5():
    """The data and the loss are those of lesson 5."""
    x, y = nn_sequential.make_data()
    assert torch.equal(x.cpu(), lab(RUN).x)
    assert torch.equal(y.cpu(), lab(RUN).y)
    assert 'MSELoss(reduction="sum")' in inspect.getsource(nn_sequential.train)


def the_smallest_rate_takes_off_less_than_a_sixth():
    """With the rate 1e-6, 200 steps take off less than a sixth of the loss."""
    losses = lab(RUN).curves[1e-6]
    assert losses[0] > losses[-1] > losses[0] * 5 / 6


def the_second_rate_is_on_its_way():
    """With the rate 3e-5 the loss has fallen far after 200 steps, and not to the end."""
    losses = lab(RUN).curves[3e-5]
    assert 1 < losses[-1] < 0.1 * losses[0]


def the_third_rate_comes_close_to_zero():
    """With the rate 3e-4 the loss ends near zero, below 1e-6."""
    assert 0 <= lab(RUN).curves[3e-4][-1] < 1e-6


def other_starts_move_the_edge_by_more_than_the_bracket():
    """The edges of eight starts differ by more than the last two ends of a bisection, 2 %."""
    edges = [found for found, _ in lab(RUN).starts.values()]
    assert max(edges) / min(edges) > 1.02


def the_hessian_would_take_40_gigabytes():
    """The network has more than 100,000 parameters, so the Hessian takes 40 GB in float32."""
    count = sum(p.numel() for p in lab(RUN).make_model().parameters())
    assert count > 100_000
    assert count**2 > 1e10
    assert 40 <= 4 * count**2 / 1e9 < 41


def power_iteration_finds_the_largest_curvature():
    """Power iteration finds the largest eigenvalue of the Hessian."""
    run = lab(RUN)
    model = run.make_model()
    parameters = list(model.parameters())
    loss = run.sum_loss(model(run.x), run.y)
    gradient = torch.autograd.grad(loss, parameters, create_graph=True)

    def times(vector):
        parts = torch.tensor(vector.ravel(), dtype=torch.float32)
        split = parts.split([p.numel() for p in parameters])
        v = [part.view_as(p) for part, p in zip(split, parameters, strict=True)]
        product = torch.autograd.grad(gradient, parameters, v, retain_graph=True)
        return torch.cat([part.flatten() for part in product]).numpy()

    size = sum(p.numel() for p in parameters)
    hessian = LinearOperator((size, size), times, dtype=np.float32)
    start = np.random.default_rng(0).standard_normal(size).astype(np.float32)
    (largest,) = eigsh(hessian, k=1, which="LA", return_eigenvectors=False, v0=start, tol=1e-3)
    assert abs(run.at_start / largest - 1) < 0.01  # both iterations stop early


def the_edge_is_about_twice_2_over_curvature():
    """The measured edge is about twice 2 / curvature."""
    assert 1.7 < lab(RUN).edge / (2 / lab(RUN).at_start) < 2.3


def _curvature_after(steps, rate):
    """Return the largest curvature after some steps of the lab's training."""
    run = lab(RUN)
    model = run.make_model()
    run.train(model, rate, steps=steps)
    return run.largest_curvature(model)


def with_small_rates_curvature_grows_and_the_loss_only_falls():
    """With 1e-4 and 3e-4, curvature dips, grows, 2 / it ends above the rate, the loss falls."""
    run = lab(RUN)
    for rate in (1e-4, 3e-4):
        assert _curvature_after(1, rate) < run.at_start
        assert run.at_end[rate] > run.at_start
        assert 2 / run.at_end[rate] > rate
        assert all(before > after for before, after in pairwise(run.on_the_way[rate]))


def at_1e_3_curvature_grows_until_2_over_it_is_about_the_rate():
    """With 1e-3, curvature dips, grows too far, the loss rises; 2 / it ends near the rate."""
    run = lab(RUN)
    losses = run.on_the_way[1e-3]
    lowest = losses.index(min(losses[:15]))
    assert max(losses[lowest:25]) > 10 * losses[lowest]  # measured: from 3.9 to 175
    assert _curvature_after(1, 1e-3) < run.at_start
    assert 2 / _curvature_after(16, 1e-3) < 0.9e-3  # measured: 7.5e-4
    assert run.at_end[1e-3] > run.at_start
    assert 0.9 < 2 / run.at_end[1e-3] / 1e-3 < 1.2


def at_2e_3_the_loss_rises_first_and_curvature_ends_lower():
    """With 2e-3, beyond 2 / curvature, the loss rises, then falls, and curvature ends lower."""
    run = lab(RUN)
    losses = run.on_the_way[2e-3]
    assert 2 / run.at_start < 2e-3
    assert max(losses[:10]) > losses[0] > losses[-1]
    assert run.at_end[2e-3] < run.at_start


def bisection_trained_ten_times():
    """The bisection trains the network ten times."""
    run = lab(RUN)
    count = mock.Mock(side_effect=lambda rate: rate < run.edge)
    with mock.patch.dict(run.find_edge.__globals__, survives=count):
        run.find_edge(3e-4, 5e-3)
    assert count.call_count == 10


def ten_steps_find_the_same_edge():
    """With 10, 20 or 50 steps the edge is that of 200 steps."""
    run = lab(RUN)
    for steps in (10, 20, 50):
        assert abs(run.edges[steps] / run.edge - 1) < 0.02  # the last two ends of a bisection


def with_20_steps_the_search_costs_a_seventh():
    """The search with 20 steps trains for about a seventh of the steps of that with 200."""
    run, lengths = lab(RUN), []

    def train(*arguments, **options):
        losses = run.train(*arguments, **options)
        lengths.append(len(losses))
        return losses

    with mock.patch.dict(run.survives.__globals__, train=train):
        run.find_edge(3e-4, 5e-3, steps=20)
        short = sum(lengths)
        run.find_edge(3e-4, 5e-3, steps=200)
    assert 6 < (sum(lengths) - short) / short < 8


def the_mean_is_the_sum_over_640():
    """The mean divides the sum of the squares, and its gradient, by their number, 640."""
    run = lab(RUN)
    found = []
    for loss_fn in (run.sum_loss, run.mean_loss):
        model = run.make_model()
        loss = loss_fn(model(run.x), run.y)
        loss.backward()
        found.append((loss, model[0].weight.grad))
    assert run.y.numel() == 640
    for one, other in zip(*found, strict=True):
        assert torch.allclose(one, 640 * other, rtol=1e-5, atol=1e-4)  # rounding, in float32


def for_the_mean_the_edge_is_640_times_as_high():
    """For the mean, the edge is 640 times as high as for the sum."""
    run = lab(RUN)
    assert abs(run.mean_edge / run.edge / 640 - 1) < 0.02  # the last two ends of a bisection


def for_the_mean_both_old_ends_survive():
    """For the mean, both old ends survive, and a bisection that trusts them ends at 0.005."""
    run = lab(RUN)
    assert run.survives(3e-4, steps=20, loss_fn=run.mean_loss)
    assert run.survives(5e-3, steps=20, loss_fn=run.mean_loss)
    with mock.patch.dict(run.find_edge.__globals__, survives=lambda rate: rate < 5e-3):
        assert abs(run.find_edge(3e-4, 5e-3) / 5e-3 - 1) < 0.02


def adams_edge_hardly_depends_on_the_size_of_the_loss():
    """Sum and mean have nearly the same edge with Adam."""
    edges = lab(RUN).adam_edges
    assert abs(edges["sum", 20] / edges["mean", 20] - 1) < 0.05


def adams_edge_depends_on_the_number_of_steps():
    """The edge of Adam is higher with 100 steps than with 20."""
    edges = lab(RUN).adam_edges
    assert edges["sum", 100] > 1.5 * edges["sum", 20]


def a_run_of_adam_rises_first_and_comes_down_later():
    """With Adam and 0.2 the loss first rises, and is below the start after 100 steps, not 20."""
    losses = lab(RUN).adam_losses
    assert max(losses[:10]) > 10 * losses[0]
    assert losses[100] < losses[0] < losses[20]


def adam_stays_finite_at_the_upper_end():
    """With Adam and the rate 10 the loss stays finite for 100 steps."""
    run = lab(RUN)
    losses = run.train(run.make_model(), 10, steps=100, optimizer=torch.optim.Adam)
    assert len(losses) == 100
    assert all(map(math.isfinite, losses))


def edges_of_eight_starts_vary_more_than_2_over_curvature():
    """For eight starts, 2 / curvature differs by 6 % at most and the edge by about a fifth."""
    edges, expected = zip(*lab(RUN).starts.values(), strict=True)
    assert len(edges) == 8
    assert max(expected) / min(expected) < 1.065
    assert 1.15 < max(edges) / min(edges) < 1.25


def for_eight_starts_the_ratio_is_about_two():
    """For eight starts, the edge is between 1.7 and 2.3 times 2 / curvature."""
    assert all(1.7 < edge / expected < 2.3 for edge, expected in lab(RUN).starts.values())
