"""A process that has one batch more than the other waits for it."""

import sys
import tempfile
from datetime import timedelta

import torch
import torch.distributed as dist
import torch.multiprocessing as mp

START = "fork" if sys.platform == "linux" else "spawn"


# --8<-- [start:epoch]
def epoch(rank, folder):
    """Average a gradient for each batch: rank 0 has three batches, rank 1 has two."""
    store = f"file://{folder}/meeting"
    dist.init_process_group("gloo", init_method=store, rank=rank, world_size=2)
    group = dist.new_group(timeout=timedelta(seconds=2))
    said = []
    for batch in range(3 - rank):
        try:
            dist.all_reduce(torch.ones(3), group=group)
            said.append(f"rank {rank}, batch {batch}: averaged")
        except RuntimeError as error:
            said.append(f"rank {rank}, batch {batch}: {str(error).partition('] ')[2]}")
    dist.barrier()  # rank 1 waits here, with the usual timeout
    torch.save(said, f"{folder}/{rank}.pt")
    dist.destroy_process_group()


# --8<-- [end:epoch]


def main():
    """Return what the processes said, by rank."""
    torch.set_num_threads(1)
    folder = tempfile.mkdtemp()
    mp.start_processes(epoch, (folder,), nprocs=2, start_method=START)
    said = [torch.load(f"{folder}/{rank}.pt") for rank in range(2)]
    for lines in said:
        print("\n".join(lines))
    return said


if __name__ == "__main__":
    found = main()
