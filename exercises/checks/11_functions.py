"""The checks of 11_functions.py. You need not read them. · 以下是检查，不必读。

Each takes your answer, the function or class of its name. · 每个检查的参数是你写的同名函数或类。
"""

import torch


def check_shapes(shapes):
    for N, D, M in ((5, 3, 4), (7, 2, 1), (2, 6, 3)):
        answer = shapes(N, D, M)
        assert isinstance(answer, list | tuple) and len(answer) == 4, (  # noqa: PT018
            "return four tuples in a list\n要返回四个元组，放在一个列表里"
        )
        expected = {
            "one": ((M, D), "a row for each output of f", "f 的每个输出占一行"),
            "each": ((N, M, D), "vmap puts the samples in front", "vmap 把样本放在最前面"),
            "whole": (
                (N, M, N, D),
                "jacrev knows nothing of samples: each output along each input",
                "jacrev 不知道什么是样本：每个输出沿每个输入都有一个斜率",
            ),
            "slopes": (
                (N, D),
                "a gradient has the shape of what it belongs to",
                "梯度与它所属的张量形状相同",
            ),
        }
        for said, (name, (right, english, chinese)) in zip(answer, expected.items(), strict=True):
            assert tuple(said) == right, (
                f"N = {N}, D = {D}, M = {M}: {tuple(said)} is wrong for {name}; {english}\n"
                f"N = {N}，D = {D}，M = {M}：{name} 不是 {tuple(said)}；{chinese}"
            )


def gradient_of_one(model, x, y):
    """Return the gradient of one sample's loss; the model must not have gradients."""
    params = dict(model.named_parameters())
    loss = (model(x) - y).pow(2).sum()
    return dict(zip(params, torch.autograd.grad(loss, list(params.values())), strict=True))


def length_of(grads):
    """Return the length of all numbers of a gradient together (float)."""
    return torch.cat([part.detach().flatten() for part in grads.values()]).norm().item()


def agree(found, expected):
    """Say whether two gradients are the same up to rounding."""
    return all(torch.allclose(found[name], part, atol=1e-9) for name, part in expected.items())


def clipped_of(clipped_gradient, model, x, y, limit):
    """Call the answer; check what holds for any data."""
    before = {name: param.detach().clone() for name, param in model.named_parameters()}
    found = clipped_gradient(model, x, y, limit)
    assert isinstance(found, dict) and set(found) == set(before), (  # noqa: PT018
        f"return a dictionary with the names {', '.join(before)}\n"
        f"要返回一个字典，名字是 {'、'.join(before)}"
    )
    for name, param in model.named_parameters():
        assert found[name].shape == param.shape, (
            f"{name}: the shape is {tuple(found[name].shape)}, the parameter has "
            f"{tuple(param.shape)}: has the mean over the samples been taken?\n"
            f"{name}：形状是 {tuple(found[name].shape)}，参数的形状是 {tuple(param.shape)}："
            "对样本求过平均了吗？"
        )
        kept = param.grad is None and param.requires_grad and param.equal(before[name])
        assert kept, (
            f"{name} of the model is not as it was: leave its numbers, .grad and requires_grad "
            f"alone\n模型的 {name} 变了样：它的数、.grad 和 requires_grad 都要保持原样"
        )
    return {name: part.detach() for name, part in found.items()}


def check_clipped_gradient(clipped_gradient):
    torch.manual_seed(0)
    for layers in ((torch.nn.Linear(3, 2),), (torch.nn.Linear(3, 4), torch.nn.Tanh())):
        model = torch.nn.Sequential(*layers).to(torch.float64)
        x = torch.randn(6, 3, dtype=torch.float64)
        y = model(x).detach() + 10.0 ** torch.arange(-3, 3, dtype=torch.float64)[:, None]
        each = [gradient_of_one(model, x[i], y[i]) for i in range(6)]
        means = {name: sum(one[name] for one in each) / 6 for name in each[0]}

        found = clipped_of(clipped_gradient, model, x, y, 1e6)
        assert not agree(found, {name: 6 * part for name, part in means.items()}), (
            "6 samples: the result is the sum of their gradients; return the mean\n"
            "6 个样本：得到的是各个梯度之和，要返回平均"
        )
        assert agree(found, means), (
            "with limit = 1000000 no gradient is cut, and the result should be the mean of the "
            "samples' gradients: is it 1 by which a short gradient is multiplied?\n"
            "limit = 1000000 时没有梯度要缩短，结果应是各样本的梯度的平均："
            "短的梯度，乘的是不是 1？"
        )
        length = length_of(clipped_of(clipped_gradient, model, x[5:], y[5:], 0.5))
        assert abs(length - 0.5) < 1e-6, (
            f"one sample with a long gradient, limit = 0.5: the length of the result is "
            f"{length:.3g}; the numbers of all parameters together make the length\n"
            f"只有一个样本，梯度很长，limit = 0.5：结果的长度是 {length:.3g}；"
            "算长度时，要把全部参数的数放在一起"
        )
        cut = [
            {name: part * min(1, 2 / length_of(one)) for name, part in one.items()} for one in each
        ]
        expected = {name: sum(one[name] for one in cut) / 6 for name in means}
        assert agree(clipped_of(clipped_gradient, model, x, y, 2.0), expected), (
            "6 samples, limit = 2: cut each gradient down by itself, before you take the mean, and "
            "leave the short ones as they are\n"
            "6 个样本，limit = 2：每个梯度各自缩短，然后才求平均；短的保持原样"
        )
        still = clipped_of(clipped_gradient, model, x[:1], model(x[:1]).detach(), 2.0)
        assert not any(part.any() for part in still.values()), (
            "a sample without an error has the gradient 0, and the result is not 0: is there a "
            "division by its length?\n"
            "一个样本没有误差，梯度就是 0，得到的却不是 0：是不是除以了它的长度？"
        )


def check_batch_jacobian(batch_jacobian):
    torch.manual_seed(0)
    functions = {
        "x[:, :2]**3 + x[:, 1:3]": lambda x: x[:, :2] ** 3 + x[:, 1:3],
        "softmax": lambda x: x.softmax(dim=1),
        "x.cumsum(dim=1).sin()": lambda x: x.cumsum(dim=1).sin(),
    }
    for said, f in functions.items():
        x = torch.randn(5, 4, dtype=torch.float64)
        rows = [torch.autograd.functional.jacobian(lambda v, f=f: f(v[None])[0], r) for r in x]
        expected = torch.stack(rows)  # (5, M, 4)
        try:
            found = batch_jacobian(f, x)
        except IndexError as error:
            raise AssertionError(
                f"f = {said}: {error}. f wants a batch: inside vmap a row has lost its dimension "
                "for samples, give it one back\n"
                f"f = {said}：{error}。f 要的是一批：在 vmap 里，一行没有样本那一维，要先补上"
            ) from None
        shape, right = tuple(found.shape), tuple(expected.shape)
        assert found.ndim != 4, (
            f"f = {said}: {shape} holds the slopes along all rows, most of which are 0; only those "
            f"of each row along itself are wanted, {right}\n"
            f"f = {said}：{shape} 里是沿所有行的斜率，大多是 0；要的只是每一行沿自己的，{right}"
        )
        assert shape == right, (
            f"f = {said}: the shape is {shape}, it should be {right}: samples, outputs, inputs\n"
            f"f = {said}：形状是 {shape}，应为 {right}：样本、输出、输入"
        )
        assert torch.allclose(found, expected), (
            f"f = {said}: the shape is right and the numbers are not; the entry [n, m, d] is the "
            "slope of output m along input d\n"
            f"f = {said}：形状对，数不对；元素 [n, m, d] 是输出 m 沿输入 d 的斜率"
        )


def check_largest_curvature(largest_curvature):
    torch.manual_seed(0)
    turn = torch.linalg.qr(torch.randn(8, 8, dtype=torch.float64)).Q
    w = torch.randn(8, dtype=torch.float64)

    def make(values, quartic):
        matrix = turn @ torch.diag(torch.tensor(values, dtype=torch.float64)) @ turn.T

        def f(w):
            noise = 0 * torch.rand((), dtype=torch.float64)  # refused where vmap makes the matrix
            return w @ matrix @ w / 2 + quartic * (w**4).sum() / 12 + noise

        hessian = matrix + quartic * torch.diag(w**2)
        return f, torch.linalg.eigvalsh(hessian)[-1].item()

    cases = (
        ("all curvatures are positive", "曲率都为正", [9, 4, 3, 2, 1, 1, 1, 1], 0.0),
        ("some curvatures are negative", "有的曲率为负", [9, 4, 3, 2, 1, -1, -2, -3], 0.0),
        ("the curvature depends on w", "曲率随 w 而变", [90, 4, 3, 2, 1, 1, 1, 1], 8.0),
    )
    for english, chinese, values, quartic in cases:
        f, expected = make(values, quartic)
        try:
            found = largest_curvature(f, w.clone(), 60)
        except RuntimeError as error:
            if "randomness error mode" not in str(error):
                raise
            raise AssertionError(
                "this makes the whole matrix, by vmap over its columns or rows; one product with "
                "one vector suffices in each round\n"
                "这样会造出整个矩阵（vmap 走遍它的行或列）；每一轮只要与一个向量乘一次"
            ) from None
        assert isinstance(found, float), (
            f"return a Python float, not a {type(found).__name__}\n"
            f"要返回 Python 的 float，不是 {type(found).__name__}"
        )
        assert abs(found) < float("inf"), (
            f"{english}: after 60 rounds the result is {found}; divide the vector by its length in "
            f"each round\n{chinese}：60 轮之后结果是 {found}；每一轮都要把向量除以它的长度"
        )
        assert abs(found - expected) < 1e-4 * expected, (
            f"{english}: the result is {found:.4f}, the largest is {expected:.4f}: is the gradient "
            "differentiated at w along the vector, and does the vector go on to the next round?\n"
            f"{chinese}：结果是 {found:.4f}，最大的是 {expected:.4f}：是在 w 处、沿这个向量对梯度"
            "求导吗？乘出来的向量带进下一轮了吗？"
        )
