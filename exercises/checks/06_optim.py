"""The checks of 06_optim.py. You need not read them. · 以下是检查，不必读。

Each takes your answer, the function or class of its name. · 每个检查的参数是你写的同名函数或类。
"""

import itertools

import torch


def make_model(*sizes):
    """Build a small network; equal sizes give equal weights."""
    torch.manual_seed(0)
    layers = [torch.nn.Linear(*pair) for pair in itertools.pairwise(sizes)]
    between = [module for layer in layers for module in (layer, torch.nn.ReLU())]
    return torch.nn.Sequential(*between[:-1]).to(torch.float64)


def check_predict(predict):
    answer = predict()
    assert isinstance(answer, list | tuple), "return a list\n要返回一个列表"
    assert len(answer) == 3, "the program prints three numbers\n程序打印三个数"
    w = torch.tensor(3.0, requires_grad=True)
    optimizer = torch.optim.SGD([w], lr=0.1)
    said = [
        "1: {0}: the gradient of w * w is 2 * w; the step is 0.1 times that, downwards\n"
        "1：{0}：w * w 的梯度是 2 * w；更新是减去它的 0.1 倍",
        "2: {0}: nobody called zero_grad(); what does the second backward() do to .grad?\n"
        "2：{0}：没有人调用 zero_grad()；第二次 backward() 对 .grad 做了什么？",
        "3: {0}: which gradient is there when step() looks for one?\n"
        "3：{0}：轮到 step() 的时候，还有梯度吗？",
    ]
    for number, message in enumerate(said):
        w.pow(2).backward()
        if number == 2:
            optimizer.zero_grad()
        optimizer.step()
        assert abs(float(answer[number]) - w.item()) < 5e-3, message.format(answer[number])


def check_two_rates(two_rates):
    slow, fast = 0.001, 0.02
    for sizes in ((5, 4, 3), (5, 4, 4, 2)):
        for bias in (True, False):
            model = make_model(*sizes)
            model[-1] = torch.nn.Linear(sizes[-2], sizes[-1], bias=bias).to(torch.float64)
            if not bias:
                model.pop(-2)  # no ReLU before the last layer
            optimizer = two_rates(model, slow, fast)
            assert isinstance(optimizer, torch.optim.SGD), (
                f"return the optimizer, a torch.optim.SGD; got {type(optimizer).__name__}\n"
                f"要返回优化器，也就是一个 torch.optim.SGD；得到的是 {type(optimizer).__name__}"
            )
            last = {id(param) for param in model[-1].parameters()}
            for step in (1, 2):
                before = [param.detach().clone() for param in model.parameters()]
                model.zero_grad()
                model(torch.randn(6, sizes[0], dtype=torch.float64)).pow(2).sum().backward()
                optimizer.step()
                for (name, param), old in zip(model.named_parameters(), before, strict=True):
                    rate = fast if id(param) in last else slow
                    moved = ((old - param) * param.grad).sum() / param.grad.pow(2).sum()
                    assert moved != 0, (
                        f"{name} did not move: each parameter has to be in one of the groups\n"
                        f"{name} 没有动：每个参数都应属于其中一组"
                    )
                    assert torch.allclose(old - param, rate * param.grad), (
                        f"slow = {slow}, fast = {fast}, step {step}: in a model of {len(model)} "
                        f"modules {name} moved by {moved:.3g} times its gradient, not by {rate}\n"
                        f"slow = {slow}、fast = {fast}，第 {step} 步：模型有 {len(model)} 个模块，"
                        f"{name} 移动了梯度的 {moved:.3g} 倍，应为 {rate} 倍"
                    )


def check_remembered(remembered):
    counts = {}
    rules = {
        "SGD": lambda params: torch.optim.SGD(params, lr=0.1),
        "SGD, momentum": lambda params: torch.optim.SGD(params, lr=0.1, momentum=0.9),
        "Adam": lambda params: torch.optim.Adam(params, lr=0.1),
    }
    for name, rule in rules.items():
        model = make_model(5, 4, 3)
        optimizer = rule(model.parameters())
        assert remembered(optimizer) == 0, (
            f"{name}, before the first step: nothing is remembered yet, return 0\n"
            f"{name} 还没走第一步，什么也没记，应返回 0"
        )
        model(torch.randn(6, 5, dtype=torch.float64)).pow(2).sum().backward()
        optimizer.step()
        counts[name] = remembered(optimizer)
    params = sum(param.numel() for param in model.parameters())
    said = f"{counts} for a model with {params} parameters"
    assert counts["SGD"] == 0, (
        f"{said}: plain SGD remembers nothing\n"
        f"模型有 {params} 个数，得到 {counts}：普通的 SGD 什么也不记"
    )
    assert counts["SGD, momentum"] == params, (
        f"{said}: momentum keeps one tensor for each parameter, of its shape; count entries, "
        f"not tensors\n模型有 {params} 个数，得到 {counts}：动量为每个参数存一个同形状的张量；"
        "要数元素，不是数张量"
    )
    assert counts["Adam"] >= 2 * params, (
        f"{said}: Adam keeps two tensors of the parameter's shape\n"
        f"模型有 {params} 个数，得到 {counts}：Adam 为每个参数存两个同形状的张量"
    )
    optimizer.state[model[0].bias]["one more"] = torch.zeros(7)
    steps = [kept["step"] for kept in optimizer.state.values()]
    expected = 2 * params + len(steps) * torch.is_tensor(steps[0]) + 7
    assert remembered(optimizer) == expected, (
        f"after a tensor of 7 numbers was put into the state: {remembered(optimizer)}, expected "
        f"{expected}; take every tensor that is there, the step counters too\n"
        f"状态里又放进一个 7 个数的张量之后，得到 {remembered(optimizer)}，应为 {expected}："
        "每个张量都要算，记录步数的也算"
    )


def check_Adam(Adam):  # noqa: N802
    for scale, lr in ((1.0, 0.01), (1e-6, 0.02)):
        models = make_model(5, 4, 4, 2), make_model(5, 4, 4, 2)  # two biases have one shape
        mine = Adam(models[0].parameters(), lr=lr)
        assert not isinstance(mine, torch.optim.Adam), (
            "this is PyTorch's Adam: write zero_grad and step yourself\n"
            "这是 PyTorch 的 Adam：zero_grad 和 step 要自己写"
        )
        theirs = torch.optim.Adam(models[1].parameters(), lr=lr)
        torch.manual_seed(1)
        x = torch.randn(6, 5, dtype=torch.float64)
        for t in range(1, 6):
            before = [param.detach().clone() for param in models[0].parameters()]
            for model, optimizer in zip(models, (mine, theirs), strict=True):
                optimizer.zero_grad()
                gradients = [param.grad for param in model.parameters()]
                assert not any(grad is not None and grad.any() for grad in gradients), (
                    f"step {t}: after zero_grad() there is a gradient left\n"
                    f"第 {t} 步：zero_grad() 之后还有梯度"
                )
                (scale * model[:3](x).pow(2).sum()).backward()  # the last layer takes no part
                try:
                    optimizer.step()
                except (TypeError, AttributeError) as error:
                    if "NoneType" not in str(error):
                        raise
                    raise AssertionError(
                        f"step {t}: {error}: the last layer of this model has no gradient; skip "
                        f"what has none\n"
                        f"第 {t} 步：{error}：这个模型的最后一层没有梯度，应当跳过"
                    ) from None
            moved = (models[0][0].weight - before[0]).abs().max().item()
            assert moved > 0, (
                f"step {t}: nothing moved. model.parameters() can be read only once: keep "
                "list(params); and param -= ... changes a parameter, param = ... does not\n"
                f"第 {t} 步：什么也没动。model.parameters() 只能读一遍，要存成 list(params)；"
                "另外，param -= ... 才会改动参数，param = ... 不会"
            )
            if t == 1:
                assert abs(moved / lr - 1) < 0.05, (
                    f"step 1: the weights of the first layer moved by at most {moved / lr:.3g} "
                    "times the learning rate, and that should be about 1: is t 1 in it, are both m "
                    "and v divided, and does the root stand where it should?\n"
                    f"第 1 步：第一层的权重最多移动了学习率的 {moved / lr:.3g} 倍，"
                    "应当大约是 1 倍：这时 t 是 1 吗？m 和 v 都除过吗？根号的位置对吗？"
                )
            for (name, param), other in zip(
                models[0].named_parameters(), models[1].parameters(), strict=True
            ):
                assert torch.allclose(param, other, rtol=0, atol=1e-6), (
                    f"step {t}: {name} is not where torch.optim.Adam has put it: do m and v keep "
                    "what they had, separately for each parameter, and does t grow by 1?\n"
                    f"第 {t} 步：{name} 与 torch.optim.Adam 的结果不同：m 和 v 是否为每个参数各存"
                    "一份、保留了之前的值？t 每步加 1 了吗？"
                )
