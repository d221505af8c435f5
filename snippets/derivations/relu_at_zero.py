"""What slope does each spelling of ReLU give at exactly 0?"""

import torch

dtype = torch.float32


def slopes():
    """Return the slope at 0 that autograd reports for each spelling."""
    spellings = {
        "torch.relu(x)": torch.relu,
        "torch.nn.ReLU()(x)": torch.nn.ReLU(),
        "x.clamp(min=0)": lambda x: x.clamp(min=0),
        "torch.maximum(x, zero)": lambda x: torch.maximum(x, torch.zeros_like(x)),
    }
    found = {}
    for name, relu in spellings.items():
        x = torch.zeros(1, requires_grad=True)
        relu(x).sum().backward()
        found[name] = x.grad.item()
        print(f"{name:23s} {found[name]}")
    return found


if __name__ == "__main__":
    found = slopes()
