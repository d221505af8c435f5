"""gradcheck at the kink of ReLU: two one-sided slopes, and no derivative."""
# raises: GradcheckError

import torch

dtype = torch.float64


def main():
    """Check torch.relu away from 0, then at 0."""
    away = torch.tensor([-1.0, 2.0], dtype=dtype, requires_grad=True)
    print("away from 0:", torch.autograd.gradcheck(torch.relu, away))
    at_zero = torch.zeros(1, dtype=dtype, requires_grad=True)
    return torch.autograd.gradcheck(torch.relu, at_zero)


if __name__ == "__main__":
    main()
