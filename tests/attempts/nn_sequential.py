"""Answers that are likely: wrong ones, each with words that the check must say, and right ones."""

import itertools

import torch

from snippets.answers import nn_sequential as right


def by_assignment(w1, w2):
    first, last = torch.nn.Linear(1, 1, bias=False), torch.nn.Linear(1, 1, bias=False)
    first.weight = torch.nn.Parameter(w1.t().clone())
    last.weight = torch.nn.Parameter(w2.t().clone())
    return torch.nn.Sequential(first, torch.nn.ReLU(), last)


def by_state(w1, w2):
    model = right.as_layers(torch.zeros_like(w1), torch.zeros_like(w2))
    model.load_state_dict({"0.weight": w1.t(), "2.weight": w2.t()})
    return model


def by_sgd(model, x, y, learning_rate, steps, **more):
    optimizer = torch.optim.SGD(model[-1].parameters(), lr=learning_rate, **more)
    losses = []
    for _ in range(steps):
        loss = torch.nn.functional.mse_loss(model(x), y, reduction="sum")
        losses.append(float(loss.detach()))
        model.zero_grad()
        loss.backward()
        optimizer.step()
    return losses


def frozen(model, x, y, learning_rate, steps):
    model[:-1].requires_grad_(False)
    return right.train_last(model, x, y, learning_rate, steps)


def on_hidden_values(model, x, y, learning_rate, steps):
    h = model[:-1](x).detach()
    losses = []
    for _ in range(steps):
        loss = ((model[-1](h) - y) ** 2).sum()
        grads = torch.autograd.grad(loss, list(model[-1].parameters()))
        for param, grad in zip(model[-1].parameters(), grads, strict=True):
            param.data -= learning_rate * grad
        losses.append(loss.item())
    return losses


def nested(sizes):
    *pairs, last = itertools.pairwise(sizes)
    blocks = [torch.nn.Sequential(torch.nn.Linear(*pair), torch.nn.ReLU()) for pair in pairs]
    return torch.nn.Sequential(*blocks, torch.nn.Linear(*last))


def one_relu(sizes):
    relu, model = torch.nn.ReLU(), torch.nn.Sequential()
    for k, pair in enumerate(itertools.pairwise(sizes)):
        if k > 0:
            model.append(relu)
        model.append(torch.nn.Linear(*pair))
    return model


SHAPES = "[(H, D_in), (H,), (D_out, H), (D_out,)]"
LAST = "model[-1].parameters()"
WRONG = {
    "parameter_shapes": [
        (SHAPES, "[(D_in, H), (H,), (H, D_out), (D_out,)]", "the wrong way round"),
        ("(H,), (D_out, H)", "(64, H), (D_out, H)", "what does the layer multiply or add?"),
        (SHAPES, "[(H, D_in), (D_in,), (D_out, H), (H,)]", "the first bias"),
        (SHAPES, "[(100, 1000), (100,), (10, 100), (10,)]", "for (5, 4, 3) is not (100, 1000)"),
        (lambda D_in, H, D_out: ([(H, D_in), (D_out, H)], 101_000), "make four"),
        (" + H + D_out * H + D_out", "", "then add up all four"),
        ("H * D_in + H + D_out * H + D_out", "H * D_in + D_out * H", "then add up all four"),
    ],
    "rate_for_mean": [
        (lambda learning_rate, y: learning_rate * len(y), "that is N"),
        (lambda learning_rate, y: learning_rate / y.numel(), "has to be larger"),
        (lambda learning_rate, y: learning_rate, "has to be larger"),
        (lambda learning_rate, y: learning_rate * y.shape[1], "not the ratio"),
        (lambda learning_rate, y: learning_rate * 640, "not the ratio"),
        (lambda learning_rate, y: learning_rate * 18, "for y of shape (7, 5)"),
        (lambda learning_rate, y: y.numel(), "not the ratio"),
    ],
    "as_layers": [
        (lambda w1, w2: right.as_layers(w1.t(), w2.t()), "the wrong way round"),
        ("D_in, H, bias=False", "D_in, H", "say bias=False"),
        ("copy_(w1.t())", "t()", "copy them in"),
        ("        torch.nn.ReLU(),\n", "        torch.nn.Identity(),\n", "put a ReLU between"),
        ("return model", "return model.requires_grad_(False)", "still require gradients"),
        (lambda w1, w2: lambda x: x.mm(w1).clamp(min=0).mm(w2), "not a Sequential"),
    ],
    "train_last": [
        (LAST, "model.parameters()", "the first layer has moved"),
        (LAST, "list(model.parameters())[-2:]", "the first layer has moved"),
        ("param -= learning_rate", "param = param - learning_rate", "the last layer has not moved"),
        (LAST, "[model[-1].weight]", "bias has not moved"),
        ("loss.item()", "loss.item() / y.numel()", "before the first update"),
        ("losses.append(loss.item())", "losses.append(loss.detach())", "of type Tensor"),
        ('reduction="sum"', 'reduction="mean"', "the first loss is"),
        ("param -=", "param +=", "subtracted?"),
        ("        model.zero_grad()\n", "", "are the gradients cleared"),
        (lambda *given: by_sgd(*given, momentum=0.9), "the plain gradient"),
        (frozen, "requires no gradients any more"),
        (lambda *given: right.train_last(*given)[-1:], "4 steps is 1"),
    ],
    "any_depth": [
        ("layers[:-1]", "layers", "a ReLU stands at the end"),
        ("layers[:-1]", "layers[::2]", "there is no ReLU"),
        ("*layers[:-1]", "*layers[1:-1:2], *layers[::2]", "do not stand in turn"),
        ("*layers[:-1]", "*layers[:3], *layers[4:-1:2]", "do not stand in turn"),
        ("layers[:-1]", "(layers[:1] * (len(sizes) - 1))", "the parameters have the shapes"),
        (lambda sizes: right.any_depth([*sizes[:2], sizes[-1]]), "the parameters have the shapes"),
        ("sizes[k + 1])", "sizes[k + 1], bias=False)", "the parameters have the shapes"),
        ("return torch.nn.Sequential(*layers[:-1])", "return layers[:-1]", "not a Sequential"),
    ],
}

RIGHT = {
    "parameter_shapes": [
        right.program,
        (SHAPES, "((H, D_in), (H,), (D_out, H), (D_out,))"),
        ("H * D_in + H + D_out * H + D_out", "(D_in + 1) * H + (H + 1) * D_out"),
        (SHAPES, "[[H, D_in], [H], [D_out, H], [D_out]]"),
    ],
    "rate_for_mean": [
        lambda learning_rate, y: learning_rate * y.shape[0] * y.shape[1],
        lambda learning_rate, y: learning_rate * torch.ones_like(y).sum(),
        lambda learning_rate, y: learning_rate / (1 / y.nelement()),
    ],
    "as_layers": [
        by_assignment,
        by_state,
        ("model[0].weight.copy_(w1.t())", "model[0].weight[:] = w1.T"),
    ],
    "train_last": [by_sgd, on_hidden_values, ("model.zero_grad()", "model[-1].zero_grad()")],
    "any_depth": [nested, one_relu, ("layers[:-1]", "layers[:-1], torch.nn.Identity()")],
}
