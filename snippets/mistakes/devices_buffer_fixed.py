"""A buffer moves with its module, is saved with it, and is not trained."""

import torch


class Centred(torch.nn.Module):
    """Takes the mean of the training data from its inputs."""

    # --8<-- [start:init]
    def __init__(self, mean):
        """Keep the mean, shape (D_in,)."""
        super().__init__()
        self.register_buffer("mean", mean)  # (D_in,)

    # --8<-- [end:init]

    def forward(self, x):
        """Return x (N, D_in) without the mean, shape (N, D_in)."""
        return x - self.mean


def main():
    """Move the module and the data, and let them meet."""
    model = Centred(torch.zeros(1000)).to("meta")
    x = torch.ones(64, 1000).to("meta")  # (N, D_in)
    print("x on", x.device, "and the mean on", model.mean.device)
    centred = model(x)  # (N, D_in)
    print("parameters", len(list(model.parameters())), "saved", list(model.state_dict()))
    return centred


if __name__ == "__main__":
    main()
