"""Import modules only when something of them is used."""

import importlib
import sys
import types
from typing import Any


class _Module(types.ModuleType):
    """Stands for a module until it is asked for something.

    Python's own `importlib.util.LazyLoader` would not do: there, `import` itself asks.
    """

    def __getattr__(self, name: str) -> Any:
        """Import the module, and give this one all that it has."""
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        module = importlib.import_module(self.__name__)
        self.__dict__.update(vars(module))
        return getattr(module, name)


def import_when_used(*names: str) -> None:
    """Let other code's `import` of these modules take no time until it uses them."""
    for name in names:
        sys.modules.setdefault(name, _Module(name))
