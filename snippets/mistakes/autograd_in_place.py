"""A tensor that the backward pass needs was changed after the forward pass: PyTorch notices."""
# raises: RuntimeError

import torch


def main():
    """Change a factor between the product and backward()."""
    # --8<-- [start:change]
    a = torch.tensor(2.0, requires_grad=True)
    b = torch.tensor(3.0, requires_grad=True)
    product = a * b
    with torch.no_grad():
        b += 97
    product.backward()
    # --8<-- [end:change]


if __name__ == "__main__":
    main()
