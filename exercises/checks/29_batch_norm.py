"""The checks of 29_batch_norm.py. You need not read them. · 以下是检查，不必读。

Each takes your answer, the function or class of its name. · 每个检查的参数是你写的同名函数或类。
"""

import torch

EPSILON = 0.1  # large, so that a wrong place for it shows


def draw(*shapes):
    """Return a tensor of standard normal numbers for each shape, the same each time."""
    generator = torch.Generator().manual_seed(0)
    return [torch.randn(shape, generator=generator, dtype=torch.float64) for shape in shapes]


def require_parts(answer, number, english, chinese):
    """Say what a function should return if it did not return so many things."""
    seen = len(answer) if isinstance(answer, tuple | list) else 0
    assert seen == number, f"return {english}\n要返回{chinese}"


def compare(name, answer, expected, english, chinese):
    """Say how an answer differs from what PyTorch computed."""
    assert isinstance(answer, torch.Tensor), f"{name} is not a tensor\n{name} 不是张量"
    seen, wanted = tuple(answer.shape), tuple(expected.shape)
    assert seen == wanted, (
        f"{name} has the shape {seen}, it should be {wanted}: over which axes do you sum or "
        f"average?\n{name} 的形状是 {seen}，应为 {wanted}：该对哪些轴求和或求平均？"
    )
    answer = answer.detach().to(expected.dtype)
    assert torch.allclose(answer, expected), (
        f"{name} has the right shape and wrong entries: {english}\n{name} 形状对，数不对：{chinese}"
    )


def check_two_samples(two_samples):
    answer = two_samples()
    require_parts(
        answer, 3, "y, running_mean and running_var", " y、running_mean 和 running_var 三样"
    )
    y, mean, var = (torch.as_tensor(part, dtype=torch.float64) for part in answer)
    assert y.shape == (2, 2), "y: two rows of two numbers, like x\ny：两行，每行两个数，和 x 一样"
    assert mean.shape == var.shape == (2,), (
        "running_mean and running_var hold one number for each column\n"
        "running_mean 和 running_var 每列各一个数"
    )
    layer = torch.nn.BatchNorm1d(2, dtype=torch.float64)
    right = layer(torch.tensor([[0.0, 10.0], [4.0, 10.0]], dtype=torch.float64)).detach()
    assert torch.allclose(y[:, 1], right[:, 1], atol=0.01), (
        f"the second column of y is not {y[:, 1].tolist()}: both numbers are the same; what is "
        "each of them minus the mean of its column?\n"
        f"y 的第二列不是 {y[:, 1].tolist()}：两个数相同；各减去所在列的均值，是多少？"
    )
    assert torch.allclose(y[:, 0], right[:, 0], atol=0.01), (
        f"the first column of y is not {y[:, 0].tolist()}: subtract the mean of the column and "
        "divide by its standard deviation, for which the squares are averaged (by N, not N - 1)\n"
        f"y 的第一列不是 {y[:, 0].tolist()}：减去这一列的均值，再除以它的标准差；"
        "求标准差时，平方和除以 N，不是 N - 1"
    )
    assert torch.allclose(mean, layer.running_mean, atol=0.001), (
        f"running_mean is not {mean.tolist()}: it starts at 0 and moves a tenth of the way to the "
        f"mean of the batch\nrunning_mean 不是 {mean.tolist()}：它从 0 开始，朝批次的均值走十分之一"
    )
    assert torch.allclose(var, layer.running_var, atol=0.001), (
        f"running_var is not {var.tolist()}: it starts at 1 and moves a tenth of the way to the "
        "variance of the batch, for which the sum is divided by N - 1\n"
        f"running_var 不是 {var.tolist()}：它从 1 开始，朝批次的方差走十分之一；"
        "这个方差除的是 N - 1"
    )


def check_running(running):
    x, mean, var = draw((5, 3), (3,), (3,))
    for momentum in (0.1, 0.3):
        layer = torch.nn.BatchNorm1d(3, momentum=momentum, dtype=torch.float64)
        layer.running_mean.copy_(mean)
        layer.running_var.copy_(var.abs())
        layer(x)
        answer = running(x.clone(), mean.clone(), var.abs(), momentum)
        require_parts(answer, 2, "the new mean and the new variance", "新的均值和新的方差")
        compare(
            f"the mean (momentum = {momentum})",
            answer[0],
            layer.running_mean,
            "momentum is the share of the batch; the old value keeps the rest",
            "momentum 是批次所占的份额，其余归旧值",
        )
        compare(
            f"the variance (momentum = {momentum})",
            answer[1],
            layer.running_var,
            "take the shares of the mean, too; this variance is divided by N - 1",
            "份额与均值的一样；这里的方差除以 N - 1",
        )


def trained_layer():
    """Return a BatchNorm1d(3) in evaluation mode, all of whose numbers are random."""
    layer = torch.nn.BatchNorm1d(3, eps=EPSILON, dtype=torch.float64).eval()
    with torch.no_grad():
        for tensor, drawn in zip(layer.state_dict().values(), draw(*[(3,)] * 4), strict=False):
            tensor.copy_(drawn)
        layer.running_var.abs_().add_(0.5)
    return layer


def check_eval_backward(eval_backward):
    g, x = draw((5, 3), (5, 3))
    layer = trained_layer()
    leaves = [x.clone().requires_grad_(), layer.weight, layer.bias]
    exact = torch.autograd.grad(layer(leaves[0]), leaves, g)
    answer = eval_backward(g.clone(), x.clone(), trained_layer())
    require_parts(answer, 3, "three gradients", "三个梯度")
    grad_x = answer[0]
    if isinstance(grad_x, torch.Tensor) and grad_x.shape == x.shape:
        sums = grad_x.sum(dim=0)
        assert not torch.allclose(sums, torch.zeros_like(sums), atol=1e-6), (
            "the columns of grad_x sum to 0, as they do while the layer trains: in evaluation mode "
            "mean and variance are constants\n"
            "grad_x 的列和是 0，训练时才这样：在评估模式下，均值和方差是常数"
        )
    for (name, english, chinese), ours, gradient in zip(
        (
            (
                "grad_x",
                "each entry of x is multiplied by one factor on the way forward; look for gamma, "
                "the root and epsilon",
                "前向时，x 的每个元素只乘一个因子；检查 gamma、根号和 epsilon",
            ),
            (
                "grad_gamma",
                "gamma multiplies x, less the running mean, over the root of the running variance "
                "plus epsilon",
                "gamma 乘的是：x 减滑动均值，再除以滑动方差加 epsilon 的平方根",
            ),
            ("grad_beta", "it is made of g alone", "它只用到 g"),
        ),
        answer,
        exact,
        strict=True,
    ):
        compare(name, ours, gradient, english, chinese)


def check_fold(fold):
    layer, linear = trained_layer(), torch.nn.Linear(4, 3, dtype=torch.float64)
    with torch.no_grad():
        for parameter, drawn in zip(linear.parameters(), draw((3, 4), (3,)), strict=True):
            parameter.copy_(drawn)
        bias = layer(linear(torch.zeros(1, 4, dtype=torch.float64)))[0]
        weight = (layer(linear(torch.eye(4, dtype=torch.float64))) - bias).T
    answer = fold(linear, layer)
    require_parts(answer, 2, "a weight and a bias", "权重和偏置")
    compare(
        "the weight",
        answer[0],
        weight,
        "each output is multiplied by layer.weight and divided by the root of the running "
        "variance plus epsilon; which axis of the weight belongs to the outputs?",
        "每个输出乘 layer.weight，再除以滑动方差加 epsilon 的平方根；权重的哪个轴对应输出？",
    )
    compare(
        "the bias",
        answer[1],
        bias,
        "what do the two layers give for an x of zeros?",
        "x 全为零时，这两层给出什么？",
    )


def check_pictures_backward(pictures_backward):
    g, x, gamma = draw((2, 3, 4, 5), (2, 3, 4, 5), (3,))
    leaf = x.clone().requires_grad_()
    torch.nn.functional.batch_norm(leaf, None, None, gamma, training=True, eps=EPSILON).backward(g)
    answer = pictures_backward(g.clone(), x.clone(), gamma.clone(), EPSILON)
    is_tensor = isinstance(answer, torch.Tensor) and answer.shape == x.shape
    if is_tensor and not torch.allclose(answer, leaf.grad):
        sums, alone = answer.sum(dim=(0, 2, 3)), answer.sum(dim=(2, 3))
        assert torch.allclose(sums, torch.zeros_like(sums)), (
            "the gradient of a channel does not sum to 0: from b, subtract the mean over all "
            "numbers of the channel, in all pictures\n"
            "一个通道的梯度之和不是 0：b 要减去这个通道在所有图片里全部数的均值"
        )
        assert not torch.allclose(alone, torch.zeros_like(alone)), (
            "here each picture is normalised by itself; a channel shares its mean with the "
            "other pictures of the batch\n"
            "这里每张图片各自归一化了；一个通道的均值由批次里的所有图片共用"
        )
    compare(
        "grad_x",
        answer,
        leaf.grad,
        "three terms, gamma in b, epsilon under the root; every mean runs over the axes 0, 2 and 3",
        "共三项，b 里有 gamma，epsilon 在根号里；每个均值都对轴 0、2、3 求",
    )
