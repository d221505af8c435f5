"""Answers that are likely: wrong ones, each with words that the check must say, and right ones."""

import torch

from snippets.answers import custom_module as right


class PlainTensors(right.MyLinear):
    def __init__(self, D_in, H):
        torch.nn.Module.__init__(self)
        self.weight = torch.randn(H, D_in, dtype=torch.float64, requires_grad=True)
        self.bias = torch.zeros(H, dtype=torch.float64, requires_grad=True)


class Wrapped(torch.nn.Module):
    def __init__(self, D_in, H):
        super().__init__()
        self.linear = torch.nn.Linear(D_in, H)

    def forward(self, x):
        return self.linear(x)


class ByInit(torch.nn.Module):
    def __init__(self, D_in, H):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.empty(H, D_in))
        self.bias = torch.nn.Parameter(torch.empty(H))
        torch.nn.init.kaiming_uniform_(self.weight, a=5**0.5)
        torch.nn.init.uniform_(self.bias, -(D_in**-0.5), D_in**-0.5)

    def forward(self, x):
        return torch.nn.functional.linear(x, self.weight, self.bias)


class PaddedSum(right.TwoInputNet):
    """Gives each half of the last weight its input, without making one tensor of both."""

    def forward(self, x, z):
        from_x, from_z = self.linear_out.weight.chunk(2, dim=1)
        parts = torch.relu(self.linear_x(x)) @ from_x.T, torch.relu(self.linear_z(z)) @ from_z.T
        return parts[0] + parts[1] + self.linear_out.bias


class AddsInputs(right.TwoInputNet):
    def __init__(self, D_x, D_z, H, D_out):
        super().__init__(D_x, D_z, H, D_out)
        self.linear_out = torch.nn.Linear(H, D_out)

    def forward(self, x, z):
        return self.linear_out((self.linear_x(x) + self.linear_z(z)).clamp(min=0))


class KeepsTensors(right.Rescale):
    def __init__(self, x_train):
        super().__init__(x_train)
        self.kept = x_train.mean(dim=0), x_train.std(dim=0)

    def forward(self, x):
        return (x - self.kept[0].to(x.dtype)) / self.kept[1].to(x.dtype)


class KeepsTensorsOfFloat(KeepsTensors):
    def forward(self, x):
        return ((x - self.kept[0]) / self.kept[1]).float()


class AssignedBuffers(right.Rescale):
    def __init__(self, x_train):
        torch.nn.Module.__init__(self)
        self.mean = torch.nn.Buffer(x_train.mean(dim=0, keepdim=True))
        self.std = torch.nn.Buffer(x_train.std(dim=0, keepdim=True))


HSTACK = "torch.hstack((self.linear_x(x), self.linear_z(z)))"
NAMES = right.predict()
START = "torch.randn(H, D_in) / D_in**0.5"
DIVIDED = "(x - self.mean) / self.std"
MEAN = 'self.register_buffer("mean", x_train.mean(dim=0))'
STD = 'self.register_buffer("std", x_train.std(dim=0))'
WRONG = {
    "predict": [
        (lambda: [*NAMES, "third.0.weight", "third.0.bias"], "is a plain list looked into"),
        (lambda: [*NAMES[:2], "first.weight", *NAMES[2:]], "local variables"),
        (lambda: NAMES[:2], "no name of fourth"),
        (lambda: NAMES[2:], "no name of second"),
        (lambda: ["second", *NAMES[2:]], "look at the names"),
        (lambda: [*NAMES[:2], "fourth.first.weight", *NAMES[3:]], "look at the names"),
        (lambda: NAMES[:-1], "not in your list: 1"),
    ],
    "TwoInputNet": [
        ("        super().__init__()\n", "", "which line comes first"),
        ("def forward", "def foward", "there is no method forward"),  # cspell:disable-line
        (AddsInputs, "linear_out.weight has the shape (3, 4)"),
        ("torch.nn.Linear(D_z, H)", "torch.nn.Linear(D_x, H)", "linear_z.weight has the shape"),
        ("self.linear_z(z)]", "self.linear_x(x)]", "z makes no difference"),
        (
            "self.linear_x(x), self.linear_z(z)",
            "self.linear_z(z), self.linear_x(x)",
            "from x first",
        ),
        ("h.clamp(min=0)", "h", "there is no ReLU"),
        ("h.clamp(min=0)", "torch.cat([h[:, :4], h[:, 4:].clamp(min=0)], dim=1)", "both halves"),
        ("return y_pred", "return y_pred.clamp(min=0)", "is something else on the way"),
        ("return y_pred", "return y_pred.sum(dim=1)", "has the shape (6,)"),
    ],
    "Rescale": [
        ("        super().__init__()\n", "", "which line comes first"),
        (STD, "self.std = x_train.std(dim=0)", "holds ['mean']"),
        (STD, STD[:-1] + ", persistent=False)", "holds ['mean']"),
        (MEAN, "self.mean = torch.nn.Parameter(x_train.mean(dim=0))", "an optimizer would change"),
        (DIVIDED, "(x - x.mean(dim=0)) / x.std(dim=0)", "it should use those of x_train"),
        (DIVIDED, "x - self.mean", "not what (x - mean) / std gives"),
        (DIVIDED, "x - self.mean / self.std", "not what (x - mean) / std gives"),
        ("x_train.mean(dim=0)", "x_train.mean()", "of each column"),
        (DIVIDED, "((x - self.mean) / self.std).sum(dim=1)", "has the shape (5,)"),
        (KeepsTensors, "after load_state_dict()"),
        (KeepsTensorsOfFloat, "use the buffers in forward"),
    ],
    "MyLinear": [
        (PlainTensors, "torch.nn.Parameter"),
        ("torch.randn(H, D_in)", "torch.randn(D_in, H)", "the weight is (H, D_in)"),
        (" + self.bias", "", "the results differ"),
        (" / D_in**0.5", "", "the smaller the weights"),
        (START, f"{START} / 30", "the smaller the weights"),
        (START, "torch.randn(H, D_in) / 1000**0.5", "for D_in = 16"),
        (START, "torch.zeros(H, D_in)", "standard deviation of 0 times"),
        (START, f"({START})[:1].repeat(H, 1)", "rows or columns of the weight are equal"),
        (START, "torch.rand(H, D_in) * 2 / D_in**0.5", "the mean of the weights is not 0"),
        (
            "super().__init__()",
            "super().__init__()\n        torch.manual_seed(0)",
            "leave the seed",
        ),
        (Wrapped, "do without"),
    ],
}

RIGHT = {
    "predict": [lambda: set(NAMES), lambda: tuple(NAMES), lambda: NAMES[::-1]],
    "TwoInputNet": [
        PaddedSum,
        (".clamp(min=0)", ".relu()"),
        ("torch.cat([self.linear_x(x), self.linear_z(z)], dim=1)", HSTACK),
    ],
    "Rescale": [
        AssignedBuffers,
        ("x_train.std(dim=0)", "x_train.std(dim=0, correction=0)"),
        (DIVIDED, "x.sub(self.mean).div(self.std)"),
        ("x_train.mean(dim=0)", "x_train.sum(dim=0) / len(x_train)"),
    ],
    "MyLinear": [
        ByInit,
        ("x.mm(self.weight.t())", "x @ self.weight.T"),
        (START, "(torch.rand(H, D_in) * 2 - 1) / D_in**0.5"),
        ("torch.zeros(H)", "torch.randn(H)"),
    ],
}
