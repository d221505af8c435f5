"""item() takes a number out of a tensor that holds exactly one."""
# raises: RuntimeError

import torch


def main():
    """Ask two elements for one number."""
    print(torch.tensor([[3.5]]).item())
    return torch.tensor([3.5, 4.5]).item()


if __name__ == "__main__":
    main()
