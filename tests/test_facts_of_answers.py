"""What the pages say about fixed mistakes and about the answers to the exercises."""

import importlib

import pytest
import torch

from snippets.answers import custom_module as custom_module_answers
from snippets.mistakes import (
    custom_module_list_silent,
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
