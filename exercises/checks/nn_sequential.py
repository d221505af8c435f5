"""The checks of nn_sequential.py. You need not read them. · 以下是检查，不必读。

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
        f"it returns {type(model).__name__}, not a Sequential\n返回的不是 Sequential"
    )


def check_parameter_shapes(parameter_shapes):
    names = ["the first weight", "the first bias", "the second weight", "the second bias"]
    for sizes in [(1000, 100, 10), (5, 4, 3)]:
        shapes, count = parameter_shapes(*sizes)
        params = list(two_layers(*sizes).parameters())
        assert len(shapes) == len(params), (
            f"{len(shapes)} shapes: two layers, each with a weight and a bias, make four\n"
            "两个层，每层一个权重、一个偏置，一共四个"
        )
        for name, shape, param in zip(names, shapes, params, strict=True):
            assert tuple(shape) != tuple(param.shape)[::-1] or len(shape) == 1, (
                f"{name} for {sizes}: the wrong way round; Linear stores (out, in)\n"
                "两个数的次序反了：Linear 存的是（输出，输入）"
            )
            assert tuple(shape) == tuple(param.shape), (
                f"{name} for {sizes} is not {tuple(shape)}: what does the layer multiply or add?\n"
                "形状不对：这一层用它乘什么，加什么？"
            )
        real = sum(param.numel() for param in params)
        assert count == real, (
            f"{count} numbers for {sizes}: multiply the sizes in each shape, then add up all four\n"
            "总数不对：每个形状里的数相乘，再把四个结果加起来"
        )


def check_rate_for_mean(rate_for_mean):
    x, y = draw((6, 5), (6, 3))
    slopes = []
    for reduction in ("sum", "mean"):
        model = two_layers(5, 4, 3)
        torch.nn.MSELoss(reduction=reduction)(model(x), y).backward()
        slopes.append(model[0].weight.grad)
    factor = (slopes[0] / slopes[1])[slopes[1] != 0].mean().item()
    for rate in (1e-4, 1e-2):
        said = rate_for_mean(rate, y) / rate
        assert said > 1, (
            "the gradient of the mean is smaller, so its learning rate has to be larger\n"
            "求平均时梯度更小，所以学习率要更大"
        )
        assert abs(said - 6) > 1e-3, (
            "that is N, the number of samples: by how many numbers does the mean divide?\n"
            "这是样本数 N：求平均时，除以的是多少个数？"
        )
        assert abs(said - factor) < 1e-3 * factor, (
            f"for y of shape (6, 3) the rate has grown {said:.4g} times, and that is not the ratio "
            "of the two gradients\ny 的形状是 (6, 3) 时，倍数与两个梯度之比不符"
        )


def check_as_layers(as_layers):
    for sizes in [(4, 4, 4), (5, 4, 3)]:
        x, w1, w2 = draw((6, sizes[0]), sizes[:2], sizes[1:])
        model = as_layers(w1.clone(), w2.clone())
        assert_sequential(model)
        params = list(model.parameters())
        assert len(params) == 2, (
            f"the model has {len(params)} parameters, it should have two: say bias=False\n"
            "参数应该只有两个：写上 bias=False"
        )
        y_pred = model(x)
        assert y_pred.shape == (6, sizes[2]), (
            f"for x of shape (6, {sizes[0]}) the result has the shape {tuple(y_pred.shape)}\n"
            "结果的形状不对"
        )
        if sizes == (4, 4, 4):
            transposed = x.mm(w1.t()).clamp(min=0).mm(w2.t())
            assert not torch.allclose(y_pred, transposed, atol=1e-4), (
                "the weights are the wrong way round; here all sizes are 4, so no error says so: "
                "Linear stores (out, in)\n"
                "权重没有转置；这里各个大小都是 4，所以不会报错：Linear 存的是（输出，输入）"
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
    model = two_layers(5, 4, 3)
    first, bias, weight = (param.detach().clone() for param in _parts(model))
    h_relu = model[:-1](x).detach()
    reference = torch.nn.Linear(4, 3)
    reference.load_state_dict(model[-1].state_dict())
    expected = []
    optimizer = torch.optim.SGD(reference.parameters(), lr=rate)
    for _ in range(4):
        loss = (reference(h_relu) - y).pow(2).sum()
        expected.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    losses = train_last(model, x, y, rate, 4)
    assert len(losses) == 4, (
        f"the number of losses for 4 steps is {len(losses)}, it should be 4\n4 步应有 4 个损失"
    )
    moved, moved_bias, moved_weight = _parts(model)
    assert torch.equal(first, moved), (
        "the first layer has moved: take the parameters of model[-1] alone\n"
        "第一层动了：只取 model[-1] 的参数"
    )
    assert not torch.equal(weight, moved_weight), (
        "the last layer has not moved: param = param - ... makes a new tensor\n"
        "最后一层没有动：param = param - ... 造出的是新张量"
    )
    assert not torch.equal(bias, moved_bias), (
        "the last layer's bias has not moved: it is a parameter too\n"
        "最后一层的偏置没有动，它也是参数"
    )
    right = [abs(a - b) < 1e-3 * b for a, b in zip(losses, expected, strict=True)]
    assert right[0], (
        f"the first loss is {losses[0]:.4g}, it should be {expected[0]:.4g}: the sum of the "
        "squared errors, before the first update\n第一个损失不对：它是第一次更新之前的误差平方和"
    )
    assert right[1], (
        f"the loss goes from {losses[0]:.4g} to {losses[1]:.4g}, it should go to "
        f"{expected[1]:.4g}: is the step learning_rate times the gradient, subtracted?\n"
        "第一步就不对：是不是减去学习率乘梯度？"
    )
    assert all(right), (
        "the first step is right, a later one is not: are the gradients cleared in each step?\n"
        "第一步对，后面的不对：是不是每一步都清掉了梯度？"
    )


def _parts(model):
    """Return the first weight, the last bias and the last weight."""
    return model[0].weight, model[-1].bias, model[-1].weight


def check_any_depth(any_depth):
    for sizes in [[5, 4, 6, 3], [4, 4, 4, 4, 4], [5, 3]]:
        model = any_depth(list(sizes))
        assert_sequential(model)
        weights = [param for param in model.parameters() if param.dim() == 2]
        wanted = [(n_out, n_in) for n_in, n_out in itertools.pairwise(sizes)]
        found = [tuple(weight.shape) for weight in weights]
        assert found == wanted, (
            f"for {sizes} the weights have the shapes {found}, they should have {wanted}\n"
            "各层权重的形状不对"
        )
        assert not isinstance(model[-1], torch.nn.ReLU), (
            "a ReLU stands at the end: then no prediction can be negative\n"
            "末尾多了一个 ReLU：预测就不可能是负数了"
        )
        relus = sum(isinstance(layer, torch.nn.ReLU) for layer in model)
        assert relus == len(wanted) - 1, (
            f"for {sizes} there are {relus} ReLU, one belongs between any two Linear layers\n"
            "每两个 Linear 之间要有一个 ReLU"
        )
        (x,) = draw((6, sizes[0]))
        y_pred = x
        for number, (weight, bias) in enumerate(zip(weights, _biases(model), strict=True)):
            y_pred = (y_pred.clamp(min=0) if number else x).mm(weight.t()) + bias
        assert torch.allclose(model(x), y_pred, atol=1e-5), (
            f"for {sizes} the layers do not stand in turn: Linear, ReLU, Linear, ...\n"
            "层的次序不对：应是 Linear、ReLU、Linear 这样交替"
        )


def _biases(model):
    """Return the biases of the layers."""
    return [param for param in model.parameters() if param.dim() == 1]
