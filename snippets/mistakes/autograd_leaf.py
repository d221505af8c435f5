"""Which tensors get a .grad? Leaves that require it; others have to be asked."""

import torch


def main():
    """Print what autograd left on each tensor of a small network."""
    x = torch.ones(2, 3)  # (N, D_in)
    w1 = torch.ones(3, 4, requires_grad=True)  # (D_in, H)
    h = x.mm(w1)  # (N, H)
    h.sum().backward()
    found = {}
    for name, tensor in [("x", x), ("w1", w1), ("h", h)]:
        has_grad = tensor.is_leaf and tensor.grad is not None
        found[name] = (tensor.requires_grad, tensor.is_leaf, has_grad)
        print(
            f"{name:2s}  requires_grad {tensor.requires_grad!s:5}"
            f"  is_leaf {tensor.is_leaf!s:5}  has .grad {has_grad}"
        )
    return found


if __name__ == "__main__":
    main()
