"""The checks of 14_language_model.py. You need not read them. · 以下是检查，不必读。

Each takes your answer, the function or class of its name. · 每个检查的参数是你写的同名函数或类。
"""

import itertools

import torch


def check_window(window):
    i = torch.tensor([5, 3, 8, 1, 9, 2, 7, 4])
    for start, T in ((0, 3), (2, 4), (0, 7), (6, 1)):
        said = window(i.clone(), start, T)
        assert isinstance(said, list | tuple) and len(said) == 2, (  # noqa: PT018
            "return two tensors: what the network reads, and what it is to predict\n"
            "要返回两个张量：网络读的，和要预测的"
        )
        x, y = said
        for part in said:
            assert isinstance(part, torch.Tensor), "return tensors\n要返回张量"
        assert x.shape == y.shape == (T,), (
            f"T = {T}: the shapes are {tuple(x.shape)} and {tuple(y.shape)}, not both ({T},)\n"
            f"T = {T}：形状是 {tuple(x.shape)} 和 {tuple(y.shape)}，都应为 ({T},)"
        )
        assert x.tolist() == i[start : start + T].tolist(), (
            f"start = {start}, T = {T}: it reads {x.tolist()}; of {i.tolist()} it should read "
            f"{i[start : start + T].tolist()}\n"
            f"start = {start}，T = {T}：读的是 {x.tolist()}；在 {i.tolist()} 里，应当读 "
            f"{i[start : start + T].tolist()}"
        )
        assert y.tolist() != x.tolist(), (
            "the targets are the characters that it reads: it would only have to copy\n"
            "目标就是它读的字符：照抄就行了"
        )
        right = i[start + 1 : start + T + 1].tolist()
        assert y.tolist() == right, (
            f"after {x.tolist()} the targets are {y.tolist()}, they should be {right}: after each "
            "character the next one\n"
            f"读 {x.tolist()} 时，目标是 {y.tolist()}，应为 {right}：每个字符后面的那一个"
        )


def check_count_parameters(count_parameters):
    for V, D, T, layers, what in (
        (10, 4, 8, 0, ("no block: two tables and one norm", "没有块：两张表和一个归一化")),
        (10, 4, 8, 1, ("one block", "一个块")),
        (10, 4, 8, 3, ("three blocks", "三个块")),
        (1000, 32, 16, 2, ("other sizes", "换一组大小")),
    ):
        said = count_parameters(V, D, T, layers)
        attention = 3 * D * D + D * D
        network = 4 * D * D + 4 * D + 4 * D * D + D
        block = attention + network + 4 * D
        right = V * D + T * D + layers * block + 2 * D
        assert isinstance(said, int), (
            f"return an int, not a {type(said).__name__}\n要返回 int，不是 {type(said).__name__}"
        )
        twice = right + V * D
        assert said not in (twice, twice + V), (
            "the weights of the characters are used twice, but they are there once\n"
            "字符的权重用了两次，但只有一份"
        )
        assert said == right, (
            f"V = {V}, D = {D}, T = {T}, layers = {layers} ({what[0]}): {said} is too "
            f"{'few' if said < right else 'many'}\n"
            f"V = {V}，D = {D}，T = {T}，layers = {layers}（{what[1]}）：{said} 太"
            f"{'少' if said < right else '多'}了"
        )


def check_probabilities(probabilities):
    torch.manual_seed(0)
    for scores, temperature in (
        (torch.tensor([2.0, 1.0, 0.0]), 1),
        (torch.tensor([2.0, 1.0, 0.0]), 0.5),
        (torch.randn(7), 2.0),
        (torch.tensor([1.0, 3.0, 3.0]), 0),
        (torch.tensor([-5.0, -2.0, -9.0]), 0),
        (torch.tensor([900.0, 899.0, 0.0]), 1),
    ):
        said = probabilities(scores.clone(), temperature)
        assert isinstance(said, torch.Tensor), "return a tensor\n要返回张量"
        assert said.shape == scores.shape, (
            f"the shape is {tuple(said.shape)}, it should be ({len(scores)},)\n"
            f"形状是 {tuple(said.shape)}，应为 ({len(scores)},)"
        )
        if temperature == 0:
            right = torch.zeros(len(scores))
            right[scores.argmax()] = 1
        else:
            right = (scores / temperature).softmax(dim=0)
        shown = [round(p, 4) for p in right.tolist()]
        assert torch.isfinite(said).all(), (
            f"temperature {temperature}, scores {scores.tolist()}: there is NaN or infinity\n"
            f"温度 {temperature}，得分 {scores.tolist()}：出现了 NaN 或无穷大"
        )
        assert torch.allclose(said.float(), right, atol=1e-5), (
            f"temperature {temperature}, scores {scores.tolist()}: it should be {shown}, not "
            f"{[round(p, 4) for p in said.tolist()]}\n"
            f"温度 {temperature}，得分 {scores.tolist()}：应为 {shown}，而不是 "
            f"{[round(p, 4) for p in said.tolist()]}"
        )


def check_pair_table(pair_table):
    for numbers, V, alpha in (
        ([0, 1, 0, 1, 1], 2, 1.0),
        ([0, 1, 0, 1, 1], 2, 0.1),
        ([2, 0, 2, 0, 1], 4, 0.5),
    ):
        said = pair_table(torch.tensor(numbers), V, alpha)
        counts = [[alpha] * V for _ in range(V)]
        for a, b in itertools.pairwise(numbers):
            counts[a][b] += 1
        columns = list(zip(*counts, strict=True))
        right = torch.tensor([[count / sum(row) for count in row] for row in counts])
        case = f"the text {numbers}, V = {V}, alpha = {alpha}"
        fall = f"文本 {numbers}，字符数 {V}，alpha 取 {alpha}"
        assert isinstance(said, torch.Tensor), "return a tensor\n要返回张量"
        assert said.shape == (V, V), (
            f"the shape is {tuple(said.shape)}, it should be ({V}, {V})\n"
            f"形状是 {tuple(said.shape)}，应为 ({V}, {V})"
        )
        said = said.float()
        sums = [round(total, 3) for total in said.sum(dim=1).tolist()]
        swapped = torch.tensor([[count / sum(column) for count in column] for column in columns])
        assert not torch.allclose(said, swapped, atol=1e-4), (
            "rows and columns are exchanged: the row is the first character of a pair\n"
            "行列颠倒了：行是一对里的前一个字符"
        )
        assert all(abs(total - 1) < 1e-3 for total in sums), (
            f"{case}: the rows sum to {sums}, each should sum to 1\n"
            f"{fall}：各行之和是 {sums}，每行都应为 1"
        )
        shown = [[round(p, 3) for p in row] for row in right.tolist()]
        found = [[round(p, 3) for p in row] for row in said.tolist()]
        assert torch.allclose(said, right, atol=1e-4), (
            f"{case}: it should be {shown}, not {found}: does every pair count, also one that "
            f"comes again, and does every count get alpha?\n"
            f"{fall}：应为 {shown}，而不是 {found}：每一对都数了吗，重复的也数了吗？"
            f"每个计数都加了 alpha 吗？"
        )
