"""The update of lesson 5, leaving out the parameters that have no gradient."""

import torch

learning_rate = 1e-4


def main():
    """Take one step at depth 0; return how many parameters it moved."""
    model = torch.nn.ModuleList([torch.nn.Linear(8, 6), torch.nn.Linear(6, 6)])
    input_linear, _ = model
    input_linear(torch.ones(4, 8)).pow(2).sum().backward()
    moved = 0
    # --8<-- [start:update]
    with torch.no_grad():
        for param in model.parameters():
            if param.grad is not None:
                param -= learning_rate * param.grad
                moved += 1
    # --8<-- [end:update]
    print(f"{moved} of {len(list(model.parameters()))} parameters moved")
    return moved


if __name__ == "__main__":
    main()
