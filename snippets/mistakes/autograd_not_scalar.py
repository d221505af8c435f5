"""backward() on a loss of several numbers."""
# raises: RuntimeError

import torch


def main():
    """Call backward() on the squared errors before they are added up."""
    # --8<-- [start:vector]
    w = torch.tensor([1.0, 2.0], requires_grad=True)
    errors = (3 * w - 1) ** 2  # (2,)
    errors.backward()
    # --8<-- [end:vector]


if __name__ == "__main__":
    main()
