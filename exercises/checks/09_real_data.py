"""The checks of 09_real_data.py. You need not read them. · 以下是检查，不必读。

Each takes your answer, the function or class of its name. · 每个检查的参数是你写的同名函数或类。
"""

import math

import torch
from torch.utils.data import DataLoader, TensorDataset


class Watched(torch.nn.Module):
    """A network with dropout, which notes how it is called."""

    def __init__(self):
        super().__init__()
        self.linear, self.dropout = torch.nn.Linear(5, 3), torch.nn.Dropout(0.5)
        self.sizes, self.recorded, self.dropped = [], False, False

    def forward(self, x):
        """Map (N, 5) to (N, 3)."""
        self.sizes.append(len(x))
        self.recorded |= torch.is_grad_enabled()
        self.dropped |= self.dropout.training
        return self.dropout(self.linear(x))


def check_count_batches(count_batches):
    for N, batch_size in ((10, 4), (8, 4), (3, 4), (1, 1), (1079, 32)):
        answer = count_batches(N, batch_size)
        assert isinstance(answer, list | tuple) and len(answer) == 3, (  # noqa: PT018
            "return three numbers in a list\n要返回三个数，放在一个列表里"
        )
        samples = TensorDataset(torch.zeros(N))
        sizes = [len(batch[0]) for batch in DataLoader(samples, batch_size)]
        for said, right, english, chinese in (
            (answer[0], len(sizes), "batches", "批数"),
            (answer[1], sizes[-1], "samples in the last batch", "最后一批的样本数"),
            (
                answer[2],
                len(DataLoader(samples, batch_size, drop_last=True)),
                "batches with drop_last=True, which keeps full ones only",
                "写了 drop_last=True 时的批数，那时只留满的批",
            ),
        ):
            assert said == right, (
                f"N = {N}, batch_size = {batch_size}: {said} is wrong for the {english}\n"
                f"N = {N}，batch_size = {batch_size}：{said} 不对，这里要的是{chinese}"
            )


def check_mean_loss(mean_loss):
    torch.manual_seed(0)
    for N, batch_size in ((10, 4), (8, 4), (3, 4), (7, 1)):
        model, x, y = Watched(), 3 * torch.randn(N, 5), torch.randint(0, 3, (N,))
        expected = torch.nn.functional.cross_entropy(model.linear(x), y).item()
        model.train()
        said = mean_loss(model, x, y, batch_size)
        assert isinstance(said, float), (
            f"return a Python float, not a {type(said).__name__}\n"
            f"要返回 Python 的 float，不是 {type(said).__name__}"
        )
        assert max(model.sizes, default=0) <= batch_size, (
            f"the model saw {max(model.sizes)} samples at a time, more than {batch_size}\n"
            f"模型一次看了 {max(model.sizes)} 个样本，超过了 {batch_size} 个"
        )
        assert sum(model.sizes) == N, (
            f"of {N} samples the model saw {sum(model.sizes)}\n"
            f"一共 {N} 个样本，模型看了 {sum(model.sizes)} 个"
        )
        assert not model.dropped, "dropout is on while you measure\n测量的时候，dropout 还开着"
        assert not model.recorded, "a graph is recorded: no_grad\n记录了计算图：用 no_grad"
        assert math.isclose(said, expected, rel_tol=1e-4), (
            f"N = {N}, batch_size = {batch_size}: {said:.4f}, it should be {expected:.4f}: does "
            f"each sample count equally, and is it the mean?\n"
            f"N = {N}，batch_size = {batch_size}：{said:.4f}，应为 {expected:.4f}："
            f"每个样本的分量相同吗？是平均吗？"
        )


def check_early_stop(early_stop):
    for losses, patience, right, english, chinese in (
        ([3, 2, 1], 2, [3, 3], "it falls to the end", "一直降到末尾"),
        ([3, 2, 4, 5, 1], 2, [4, 2], "2 epochs without a new lowest", "连续 2 轮没有新低"),
        ([3, 4, 2, 5, 6], 2, [5, 3], "a new lowest starts the count again", "有了新低就重新数"),
        (
            [5, 1, 4, 3, 2, 0],
            3,
            [5, 2],
            "lower than the epoch before is not lower than the lowest",
            "比上一轮低，不等于比最低的低",
        ),
        ([2, 2, 2, 2], 2, [3, 1], "equal is not lower", "相等不算更低"),
        ([1, 2, 3], 9, [3, 1], "the list ends first", "列表先到头了"),
        ([1, 2, 0], 1, [2, 1], "1 epoch is enough", "1 轮就够了"),
    ):
        said = early_stop(list(losses), patience)
        assert isinstance(said, list | tuple) and len(said) == 2, (  # noqa: PT018
            "return two numbers in a list\n要返回两个数，放在一个列表里"
        )
        assert list(said) == right, (
            f"{losses}, patience {patience}: it should return {right}, not {list(said)}: "
            f"{english}\n"
            f"{losses}，patience 为 {patience}：应返回 {right}，而不是 {list(said)}：{chinese}"
        )


def check_recall(recall):
    torch.manual_seed(0)
    for counts in (
        torch.tensor([[8, 2], [1, 9]]),
        torch.randint(1, 30, (10, 10)),
        torch.tensor([[0, 3, 0], [0, 4, 0], [1, 0, 1]]),
    ):
        said = recall(counts.clone())
        assert isinstance(said, torch.Tensor), "return a tensor\n要返回张量"
        assert said.shape == counts.shape[:1], (
            f"the shape is {tuple(said.shape)}, it should be ({len(counts)},)\n"
            f"形状是 {tuple(said.shape)}，应为 ({len(counts)},)"
        )
        rows = counts.tolist()
        right = torch.tensor([row[i] / sum(row) for i, row in enumerate(rows)])
        columns = counts.diagonal() / counts.sum(dim=0)
        assert not torch.allclose(said.float(), columns.nan_to_num(), atol=1e-4), (
            "this is the share of right ones among the answers: a row holds the pictures of a "
            "digit, a column those with an answer\n"
            "这是每种回答里对的比例：一行是一个数字的图，一列是得到某种回答的图"
        )
        assert torch.allclose(said.float(), right, atol=1e-4), (
            f"for the rows {rows[:3]} ... it should be {right[:3].tolist()} ...: divide what is "
            "right by all pictures of the digit\n"
            f"各行为 {rows[:3]} …… 时，应为 {right[:3].tolist()} ……：认对的，除以这个数字的全部图"
        )
