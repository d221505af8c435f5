"""The checks of 05_nn_sequential.py. You need not read them. · 以下是检查，不必读。

Each takes your answer, the function or class of its name. · 每个检查的参数是你写的同名函数或类。
"""

import itertools

import torch


def two_layers(D_in, H, D_out):
    """Return the network of the lesson, always with the same start."""
    torch.manual_seed(0)
    return torch.nn.Sequential(torch.nn.Linear(D_in, H), torch.nn.ReLU(), torch.nn.Linear(H, D_out))


def draw(*shapes):
    """Return tensors with random numbers."""
    torch.manual_seed(1)
    return [torch.randn(shape) for shape in shapes]


def assert_sequential(model):
    """Complain unless this is a Sequential."""
    assert isinstance(model, torch.nn.Sequential), (
        f"it returns {type(model).__name__}, not a Sequential\n"
        f"返回的是 {type(model).__name__}，不是 Sequential"
    )


def check_parameter_shapes(parameter_shapes):
    names = {
        "the first weight": "第一个权重",
        "the first bias": "第一个偏置",
        "the second weight": "第二个权重",
        "the second bias": "第二个偏置",
    }
    for sizes in [(1000, 100, 10), (5, 4, 3)]:
        shapes, count = parameter_shapes(*sizes)
        params = list(two_layers(*sizes).parameters())
        assert len(shapes) == len(params), (
            f"the number of shapes is {len(shapes)}: two layers, each with a weight and a bias, "
            f"make four\n有 {len(shapes)} 个形状：两个层，每层一个权重、一个偏置，一共四个"
        )
        for (english, chinese), shape, param in zip(names.items(), shapes, params, strict=True):
            assert tuple(shape) != tuple(param.shape)[::-1] or len(shape) == 1, (
                f"{english} for {sizes}: the wrong way round; Linear stores (out, in)\n"
                f"{sizes} 时，{chinese}的两个数次序反了：Linear 存的是（输出，输入）"
            )
            assert tuple(shape) == tuple(param.shape), (
                f"{english} for {sizes} is not {tuple(shape)}: what does the layer multiply or "
                f"add?\n{sizes} 时，{chinese}的形状不是 {tuple(shape)}：这一层用它乘什么，加什么？"
            )
        real = sum(param.numel() for param in params)
        assert count == real, (
            f"{count} numbers for {sizes}: multiply the sizes in each shape, then add up all four\n"
            f"{sizes} 时，总数不是 {count}：每个形状里的数相乘，再把四个结果加起来"
        )


def check_rate_for_mean(rate_for_mean):
    for N, D_out in ((6, 3), (7, 5)):
        x, y = draw((N, 5), (N, D_out))
        slopes = []
        for reduction in ("sum", "mean"):
            model = two_layers(5, 4, D_out)
            torch.nn.MSELoss(reduction=reduction)(model(x), y).backward()
            slopes.append(model[0].weight.grad)
        factor = (slopes[0] * slopes[1]).sum().item() / slopes[1].pow(2).sum().item()
        for rate in (1e-4, 1e-2):
            said = rate_for_mean(rate, y.clone()) / rate
            assert said > 1, (
                "the gradient of the mean is smaller, so its learning rate has to be larger\n"
                "求平均时梯度更小，所以学习率要更大"
            )
            assert abs(said - N) > 1e-3, (
                f"{N} times, that is N, the number of samples: by how many numbers does the mean "
                f"divide?\n{N} 倍，这是样本数 N：求平均时，除以的是多少个数？"
            )
            assert abs(said - factor) < 1e-3 * factor, (
                f"for y of shape ({N}, {D_out}) the rate has grown {said:.4g} times, and that is "
                f"not the ratio of the two gradients\n"
                f"y 的形状是 ({N}, {D_out}) 时，学习率变成 {said:.4g} 倍，这不是两个梯度之比"
            )


def check_as_layers(as_layers):
    for sizes in [(4, 4, 4), (5, 4, 3)]:
        x, w1, w2 = draw((6, sizes[0]), sizes[:2], sizes[1:])
        model = as_layers(w1.clone(), w2.clone())
        assert_sequential(model)
        params = list(model.parameters())
        assert len(params) == 2, (
            f"the model has {len(params)} parameters, it should have two: say bias=False\n"
            f"模型有 {len(params)} 个参数，应该只有两个：写上 bias=False"
        )
        y_pred = model(x)
        assert y_pred.shape == (6, sizes[2]), (
            f"for x of shape (6, {sizes[0]}) the result has the shape {tuple(y_pred.shape)}\n"
            f"x 的形状是 (6, {sizes[0]}) 时，结果的形状是 {tuple(y_pred.shape)}"
        )
        if sizes == (4, 4, 4):
            transposed = x.mm(w1.t()).clamp(min=0).mm(w2.t())
            assert not torch.allclose(y_pred, transposed, atol=1e-4), (
                "the weights are the wrong way round; here all sizes are equal, so no error says "
                "so: Linear stores (out, in)\n"
                "权重没有转置；这里各个大小都相同，所以不会报错：Linear 存的是（输出，输入）"
            )
        assert torch.allclose(y_pred, x.mm(w1).clamp(min=0).mm(w2), atol=1e-4), (
            "the predictions are not those of w1 and w2: copy them in, and put a ReLU between\n"
            "预测与 w1、w2 算出的不同：把它们复制进去，中间放一个 ReLU"
        )
        assert all(param.requires_grad for param in params), (
            "the weights should still require gradients\n权重应当仍然需要梯度"
        )


def check_train_last(train_last):
    x, y = draw((6, 5), (6, 3))
    rate = 0.01
    for bias in (True, False):
        model = two_layers(5, 4, 3)
        model[2] = torch.nn.Linear(4, 3, bias=bias)
        reference = torch.nn.Linear(4, 3, bias=bias)
        reference.load_state_dict(model[2].state_dict())
        before = [param.detach().clone() for param in model.parameters()]
        h_relu = model[:2](x).detach()
        expected = []
        optimizer = torch.optim.SGD(reference.parameters(), lr=rate)
        for _ in range(4):
            loss = (reference(h_relu) - y).pow(2).sum()
            expected.append(loss.item())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()

        losses = train_last(model, x.clone(), y.clone(), rate, 4)
        assert len(losses) == 4, (
            f"the number of losses for 4 steps is {len(losses)}\n4 步得到 {len(losses)} 个损失"
        )
        params = list(model.parameters())
        moved = [not torch.equal(old, param) for old, param in zip(before, params, strict=True)]
        assert not any(moved[:2]), (
            "the first layer has moved: take the parameters of model[-1] alone, one or two\n"
            "第一层动了：只取 model[-1] 的参数，可能是一个，也可能是两个"
        )
        assert moved[2], (
            "the last layer has not moved: param = param - ... makes a new tensor\n"
            "最后一层没有动：param = param - ... 造出的是新张量"
        )
        assert all(moved[2:]), (
            "the last layer's bias has not moved: it is a parameter too\n"
            "最后一层的偏置没有动，它也是参数"
        )
        assert all(isinstance(loss, float) for loss in losses), (
            f"the losses are of type {type(losses[0]).__name__}, return Python numbers: a tensor "
            "that is not detached keeps its graph\n"
            f"损失是 {type(losses[0]).__name__} 类型的，要返回 Python 的数："
            "没有 detach 的张量会留着它的图"
        )
        right = [abs(a - b) < 1e-3 * b for a, b in zip(losses, expected, strict=True)]
        assert right[0], (
            f"the first loss is {losses[0]:.4g}, it should be {expected[0]:.4g}: the sum of the "
            f"squared errors, before the first update\n第一个损失是 {losses[0]:.4g}，"
            f"应为 {expected[0]:.4g}：它是第一次更新之前的误差平方和"
        )
        assert right[1], (
            f"the loss goes from {losses[0]:.4g} to {losses[1]:.4g}, it should go to "
            f"{expected[1]:.4g}: is the step learning_rate times the gradient, subtracted?\n"
            f"损失从 {losses[0]:.4g} 变成 {losses[1]:.4g}，应变成 {expected[1]:.4g}："
            "是不是减去学习率乘梯度？"
        )
        assert all(right), (
            "the first step is right, a later one is not: are the gradients cleared in each step, "
            "and is the step the plain gradient?\n"
            "第一步对，后面的不对：是不是每一步都清掉了梯度？更新用的就是梯度本身吗？"
        )
        assert all(param.requires_grad for param in params), (
            "the first layer requires no gradients any more: leave it as it was, and update only "
            "the last\n第一层不再需要梯度了：让它保持原样，只更新最后一层就行"
        )


def check_any_depth(any_depth):
    for sizes in [[5, 4, 6, 3], [4, 4, 4, 4, 4], [5, 3]]:
        torch.manual_seed(0)
        model = any_depth(list(sizes))
        assert_sequential(model)
        wanted = [
            shape
            for n_in, n_out in itertools.pairwise(sizes)
            for shape in ((n_out, n_in), (n_out,))
        ]
        found = [tuple(param.shape) for param in model.parameters()]
        assert found == wanted, (
            f"for {sizes} the parameters have the shapes {found}, they should have {wanted}\n"
            f"{sizes} 时，参数的形状是 {found}，应为 {wanted}"
        )
        weights, biases = list(model.parameters())[::2], list(model.parameters())[1::2]
        (x,) = draw((60, sizes[0]))
        straight, right = x, x
        for number, (weight, bias) in enumerate(zip(weights, biases, strict=True)):
            straight = straight.mm(weight.t()) + bias
            right = (right.clamp(min=0) if number else right).mm(weight.t()) + bias
        y_pred = model(x)
        assert not torch.allclose(y_pred, right.clamp(min=0), atol=1e-5), (
            f"for {sizes} a ReLU stands at the end: then no prediction can be negative\n"
            f"{sizes} 时，末尾多了一个 ReLU：预测就不可能是负数了"
        )
        assert len(weights) == 1 or not torch.allclose(y_pred, straight, atol=1e-5), (
            f"for {sizes} there is no ReLU between the Linear layers\n"
            f"{sizes} 时，Linear 之间没有 ReLU"
        )
        assert torch.allclose(y_pred, right, atol=1e-5), (
            f"for {sizes} the layers do not stand in turn: Linear, ReLU, Linear, ...\n"
            f"{sizes} 时，层的次序不对：应是 Linear、ReLU、Linear 这样交替"
        )
