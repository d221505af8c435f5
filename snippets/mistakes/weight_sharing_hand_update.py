"""The update of lesson 5 meets a parameter that has no gradient."""
# raises: TypeError

import torch

learning_rate = 1e-4


def main():
    """Take one step at depth 0: the middle layer is not used."""
    model = torch.nn.ModuleList([torch.nn.Linear(8, 6), torch.nn.Linear(6, 6)])
    input_linear, _ = model
    input_linear(torch.ones(4, 8)).pow(2).sum().backward()
    # --8<-- [start:update]
    with torch.no_grad():
        for param in model.parameters():
            param -= learning_rate * param.grad
    # --8<-- [end:update]


if __name__ == "__main__":
    main()
