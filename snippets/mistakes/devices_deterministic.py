"""An operation whose result is not determined is an error, if you ask for that."""
# raises: RuntimeError

import torch


def main():
    """Write two numbers to one place."""
    # --8<-- [start:put]
    torch.use_deterministic_algorithms(True)
    print("memory that nobody wrote:", torch.empty(2))
    x = torch.zeros(3)  # (3,)
    x.put_(torch.tensor([1, 1]), torch.tensor([7.0, 8.0]))  # which of the two stays?
    # --8<-- [end:put]
    return x


if __name__ == "__main__":
    try:
        main()
    finally:  # a test may run this in a process that goes on
        torch.use_deterministic_algorithms(False)
