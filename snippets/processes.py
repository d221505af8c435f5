"""Lesson 13: processes that share a batch: averaged by hand, by PyTorch, and sharded."""

import sys
import tempfile
from datetime import timedelta

import torch
import torch.distributed as dist
import torch.multiprocessing as mp
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.fsdp import fully_shard
from torch.nn.parallel import DistributedDataParallel
from torch.utils.data import DataLoader, DistributedSampler, TensorDataset

N, D_in, H, D_out = 64, 64, 100, 10
epochs = 5
learning_rate = 0.1
seed = 0
dtype = torch.float32
START = "fork" if sys.platform == "linux" else "spawn"


# --8<-- [start:join]
def join(rank, size, folder, work, arguments):
    """Meet the other processes, do the work of this one, save its result, leave."""
    torch.set_num_threads(1)
    dist.init_process_group(
        "gloo",
        init_method=f"file://{folder}/meeting",
        rank=rank,
        world_size=size,
        timeout=timedelta(seconds=60),
    )
    torch.save(work(rank, size, *arguments), f"{folder}/{rank}.pt")
    dist.barrier()  # nobody leaves while others still connect
    dist.destroy_process_group()


# --8<-- [end:join]


# --8<-- [start:launch]
def launch(work, size, *arguments):
    """Run work(rank, size, *arguments) in `size` processes; list the results."""
    folder = tempfile.mkdtemp()
    mp.start_processes(join, (size, folder, work, arguments), nprocs=size, start_method=START)
    return [torch.load(f"{folder}/{rank}.pt") for rank in range(size)]


# --8<-- [end:launch]


# --8<-- [start:greet]
def greet(rank, size):
    """Return a number of this process, and the sum over all processes."""
    mine = torch.tensor(10.0**rank)  # ()
    total = mine.clone()  # ()
    dist.all_reduce(total)
    return mine.item(), total.item()


# --8<-- [end:greet]


def make_data(count=N):
    """Draw inputs (count, D_in), and class numbers (count,) that depend on them."""
    torch.manual_seed(seed)
    x = torch.randn(count, D_in, dtype=dtype)  # (count, D_in)
    rule = torch.randn(D_in, D_out, dtype=dtype)  # (D_in, D_out)
    return x, (x @ rule).argmax(dim=1)


def make_model(seed=seed):
    """Build the network of lesson 9, without its dropout."""
    torch.manual_seed(seed)
    # --8<-- [start:model]
    model = torch.nn.Sequential(
        torch.nn.Linear(D_in, H),  # (N, D_in) -> (N, H)
        torch.nn.ReLU(),  # (N, H) -> (N, H)
        torch.nn.Linear(H, D_out),  # (N, H) -> (N, D_out)
    )
    # --8<-- [end:model]
    return model.to(dtype)


# --8<-- [start:vectors]
def gradient(model):
    """Return all gradients of a model as one vector."""
    return torch.cat([param.grad.flatten() for param in model.parameters()])


def weights(model):
    """Return a copy of all parameters of a model as one vector."""
    return torch.cat([param.detach().flatten() for param in model.parameters()])


def difference(a, b):
    """Return the length of a - b, as a fraction of the length of b."""
    return ((a - b).norm() / b.norm()).item()


# --8<-- [end:vectors]


# --8<-- [start:average]
def average_gradients(model, size):
    """Replace each gradient by the mean over all processes."""
    for param in model.parameters():
        dist.all_reduce(param.grad)  # now the sum
        param.grad /= size


# --8<-- [end:average]


# --8<-- [start:by_hand]
def by_hand(rank, size, reduction):
    """Return the gradient of this process's part, then the mean over all."""
    x, y = make_data()
    model = make_model()
    loss_fn = torch.nn.CrossEntropyLoss(reduction=reduction)
    x, y = x.chunk(size)[rank], y.chunk(size)[rank]  # (N / size, D_in), (N / size,)
    loss_fn(model(x), y).backward()
    own = gradient(model)
    average_gradients(model, size)
    return own, gradient(model)


# --8<-- [end:by_hand]


def whole_batch(reduction):
    """Return the gradient of the whole batch, computed in one process."""
    x, y = make_data()
    model = make_model()
    torch.nn.CrossEntropyLoss(reduction=reduction)(model(x), y).backward()
    return gradient(model)


# --8<-- [start:with_ddp]
def with_ddp(rank, size):
    """Return the weights before and after wrapping, and the gradients."""
    x, y = make_data()
    model = make_model(seed=rank)  # a different start in each process
    before = weights(model)
    wrapped = DistributedDataParallel(model)
    after = weights(model)
    x, y = x.chunk(size)[rank], y.chunk(size)[rank]  # (N / size, D_in), (N / size,)
    torch.nn.CrossEntropyLoss()(wrapped(x), y).backward()
    return before, after, gradient(model)


# --8<-- [end:with_ddp]


# --8<-- [start:shares]
def shares(count, size, epochs):
    """Return which samples each process gets, by epoch, by rank and by position."""
    samplers = [DistributedSampler(range(count), size, rank) for rank in range(size)]
    dealt = []
    for epoch in range(epochs):
        for sampler in samplers:
            sampler.set_epoch(epoch)
        dealt.append([list(sampler) for sampler in samplers])
    return dealt


# --8<-- [end:shares]


# --8<-- [start:train]
def train(rank, size):
    """Train with batches of 64, 64 / size in each process; return losses, weights."""
    data = TensorDataset(*make_data(320))
    model = DistributedDataParallel(make_model())
    sampler = DistributedSampler(data, size, rank)
    loader = DataLoader(data, batch_size=64 // size, sampler=sampler)
    loss_fn = torch.nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    losses = []
    for epoch in range(epochs):
        sampler.set_epoch(epoch)
        for x, y in loader:  # (64 / size, D_in), (64 / size,)
            loss = loss_fn(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    return losses, weights(model)


# --8<-- [end:train]


# --8<-- [start:sharded]
def shard(model, size):
    """Divide the parameters of each layer among the processes; return the model."""
    mesh = init_device_mesh("cpu", (size,))
    for layer in (model[0], model[2]):
        fully_shard(layer, mesh=mesh)
    return fully_shard(model, mesh=mesh)


# --8<-- [end:sharded]


# --8<-- [start:local]
def local(tensor):
    """Return the part of a tensor that this process holds."""
    return tensor.to_local() if hasattr(tensor, "to_local") else tensor


def kept(model, optimizer):
    """Return how many bytes of each kind this process holds."""
    params = list(model.parameters())
    states = [optimizer.state[param] for param in params]
    moments = [state[name] for state in states for name in ("exp_avg", "exp_avg_sq")]
    lists = {"parameters": params, "gradients": [p.grad for p in params], "Adam": moments}
    return {name: sum(local(t).nbytes for t in tensors) for name, tensors in lists.items()}


# --8<-- [end:local]


# --8<-- [start:memory]
def memory(rank, size, is_sharded):
    """Take a step; return the bytes kept, the gradient, and the shapes of a weight."""
    x, y = make_data()
    model = make_model()
    seen = []

    def look(*_):
        seen.append(tuple(local(model[0].weight).shape))

    model[0].register_forward_hook(look)
    wrapped = shard(model, size) if is_sharded else DistributedDataParallel(model)
    optimizer = torch.optim.Adam(model.parameters())
    x, y = x.chunk(size)[rank], y.chunk(size)[rank]  # (N / size, D_in), (N / size,)
    look()
    loss = torch.nn.CrossEntropyLoss()(wrapped(x), y)
    look()
    loss.backward()
    optimizer.step()
    grads = [p.grad.full_tensor() if is_sharded else p.grad for p in model.parameters()]
    return kept(model, optimizer), torch.cat([grad.flatten() for grad in grads]), seen


# --8<-- [end:memory]


if __name__ == "__main__":
    torch.set_num_threads(1)
    size = 2

    # --8<-- [start:start]
    greetings = launch(greet, size)
    # --8<-- [end:start]
    for rank, (mine, total) in enumerate(greetings):
        print(f"rank {rank} of {size}: {mine:g} of its own, {total:g} in all")

    # --8<-- [start:compare]
    whole = whole_batch("mean")
    results = launch(by_hand, size, "mean")
    own = [difference(part, whole) for part, _ in results]
    averaged = [difference(mean, whole) for _, mean in results]
    # --8<-- [end:compare]
    print()
    for rank in range(size):
        print(f"rank {rank}: off by {own[rank]:.2f}", end="; ")
        print("averaged, by less than 1e-6:", averaged[rank] < 1e-6)
    identical = torch.equal(results[0][1], results[1][1])
    print("the same in both, to the last bit:", identical)

    # --8<-- [start:sum]
    whole_sum = whole_batch("sum")
    (_, mean_of_sums), _ = launch(by_hand, size, "sum")
    factor = (mean_of_sums.norm() / whole_sum.norm()).item()
    # --8<-- [end:sum]
    print(f"\nlengths, averaged / whole batch: {factor:.3f}")
    print("in the same direction:", difference(mean_of_sums, factor * whole_sum) < 1e-6)

    # --8<-- [start:ddp]
    results = launch(with_ddp, size)
    before, after, gradients = zip(*results, strict=True)
    # --8<-- [end:ddp]
    ddp = [difference(found, whole) for found in gradients]
    print("\nequal weights before wrapping:", torch.equal(*before))
    print("equal weights after wrapping:", torch.equal(*after))
    print("those of rank 0:", torch.equal(after[1], before[0]))
    print("gradients off by less than 1e-6:", max(ddp) < 1e-6)

    # --8<-- [start:deal]
    dealt = shares(10, size, 2)
    # --8<-- [end:deal]
    print()
    for epoch, parts in enumerate(dealt):
        for rank, part in enumerate(parts):
            print(f"epoch {epoch}, rank {rank}:", *part)

    (padded,) = shares(9, size, 1)
    given = [len(part) for part in padded]
    print("\nof 9 samples, rank 0:", *padded[0])
    print("of 9 samples, rank 1:", *padded[1])

    # --8<-- [start:training]
    ((one_losses, one),) = launch(train, 1)
    (losses, two), (other_losses, other) = launch(train, 2)
    # --8<-- [end:training]
    apart = difference(two, one)
    moved = difference(one, weights(make_model()))
    means = [(a + b) / 2 for a, b in zip(losses, other_losses, strict=True)]
    print("\nstep   1 process   rank 0   rank 1   their mean")
    for step in (0, 10, len(losses) - 1):
        print(f"{step:4d}   {one_losses[step]:9.4f}", end="   ")
        print(f"{losses[step]:.4f}   {other_losses[step]:.4f}   {means[step]:10.4f}")
    print(f"weights: {moved:.2f} from the start")
    print("one process and two differ by less than 1e-5:", apart < 1e-5)

    # --8<-- [start:count]
    (whole_bytes, _, _), _ = launch(memory, size, False)
    (shard_bytes, found, seen), _ = launch(memory, size, True)
    # --8<-- [end:count]
    print("\nbytes per process   every one whole   sharded")
    for name in whole_bytes:
        print(f"{name:17s}   {whole_bytes[name]:15,d}   {shard_bytes[name]:7,d}")
    total = sum(whole_bytes.values()), sum(shard_bytes.values())
    print(f"in all              {total[0]:15,d}   {total[1]:7,d}")
    print("gradients off by less than 1e-6:", difference(found, whole) < 1e-6)
    print("\nthe first weight, sharded:")
    for when, shape in zip(("before", "in", "after"), seen, strict=True):
        print(f"{when:6s} the forward pass: {shape}")
