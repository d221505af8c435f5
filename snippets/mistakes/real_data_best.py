"""Keep the best weights: state_dict() hands out the tensors themselves, not copies."""

import copy

import torch

seed = 0


def main():
    """Return whether each way of keeping weights has kept them through a step of training."""
    torch.manual_seed(seed)
    model = torch.nn.Linear(64, 10)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
    # --8<-- [start:keep]
    best = model.state_dict()
    copied = copy.deepcopy(model.state_dict())
    before = model.weight.detach().clone()  # (10, 64)

    model(torch.randn(32, 64)).pow(2).mean().backward()
    optimizer.step()
    kept = torch.equal(best["weight"], before), torch.equal(copied["weight"], before)
    # --8<-- [end:keep]
    print("state_dict() kept the weights:", kept[0])
    print("its deepcopy kept the weights:", kept[1])
    return kept


if __name__ == "__main__":
    found = main()
