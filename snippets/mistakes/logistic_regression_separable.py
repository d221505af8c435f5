"""Newton's method on data that a line separates: the Hessian shrinks until it is 0."""
# raises: _LinAlgError

import torch

dtype = torch.float32


def main():
    """Step until the solver refuses."""
    # --8<-- [start:steps]
    x = torch.tensor([[-2.0], [-1.0], [1.0], [3.0]], dtype=dtype)  # (N, 1)
    y = (x > 0).to(dtype)  # (N, 1)
    w = torch.zeros(1, 1, dtype=dtype)  # (1, 1)
    for step in range(200):
        p = torch.sigmoid(x @ w)  # (N, 1)
        grad_w = x.T @ (p - y) / len(x)  # (1, 1)
        hessian = x.T @ (p * (1 - p) * x) / len(x)  # (1, 1)
        if step % 20 == 0:
            print(f"step {step:3d}  weight {w.item():6.2f}  Hessian {hessian.item():.0e}")
        w = w - torch.linalg.solve(hessian, grad_w)  # (1, 1)
    # --8<-- [end:steps]


if __name__ == "__main__":
    main()
