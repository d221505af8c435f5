"""A DistributedSampler that is not told the epoch deals the same order again."""

from torch.utils.data import DistributedSampler


def main():
    """Return what rank 0 gets in two epochs, without and with set_epoch."""
    # --8<-- [start:epochs]
    sampler = DistributedSampler(range(10), num_replicas=2, rank=0)
    forgotten = [list(sampler) for epoch in range(2)]
    told = []
    for epoch in range(2):
        sampler.set_epoch(epoch)
        told.append(list(sampler))
    # --8<-- [end:epochs]
    for name, orders in (("without set_epoch", forgotten), ("with set_epoch", told)):
        for epoch, order in enumerate(orders):
            print(f"{name:17s}, epoch {epoch}:", *order)
    return forgotten, told


if __name__ == "__main__":
    found = main()
