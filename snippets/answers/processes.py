"""The answers to the exercises of lesson 13."""

import math

import torch

seed = 0


# --8<-- [start:whole_gradient]
def whole_gradient(gradients, counts):
    """Return the gradient of the mean loss of all samples from those of the parts."""
    weighted = [count * gradient for count, gradient in zip(counts, gradients, strict=True)]
    return torch.stack(weighted).sum(dim=0) / sum(counts)


# --8<-- [end:whole_gradient]


# --8<-- [start:my_share]
def my_share(count, size, rank, drop_last):
    """Return the indices that DistributedSampler gives a process, without shuffling."""
    each = count // size if drop_last else math.ceil(count / size)
    return [number % count for number in range(rank, each * size, size)]


# --8<-- [end:my_share]


# --8<-- [start:bytes_per_process]
def bytes_per_process(numbers, size, sharded):
    """Return the bytes that one process keeps of parameters, gradients and Adam's state."""
    whole = {"parameters": 4 * numbers, "gradients": 4 * numbers, "Adam": 8 * numbers}
    return sum(held // size if name in sharded else held for name, held in whole.items())


# --8<-- [end:bytes_per_process]


# --8<-- [start:waiting]
def waiting(calls):
    """Return how many all_reduce finish, and the ranks that wait for ever."""
    finished = min(calls)
    return finished, [rank for rank, number in enumerate(calls) if number > finished]


# --8<-- [end:waiting]


def main():
    """Print what the answers give; the parts are those of the page."""
    torch.manual_seed(seed)
    x = torch.randn(8, 3)  # (8, 3)
    parts = [x[:6].mean(dim=0), x[6:].mean(dim=0)]
    off = (whole_gradient(parts, [6, 2]) - x.mean(dim=0)).abs().max().item()
    print("off by less than 1e-6:", off < 1e-6)
    print()
    for drop_last in (False, True):
        for rank in range(2):
            share = my_share(9, 2, rank, drop_last)
            print(f"drop_last={drop_last}, rank {rank}:", *share)
    print()
    for sharded in ((), ("Adam",), ("Adam", "gradients"), ("Adam", "gradients", "parameters")):
        gigabytes = bytes_per_process(8_000_000_000, 8, set(sharded)) / 1e9
        print(f"{gigabytes:3.0f} GB per process, sharded: {', '.join(sharded) or 'nothing'}")
    print()
    print(waiting([3, 2]))
    print(waiting([2, 5, 4, 2]))


if __name__ == "__main__":
    main()
