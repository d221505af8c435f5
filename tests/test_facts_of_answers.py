"""What the pages say about fixed mistakes and about the answers to the exercises."""

import contextlib
import importlib
import io
import math
import runpy

import numpy as np
import pytest
import torch

from snippets import custom_function, nn_sequential
from snippets.answers import custom_module as custom_module_answers
from snippets.answers import nn_sequential as nn_sequential_answers
from snippets.charts import training_in_nn
from snippets.mistakes import (
    custom_module_list_silent,
    optim_order,
)


def main(name: str):
    """Return what the main function of a program of snippets/mistakes/ returns."""
    return importlib.import_module(f"snippets.mistakes.{name}").main()


VALUES = {
    "custom_module_no_super_fixed": ["linear1.weight", "linear1.bias"],
}


@pytest.mark.parametrize("name", VALUES)
def test_the_value_that_a_page_names(name):
    assert main(name) == VALUES[name]


def test_lesson_5_the_mean_hardly_learns():
    untrained, mean, summed = main("nn_sequential_mean")
    assert 0.98 * untrained < mean < untrained
    assert summed < 0.01 * untrained


def test_lesson_5_the_mean_is_640_times_shorter():
    x, y = nn_sequential.make_data()
    slopes = []
    for reduction in ("sum", "mean"):
        torch.manual_seed(0)
        model = nn_sequential.make_model()
        torch.nn.MSELoss(reduction=reduction)(model(x), y).backward()
        slopes.append(model[0].weight.grad.norm())
    assert (slopes[0] / slopes[1]).item() == pytest.approx(640, rel=1e-4)


@pytest.mark.filterwarnings("ignore")
def test_lesson_5_broadcasting_gives_wrong_gradients():
    """At a perfect prediction the gradient is 0; after broadcasting it is not."""
    y = torch.tensor([1.0, 2.0, 3.0, 4.0])
    y_pred = y.reshape(4, 1).clone().requires_grad_()
    (wrong,) = torch.autograd.grad(torch.nn.MSELoss()(y_pred, y), y_pred)
    (right,) = torch.autograd.grad(torch.nn.MSELoss()(y_pred.squeeze(1), y), y_pred)
    assert wrong.abs().max() > 0.1
    assert right.abs().max() == 0


def test_lesson_5_exercises():
    answers = nn_sequential_answers
    for sizes in [(1000, 100, 10), (5, 4, 3)]:
        assert answers.program(*sizes) == answers.parameter_shapes(*sizes)
    x, y, w1, w2 = custom_function.make_data()
    loss = (answers.as_layers(w1, w2)(x) - y).pow(2).sum().item()
    assert loss == pytest.approx(3e7, rel=0.1), "it starts where lesson 4 does"
    x, y = nn_sequential.make_data()
    losses = answers.train_last(nn_sequential.make_model(), x, y, 1e-3, 500)
    assert losses[-1] < 0.03 * losses[0], "the last layer gets far alone"


def test_identities_kron_refuses_a_transposed_view():
    """True of torch 2.6, 2.13 and 2.15 (pytorch#54135): the hint says .contiguous()."""
    a, b = torch.ones(2, 3), torch.ones(3, 4)
    with pytest.raises(RuntimeError, match="view size is not compatible"):
        torch.kron(a, b.t())
    assert torch.kron(a, b.t().contiguous()).shape == (8, 9)


def test_lesson_5_two_predictions_move_away_before_they_come_back():
    with contextlib.redirect_stdout(io.StringIO()):
        names = runpy.run_path(training_in_nn.__file__, run_name="__main__")
    predictions = names["predictions"]
    distances = {
        step: np.abs(np.subtract(values, predictions["targets"]))
        for step, values in predictions["frames"].items()
    }
    assert all(sum(part["counts"]) == 100_000 for part in names["weights"].values())
    for output in (4, 7):
        assert distances["step 0"][output] < 0.1
        assert distances["step 20"][output] > 2 * distances["step 0"][output]
    assert distances["step 100"].max() < 0.1
    assert names["gradients"]["first"]["counts"] != names["gradients"]["last"]["counts"]


def test_lesson_6_right_order_moves():
    moved, grad = optim_order.move(optim_order.cleared_before)
    assert moved > 0
    assert grad is not None


def test_lesson_6_no_rule_wins_at_every_learning_rate():
    losses = main("optim_which")
    assert losses[1e-4]["momentum"] < losses[1e-4]["SGD"] / 10
    assert losses[1e-4]["SGD"] < losses[1e-4]["Adam"]
    assert math.isnan(losses[1e-2]["SGD"])
    assert math.isnan(losses[1e-2]["momentum"])
    assert losses[1e-2]["Adam"] < 1
    assert min(losses[1e-3], key=losses[1e-3].get) != "momentum"


def test_lesson_6_adam_has_the_default_that_the_page_names():
    params = list(torch.nn.Linear(2, 2).parameters())
    (group,) = torch.optim.Adam(params).param_groups
    assert (group["lr"], group["betas"], group["eps"]) == (1e-3, (0.9, 0.999), 1e-8)


def test_lesson_6_exercise_first_step_of_adam_is_the_learning_rate():
    w = torch.tensor([1e-3, 5.0, -200.0], requires_grad=True)
    w.pow(2).sum().backward()
    before = w.detach().clone()
    torch.optim.Adam([w], lr=0.1).step()
    assert (w - before).abs().tolist() == pytest.approx([0.1] * 3, rel=1e-3)


def test_lesson_7_a_plain_list_is_silently_left_alone():
    assert len(main("custom_module_list_fixed")) == 4
    assert main("custom_module_misspelt_fixed").tolist() == [2, 2, 2]
    (count, moved, loss), (fixed_count, fixed_moved, fixed_loss) = custom_module_list_silent.main()
    assert (count, moved) == (2, 0)
    assert fixed_count == 4
    assert fixed_moved > 0
    assert fixed_loss < loss < 600, "it goes down from about 630, and less far"
    model = custom_module_list_silent.Net(list).to(torch.float64)
    assert model.hidden[0].weight.dtype == torch.float32
    assert list(model.state_dict()) == ["output.weight", "output.bias"]


def test_lesson_7_exercise_print_does_not_show_the_shortcut():
    shown = str(custom_module_answers.ShortcutNet(1000, 100, 10))
    assert "linear2" in shown
    assert "+" not in shown
