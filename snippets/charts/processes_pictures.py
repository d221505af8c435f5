"""The data of lesson 13's picture: how far the weights of two processes are apart."""

import torch
from torch.nn.parallel import DistributedDataParallel

from snippets import processes

seed = 0
steps = 50


def walk(rank, size, is_averaged):
    """Train on this process's part of the data; return the weights after each step."""
    x, y = processes.make_data(320)
    x, y = x.chunk(size)[rank], y.chunk(size)[rank]  # (320 / size, D_in), (320 / size,)
    model = processes.make_model()
    used = DistributedDataParallel(model) if is_averaged else model
    optimizer = torch.optim.SGD(model.parameters(), lr=processes.learning_rate)
    visited = [processes.weights(model)]
    for _ in range(steps):
        optimizer.zero_grad()
        torch.nn.CrossEntropyLoss()(used(x), y).backward()
        optimizer.step()
        visited.append(processes.weights(model))
    return visited


def apart(is_averaged):
    """Return for each step how far the weights of the two processes are apart."""
    ways = processes.launch(walk, 2, is_averaged)
    return [(a - b).norm().item() for a, b in zip(*ways, strict=True)]


if __name__ == "__main__":
    torch.set_num_threads(1)
    distances = {"alone": apart(False), "averaged": apart(True)}
    for name, values in distances.items():
        print(f"{name}: {values[0]:.3f} {values[1]:.3f} {values[-1]:.3f}")
