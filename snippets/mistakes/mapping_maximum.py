"""torch.maximum compares two tensors; a plain number is not one."""
# raises: TypeError

import torch


def main():
    """Compare a tensor with the number 0, first with clamp."""
    x = torch.tensor([-1.0, 2.0])
    print(x.clamp(min=0))
    return torch.maximum(x, 0)


if __name__ == "__main__":
    main()
