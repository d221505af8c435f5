"""The checks of 13_processes.py. You need not read them. · 以下是检查，不必读。

Each takes your answer, the function or class of its name. · 每个检查的参数是你写的同名函数或类。
"""

import torch
from torch.utils.data import DistributedSampler


def check_whole_gradient(whole_gradient):
    torch.manual_seed(0)
    for counts, english, chinese in (
        ([4, 4], "two equal parts", "两份一样多"),
        ([3, 1], "each mean counts as often as it has samples", "平均值要按样本数加权"),
        ([2, 5, 1], "three processes: how many samples are there?", "三个进程：一共有多少个样本？"),
        ([5, 0], "a process without samples does not count", "没有样本的进程不算数"),
    ):
        samples = [torch.randn(count, 2, 3) for count in counts]
        parts = [part.mean(dim=0) if len(part) else torch.zeros(2, 3) for part in samples]
        handed = [part.clone() for part in parts]
        said = whole_gradient(handed, list(counts))
        assert isinstance(said, torch.Tensor), (
            f"return a tensor, not a {type(said).__name__}\n要返回张量，不是 {type(said).__name__}"
        )
        assert said.shape == (2, 3), (
            f"the shape is {tuple(said.shape)}, it should be (2, 3)\n"
            f"形状是 {tuple(said.shape)}，应为 (2, 3)"
        )
        right = torch.cat(samples).mean(dim=0)
        # A sum of eight numbers in float32 is off by far less than 1e-5; a wrong weight by 0.01.
        assert torch.allclose(said.to(right.dtype), right, atol=1e-5), (
            f"counts {counts}: {english}\n样本数 {counts}：{chinese}"
        )
        assert all(torch.equal(a, b) for a, b in zip(handed, parts, strict=True)), (
            "the gradients that you were given have changed: compute new tensors\n"
            "交给你的梯度被改动了：要算出新的张量"
        )


def check_my_share(my_share):
    for count, size, drop_last, english, chinese in (
        (10, 2, False, "deal in turns", "轮流发"),
        (12, 3, True, "nothing is left over, so nothing is left out", "没有多出的，就不用去掉"),
        (9, 2, False, "the last round goes on from the beginning", "最后一轮从头接着发"),
        (9, 2, True, "the end is left out", "去掉末尾"),
        (11, 4, True, "only full rounds count", "只算完整的轮"),
        (
            2,
            5,
            False,
            "once more from the beginning is not enough here",
            "这里只从头再来一遍还不够",
        ),
        (2, 5, True, "there is no full round", "一轮也凑不满"),
    ):
        for rank in range(size):
            said = my_share(count, size, rank, drop_last)
            assert isinstance(said, list), (
                f"return a list, not a {type(said).__name__}\n"
                f"要返回列表，不是 {type(said).__name__}"
            )
            sampler = DistributedSampler(range(count), size, rank, False, drop_last=drop_last)
            right = list(sampler)
            assert said == right, (
                f"{count} samples, {size} processes, drop_last={drop_last}: rank {rank} gets "
                f"{right}, not {said}: {english}\n"
                f"{count} 个样本、{size} 个进程、drop_last={drop_last}：编号 {rank} 拿到 "
                f"{right}，而不是 {said}：{chinese}"
            )


def check_bytes_per_process(bytes_per_process):
    everything = {"parameters", "gradients", "Adam"}
    for numbers, size, sharded, right, english, chinese in (
        (1000, 1, set(), 16_000, "four numbers of four bytes each", "每个参数四个数，一个数四字节"),
        (
            1000,
            4,
            set(),
            16_000,
            "what is not sharded is whole in each",
            "没分开的，每个进程都是全份",
        ),
        (1000, 4, everything, 4000, "everything is divided", "全都分开存"),
        (1000, 4, {"Adam"}, 10_000, "Adam's state alone is divided", "只有 Adam 的状态分开存"),
        (
            1000,
            4,
            {"Adam", "gradients"},
            7000,
            "the parameters are still whole in each",
            "参数仍是每个进程一整份",
        ),
    ):
        said = bytes_per_process(numbers, size, set(sharded))
        assert isinstance(said, int | float), (
            f"return a number, not a {type(said).__name__}\n"
            f"要返回一个数，不是 {type(said).__name__}"
        )
        names = ", ".join(sorted(sharded))
        assert said == right, (
            f"{numbers} parameters, {size} processes, sharded: {names or 'nothing'}: "
            f"it should be {right}, not {said:g}: {english}\n"
            f"{numbers} 个参数、{size} 个进程，分开存的：{names or '无'}；应为 {right}，"
            f"而不是 {said:g}：{chinese}"
        )


def check_waiting(waiting):
    for calls, right, english, chinese in (
        ([3, 3], (3, []), "nobody waits", "谁也不用等"),
        ([3, 2], (2, [0]), "the one with a call too many waits", "多调用一次的那个在等"),
        ([2, 5, 4, 2], (2, [1, 2]), "both with calls too many wait", "多调用了的两个都在等"),
        (
            [1, 0, 1],
            (0, [0, 2]),
            "without rank 1, not even the first finishes",
            "编号 1 不来，第一次也完不成",
        ),
    ):
        said = waiting(list(calls))
        assert isinstance(said, list | tuple) and len(said) == 2, (  # noqa: PT018
            "return two things: a number and a list of ranks\n要返回两样：一个数和一个编号的列表"
        )
        number, ranks = said
        assert number == right[0], (
            f"calls {calls}: {right[0]} finish, not {number}: {english}\n"
            f"调用次数 {calls}：能完成 {right[0]} 次，而不是 {number} 次：{chinese}"
        )
        assert isinstance(ranks, list), (
            "the ranks that wait belong in a list\n在等的编号要放在列表里"
        )
        assert sorted(ranks) == right[1], (
            f"calls {calls}: the ranks {right[1]} wait, not {ranks}: {english}\n"
            f"调用次数 {calls}：在等的是 {right[1]}，而不是 {ranks}：{chinese}"
        )
