"""What the pages say about fixed mistakes and about the answers to the exercises."""

import importlib
import math

import pytest
import torch

from snippets.answers import custom_module as custom_module_answers
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


def test_identities_kron_refuses_a_transposed_view():
    """True of torch 2.6, 2.13 and 2.15 (pytorch#54135): the hint says .contiguous()."""
    a, b = torch.ones(2, 3), torch.ones(3, 4)
    with pytest.raises(RuntimeError, match="view size is not compatible"):
        torch.kron(a, b.t())
    assert torch.kron(a, b.t().contiguous()).shape == (8, 9)


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
