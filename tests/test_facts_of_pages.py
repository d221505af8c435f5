"""What the pages say in words about the runs that they show."""

import importlib
import re

import pytest

from snippets import (
    mapping,
)


def main(name: str):
    """Return what the main function of a program of snippets/ returns."""
    return importlib.import_module(f"snippets.{name}").main()


ERRORS = {}
VALUES = {}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", ERRORS)
def test_the_error_that_a_page_explains(name):
    error, words = ERRORS[name]
    with pytest.raises(error, match=re.escape(words)):
        main(name)


@pytest.mark.parametrize("name", VALUES)
def test_the_value_that_a_page_names(name):
    assert main(name) == VALUES[name]


def test_a_wrong_row_of_the_mapping_is_noticed(monkeypatch):
    monkeypatch.setitem(mapping.ROWS, "sum", ("a.sum(axis=0)", "A.sum(dim=1)"))
    with pytest.raises(AssertionError, match="sum"):
        mapping.compare()
