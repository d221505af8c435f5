"""What `lessons/processes` says."""

import datetime
import functools
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from unittest import mock

import pytest
import torch
import torch.distributed as dist
from torch.distributed.constants import default_pg_timeout
from torch.distributed.tensor.debug import CommDebugMode
from torch.nn.parallel import DistributedDataParallel
from torch.utils.data import DistributedSampler

from facts import record
from snippets import processes
from snippets.answers import processes as answers
from snippets.mistakes import processes_unused

ROOT = Path(__file__).parent.parent.parent
marked = [0]  # what a process changes, to see whether others notice


def _run(name):
    """Return a value of the lesson's run."""
    return record("processes").values[name]


def _shown(name):
    """Return what one of the page's short programs left behind."""
    return record(f"mistakes.processes_{name}").values["found"]


def _printed(name):
    """Return the lines that a program printed."""
    return record(name).output.splitlines()


@functools.cache
def _launched(work, size, *arguments):
    """Run work in processes, once; return the results by rank."""
    torch.set_num_threads(1)
    return processes.launch(work, size, *arguments)


def _parts_and_whole(count, reduction):
    """Return the gradients of the parts of the lesson's batch, and that of the whole."""
    whole = processes.whole_batch(reduction)
    results = _launched(processes.by_hand, count, reduction)
    return [own for own, _ in results], [mean for _, mean in results], whole


def the_mean_of_the_parts_is_the_whole_gradient():
    """With a mean loss and equal parts, the mean of their gradients is that of the batch."""
    for seed in range(5):
        model = processes.make_model(seed)
        x, y = torch.randn(64, 64), torch.randint(10, (64,))
        grads = []
        for part in (slice(0, 32), slice(32, 64), slice(0, 64)):
            model.zero_grad()
            torch.nn.CrossEntropyLoss()(model(x[part]), y[part]).backward()
            grads.append(processes.gradient(model))
        assert processes.difference((grads[0] + grads[1]) / 2, grads[2]) < 1e-6


def the_data_are_random_and_a_matrix_gives_the_classes():
    """A random matrix computes the class numbers of 64 inputs; the network has no dropout."""
    x, y = processes.make_data()
    assert x.shape == (64, 64)
    torch.manual_seed(processes.seed)
    torch.randn(64, 64)
    assert torch.equal(y, (x @ torch.randn(64, 10)).argmax(dim=1))
    layers = [type(layer).__name__ for layer in processes.make_model()]
    assert layers == ["Linear", "ReLU", "Linear"]


def _mark(rank, size):
    before = list(marked)
    marked[0] = rank + 1
    return before, list(marked), os.getpid()


def processes_have_memory_of_their_own():
    """What a process changes, no other one sees."""
    results = _launched(_mark, 2)
    assert [now for _, now, _ in results] == [[1], [2]]
    assert marked == [0]
    assert len({os.getpid(), *(number for *_, number in results)}) == 3


def the_first_waits_for_the_others():
    """A process that comes alone waits, and gives up after the timeout."""
    meeting = f"file://{tempfile.mkdtemp()}/meeting"
    timeout = datetime.timedelta(seconds=1)
    with pytest.raises(RuntimeError, match="Wait timeout"):
        dist.init_process_group("gloo", init_method=meeting, rank=0, world_size=2, timeout=timeout)


def _arrives_late(rank, size, folder):
    if rank == 1:
        time.sleep(0.5)
        Path(folder, "arrived").touch()
    dist.barrier()
    return Path(folder, "arrived").exists()


def a_barrier_waits_for_all():
    """Nobody passes `barrier()` before all have come there."""
    assert processes.launch(_arrives_late, 2, tempfile.mkdtemp()) == [True, True]


def _threads(rank, size):
    return torch.get_num_threads()


def one_thread_each():
    """Each process takes one thread."""
    assert _launched(_threads, 2) == [1, 1]


def fork_copies_the_running_process():
    """A forked process has what its parent has set, a copy."""
    with (
        mock.patch.object(sys.modules[__name__], "marked", [7]),
        mock.patch.object(processes, "START", "fork"),
    ):
        results = processes.launch(_mark, 2)
    assert [before for before, _, _ in results] == [[7], [7]]


SPAWNS = """
from snippets import processes

print("imported as", __name__)
if __name__ == "__main__":
    processes.START = "spawn"
    print(processes.launch(processes.greet, 2))
"""


@pytest.mark.thorough
def spawn_gives_the_same():
    """With spawn each process imports the program again, and the sums are the same."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "spawns.py")
        path.write_text(SPAWNS)
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        done = subprocess.run(
            [sys.executable, path], capture_output=True, text=True, check=True, env=environment
        )
    lines = done.stdout.splitlines()
    assert lines[:-1].count("imported as __mp_main__") == 2
    assert lines[-1] == str([tuple(pair) for pair in _run("greetings")])


UNGUARDED = """
import multiprocessing

multiprocessing.get_context("spawn").Process(target=print).start()
"""


def without_the_condition_spawn_is_refused():
    """A program that starts processes when it is imported is refused by Python under spawn."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "unguarded.py")
        path.write_text(UNGUARDED)
        done = subprocess.run([sys.executable, path], capture_output=True, text=True, check=False)
    assert "RuntimeError" in done.stderr
    assert "attempt has been made to start a new process before" in done.stderr


def all_reduce_leaves_the_sum_in_each():
    """`all_reduce` adds up, leaves the sum in each process, and changes its tensor in place."""
    assert _run("greetings") == [[1, 11], [10, 11]]  # `total` was changed, and not returned


def _calls(rank, size, counts):
    group = dist.new_group(timeout=datetime.timedelta(seconds=1))
    done, said = 0, ""
    for _ in range(counts[rank]):
        try:
            dist.all_reduce(torch.ones(1), group=group)
            done += 1
        except RuntimeError as error:
            said = str(error)
            break
    dist.barrier()
    return done, said


def a_collective_waits_for_all():
    """An all_reduce that one process leaves out makes the others wait, until they give up."""
    (done, said), (finished, nothing) = _launched(_calls, 2, (1, 0))
    assert (done, finished, nothing) == (0, 0, "")
    assert "Timed out waiting" in said


def a_half_alone_is_far_off():
    """In this run the gradient of one half is off by almost the length of the whole."""
    assert all(0.8 < off < 1 for off in _run("own"))


def averaged_it_is_the_whole_gradient():
    """Averaged, the gradients are off by less than 1e-6; float32 has about seven digits."""
    # float32 rounds at 6e-8; a sum of 64 terms in a different order stays well below 1e-6.
    assert max(_run("averaged")) < 1e-6
    for count in (2, 4):
        _, means, whole = _parts_and_whole(count, "mean")
        assert all(processes.difference(mean, whole) < 1e-6 for mean in means)
    assert 1e-7 < torch.finfo(torch.float32).eps < 2e-7


def both_have_the_same_bits():
    """After averaging there is no difference between the two processes."""
    assert _run("identical")


def averaged_sums_are_half_as_long():
    """With summed losses averaging gives half of the gradient: the whole is the parts' sum."""
    assert abs(_run("factor") - 0.5) < 1e-5
    parts, means, whole = _parts_and_whole(2, "sum")
    assert processes.difference(sum(parts), whole) < 1e-6
    assert processes.difference(2 * means[0], whole) < 1e-6


def with_four_processes_it_is_a_quarter():
    """With summed losses and four processes it is a quarter of the gradient."""
    _, means, whole = _parts_and_whole(4, "sum")
    assert processes.difference(4 * means[0], whole) < 1e-6


def wrapping_hands_out_the_weights_of_rank_0():
    """Weights that differ are those of rank 0 in all processes once the model is wrapped."""
    for size in (2, 3):
        results = _launched(processes.with_ddp, size)
        assert not torch.equal(results[0][0], results[1][0])
        assert all(torch.equal(after, results[0][0]) for _, after, _ in results)


def ddp_leaves_the_whole_gradient():
    """After backward() of the wrapped model each gradient is that of the whole batch."""
    assert max(_run("ddp")) < 1e-6


def _buckets(rank, size):
    model = torch.nn.Sequential(*(torch.nn.Linear(100, 100) for _ in range(3)))
    wrapped = DistributedDataParallel(model, bucket_cap_mb=0.01)
    events = []

    def hook(state, bucket):
        events.append("bucket")
        future = torch.futures.Future()
        future.set_result(bucket.buffer())
        return future

    wrapped.register_comm_hook(None, hook)
    model[0].weight.register_hook(lambda grad: events.append("first layer"))
    for _ in range(2):
        events.clear()
        wrapped(torch.ones(2, 100)).sum().backward()
    return events


def the_hook_sees_buckets():
    """Buckets are sent before the gradient of the first layer is there."""
    (events,) = _launched(_buckets, 1)
    assert events.index("bucket") < events.index("first layer")
    assert events.count("bucket") > 1


def _sizes_of_buckets(rank, size):
    model = torch.nn.Sequential(*(torch.nn.Linear(1700, 1700) for _ in range(6)))
    wrapped = DistributedDataParallel(model)
    steps = []

    def hook(state, bucket):
        steps[-1].append(bucket.buffer().nbytes / 2**20)
        future = torch.futures.Future()
        future.set_result(bucket.buffer())
        return future

    wrapped.register_comm_hook(None, hook)
    for _ in range(2):
        steps.append([])
        wrapped(torch.ones(1, 1700)).sum().backward()
    return steps


def a_bucket_is_full_at_25_mib():
    """From the second step on the first bucket ends at 1 MiB, and the others at 25 MiB."""
    ((first_step, second_step),) = _launched(_sizes_of_buckets, 1)
    assert len(first_step) == 1, "all in one: the order is not known yet"
    each = 4 * 1701 * 1700 / 2**20  # about 11 MiB for each layer, nearly all in its weight
    first, second, last = (round(found / each) for found in second_step)
    assert first == 1, "one layer has 1 MiB"
    assert second == 3, "two layers do not reach 25 MiB, three do"
    assert last == 2, "what is left"


def _unsynchronised(rank, size):
    x, y = processes.make_data()
    model = processes.make_model()
    wrapped = DistributedDataParallel(model)
    x, y = x.chunk(size)[rank], y.chunk(size)[rank]
    loss_fn = torch.nn.CrossEntropyLoss()
    with wrapped.no_sync():
        loss_fn(wrapped(x[:16]), y[:16]).backward()
    inside = processes.gradient(model)
    loss_fn(wrapped(x[16:]), y[16:]).backward()
    return inside, processes.gradient(model)


def no_sync_leaves_own_gradients():
    """In no_sync each keeps its own gradient; the next backward() averages what has added up."""
    (a, added), (b, other) = _launched(_unsynchronised, 2)
    assert processes.difference(a, b) > 0.1
    assert torch.equal(added, other)
    assert processes.difference(added / 2, processes.whole_batch("mean")) < 1e-6


def alone_they_come_apart():
    """Trained on their own halves without averaging, the two networks end far from each other."""
    alone = record("charts.processes_pictures").values["distances"]["alone"]
    assert alone[0] == 0
    assert alone == sorted(alone)
    assert alone[-1] > 1


def averaged_they_stay_together():
    """With averaged gradients the distance is 0 at each of the 50 steps."""
    averaged = record("charts.processes_pictures").values["distances"]["averaged"]
    assert averaged == [0] * 51


def _in_turns(epoch):
    """Return the order of an epoch: a sample of rank 0, one of rank 1, and so on."""
    first, second = _run("dealt")[epoch]
    return [sample for pair in zip(first, second, strict=True) for sample in pair]


def the_sampler_deals_a_permutation_in_turns():
    """Each process takes every second sample of one order, which all of them draw."""
    one = DistributedSampler(range(10), 1, 0)
    for epoch in range(2):
        one.set_epoch(epoch)
        assert list(one) == _in_turns(epoch)
        assert sorted(one) == list(range(10))


def the_order_depends_on_seed_and_epoch():
    """The order is drawn from the sum of seed and epoch."""
    for epoch in range(2):
        generator = torch.Generator().manual_seed(0 + epoch)
        assert torch.randperm(10, generator=generator).tolist() == _in_turns(epoch)


def nine_samples_make_ten():
    """Of nine samples each of two gets five: the first of the order comes in both."""
    first, second = _run("padded")[0], _run("padded")[1]
    assert len(first) == len(second) == 5
    assert set(first) & set(second) == {8}
    assert first[0] == second[-1] == 8


def drop_last_leaves_one_out():
    """With drop_last=True each gets four of nine samples."""
    parts = [list(DistributedSampler(range(9), 2, rank, drop_last=True)) for rank in range(2)]
    assert [len(part) for part in parts] == [4, 4]
    assert len({*parts[0], *parts[1]}) == 8


def batches_of_64_from_320_samples():
    """In five epochs 320 samples are 25 steps of 64, or of 32 in each of two processes."""
    for losses in ("one_losses", "losses", "other_losses"):
        assert len(_run(losses)) == processes.epochs * 320 // 64 == 25


def two_processes_read_the_batches_of_one():
    """The two parts of each batch are together the batch of the one process."""
    samplers = [
        DistributedSampler(range(320), size, rank) for size, rank in ((1, 0), (2, 0), (2, 1))
    ]
    for epoch in range(processes.epochs):
        for sampler in samplers:
            sampler.set_epoch(epoch)
        one, a, b = map(list, samplers)
        for batch in range(5):
            parts = a[batch * 32 : batch * 32 + 32] + b[batch * 32 : batch * 32 + 32]
            assert sorted(parts) == sorted(one[batch * 64 : batch * 64 + 64])


def the_loss_of_a_process_is_that_of_its_part():
    """The mean of the two processes' losses is the loss of the batch, at each step."""
    means, one = _run("means"), _run("one_losses")
    assert len(means) == len(one) == 25
    assert all(abs(a - b) < 1e-5 for a, b in zip(means, one, strict=True))
    assert _run("losses") != _run("other_losses")


def training_ends_at_the_same_weights():
    """After 25 steps the weights of one process and of two agree within 1e-5."""
    assert _run("apart") < 1e-5  # rounding of 6e-8, through 25 steps of a small network
    assert _run("moved") > 0.1


def _steps(rank, size):
    data = torch.utils.data.TensorDataset(*processes.make_data(320))
    sampler = DistributedSampler(data, size, rank)
    return len(torch.utils.data.DataLoader(data, batch_size=64, sampler=sampler))


def batch_size_is_per_process():
    """With batch_size=64 in each of two processes there are half as many steps."""
    assert _launched(_steps, 1) == [5]
    assert _launched(_steps, 2) == [3, 3]  # 160 samples: two batches of 64 and one of 32


TORCHRUN = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]


@pytest.mark.thorough
def torchrun_prints_two_processes():
    """Under torchrun the program prints one line, in rank 0."""
    path = ROOT / "snippets/mistakes/processes_torchrun.py"
    done = subprocess.run([*TORCHRUN, path], capture_output=True, text=True, check=True)
    assert done.stdout == "2 processes, 11 in all\n"


@pytest.mark.thorough
def torchrun_sets_these_variables():
    """The variables that the page names are set, LOCAL_RANK too."""
    names = ("RANK", "LOCAL_RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "show.py")
        path.write_text(
            f"import os\nif os.environ['RANK'] == '1':\n"
            f"    print([name in os.environ for name in {names}], os.environ['LOCAL_RANK'])\n"
        )
        done = subprocess.run([*TORCHRUN, path], capture_output=True, text=True, check=True)
    assert done.stdout == f"{[True] * 5} 1\n"


def training_with_adam_keeps_16_bytes_per_parameter():
    """Parameters, gradients and Adam's two numbers are 16 bytes for each parameter."""
    numbers = sum(param.numel() for param in processes.make_model().parameters())
    assert _run("total")[0] == 16 * numbers


def sharded_each_keeps_half():
    """Sharded, each of two keeps half of each of the three; of four a quarter."""
    whole, sharded = _run("whole_bytes"), _run("shard_bytes")
    assert sharded == {name: held / 2 for name, held in whole.items()}
    kept = [held["Adam"] for held, _, _ in _launched(processes.memory, 2, True)]
    assert kept == [sharded["Adam"]] * 2


def sharded_gradients_are_the_whole_ones():
    """The gathered gradients of the sharded network are those of the whole batch."""
    _, gradient, _ = _launched(processes.memory, 2, True)[0]
    assert processes.difference(gradient, processes.whole_batch("mean")) < 1e-6


def a_layer_is_whole_while_it_computes():
    """The first weight is whole inside the forward pass, and half before and after it."""
    assert _run("seen") == [[50, 64], [100, 64], [50, 64]]


def _whole_layers(rank, size):
    model = processes.make_model()
    layers, seen = (model[0], model[2]), []

    def look(*_):
        seen.append([len(processes.local(layer.weight)) for layer in layers])

    for layer in layers:
        layer.register_forward_hook(look)
    processes.shard(model, size)
    with CommDebugMode() as forward:
        loss = model(torch.ones(2, 64)).sum()
    with CommDebugMode() as backward:
        loss.backward()
    counts = [mode.get_comm_counts() for mode in (forward, backward)]
    gathered = [sum(n for call, n in count.items() if "allgather" in str(call)) for count in counts]
    return seen, gathered


def _weight_and_its_part(rank, size):
    weight = processes.shard(processes.make_model(), size)[0].weight
    return [tuple(found.shape) for found in (weight, weight.to_local(), weight.full_tensor())]


def a_sharded_weight_has_a_part_here():
    """A sharded weight has its whole shape; each process holds a part, and all gather the whole."""
    for found in _launched(_weight_and_its_part, 2):
        assert found == [(100, 64), (50, 64), (100, 64)]


def only_one_layer_is_whole_at_a_time():
    """While a layer computes in the forward pass, the other one is a part."""
    seen, _ = _launched(_whole_layers, 2)[0]
    assert seen == [[100, 5], [50, 10]]


def weights_are_gathered_twice():
    """The weights of both layers are gathered in the forward pass and in the backward pass."""
    _, gathered = _launched(_whole_layers, 2)[0]
    assert gathered == [2, 2]


def rank_0_waits_for_a_third_batch():
    """Rank 0 averages twice, then gives up after two seconds; the message names no rank."""
    first, second = _shown("waits")
    assert [line.endswith("averaged") for line in first] == [True, True, False]
    assert [line.endswith("averaged") for line in second] == [True, True]
    assert "2000ms" in first[2]
    assert "rank" not in first[2].removeprefix("rank 0")


def the_usual_timeout_is_half_an_hour():
    """Without a timeout gloo waits for half an hour."""
    assert default_pg_timeout == datetime.timedelta(minutes=30)


def _leaves(rank, size):
    if rank == 1:
        os._exit(0)
    try:
        dist.all_reduce(torch.ones(1))
    except RuntimeError as error:
        return str(error)
    return ""


def who_leaves_closes_the_connection():
    """If rank 1 has ended, rank 0 is told that the connection was closed or reset."""
    folder = tempfile.mkdtemp()
    context = torch.multiprocessing.get_context(processes.START)
    started = [
        context.Process(target=processes.join, args=(rank, 2, folder, _leaves, ()))
        for rank in range(2)
    ]
    for process in started:
        process.start()
    for process in started:
        process.join()
    said = torch.load(f"{folder}/0.pt")
    assert "Connection closed by peer" in said or "Connection reset by peer" in said


def the_mean_of_unequal_means_is_off():
    """Six samples and two: the mean of the two means is far from the mean of all."""
    assert _shown("unequal")[0] > 0.1


def _uneven(rank, size):
    torch.manual_seed(0)
    model = DistributedDataParallel(torch.nn.Linear(4, 1))
    x = torch.randn(8, 4)
    parts = [x[:6], x[6:]]
    model(parts[rank]).square().mean().backward()
    averaged = model.module.weight.grad
    weight = model.module.weight.detach().requires_grad_()
    bias = model.module.bias.detach()
    means = [torch.nn.functional.linear(part, weight, bias).square().mean() for part in parts]
    return averaged, torch.autograd.grad(sum(means) / 2, weight)[0]


def ddp_takes_the_mean_of_unequal_means():
    """With six samples and two, DistributedDataParallel gives the mean of the two means."""
    for averaged, mean in _launched(_uneven, 2):
        assert processes.difference(averaged, mean) < 1e-6


def weighted_it_is_right():
    """Weighted by the numbers of samples it is the gradient of all, up to rounding."""
    assert _shown("unequal")[1] < 1e-12


def _one_step(rank, size):
    torch.manual_seed(0)
    model = DistributedDataParallel(processes_unused.TwoHeads())
    model(torch.ones(3, 4)).sum().backward()
    return [name for name, param in model.module.named_parameters() if param.grad is None]


def the_first_step_passes():
    """With a parameter that gets no gradient the first step passes, the second does not."""
    assert _launched(_one_step, 1) == [["spare.weight", "spare.bias"]]
    assert _shown("unused")[0].startswith("Expected to have finished reduction")
    assert _shown("unused")[1] == "both steps were taken"


def parameters_2_and_3_are_the_spare_layer():
    """The message says 2 and 3: these are the weight and the bias of `spare`."""
    assert "for rank 0: 2 3" in _shown("unused")[0]
    names = [name for name, _ in processes_unused.TwoHeads().named_parameters()]
    assert names[2:] == ["spare.weight", "spare.bias"]


def without_set_epoch_the_order_repeats():
    """Without set_epoch two epochs have one order; with it they differ."""
    (first, second), (third, fourth) = _shown("set_epoch")
    assert first == second
    assert third != fourth
    assert sorted(third) != sorted(fourth)


def _names(rank, size):
    model = processes.make_model()
    wrapped = DistributedDataParallel(model)
    return [
        wrapped.module is model,
        next(iter(wrapped.state_dict())),
        all(a is b for a, b in zip(model.parameters(), wrapped.parameters(), strict=True)),
    ]


def the_wrapper_adds_module_to_names():
    """The model is inside under the name `module`, which is part of the names."""
    assert _launched(_names, 1) == [[True, "module.0.weight", True]]


def exercise_1_is_the_whole_gradient():
    """The answer is off by less than 1e-6 for six samples and two."""
    assert _printed("answers.processes")[0] == "off by less than 1e-6: True"


def exercise_2_is_what_the_sampler_deals():
    """The answer agrees with DistributedSampler for many counts and sizes."""
    for count in range(1, 13):
        for size in range(1, 6):
            for drop_last in (False, True):
                for rank in range(size):
                    sampler = DistributedSampler(
                        range(count), size, rank, shuffle=False, drop_last=drop_last
                    )
                    assert answers.my_share(count, size, rank, drop_last) == list(sampler)


def exercise_3_counts_the_bytes_of_the_lesson():
    """The answer gives the bytes that the lesson has counted, whole and sharded."""
    numbers = sum(param.numel() for param in processes.make_model().parameters())
    assert answers.bytes_per_process(numbers, 2, set()) == _run("total")[0]
    everything = {"parameters", "gradients", "Adam"}
    assert answers.bytes_per_process(numbers, 2, everything) == _run("total")[1]


def exercise_4_is_what_happens():
    """Processes that call all_reduce three times and twice do what the answer says."""
    finished, waiting = answers.waiting([3, 2])
    results = _launched(_calls, 2, (3, 2))
    assert [done for done, _ in results] == [finished, finished]
    assert [rank for rank, (_, said) in enumerate(results) if said] == waiting
