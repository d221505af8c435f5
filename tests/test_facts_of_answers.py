"""What the pages say about fixed mistakes and about the answers to the exercises."""

import importlib

import pytest
import torch


def main(name: str):
    """Return what the main function of a program of snippets/mistakes/ returns."""
    return importlib.import_module(f"snippets.mistakes.{name}").main()


VALUES = {}


@pytest.mark.parametrize("name", VALUES)
def test_the_value_that_a_page_names(name):
    assert main(name) == VALUES[name]


def test_identities_kron_refuses_a_transposed_view():
    """True of torch 2.6, 2.13 and 2.15 (pytorch#54135): the hint says .contiguous()."""
    a, b = torch.ones(2, 3), torch.ones(3, 4)
    with pytest.raises(RuntimeError, match="view size is not compatible"):
        torch.kron(a, b.t())
    assert torch.kron(a, b.t().contiguous()).shape == (8, 9)
