"""Lesson 12: measure, do less, compile, export; everything on the CPU, with one thread."""

import os
import tempfile
from pathlib import Path

import torch
from torch.profiler import ProfilerActivity, profile
from torch.utils import benchmark

N, D_in, H, D_out = 359, 64, 100, 10
seed = 0
dtype = torch.float32


def make_model():
    """Build the network of lesson 9, ready to be used, with new weights.

    Returns:
        model (torch.nn.Sequential): Maps pictures (N, D_in) to scores (N, D_out).
    """
    # --8<-- [start:model]
    model = torch.nn.Sequential(
        torch.nn.Linear(D_in, H),  # (N, D_in) -> (N, H)
        torch.nn.ReLU(),  # (N, H) -> (N, H)
        torch.nn.Dropout(0.5),  # (N, H) -> (N, H)
        torch.nn.Linear(H, D_out),  # (N, H) -> (N, D_out)
    )
    # --8<-- [end:model]
    return model.to(dtype).eval()


# --8<-- [start:timer]
def seconds(statement, **names):
    """Return the median of the seconds that a statement takes.

    Args:
        statement (str): A line of Python.
        names (object): What the names in it stand for.
    """
    timer = benchmark.Timer(statement, globals=names)
    return timer.blocked_autorange(min_run_time=0.1).median


# --8<-- [end:timer]


# --8<-- [start:profile]
def profiled(work):
    """Run work() once; return the calls of each operation and the bytes that it allocated."""
    with profile(activities=[ProfilerActivity.CPU], profile_memory=True) as prof:
        work()
    return {
        event.key: (event.count, max(event.self_cpu_memory_usage, 0))
        for event in prof.key_averages()
        if event.key.startswith("aten::")
    }


# --8<-- [end:profile]


# --8<-- [start:saved]
def saved_bytes(work):
    """Run work() once; return what it returned, and the bytes kept for a backward pass."""
    kept = {}

    def keep(tensor):
        kept[tensor.data_ptr()] = tensor.nbytes  # the same memory counts once
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        result = work()
    return result, sum(kept.values())


# --8<-- [end:saved]


if __name__ == "__main__":
    os.environ["KINETO_LOG_LEVEL"] = "99"  # the profiler else logs when it begins and ends
    torch.set_num_threads(1)
    torch.manual_seed(seed)
    model = make_model()
    x = torch.rand(N, D_in, dtype=dtype)  # (N, D_in)

    # --8<-- [start:measure]
    with torch.no_grad():
        alone = seconds("[model(row) for row in x.split(1)]", model=model, x=x)
        together = seconds("model(x)", model=model, x=x)
    # --8<-- [end:measure]
    ten_times = alone > 10 * together
    print("at once is more than ten times as fast:", ten_times)

    # --8<-- [start:count]
    with torch.no_grad():
        one_by_one = profiled(lambda: [model(row) for row in x.split(1)])
        at_once = profiled(lambda: model(x))
    # --8<-- [end:count]
    print("\noperation        one by one                 at once")
    for name in ("aten::addmm", "aten::clamp_min", "aten::transpose", "aten::as_strided"):
        print(
            f"{name:16s} {one_by_one[name][0]:4d} calls {one_by_one[name][1]:7,d} B "
            f"{at_once[name][0]:4d} calls {at_once[name][1]:7,d} B"
        )
    calls = [sum(count for count, _ in found.values()) for found in (one_by_one, at_once)]
    print(f"all              {calls[0]:4d} calls {'':14s}{calls[1]:2d} calls")

    # --8<-- [start:modes]
    scores, recorded = saved_bytes(lambda: model(x))  # (N, D_out)
    with torch.no_grad():
        untracked, without_grad = saved_bytes(lambda: model(x))
    with torch.inference_mode():
        inferred, in_inference = saved_bytes(lambda: model(x))
    # --8<-- [end:modes]
    print()
    for mode, bytes_, result in (
        ("without either", recorded, scores),
        ("no_grad", without_grad, untracked),
        ("inference_mode", in_inference, inferred),
    ):
        print(f"{mode:14s} keeps {bytes_:7,d} B, is_inference() is {result.is_inference()}")

    # --8<-- [start:compile]
    graphs = []

    def keep(graph, example_inputs):
        """Keep the graph and run it as it is: a compiler that compiles nothing."""
        graphs.append(graph)
        return graph.forward

    compiled = torch.compile(model, backend=keep)
    made = []
    for size in (32, 32, 359, 100, 1):
        before = len(graphs)
        with torch.no_grad():
            compiled(x[:size])  # (size, D_out)
        made.append(len(graphs) - before)
    # --8<-- [end:compile]
    print()
    for size, count in zip((32, 32, 359, 100, 1), made, strict=True):
        print(f"{size:3d} pictures: {count} new graph{'' if count == 1 else 's'}")

    # --8<-- [start:export]
    batch = torch.export.Dim("batch")
    program = torch.export.export(model, (x,), dynamic_shapes=({0: batch},))
    path = Path(tempfile.mkdtemp(), "digits.pt2")  # take a folder that you keep
    torch.export.save(program, path)
    # --8<-- [end:export]
    operations = [str(node.target) for node in program.graph.nodes if node.op == "call_function"]
    print("\n" + "\n".join(operations))

    # --8<-- [start:load]
    loaded = torch.export.load(path).module()
    with torch.no_grad():
        same = {size: torch.equal(loaded(x[:size]), model(x[:size])) for size in (1, 32, 359)}
    # --8<-- [end:load]
    print("\nthe same scores:", same)
