"""model(x) or model.forward(x)? Only the call runs the model's own hooks."""

import torch


def main():
    """Count how often a forward hook fires; return the count."""
    model = torch.nn.Linear(3, 2)
    fired = []
    model.register_forward_hook(lambda module, args, output: fired.append(tuple(output.shape)))
    x = torch.ones(4, 3)
    model.forward(x)
    print("after model.forward(x):", len(fired))
    model(x)
    print("after model(x):        ", len(fired))
    return len(fired)


if __name__ == "__main__":
    main()
