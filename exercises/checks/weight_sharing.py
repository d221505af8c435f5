"""The checks of weight_sharing.py. You need not read them. · 以下是检查，不必读。

Each takes your answer, the function or class of its name. · 每个检查的参数是你写的同名函数或类。
"""

import random

import torch


class SharedNet(torch.nn.Module):
    """The network of the lesson, at a depth that the caller gives."""

    def __init__(self, D_in, H, D_out):
        super().__init__()
        self.input_linear = torch.nn.Linear(D_in, H)
        self.middle_linear = torch.nn.Linear(H, H)
        self.output_linear = torch.nn.Linear(H, D_out)

    def forward(self, x, depth):
        """x: (N, D_in). Return (N, D_out)."""
        h_relu = self.input_linear(x).clamp(min=0)
        for _ in range(depth):
            h_relu = self.middle_linear(h_relu).clamp(min=0)
        return self.output_linear(h_relu)


def expect_parameters(model, expected):
    """Compare the shapes of the registered parameters, by name."""
    found = {name: tuple(param.shape) for name, param in model.named_parameters()}
    missing = sorted(set(expected) - set(found))
    assert not missing, f"not registered: {', '.join(missing)}\n这些参数没有登记"
    more = sorted(set(found) - set(expected))
    assert not more, f"not asked for: {', '.join(more)}\n多出了这些参数"
    for name, shape in expected.items():
        assert found[name] == shape, (
            f"{name} has the shape {found[name]}, it should be {shape}\n{name} 的形状应为 {shape}"
        )


def check_predict(predict):
    answer = predict()
    assert isinstance(answer, list | tuple), "return a list\n要返回一个列表"
    assert len(answer) == 3, "the program prints three things\n程序打印三样东西"
    layer, unused = torch.nn.Linear(3, 3), torch.nn.Linear(3, 3)
    model = torch.nn.Sequential(layer, torch.nn.ReLU(), layer)
    assert answer[0] == sum(param.numel() for param in model.parameters()), (
        f"1: {answer[0]}: how many layers were made? Each has a weight and a bias\n"
        "1：一共造了几个层？每个层有权重，也有偏置"
    )
    w = torch.tensor(2.0, requires_grad=True)
    (w * (w * 5)).backward()
    assert answer[1] == w.grad.item(), (
        f"2: {answer[1]}: w is used twice, and the gradients of the two uses add up\n"
        "2：w 用了两次，两处的梯度要相加"
    )
    model(torch.ones(4, 3)).pow(2).sum().backward()
    assert answer[2] is unused.weight.grad, (
        f"3: {answer[2]}: does unused take part in the forward pass?\n3：unused 参加前向传播了吗？"
    )


def check_draw_depth(draw_depth):
    drawn = [draw_depth() for _ in range(400)]
    assert all(isinstance(depth, int) for depth in drawn), (
        f"return a Python integer, not a {type(drawn[0]).__name__}\n要返回 Python 的整数"
    )
    assert set(drawn) == {0, 1, 2, 3}, (
        f"drawn in 400 calls: {sorted(set(drawn))}; does the upper end belong to the range?\n"
        f"调用 400 次，抽到的是 {sorted(set(drawn))}；上界包不包含在内？"
    )
    torch.manual_seed(0)
    first = [draw_depth() for _ in range(20)]
    torch.manual_seed(0)
    assert [draw_depth() for _ in range(20)] == first, (
        "after equal torch.manual_seed the depths differ: which generator draws them?\n"
        "torch.manual_seed 相同，抽到的深度却不同：是哪个发生器在抽？"
    )
    assert len(set(first)) > 1, (
        "20 equal depths in a row: seed once at the start of the program, not in each call\n"
        "连抽 20 次都一样：种子在程序开头设一次，不要每次调用都设"
    )


def check_UnsharedNet(UnsharedNet):  # noqa: N802
    torch.manual_seed(0)
    model, shared = UnsharedNet(5, 4, 3), SharedNet(5, 4, 3)
    expected = {"input_linear.weight": (4, 5), "input_linear.bias": (4,)}
    for i in range(3):
        expected[f"middle_linears.{i}.weight"] = (4, 4)
        expected[f"middle_linears.{i}.bias"] = (4,)
    expect_parameters(
        model, expected | {"output_linear.weight": (3, 4), "output_linear.bias": (3,)}
    )
    x = torch.randn(60, 5)
    with torch.no_grad():
        for param in shared.parameters():
            param.copy_(torch.randn(param.shape))
    model.input_linear.load_state_dict(shared.input_linear.state_dict())
    model.output_linear.load_state_dict(shared.output_linear.state_dict())
    for middle_linear in model.middle_linears:
        middle_linear.load_state_dict(shared.middle_linear.state_dict())
    for depth in range(4):
        model.zero_grad()
        shared.zero_grad()
        y_pred, expected = model(x, depth), shared(x, depth)
        assert y_pred.shape == expected.shape, (
            f"depth {depth}: the shape is {tuple(y_pred.shape)}, it should be (60, 3)\n"
            f"深度为 {depth} 时，形状应为 (60, 3)"
        )
        assert torch.allclose(y_pred, expected, rtol=1e-4, atol=1e-4), (
            f"depth {depth}: with three equal middle layers it should predict what the lesson's "
            f"network predicts; use the first {depth} of them, each followed by a ReLU\n"
            f"深度为 {depth} 时，如果三个中间层的权重相同，预测就应当与课文的网络相同；"
            f"要用前 {depth} 个，每个后面都有 ReLU"
        )
        y_pred.sum().backward()
        expected.sum().backward()
        grads = [layer.weight.grad for layer in model.middle_linears]
        used = [grad is not None for grad in grads]
        assert used == [i < depth for i in range(3)], (
            f"depth {depth}: the middle layers with a gradient are "
            f"{[i for i in range(3) if used[i]]}, they should be {list(range(depth))}\n"
            f"深度为 {depth} 时，有梯度的中间层应当是 {list(range(depth))}"
        )
        if depth:  # the lesson: the shared gradient is the sum over the uses
            total = sum(grad for grad in grads if grad is not None)
            assert torch.allclose(total, shared.middle_linear.weight.grad, rtol=1e-3, atol=1e-3), (
                f"depth {depth}: the gradients are not right\n深度为 {depth} 时，梯度不对"
            )


def check_ReaderNet(ReaderNet):  # noqa: N802
    torch.manual_seed(0)
    model = ReaderNet(5, 4, 3)
    sizes = {"input_linear": (4, 5), "hidden_linear": (4, 4), "output_linear": (3, 4)}
    expected = {f"{name}.weight": shape for name, shape in sizes.items()}
    expect_parameters(model, expected | {f"{name}.bias": sizes[name][:1] for name in sizes})
    for T in (1, 2, 7):
        shape = tuple(model(torch.randn(T, 5)).shape)
        assert shape == (3,), (
            f"for T = {T} the result has the shape {shape}, it should be (3,): one prediction, "
            f"after the last word\n{T} 个词的句子应得到形状 (3,)：读完最后一个词，只作一次预测"
        )
    model = ReaderNet(1, 1, 1)
    layers = (model.input_linear, 1.0), (model.hidden_linear, 10.0), (model.output_linear, 1.0)
    with torch.no_grad():
        for layer, weight in layers:
            layer.weight.fill_(weight)
            layer.bias.zero_()

    def read(*words):
        return round(model(torch.tensor(words, dtype=torch.float32).reshape(-1, 1)).item(), 3)

    setting = "input weight 1, hidden weight 10, output weight 1, no biases"
    one = read(3)
    assert one == 3, (
        f"{setting}: the only word is 3, so the prediction should be 3, not {one:g}; h "
        "starts at 0\n"
        f"只有一个词 3 时，预测应为 3，而不是 {one:g}；h 从 0 开始"
    )
    three = read(1, 2, 3)
    assert three != 321, (
        f"{setting}: the words 1, 2, 3 gave 321: they were read from the end\n"
        "1、2、3 三个词得到 321：是从句尾往回读的"
    )
    assert three != 3, (
        f"{setting}: the words 1, 2, 3 gave 3: the words before the last one were forgotten\n"
        "1、2、3 三个词得到 3：最后一个词之前的都忘掉了"
    )
    assert three == 123, (
        f"{setting}: the words 1, 2, 3 should give 123 (h is 1, then 2 + 10 * 1, then "
        f"3 + 10 * 12), not {three:g}\n"
        f"1、2、3 三个词应得到 123（h 依次是 1、2 + 10 * 1、3 + 10 * 12），而不是 {three:g}"
    )
    negative = read(-1, 2)
    assert negative == 2, (
        f"{setting}: the words -1, 2 should give 2, because ReLU makes the first h 0; got "
        f"{negative:g}\n-1、2 两个词应得到 2，因为 ReLU 让第一个 h 变成 0；得到的是 {negative:g}"
    )
    random.seed(0)
    digits = [random.randint(0, 9) for _ in range(5)]
    assert read(*digits) == int("".join(map(str, digits))), (
        "right for 3 words, wrong for 5\n3 个词时对，5 个词时不对"
    )
