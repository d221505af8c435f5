"""Each worker has a copy of the dataset, and with it a copy of its generator."""

import copy

import numpy as np
from torch.utils.data import DataLoader, Dataset, get_worker_info

seed = 0


# --8<-- [start:dataset]
class Noisy(Dataset):
    """Samples that are drawn when they are asked for."""

    def __init__(self):
        """Make a generator of its own."""
        self.generator = np.random.default_rng(seed)

    def __len__(self):
        """Return the number of samples."""
        return 4

    def __getitem__(self, index):
        """Return a random number."""
        return self.generator.random()


# --8<-- [end:dataset]


# --8<-- [start:reseed]
def reseed(worker_id):
    """Give the dataset of a worker a generator with the seed of that worker."""
    worker = get_worker_info()
    worker.dataset.generator = np.random.default_rng(worker.seed)


def load(dataset):
    """Return a loader with two workers that draw different numbers."""
    return DataLoader(dataset, batch_size=2, num_workers=2, worker_init_fn=reseed)


# --8<-- [end:reseed]


if __name__ == "__main__":
    # --8<-- [start:copies]
    dataset = Noisy()
    workers = [copy.deepcopy(dataset) for _ in range(2)]
    drawn = [[worker[index] for index in (0, 1)] for worker in workers]
    # --8<-- [end:copies]
    for number, numbers in enumerate(drawn):
        print(f"worker {number}:", ", ".join(f"{drawn_number:.4f}" for drawn_number in numbers))
