"""param = param - ... binds a new name; param -= ... changes the parameter."""

import torch

seed = 0


def main():
    """Take the same step both ways; return how far the weight moved each time."""
    torch.manual_seed(seed)
    model = torch.nn.Linear(3, 2)
    before = model.weight.detach().clone()  # (2, 3)
    model(torch.ones(4, 3)).pow(2).sum().backward()
    # --8<-- [start:compare]
    with torch.no_grad():
        for param in model.parameters():
            param = param - 0.1 * param.grad
    rebound = (model.weight - before).abs().max().item()

    with torch.no_grad():
        for param in model.parameters():
            param -= 0.1 * param.grad
    in_place = (model.weight - before).abs().max().item()
    # --8<-- [end:compare]
    print(f"param = param - ...   the weight moved by {rebound:.3g}")
    print(f"param -= ...          the weight moved by {in_place:.3g}")
    return rebound, in_place


if __name__ == "__main__":
    rebound, in_place = main()
