"""Call backward() twice on one loss: the graph's saved tensors are gone."""
# raises: RuntimeError

import torch


def main():
    """Go backward through one graph twice."""
    # --8<-- [start:twice]
    w = torch.ones(3, requires_grad=True)
    loss = w.pow(2).sum()
    loss.backward()
    loss.backward()
    # --8<-- [end:twice]


if __name__ == "__main__":
    main()
