"""Without eval(), a prediction depends on the other samples of its batch."""

import torch

H = 4
seed = 0


def main():
    """Return the first sample's outputs in two batches and the running means, by mode."""
    torch.manual_seed(seed)
    layer = torch.nn.BatchNorm1d(H)
    for _ in range(100):
        layer(torch.randn(32, H))
    sample, some, others = torch.randn(1, H), torch.randn(7, H), torch.randn(7, H) + 2
    found = {}
    # --8<-- [start:both]
    for mode in ("train", "eval"):
        layer.train(mode == "train")
        before = layer.running_mean[0].item()
        one = layer(torch.cat([sample, some]))[0, 0].item()
        other = layer(torch.cat([sample, others]))[0, 0].item()
        after = layer.running_mean[0].item()
        print(f"{mode:5s} {one:5.2f} {other:5.2f}, running mean {before:5.2f} -> {after:5.2f}")
        # --8<-- [end:both]
        found[mode] = one, other, before, after
    return found


if __name__ == "__main__":
    found = main()
