"""numpy has no bfloat16."""
# raises: TypeError

import torch


def main():
    """Hand a bfloat16 tensor to numpy."""
    h = torch.ones(3, dtype=torch.bfloat16)  # (3,)
    a = h.numpy()
    return a


if __name__ == "__main__":
    main()
