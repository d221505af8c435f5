"""Answers that are likely: wrong ones, each with words that the check must say, and right ones."""

import torch

from snippets.answers import optim as right


class ReadOnce(right.Adam):
    def __init__(self, params, lr):
        super().__init__(params, lr)
        self.again = params

    def step(self):
        self.params = list(self.again)
        self.m = self.v = []
        super().step()


class WithDictionary:
    def __init__(self, params, lr):
        self.state = {param: [0, 0.0, 0.0] for param in params}
        self.lr = lr

    def zero_grad(self):
        for param in self.state:
            if param.grad is not None:
                param.grad.zero_()

    def step(self):
        for param, kept in self.state.items():
            if param.grad is not None:
                kept[0] += 1
                kept[1] = 0.9 * kept[1] + 0.1 * param.grad
                kept[2] = 0.999 * kept[2] + 0.001 * param.grad * param.grad
                m, v = kept[1] / (1 - 0.9 ** kept[0]), kept[2] / (1 - 0.999 ** kept[0])
                param.data -= self.lr * m / (v**0.5 + 1e-8)


class OfTorch(torch.optim.Optimizer):
    def __init__(self, params, lr):
        super().__init__(params, {"lr": lr})
        self.t = 0

    @torch.no_grad()
    def step(self):
        self.t += 1
        for group in self.param_groups:
            for param in group["params"]:
                if param.grad is not None:
                    kept = self.state[param]
                    m = kept.setdefault("m", torch.zeros_like(param))
                    v = kept.setdefault("v", torch.zeros_like(param))
                    m.mul_(0.9).add_(param.grad, alpha=0.1)
                    v.mul_(0.999).addcmul_(param.grad, param.grad, value=0.001)
                    root = (v / (1 - 0.999**self.t)).sqrt_() + 1e-8
                    param.addcdiv_(m / (1 - 0.9**self.t), root, value=-group["lr"])


def one_group_each(model, slow, fast):
    groups = [{"params": layer.parameters(), "lr": slow} for layer in model]
    groups[-1]["lr"] = fast
    return torch.optim.SGD(groups)


def added_later(model, slow, fast):
    optimizer = torch.optim.SGD(model[-1].parameters(), lr=fast)
    optimizer.add_param_group({"params": model[:-1].parameters(), "lr": slow})
    return optimizer


def by_identity(model, slow, fast):
    last = set(model[-1].parameters())
    others = [param for param in model.parameters() if param not in last]
    return torch.optim.SGD([{"params": others}, {"params": list(last), "lr": fast}], lr=slow)


def by_position(model, slow, fast):
    params = list(model.parameters())
    return torch.optim.SGD([{"params": params[:-2]}, {"params": params[-2:], "lr": fast}], lr=slow)


def last_weight_only(model, slow, fast):
    weight = model[-1].weight
    others = [param for param in model.parameters() if param is not weight]
    return torch.optim.SGD([{"params": others}, {"params": [weight], "lr": fast}], lr=slow)


def in_state_dict(optimizer):
    kept = optimizer.state_dict()["state"].values()
    return sum(value.numel() for entry in kept for value in entry.values())


def of_parameters(optimizer):
    return sum(param.numel() for param in optimizer.param_groups[0]["params"])


def of_gradients(optimizer):
    params = optimizer.param_groups[0]["params"]
    return sum(param.grad.numel() for param in params if param.grad is not None)


ALONE = "self.m = [torch.zeros_like(param) for param in self.params]"
BY_SHAPE = """of = {param.shape: torch.zeros_like(param) for param in self.params}
        self.m = [of[param.shape] for param in self.params]"""
WRONG = {
    "predict": [
        (lambda: [2.4, 1.92, 1.92], "nobody called zero_grad()"),
        (lambda: [3.6, 1.32, 1.32], "downwards"),
        (lambda: [2.7, 1.32, 1.32], "the gradient of w * w is 2 * w"),
        (lambda: [2.4, 1.32, 1.056], "when step() looks for one"),
        (lambda: [2.4, 1.32, 0.24], "when step() looks for one"),
        (lambda: [2.4, 1.32], "prints three numbers"),
    ],
    "two_rates": [
        ("return torch.optim.SGD(groups)", "return groups", "return the optimizer"),
        ("torch.optim.SGD(groups)", "torch.optim.Adam(groups)", "got Adam"),
        ('"lr": slow', '"lr": fast', "moved by 0.02 times its gradient, not by 0.001"),
        ("model[:-1].parameters()", "model[:1].parameters()", "each parameter has to be"),
        ("model[:-1].parameters()", "model[:-2].parameters()", "0.weight did not move"),
        ("SGD(groups)", "SGD(groups[1:])", "0.weight did not move"),
        ("SGD(groups)", "SGD(groups, momentum=0.9)", "step 2"),
        ("SGD(groups)", "SGD(groups, weight_decay=0.1)", "times its gradient"),
        (by_position, "0.bias moved by 0.02 times its gradient"),
        (last_weight_only, "2.bias moved by 0.001 times its gradient"),
    ],
    "remembered": [
        ("value.numel()", "1", "count entries, not tensors"),
        ("value.numel()", "(*value.shape, 1)[0]", "count entries, not tensors"),
        ("value.numel()", "value.numel() * (value.ndim > 0)", "the step counters too"),
        ("count += value.numel()", "count = value.numel()", "for a model with 39 parameters"),
        (of_parameters, "return 0"),
        (of_gradients, "plain SGD remembers nothing"),
    ],
    "Adam": [
        ("self.t += 1", "self.t = math.inf", "3.16 times the learning rate"),
        (" / (1 - 0.9**self.t)", "", "0.1 times the learning rate"),
        ("(square.sqrt() + 1e-8)", "(square + 1e-8).sqrt()", "does the root stand where"),
        ("(square.sqrt() + 1e-8)", "(square + 1e-8)", "does the root stand where"),
        ("self.lr * mean", "1e-3 * mean", "0.1 times the learning rate"),
        (torch.optim.Adam, "this is PyTorch's Adam"),
        (ReadOnce, "keep list(params)"),
        ("param -= self.lr * mean", "param = param - self.lr * mean", "nothing moved"),
        ("if param.grad is None", "if False", "skip what has none"),
        ("m += 0.1 * (param.grad - m)", "m = 0.1 * param.grad", "0.weight is not where"),
        ("self.t += 1", "self.t = 1", "does t grow by 1"),
        (ALONE, BY_SHAPE, "separately for each parameter"),
        ("param.grad = None", "pass", "after zero_grad() there is a gradient left"),
    ],
}

RIGHT = {
    "predict": [
        lambda: (2.4, 1.32, 1.32),
        lambda: ["2.4", "1.32", "1.32"],
        lambda: list(torch.tensor([2.4, 1.32, 1.32])),
    ],
    "two_rates": [
        added_later,
        by_identity,
        one_group_each,
        ("torch.optim.SGD(groups)", "torch.optim.SGD(groups[::-1])"),
    ],
    "remembered": [
        in_state_dict,
        ("value.numel()", "torch.numel(value)"),
        lambda optimizer: sum(
            len(value.flatten()) for kept in optimizer.state.values() for value in kept.values()
        ),
    ],
    "Adam": [
        WithDictionary,
        OfTorch,
        ("param -= self.lr * mean", "param[...] = param - self.lr * mean"),
    ],
}
