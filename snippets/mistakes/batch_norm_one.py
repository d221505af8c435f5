"""While it trains, batch normalisation needs more than one number for each column."""
# raises: ValueError

import torch


def main():
    """Send a batch of one sample through a layer that trains."""
    layer = torch.nn.BatchNorm1d(4)
    return layer(torch.randn(1, 4))


if __name__ == "__main__":
    main()
