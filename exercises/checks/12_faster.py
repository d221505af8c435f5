"""The checks of 12_faster.py. You need not read them. · 以下是检查，不必读。

Each takes your answer, the function or class of its name. · 每个检查的参数是你写的同名函数或类。
"""

import math
import os
import tempfile
from pathlib import Path

import torch


class Machine:
    """A made-up machine with a clock; what runs on it takes as long as we say."""

    def __init__(self, first=0, disturbed=(), slower_after=None):
        self.now, self.calls = 0.0, {}
        self.first, self.disturbed, self.slower_after = first, disturbed, slower_after

    def program(self, name, seconds):
        """Return a function that takes these seconds, unless the machine wants otherwise."""

        def run():
            self.calls[name] = number = self.calls.get(name, 0) + 1
            taken = seconds
            if number == 1:
                taken += self.first
            if (name, number) in self.disturbed:
                taken += 50 * seconds
            if self.slower_after is not None and sum(self.calls.values()) > self.slower_after:
                taken *= 3
            self.now += taken

        return run


def check_compare(compare):
    for machine, repeats, english, chinese in (
        (Machine(), 3, "nothing is in the way", "没有任何干扰"),
        (Machine(first=1000), 3, "the first call of each does not count", "两者的第一次调用都不算"),
        (
            Machine(disturbed=[("slow", 4)]),
            5,
            "one call was disturbed: the median does not mind",
            "有一次调用受了干扰：中位数不受影响",
        ),
        (
            Machine(slower_after=6),
            5,
            "the machine becomes slower meanwhile: measure both in turns",
            "机器中途变慢了：两者要轮流测",
        ),
    ):
        slow, fast = machine.program("slow", 6.0), machine.program("fast", 1.5)
        said = compare(slow, fast, lambda of=machine: of.now, repeats)
        assert isinstance(said, float | int), (
            f"return a number, not a {type(said).__name__}\n"
            f"要返回一个数，不是 {type(said).__name__}"
        )
        assert not math.isclose(said, 0.25), (
            "this is how long fast() takes compared with slow(), and not the reverse\n"
            "这是 fast() 的时间比上 slow() 的时间，反了"
        )
        assert math.isclose(said, 4), (
            f"it should be 4, not {said:.4g}: {english}\n应为 4，而不是 {said:.4g}：{chinese}"
        )
        fewest = min(machine.calls.get(name, 0) for name in ("slow", "fast"))
        assert fewest >= repeats + 1, (
            f"each is measured {repeats} times, and called once before: {fewest} calls are too few"
            f"\n各测 {repeats} 次，之前还要调用一次：{fewest} 次太少了"
        )


def check_new_graphs(new_graphs):
    for depths, right, english, chinese in (
        ([2], [1], "the first call makes a graph", "第一次调用要添一张图"),
        (
            [2, 2, 2],
            [1, 0, 0],
            "the same depth needs no further graph",
            "同样的深度不用再添",
        ),
        ([3, 1, 3], [1, 1, 0], "a graph is kept", "图会留着"),
        ([0, 1, 0], [1, 1, 0], "no round at all is a depth, too", "一圈也不走，也是一种深度"),
        (
            [*range(10), 9, 0],
            [1] * 8 + [0] * 4,
            "eight graphs of one function are kept; what needs a ninth is not compiled",
            "一个函数只保留八张图，需要第九张的就不编译了",
        ),
    ):
        said = new_graphs(list(depths))
        assert isinstance(said, list | tuple) and len(said) == len(depths), (  # noqa: PT018
            "return one number for each call, in a list\n每次调用返回一个数，放在一个列表里"
        )
        assert list(said) == right, (
            f"depths {depths}: it should be {right}, not {list(said)}: {english}\n"
            f"深度为 {depths}：应为 {right}，而不是 {list(said)}：{chinese}"
        )


def check_limit(limit):
    for numbers in ([3.0, 4.0], [0.3, -0.4], [1.0, 0.0], [0.0, 0.0], [-20.0, 0.0, 1.0]):
        x = torch.tensor(numbers)
        said, length = limit(x.clone()), x.norm()
        right = x / length if length > 1 else x
        assert isinstance(said, torch.Tensor), "return a tensor\n要返回张量"
        assert said.shape == x.shape, (
            f"the shape is {tuple(said.shape)}, it should be {tuple(x.shape)}\n"
            f"形状是 {tuple(said.shape)}，应为 {tuple(x.shape)}"
        )
        assert torch.allclose(said, right, atol=1e-6), (
            f"for {numbers} it should be {right.tolist()}, not {said.tolist()}\n"
            f"{numbers} 应变成 {right.tolist()}，而不是 {said.tolist()}"
        )
    graphs = []

    def keep(graph, example_inputs):
        graphs.append(graph)
        return graph.forward

    torch.compiler.reset()
    x = torch.tensor([3.0, 4.0], requires_grad=True)
    try:
        said = torch.compile(limit, backend=keep, fullgraph=True)(x)
    except RuntimeError as error:
        reason = str(error).splitlines()[0]
        raise AssertionError(
            f"torch.compile cannot make one graph of it: {reason}\n"
            f"torch.compile 没法把它写成一张图：{reason}"
        ) from None
    assert len(graphs) == 1, (
        f"torch.compile made {len(graphs)} graphs, not 1: compute with tensors\n"
        f"torch.compile 写出了 {len(graphs)} 张图，而不是 1 张：要用张量来算"
    )
    assert said.requires_grad, (
        "the result has no graph for the gradient: has a number left its tensor?\n"
        "结果没有求梯度用的图：是不是把数从张量里取出来了？"
    )
    said[0].backward()  # d(x0 / n) / dx = (1 / n - x0² / n³, -x0 x1 / n³)
    right = torch.tensor([0.128, -0.096])
    assert torch.allclose(x.grad, right, atol=1e-5), (
        f"its gradient is {x.grad}, it should be {right}: has a number left its tensor?\n"
        f"它的梯度是 {x.grad}，应为 {right}：是不是把数从张量里取出来了？"
    )


class Call:
    """What a stranger puts into a file: a call of os.mkdir."""

    def __init__(self, folder):
        self.folder = str(folder)

    def __reduce__(self):
        """Say how to build it again."""
        return os.mkdir, (self.folder,)


def check_load_weights(load_weights):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        model = torch.nn.Linear(3, 2)
        for file, saved, english, chinese in (
            ("plain.pt", model, "a plain model", "原来的模型"),
            (
                "compiled.pt",
                torch.compile(model, backend="eager"),
                "a compiled model",
                "编译过的模型",
            ),
        ):
            torch.save(saved.state_dict(), folder / file)
            said = load_weights(folder / file)
            assert isinstance(said, dict), (
                f"return a dictionary, not a {type(said).__name__}\n"
                f"要返回字典，不是 {type(said).__name__}"
            )
            assert list(said) == ["weight", "bias"], (
                f"{english}: the names are {list(said)}, they should be ['weight', 'bias']\n"
                f"{chinese}：名字是 {list(said)}，应为 ['weight', 'bias']"
            )
            assert all(
                torch.equal(said[key], value) for key, value in model.state_dict().items()
            ), f"{english}: these are other numbers\n{chinese}：数不一样"
        torch.save({"weight": torch.ones(1), "note": Call(folder / "made")}, folder / "strange.pt")
        said = load_weights(folder / "strange.pt")
        assert not (folder / "made").exists(), (
            "a call in the file was run: load weights only\n文件里的一个调用运行了：只加载权重"
        )
        assert said is None, (
            f"what torch.load refuses gives None, not a {type(said).__name__}\n"
            f"torch.load 拒绝的，要返回 None，不是 {type(said).__name__}"
        )
        try:
            load_weights(folder / "missing.pt")
        except FileNotFoundError:
            return
        raise AssertionError(
            "a missing file is not one that was refused: let this error through\n"
            "文件不存在，不等于被拒绝：让这个错误照常抛出"
        )


def check_export_scores(export_scores):
    torch.manual_seed(0)
    for D_in, mode in ((5, True), (64, False)):
        model = torch.nn.Sequential(
            torch.nn.Linear(D_in, 40), torch.nn.Dropout(0.5), torch.nn.Linear(40, 3)
        )
        model.train(mode)
        program = export_scores(model, D_in)
        assert isinstance(program, torch.export.ExportedProgram), (
            f"return what torch.export.export returns, not a {type(program).__name__}\n"
            f"要返回 torch.export.export 的结果，不是 {type(program).__name__}"
        )
        assert model.training == mode, (
            f"afterwards model.training is {model.training}, before it was {mode}\n"
            f"之后 model.training 是 {model.training}，之前是 {mode}"
        )
        run = program.module()
        for N in (2, 1, 3, 50):
            x = torch.rand(N, D_in)
            try:
                said = run(x)
            except (AssertionError, RuntimeError) as error:
                reason = str(error).splitlines()[0]
                raise AssertionError(
                    f"N = {N}: the program does not take it: {reason}\n"
                    f"N = {N}：这个程序不接受：{reason}"
                ) from None
            assert torch.equal(said, run(x)), (
                "two calls give different scores: dropout is on\n两次调用的得分不同：dropout 还开着"
            )
            model.eval()
            right = model(x)
            model.train(mode)
            assert torch.allclose(said, right, atol=1e-5), (
                "these are not the scores of the model\n这不是模型的得分"
            )
