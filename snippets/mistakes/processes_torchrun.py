"""A program for torchrun, started with python: nobody has told it its rank."""
# raises: ValueError

import torch
import torch.distributed as dist

if __name__ == "__main__":
    # --8<-- [start:environment]
    dist.init_process_group("gloo")  # asks the environment: RANK, WORLD_SIZE, …
    rank, size = dist.get_rank(), dist.get_world_size()
    total = torch.tensor(10.0**rank)  # ()
    dist.all_reduce(total)
    if rank == 0:
        print(f"{size} processes, {total:g} in all")
    dist.destroy_process_group()
    # --8<-- [end:environment]
