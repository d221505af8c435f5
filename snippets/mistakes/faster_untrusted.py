"""Load a file that somebody else wrote: it may contain a call, here a harmless one."""

import pickle
import tempfile
from pathlib import Path

import torch


# --8<-- [start:stranger]
class Guest:
    """What a stranger puts into a file beside the weights."""

    def __reduce__(self):
        """Say how to build it again: call print with this text."""
        return print, ("    code from the file is running",)


# --8<-- [end:stranger]


def refusal(path):
    """Load a file as usual; return the name of the error and what was refused."""
    try:
        # --8<-- [start:load]
        torch.load(path)  # weights_only=True
        # --8<-- [end:load]
    except pickle.UnpicklingError as error:
        refused = str(error).partition("WeightsUnpickler error: ")[2].partition(". Please")[0]
        return type(error).__name__, refused
    return None


def main():
    """Return what torch.load refused."""
    path = Path(tempfile.mkdtemp(), "weights.pt")
    # --8<-- [start:save]
    torch.save({"weight": torch.ones(10, 64), "note": Guest()}, path)
    # --8<-- [end:save]
    name, refused = refusal(path)
    print(f"{name}: {refused}")
    print("weights_only=False:")
    # --8<-- [start:unsafe]
    content = torch.load(path, weights_only=False)  # never do this with a stranger's file
    # --8<-- [end:unsafe]
    print("weight", tuple(content["weight"].shape), "note", content["note"])
    return name, refused


if __name__ == "__main__":
    found = main()
