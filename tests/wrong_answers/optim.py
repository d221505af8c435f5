"""Likely wrong answers, each with words that the check must say to it."""

import torch

from snippets.answers import optim as right


def weight_only(model, learning_rate):
    return torch.optim.SGD([model[-1].weight], lr=learning_rate)


def tensors_counted(optimizer):
    return sum(
        torch.is_tensor(value) for kept in optimizer.state.values() for value in kept.values()
    )


def shapes_of_parameters_only(optimizer):
    return sum(
        value.numel()
        for param, kept in optimizer.state.items()
        for value in kept.values()
        if torch.is_tensor(value) and value.shape == param.shape
    )


class Uncorrected(right.Adam):
    @torch.no_grad()
    def step(self):
        for i, param in enumerate(self.params):
            if param.grad is not None:
                self.m[i] += 0.1 * (param.grad - self.m[i])
                self.v[i] += 0.001 * (param.grad**2 - self.v[i])
                param.sub_(self.lr * self.m[i] / (self.v[i].sqrt() + 1e-8))


class ReadOnce(right.Adam):
    def __init__(self, params, lr):
        super().__init__(params, lr)
        self.again = params

    def step(self):
        self.params = list(self.again)
        self.m = self.v = []
        super().step()


class NothingSkipped(right.Adam):
    def step(self):
        for param in self.params:
            param.data -= self.lr * param.grad


class Forgetful(right.Adam):
    def step(self):
        self.m = [torch.zeros_like(param) for param in self.params]
        super().step()


class NeverCleared(right.Adam):
    def zero_grad(self):
        pass


WRONG = {
    "predict": [
        (lambda: [2.4, 1.92, 1.92], "nobody called zero_grad()"),
        (lambda: [3.6, 1.32, 1.32], "downwards"),
        (lambda: [2.4, 1.32, 1.056], "when step() looks for one"),
    ],
    "last_layer": [
        (lambda model, lr: torch.optim.SGD(model.parameters(), lr=lr), "a layer before the last"),
        (
            lambda model, lr: torch.optim.SGD(model[2].parameters(), lr=lr),
            "a layer before the last",
        ),
        (weight_only, "the last bias did not move"),
        (lambda model, lr: torch.optim.SGD(model[-1].parameters(), lr=0.1), "with learning_rate"),
    ],
    "remembered": [
        (tensors_counted, "count entries, not tensors"),
        (shapes_of_parameters_only, "the step counters too"),
        (lambda optimizer: sum(p.numel() for p in optimizer.param_groups[0]["params"]), "return 0"),
    ],
    "Adam": [
        (Uncorrected, "3.16 times the learning rate"),
        (ReadOnce, "keep list(params)"),
        (NothingSkipped, "skip what has none"),
        (Forgetful, "m and v keep what they had"),
        (NeverCleared, "after zero_grad() there is a gradient left"),
    ],
}
