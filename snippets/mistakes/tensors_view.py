"""view() never copies; what it cannot look at without a copy, it refuses."""
# raises: RuntimeError

import torch


def main():
    """Look at a tensor and at its transpose as a row of numbers."""
    x = torch.arange(6).reshape(2, 3)  # (2, 3)
    print(x.view(-1))
    return x.t().view(-1)


if __name__ == "__main__":
    main()
