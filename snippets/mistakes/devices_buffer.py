"""A tensor that is neither a parameter nor a buffer stays behind when its module is moved."""
# raises: RuntimeError

import torch


# --8<-- [start:module]
class Centred(torch.nn.Module):
    """Takes the mean of the training data from its inputs."""

    def __init__(self, mean):
        """Keep the mean, shape (D_in,)."""
        super().__init__()
        self.mean = mean  # (D_in,)

    def forward(self, x):
        """Return x (N, D_in) without the mean, shape (N, D_in)."""
        return x - self.mean


# --8<-- [end:module]


def main():
    """Move the module and the data, and let them meet."""
    # --8<-- [start:move]
    model = Centred(torch.zeros(1000)).to("meta")
    x = torch.ones(64, 1000).to("meta")  # (N, D_in)
    print("x on", x.device, "and the mean on", model.mean.device)
    centred = model(x)
    # --8<-- [end:move]
    return centred


if __name__ == "__main__":
    main()
