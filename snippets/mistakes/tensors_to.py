"""to() returns a tensor on a different device; the old one stays where it was."""

import torch


def main():
    """Move a tensor to the device meta, and see what stays behind."""
    # --8<-- [start:move]
    x = torch.ones(2, 3)  # (2, 3)
    x.to("meta")  # nobody keeps the result
    print("x          ", x.device)
    moved = x.to("meta")  # (2, 3)
    print("moved      ", moved.device)
    print("same tensor", x.to("cpu") is x)
    # --8<-- [end:move]
    print()
    # --8<-- [start:new]
    print("zeros_like  ", torch.zeros_like(moved).device)
    print("arange      ", torch.arange(3).device)
    print("with device=", torch.arange(3, device=moved.device).device)
    # --8<-- [end:new]
    return moved


if __name__ == "__main__":
    main()
