"""Give a bias the gradient of what it was added to, without adding up the copies."""
# raises: RuntimeError

import torch

seed = 0


def main():
    """Assign a gradient with one row for each sample to a bias."""
    torch.manual_seed(seed)
    z = torch.randn(6, 4)  # (N, D)
    b = torch.zeros(4, requires_grad=True)  # (D,)
    grad_z = 2 * (z + b).detach()  # (N, D)
    b.grad = grad_z


if __name__ == "__main__":
    main()
