"""Save the whole model instead of its weights: loading it is refused."""

import pickle
import tempfile
from pathlib import Path

import torch


def main():
    """Return the name of the error, and the line of its message that says what was refused."""
    # --8<-- [start:save]
    model = torch.nn.Sequential(torch.nn.Linear(64, 10))
    path = Path(tempfile.mkdtemp(), "digits.pt")
    torch.save(model, path)  # the object, with its class
    try:
        torch.load(path)
    except pickle.UnpicklingError as error:
        name, message = type(error).__name__, str(error)
    # --8<-- [end:save]
    start = message.index("Unsupported global")
    refused = message[start:].partition(". ")[0]
    print(f"{name}: {refused}")
    return name, refused


if __name__ == "__main__":
    found = main()
