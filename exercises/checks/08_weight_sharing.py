"""The checks of 08_weight_sharing.py. You need not read them. · 以下是检查，不必读。

Each takes your answer, the function or class of its name. · 每个检查的参数是你写的同名函数或类。
"""

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


def read_alone(model, words, lengths):
    """Return what the lesson's network predicts for each sentence alone, (N, D_out)."""
    predictions = []
    for n, length in enumerate(lengths.tolist()):
        h_relu = torch.zeros(model.hidden_linear.in_features)
        for word in words[:length, n]:
            h_relu = (model.input_linear(word) + model.hidden_linear(h_relu)).clamp(min=0)
        predictions.append(model.output_linear(h_relu))
    return torch.stack(predictions)


def create(kind, *sizes):
    """Create the reader's module; a misspelt method gets words."""
    model = kind(*sizes)
    assert kind.forward is not torch.nn.Module.forward, (
        "there is no method forward\n没有名叫 forward 的方法"
    )
    return model


def expect_parameters(model, expected):
    """Compare the shapes of the registered parameters, by name."""
    found = {name: tuple(param.shape) for name, param in model.named_parameters()}
    missing = ", ".join(sorted(set(expected) - set(found)))
    assert not missing, f"not registered: {missing}\n没有登记：{missing}"
    more = ", ".join(sorted(set(found) - set(expected)))
    assert not more, f"not asked for: {more}\n多出了：{more}"
    for name, shape in expected.items():
        assert found[name] == shape, (
            f"{name} has the shape {found[name]}, it should be {shape}\n"
            f"{name} 的形状是 {found[name]}，应为 {shape}"
        )


def check_predict(predict):
    answer = predict()
    assert isinstance(answer, list | tuple), "return a list\n要返回一个列表"
    assert len(answer) == 3, "the program prints three things\n程序打印三样东西"
    layer, unused = torch.nn.Linear(3, 3), torch.nn.Linear(3, 3)
    model = torch.nn.Sequential(layer, torch.nn.ReLU(), layer)
    assert answer[0] == sum(param.numel() for param in model.parameters()), (
        f"1: {answer[0]}: how many layers were made? Each has a weight and a bias\n"
        f"1：{answer[0]}：一共造了几个层？每个层有权重，也有偏置"
    )
    w = torch.tensor(2.0, requires_grad=True)
    (w * (w * 5)).backward()
    assert answer[1] == w.grad.item(), (
        f"2: {answer[1]}: w is used twice, and the gradients of the two uses add up\n"
        f"2：{answer[1]}：w 用了两次，两处的梯度要相加"
    )
    model(torch.ones(4, 3)).pow(2).sum().backward()
    assert answer[2] is unused.weight.grad, (
        f"3: {answer[2]}: does unused take part in the forward pass?\n"
        f"3：{answer[2]}：unused 参加前向传播了吗？"
    )


def check_draw_depth(draw_depth):
    torch.manual_seed(0)
    first = [draw_depth() for _ in range(20)]
    assert all(isinstance(depth, int) for depth in first), (
        f"return a Python integer, not a {type(first[0]).__name__}\n"
        f"要返回 Python 的整数，不是 {type(first[0]).__name__}"
    )
    torch.manual_seed(0)
    assert [draw_depth() for _ in range(20)] == first, (
        "after equal torch.manual_seed the depths differ: which generator draws them?\n"
        "torch.manual_seed 相同，抽到的深度却不同：是哪个发生器在抽？"
    )
    assert len(set(first)) > 1, (
        "20 equal depths in a row: seed once at the start of the program, not in each call\n"
        "连抽 20 次都一样：种子在程序开头设一次，不要每次调用都设"
    )
    drawn = [draw_depth() for _ in range(4000)]
    assert set(drawn) == {0, 1, 2, 3}, (
        f"drawn in 4000 calls: {sorted(set(drawn))}; does the upper end belong to the range?\n"
        f"调用 4000 次，抽到的是 {sorted(set(drawn))}；上界包不包含在内？"
    )
    counts = [drawn.count(depth) for depth in range(4)]
    # 1000 each, give or take 27; six and a half times that is exceeded once in 10**9 runs.
    assert all(abs(count - 1000) < 178 for count in counts), (
        f"in 4000 calls 0, 1, 2 and 3 came {counts} times: each should be as likely as the others\n"
        f"调用 4000 次，0、1、2、3 各出现 {counts} 次：四个数的机会应当均等"
    )


def check_UnsharedNet(UnsharedNet):  # noqa: N802
    torch.manual_seed(0)
    model, shared = create(UnsharedNet, 5, 4, 3), SharedNet(5, 4, 3)
    shapes = {"input_linear.weight": (4, 5), "input_linear.bias": (4,)}
    for i in range(3):
        shapes[f"middle_linears.{i}.weight"] = (4, 4)
        shapes[f"middle_linears.{i}.bias"] = (4,)
    expect_parameters(model, shapes | {"output_linear.weight": (3, 4), "output_linear.bias": (3,)})
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
        y_pred, expected = model(x, depth), shared(x, depth)
        shape = tuple(y_pred.shape)
        assert shape == (60, 3), (
            f"depth {depth}: the shape is {shape}, it should be (60, 3)\n"
            f"深度为 {depth} 时，形状是 {shape}，应为 (60, 3)"
        )
        assert torch.allclose(y_pred, expected, rtol=1e-4, atol=1e-4), (
            f"depth {depth}: with equal middle layers it should predict what the lesson's "
            f"network predicts; use the first {depth} of them, each followed by a ReLU\n"
            f"深度为 {depth} 时，如果各个中间层的权重相同，预测就应当与课文的网络相同；"
            f"要用前 {depth} 个，每个后面都有 ReLU"
        )
        y_pred.sum().backward()
        used = [i for i in range(3) if model.middle_linears[i].weight.grad is not None]
        assert used == list(range(depth)), (
            f"depth {depth}: the middle layers with a gradient are {used}, they should be "
            f"{list(range(depth))}\n"
            f"深度为 {depth} 时，有梯度的中间层是 {used}，应当是 {list(range(depth))}"
        )
    with torch.no_grad():
        h_relu = model.input_linear(x).clamp(min=0)
        for middle_linear in model.middle_linears:
            middle_linear.weight.copy_(torch.randn(4, 4))
            h_relu = middle_linear(h_relu).clamp(min=0)
        right = torch.allclose(model(x, 3), model.output_linear(h_relu), rtol=1e-4, atol=1e-4)
    assert right, (
        "with three different middle layers the prediction is wrong: take them in order\n"
        "三个中间层各不相同时，预测不对：要按次序使用"
    )


def check_PaddedReader(PaddedReader):  # noqa: N802
    torch.manual_seed(0)
    model = create(PaddedReader, 5, 4, 3)
    sizes = {"input_linear": (4, 5), "hidden_linear": (4, 4), "output_linear": (3, 4)}
    expected = {f"{name}.weight": shape for name, shape in sizes.items()}
    expect_parameters(model, expected | {f"{name}.bias": sizes[name][:1] for name in sizes})
    for T, N in ((1, 2), (7, 1), (7, 6)):
        y_pred = model(torch.randn(T, N, 5), torch.full((N,), T))
        shape = tuple(y_pred.shape)
        assert shape == (N, 3), (
            f"for words of shape {(T, N, 5)} the result has the shape {shape}, it should be "
            f"{(N, 3)}: one prediction for each sentence\n"
            f"words 的形状是 {(T, N, 5)} 时，结果的形状是 {shape}，应为 {(N, 3)}：每一句作一次预测"
        )
    model = PaddedReader(1, 1, 1)
    layers = (model.input_linear, 1.0), (model.hidden_linear, 10.0), (model.output_linear, 1.0)
    with torch.no_grad():
        for layer, weight in layers:
            layer.weight.fill_(weight)
            layer.bias.zero_()
    for rows, lengths, right, english, chinese in (
        (
            [[1, 2, 3], [4, 5, 6]],
            [3, 3],
            [123, 456],
            "no padding yet: are the words read from the first to the last, with ReLU after the "
            "sum?",
            "这里还没有填充：是不是从第一个词读到最后一个，相加之后再 ReLU？",
        ),
        (
            [[7, 0, 0, 0], [1, 9, 8, 4], [4, 2, 0, 0]],
            [1, 4, 2],
            [7, 1984, 42],
            "a sentence that has ended keeps its hidden values",
            "句子结束以后，它的隐藏值要保持不变",
        ),
        (
            [[7, 5, 5], [4, 2, 5]],
            [1, 2],
            [7, 42],
            "padding may be any number; go by lengths, not by whether a word is 0",
            "填充可以是任何数：要看 lengths，不要看是不是 0",
        ),
        ([[7, 0], [8, 0]], [2, 1], [70, 8], "a word may be 0", "词本身也可以是 0"),
        ([[-1, 2], [1, -1]], [2, 2], [2, 9], "ReLU comes after the sum", "ReLU 在相加之后"),
    ):
        words = torch.tensor(rows, dtype=torch.float32).t()[:, :, None]
        said = [round(number, 3) for number in model(words, torch.tensor(lengths))[:, 0].tolist()]
        assert said == right, (
            f"input weight 1, hidden weight 10, output weight 1, no biases: {rows} with the "
            f"lengths {lengths} should give {right}, not {said}: {english}\n"
            f"输入权重 1，隐藏权重 10，输出权重 1，没有偏置：{rows}，长度 {lengths}，应得到 "
            f"{right}，而不是 {said}：{chinese}"
        )
    model, words, lengths = PaddedReader(5, 4, 3), torch.randn(7, 6, 5), torch.tensor([1, 7, 3] * 2)
    with torch.no_grad():
        for param in model.parameters():
            param.copy_(torch.randn(param.shape) / 2)
    y_pred, right = model(words, lengths), read_alone(model, words, lengths)
    assert torch.allclose(y_pred, right, rtol=1e-4, atol=1e-4), (
        "with random weights and biases the predictions are wrong: are all three biases added, in "
        "each step, for the first word too?\n"
        "权重和偏置都随机时，预测不对：三个偏置是不是每一步都加上了，第一个词也一样？"
    )
    params = list(model.parameters())
    found = torch.autograd.grad(y_pred.sum(), params, allow_unused=True)
    exact = torch.autograd.grad(right.sum(), params)
    for (name, _), gradient, should in zip(model.named_parameters(), found, exact, strict=True):
        if gradient is None or not torch.allclose(gradient, should, rtol=1e-4, atol=1e-4):
            raise AssertionError(
                f"the predictions are right, and the gradient for {name} is not: is h_relu cut "
                f"off from its graph between two words?\n"
                f"预测对，{name} 的梯度不对：两个词之间，h_relu 是不是被从图上剪下来了？"
            )
