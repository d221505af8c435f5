"""What the pages say in words about the runs that they show."""

import importlib
import re

import pytest
import torch

from snippets import (
    custom_module,
    mapping,
    nn_sequential,
)


def main(name: str):
    """Return what the main function of a program of snippets/ returns."""
    return importlib.import_module(f"snippets.{name}").main()


ERRORS = {
    "mistakes.custom_module_no_super": (AttributeError, "before Module.__init__() call"),
    "mistakes.custom_module_list": (ValueError, "empty parameter list"),
    "mistakes.custom_module_misspelt": (NotImplementedError, 'missing the required "forward"'),
}
VALUES = {
    "mistakes.custom_module_same_as_sequential": True,
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", ERRORS)
def test_the_error_that_a_page_explains(name):
    error, words = ERRORS[name]
    with pytest.raises(error, match=re.escape(words)):
        main(name)


@pytest.mark.parametrize("name", VALUES)
def test_the_value_that_a_page_names(name):
    assert main(name) == VALUES[name]


def test_lesson_7_is_the_network_of_lesson_5():
    x, y = nn_sequential.make_data()
    by_hand = nn_sequential.train(nn_sequential.make_model(), x, y)
    x, y = custom_module.make_data()
    model = custom_module.TwoLayerNet(1000, 100, 10)
    sgd = torch.optim.SGD(model.parameters(), lr=custom_module.learning_rate)
    assert custom_module.train(model, sgd, x, y) == pytest.approx(by_hand, rel=1e-3)


def test_a_wrong_row_of_the_mapping_is_noticed(monkeypatch):
    monkeypatch.setitem(mapping.ROWS, "sum", ("a.sum(axis=0)", "A.sum(dim=1)"))
    with pytest.raises(AssertionError, match="sum"):
        mapping.compare()
