"""The checks of custom_module.py. You need not read them. · 以下是检查，不必读。

Each takes your answer, the function or class of its name. · 每个检查的参数是你写的同名函数或类。
"""

import itertools

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
            f"{error}: which line comes first in __init__?\n__init__ 的第一行该写什么？"
        ) from None
    assert kind.forward is not torch.nn.Module.forward, (
        "there is no method forward\n没有名叫 forward 的方法"
    )
    return model.to(torch.float64)


def expect_shape(model, x, expected):
    shape = tuple(model(x).shape)
    assert shape == expected, (
        f"for x of shape {tuple(x.shape)} the result has the shape {shape}, it should be "
        f"{expected}\nx 的形状是 {tuple(x.shape)} 时，结果的形状应为 {expected}"
    )


def check_predict(predict):
    said, names = set(predict()), [name for name, _ in Puzzle().named_parameters()]
    for forgotten, message in {
        "second": "a layer that is assigned to self is registered\n赋给 self 的层会登记下来",
        "fourth": "a ModuleList registers its layers, whatever else they were called before\n"
        "ModuleList 会登记里面的层，不管它们原来叫什么",
    }.items():
        assert any(name.startswith(forgotten) for name in said), (
            f"no name of {forgotten}: {message}"
        )
    for name in sorted(said - set(names)):
        assert not name.startswith("third"), (
            f"{name}: is a plain list looked into?\n模块会去翻普通列表吗？"
        )
        assert not name.startswith("first"), (
            f"{name}: the module does not see the names of local variables\n"
            "模块看不到局部变量的名字"
        )
        raise AssertionError(
            f"{name}: look at the names in the lesson's outputs; a layer in a list is called by "
            "its number\n看看课文的输出里，名字是怎样写的；列表里的层用编号作名字"
        )
    missing = [name for name in names if name not in said]
    assert not missing, (
        f"names that are printed and not in your list: {len(missing)}\n"
        f"还有 {len(missing)} 个名字没有写"
    )


def check_ShortcutNet(ShortcutNet):  # noqa: N802
    torch.manual_seed(0)
    model = create(ShortcutNet, 5, 4, 3)
    x = torch.randn(6, 5, dtype=torch.float64)
    names = {name for name, _ in model.named_parameters()}
    assert names == {"linear1.weight", "linear1.bias", "linear2.weight", "linear2.bias"}, (
        f"the parameters are {sorted(names)}: the layers should be self.linear1, self.linear2\n"
        "两个层应叫 self.linear1 和 self.linear2"
    )
    expect_shape(model, x, (6, 3))
    with torch.no_grad():
        for param in model.parameters():
            param.zero_()
        assert torch.equal(model(x), x[:, :3]), (
            "with all weights and biases 0, the prediction should be x[:, :D_out]\n"
            "权重和偏置全是 0 时，预测应当就是 x[:, :D_out]"
        )
        model.linear1.bias.fill_(1.0)
        model.linear2.weight.fill_(1.0)
        assert torch.allclose(model(x), x[:, :3] + 4), (
            "the shortcut is there, the rest of the network is not: linear2 gets linear1(x), and "
            "the shortcut is added to what comes out of linear2\n"
            "近路有了，网络的其余部分不对：linear1(x) 交给 linear2，近路加在 linear2 的输出上"
        )
        model.linear1.bias.fill_(-1.0)
        assert torch.equal(model(x), x[:, :3]), (
            "negative hidden values get through: there is no ReLU\n负的隐藏值没有被挡住：缺 ReLU"
        )


def check_DeepNet(DeepNet):  # noqa: N802
    for sizes in ([5, 4, 3], [5, 3], [5, 4, 6, 4, 3]):
        torch.manual_seed(0)
        model = create(DeepNet, sizes)
        layers = [torch.nn.Linear(*pair) for pair in itertools.pairwise(sizes)]
        between = [module for layer in layers for module in (layer, torch.nn.ReLU())]
        reference = torch.nn.Sequential(*between[:-1]).to(torch.float64)
        found, expected = (
            [tuple(param.shape) for param in net.parameters()] for net in (model, reference)
        )
        assert found, (
            f"sizes {sizes}: no parameters found; are the layers in a plain list?\n"
            f"sizes 为 {sizes} 时一个参数也没找到：层是不是放在普通列表里了？"
        )
        assert found == expected, (
            f"sizes {sizes}: the parameters have the shapes {found}, they should have {expected}\n"
            f"sizes 为 {sizes} 时，参数的形状应为 {expected}"
        )
        with torch.no_grad():
            for param, value in zip(reference.parameters(), model.parameters(), strict=True):
                value.copy_(torch.randn(value.shape))
                param.copy_(value)
        x = torch.randn(60, 5, dtype=torch.float64)
        expect_shape(model, x, (60, 3))
        y_pred, right = model(x), reference(x)
        assert not torch.allclose(y_pred, right.clamp(min=0)), (
            f"sizes {sizes}: there is a ReLU after the last layer, so no prediction can be "
            f"negative\nsizes 为 {sizes} 时，最后一层之后也有 ReLU，预测就不可能是负数"
        )
        straight = torch.nn.Sequential(*layers)(x)
        assert len(layers) == 1 or not torch.allclose(y_pred, straight), (
            f"sizes {sizes}: there is no ReLU between the layers\n"
            f"sizes 为 {sizes} 时，层与层之间没有 ReLU"
        )
        assert torch.allclose(y_pred, right), (
            f"sizes {sizes}: not what a Sequential with the same weights predicts; is each layer "
            "used once, in order?\n"
            f"sizes 为 {sizes} 时，与权重相同的 Sequential 预测不同：每层都按次序用了一遍吗？"
        )


def check_MyLinear(MyLinear):  # noqa: N802
    torch.manual_seed(0)
    model, linear = create(MyLinear, 5, 4), torch.nn.Linear(5, 4).to(torch.float64)
    borrowed = any(isinstance(module, torch.nn.Linear) for module in model.modules())
    assert not borrowed, "do without torch.nn.Linear\n不要用 torch.nn.Linear"
    names = sorted(name for name, _ in model.named_parameters())
    assert names == ["bias", "weight"], (
        f"the registered parameters are {names}: wrap both tensors in torch.nn.Parameter\n"
        "登记下来的参数不对：两个张量都要用 torch.nn.Parameter 包起来"
    )
    shapes = {name: tuple(param.shape) for name, param in model.named_parameters()}
    assert shapes == {"weight": (4, 5), "bias": (4,)}, (
        f"MyLinear(5, 4) has {shapes}: the weight is (H, D_in), the bias (H,)\n"
        "weight 的形状是 (H, D_in)，bias 的形状是 (H,)"
    )
    model.load_state_dict(linear.state_dict())
    x = torch.randn(6, 5, dtype=torch.float64)
    expect_shape(model, x, (6, 4))
    assert torch.allclose(model(x), linear(x)), (
        "with the weights of a torch.nn.Linear the results differ from its results: is the weight "
        "transposed, and the bias added?\n"
        "换上 torch.nn.Linear 的权重之后，结果与它不同：权重转置了吗？偏置加上了吗？"
    )
    model = create(MyLinear, 1000, 100)
    spread = model(torch.randn(64, 1000, dtype=torch.float64)).std().item()
    assert spread > 0.01, (
        "a new layer gives the same output for everything: draw the weights at random\n"
        "新建的层对什么输入都给出同样的输出：权重要随机抽"
    )
    assert spread < 5, (
        f"with 1000 inputs the first outputs have a standard deviation of {spread:.0f}: the more "
        "inputs, the smaller the weights must start; see lesson 5\n"
        f"有 1000 个输入时，最初的输出标准差达到 {spread:.0f}：输入越多，权重的初值应当越小，"
        "见第 5 课"
    )
