"""The checks of 07_custom_module.py. You need not read them. · 以下是检查，不必读。

Each takes your answer, the function or class of its name. · 每个检查的参数是你写的同名函数或类。
"""

import torch


class Puzzle(torch.nn.Module):
    """The class on the page."""

    def __init__(self):
        super().__init__()
        first = torch.nn.Linear(4, 3)
        self.second = torch.nn.Linear(4, 3)
        self.third = [torch.nn.Linear(3, 3)]
        self.fourth = torch.nn.ModuleList([first, torch.nn.Linear(3, 2)])


def create(kind, *sizes):
    """Create the reader's module; a forgotten line or a misspelt method gets words."""
    try:
        model = kind(*sizes)
    except AttributeError as error:
        if "before Module.__init__() call" not in str(error):
            raise
        raise AssertionError(
            f"{error}: which line comes first in __init__?\n{error}：__init__ 的第一行该写什么？"
        ) from None
    assert kind.forward is not torch.nn.Module.forward, (
        "there is no method forward\n没有名叫 forward 的方法"
    )
    return model.to(torch.float64)


def expect_shape(model, x, expected):
    y = model(x)
    assert isinstance(y, torch.Tensor), (
        f"forward returns {type(y).__name__}, not a tensor\n"
        f"forward 返回的是 {type(y).__name__}，不是张量"
    )
    shape = tuple(y.shape)
    assert shape == expected, (
        f"for x of shape {tuple(x.shape)} the result has the shape {shape}, it should be "
        f"{expected}\nx 的形状是 {tuple(x.shape)} 时，结果的形状是 {shape}，应为 {expected}"
    )


def check_predict(predict):
    said, names = set(predict()), [name for name, _ in Puzzle().named_parameters()]
    for forgotten, english, chinese in (
        ("second", "a layer that is assigned to self is registered", "赋给 self 的层会登记下来"),
        (
            "fourth",
            "a ModuleList registers its layers, whatever else they were called before",
            "ModuleList 会登记里面的层，不管它们原来叫什么",
        ),
    ):
        assert any(name.startswith(forgotten) for name in said), (
            f"no name of {forgotten}: {english}\n没有 {forgotten} 的名字：{chinese}"
        )
    for name in sorted(said - set(names)):
        assert not name.startswith("third"), (
            f"{name}: is a plain list looked into?\n{name}：模块会去翻普通列表吗？"
        )
        assert not name.startswith("first"), (
            f"{name}: the module does not see the names of local variables\n"
            f"{name}：模块看不到局部变量的名字"
        )
        raise AssertionError(
            f"{name}: look at the names in the lesson's outputs; a layer in a list is called by "
            f"its number\n{name}：看看课文的输出里，名字是怎样写的；列表里的层用编号作名字"
        )
    missing = [name for name in names if name not in said]
    assert not missing, (
        f"names that are printed and not in your list: {len(missing)}\n"
        f"还有 {len(missing)} 个名字没有写"
    )


def check_TwoInputNet(TwoInputNet):  # noqa: N802
    torch.manual_seed(0)
    model = create(TwoInputNet, 5, 2, 4, 3)
    x, z = torch.randn(6, 5, dtype=torch.float64), torch.randn(6, 2, dtype=torch.float64)
    shapes = {name: tuple(param.shape) for name, param in model.named_parameters()}
    expected = {
        **{"linear_x.weight": (4, 5), "linear_x.bias": (4,)},
        **{"linear_z.weight": (4, 2), "linear_z.bias": (4,)},
        **{"linear_out.weight": (3, 8), "linear_out.bias": (3,)},
    }
    assert shapes.keys() == expected.keys(), (
        f"the parameters are {sorted(shapes)}: the layers should be self.linear_x, self.linear_z "
        f"and self.linear_out\n登记下来的参数是 {sorted(shapes)}：三个层应叫 self.linear_x、"
        "self.linear_z 和 self.linear_out"
    )
    for name, shape in expected.items():
        assert shapes[name] == shape, (
            f"for D_x, D_z, H, D_out = 5, 2, 4, 3, {name} has the shape {shapes[name]}, it should "
            f"be {shape}\n"
            f"D_x, D_z, H, D_out = 5, 2, 4, 3 时，{name} 的形状是 {shapes[name]}，应为 {shape}"
        )
    y_pred = model(x, z)
    assert tuple(y_pred.shape) == (6, 3), (
        f"the result has the shape {tuple(y_pred.shape)}, it should be (6, 3)\n"
        f"结果的形状是 {tuple(y_pred.shape)}，应为 (6, 3)"
    )
    assert not torch.equal(model(x, z + 1), y_pred), "z makes no difference\nz 不起作用"
    assert not torch.equal(model(x + 1, z), y_pred), "x makes no difference\nx 不起作用"
    with torch.no_grad():
        h = torch.cat([model.linear_x(x), model.linear_z(z)], dim=1)
        swapped = torch.cat([model.linear_z(z), model.linear_x(x)], dim=1)
        out = model.linear_out
        assert not torch.allclose(y_pred, out(h)), (
            "negative hidden values get through: there is no ReLU\n负的隐藏值没有被挡住：缺 ReLU"
        )
        assert not torch.allclose(y_pred, out(swapped.clamp(min=0))), (
            "put what comes from x first, then what comes from z\n先放由 x 得到的，再放由 z 得到的"
        )
        halves = torch.cat([h[:, :4], h[:, 4:].clamp(min=0)], dim=1)
        others = torch.cat([h[:, :4].clamp(min=0), h[:, 4:]], dim=1)
        assert not any(torch.allclose(y_pred, out(half)) for half in (halves, others)), (
            "ReLU belongs on both halves\n两半都要经过 ReLU"
        )
        assert torch.allclose(y_pred, out(h.clamp(min=0))), (
            "not linear_out(ReLU(linear_x(x) beside linear_z(z))): is something else on the way?\n"
            "算的不是 linear_out(ReLU(linear_x(x) 与 linear_z(z) 并排))：中间是不是多了什么？"
        )


def check_Rescale(Rescale):  # noqa: N802
    torch.manual_seed(0)
    x_train, x = torch.randn(2, 6, 4) * torch.tensor([1.0, 10, 0.1, 3]) + torch.arange(4.0)
    x = x[:5]  # not as many rows as x_train
    model = create(Rescale, x_train.clone())
    assert not list(model.parameters()), (
        "these are parameters, and an optimizer would change them: register buffers\n"
        "这样它们就成了参数，会被优化器改动：要登记成 buffer"
    )
    names = sorted(model.state_dict())
    assert names == ["mean", "std"], (
        f"state_dict() holds {names}, it should hold ['mean', 'std']: a tensor that is only "
        f"assigned to self is not registered; self.register_buffer does it\n"
        f"state_dict() 里有 {names}，应有 ['mean', 'std']：只赋给 self 的张量不会登记，"
        "要用 self.register_buffer"
    )
    for dtype in (torch.float32, torch.float64):
        model = create(Rescale, x_train.clone()).to(dtype)
        expect_shape(model, x.to(dtype), (5, 4))
        y, mean = model(x.to(dtype)), x_train.mean(dim=0)
        assert y.dtype == dtype, (
            f"after .to({dtype}) the result is {y.dtype}: use the buffers in forward\n"
            f".to({dtype}) 之后，结果是 {y.dtype}：forward 里要用 buffer"
        )
        own = (x - x.mean(dim=0)) / x.std(dim=0)
        assert not torch.allclose(y.float(), own, atol=1e-4), (
            "these are the mean and std of the rows that forward was given: it should use those "
            "of x_train\n这用的是交给 forward 的那些行的平均值和标准差：应当用 x_train 的"
        )
        rights = [(x - mean) / x_train.std(dim=0, correction=less) for less in (0, 1)]
        assert any(torch.allclose(y.float(), right, atol=1e-4) for right in rights), (
            "not what (x - mean) / std gives, with mean and std of each column, taken over "
            "all rows: dim=0\n"
            "与 (x - mean) / std 不同；mean 和 std 要把各行合起来算，每列得到一个数，也就是 dim=0"
        )
    other = create(Rescale, x.clone()).to(torch.float32)
    other.load_state_dict(create(Rescale, x_train.clone()).to(torch.float32).state_dict())
    assert any(torch.allclose(other(x), right, atol=1e-4) for right in rights), (
        "after load_state_dict() the results are still those of the old numbers: use self.mean "
        "and self.std in forward\n"
        "load_state_dict() 之后，结果仍是旧的：forward 里要用 self.mean 和 self.std"
    )


def check_MyLinear(MyLinear):  # noqa: N802
    torch.manual_seed(0)
    model, linear = create(MyLinear, 5, 4), torch.nn.Linear(5, 4).to(torch.float64)
    borrowed = any(isinstance(module, torch.nn.Linear) for module in model.modules())
    assert not borrowed, "do without torch.nn.Linear\n不要用 torch.nn.Linear"
    names = sorted(name for name, _ in model.named_parameters())
    assert names == ["bias", "weight"], (
        f"the registered parameters are {names}: wrap both tensors in torch.nn.Parameter\n"
        f"登记下来的参数是 {names}：两个张量都要用 torch.nn.Parameter 包起来"
    )
    shapes = {name: tuple(param.shape) for name, param in model.named_parameters()}
    assert shapes == {"weight": (4, 5), "bias": (4,)}, (
        f"MyLinear(5, 4) has {shapes}: the weight is (H, D_in), the bias (H,)\n"
        f"MyLinear(5, 4) 有 {shapes}：weight 的形状应是 (H, D_in)，bias 的形状应是 (H,)"
    )
    model.load_state_dict(linear.state_dict())
    x = torch.randn(6, 5, dtype=torch.float64)
    expect_shape(model, x, (6, 4))
    assert torch.allclose(model(x), linear(x)), (
        "with the weights of a torch.nn.Linear the results differ from its results: is the weight "
        "transposed, and the bias added?\n"
        "换上 torch.nn.Linear 的权重之后，结果与它不同：权重转置了吗？偏置加上了吗？"
    )
    for D_in, H in ((1000, 100), (16, 400)):
        weight, other = (create(MyLinear, D_in, H).weight.detach() for _ in range(2))
        times = weight.std().item() * D_in**0.5
        assert 0.5 < times < 2, (
            f"for D_in = {D_in} the weights start with a standard deviation of {times:.2g} times "
            f"1/√D_in: it should be about 1 times that; the more inputs, the smaller the weights\n"
            f"D_in = {D_in} 时，权重初值的标准差是 1/√D_in 的 {times:.2g} 倍，应当大约是 1 倍："
            "输入越多，权重越小"
        )
        assert abs(weight.mean().item()) * D_in**0.5 < 0.25, (
            "the mean of the weights is not 0: draw positive and negative ones\n"
            "权重的平均值不是 0：正的和负的都要抽到"
        )
        repeated = torch.equal(weight[0], weight[1]) or torch.equal(weight[:, 0], weight[:, 1])
        assert not repeated, (
            "rows or columns of the weight are equal: draw each entry by itself\n"
            "权重有相同的行或列：每个元素都要单独抽"
        )
        assert not torch.equal(weight, other), (
            "two layers start with equal weights: leave the seed to the program\n"
            "两个层的初始权重相同：种子由程序去设"
        )
