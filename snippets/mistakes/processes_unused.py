"""A parameter that the loss does not depend on: DistributedDataParallel waits for its gradient."""

import tempfile

import torch
import torch.distributed as dist
from torch.nn.parallel import DistributedDataParallel

seed = 0


# --8<-- [start:model]
class TwoHeads(torch.nn.Module):
    """Has two layers and uses one of them."""

    def __init__(self):
        super().__init__()
        self.used = torch.nn.Linear(4, 2)
        self.spare = torch.nn.Linear(4, 2)

    def forward(self, x):
        """Map (N, 4) to (N, 2)."""
        return self.used(x)


# --8<-- [end:model]


def two_steps(**options):
    """Take two steps; return what the wrapped model says at the second."""
    # --8<-- [start:steps]
    model = DistributedDataParallel(TwoHeads(), **options)
    try:
        for _ in range(2):
            model(torch.ones(3, 4)).sum().backward()
    except RuntimeError as error:
        return str(error)
    return "both steps were taken"
    # --8<-- [end:steps]


def main():
    """Return what is said without and with the search for unused parameters."""
    torch.manual_seed(seed)
    meeting = f"file://{tempfile.mkdtemp()}/meeting"
    dist.init_process_group("gloo", init_method=meeting, rank=0, world_size=1)
    said = two_steps()
    (which,) = (line for line in said.splitlines() if line.startswith("Parameter indices"))
    print(said.partition(" You can")[0])
    print(which)
    # --8<-- [start:fixed]
    fixed = two_steps(find_unused_parameters=True)
    # --8<-- [end:fixed]
    print("\n" + fixed)
    dist.destroy_process_group()
    return said, fixed


if __name__ == "__main__":
    found = main()
