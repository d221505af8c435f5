"""Likely wrong answers, each with words that the check must say to it."""

import torch

from snippets.answers import nn_sequential as right


def shapes_not_transposed(D_in, H, D_out):
    return [(D_in, H), (H,), (H, D_out), (D_out,)], right.parameter_shapes(D_in, H, D_out)[1]


def one_bias_for_each_sample(D_in, H, D_out):
    shapes, count = right.parameter_shapes(D_in, H, D_out)
    return [shapes[0], (64, H), *shapes[2:]], count


def with_bias(w1, w2):
    return torch.nn.Sequential(
        torch.nn.Linear(*w1.shape), torch.nn.ReLU(), torch.nn.Linear(*w2.shape)
    )


def never_copied(w1, w2):
    model = right.as_layers(w1, w2)
    for layer in (model[0], model[2]):
        layer.reset_parameters()
    return model


def train(parameters_of, *arguments, clear=True):
    model, x, y, learning_rate, steps = arguments
    losses = []
    for _ in range(steps):
        loss = (model(x) - y).pow(2).sum()
        losses.append(loss.item())
        if clear:
            model.zero_grad()
        loss.backward()
        with torch.no_grad():
            for param in parameters_of(model):
                param -= learning_rate * param.grad
    return losses


def train_all(*arguments):
    return train(lambda model: model.parameters(), *arguments)


def train_weight_alone(*arguments):
    return train(lambda model: [model[-1].weight], *arguments)


def never_cleared(*arguments):
    return train(lambda model: model[-1].parameters(), *arguments, clear=False)


def uphill(model, x, y, learning_rate, steps):
    return right.train_last(model, x, y, -learning_rate, steps)


def rebound(model, x, y, learning_rate, steps):
    losses = []
    for _ in range(steps):
        loss = (model(x) - y).pow(2).sum()
        losses.append(loss.item())
        model.zero_grad()
        loss.backward()
        with torch.no_grad():
            for param in model[-1].parameters():
                param = param - learning_rate * param.grad
    return losses


def mean_for_sum(*arguments):
    return [loss / 18 for loss in right.train_last(*arguments)]


def relu_at_the_end(sizes):
    return torch.nn.Sequential(*right.any_depth(sizes), torch.nn.ReLU())


def no_relu(sizes):
    layers = right.any_depth(sizes)
    return torch.nn.Sequential(*[layer for layer in layers if hasattr(layer, "weight")])


def relus_first(sizes):
    layers = right.any_depth(sizes)
    linear = [layer for layer in layers if hasattr(layer, "weight")]
    return torch.nn.Sequential(*[torch.nn.ReLU() for _ in linear[1:]], *linear)


def one_layer_reused(sizes):
    first = torch.nn.Linear(sizes[0], sizes[1])
    return torch.nn.Sequential(*[first for _ in sizes[1:]])


WRONG = {
    "parameter_shapes": [
        (shapes_not_transposed, "the wrong way round"),
        (one_bias_for_each_sample, "what does the layer multiply or add?"),
        (lambda D_in, H, D_out: ([(H, D_in), (D_out, H)], 101_000), "make four"),
        (
            lambda *sizes: (right.parameter_shapes(*sizes)[0], sizes[0] * sizes[1]),
            "then add up all four",
        ),
    ],
    "rate_for_mean": [
        (lambda learning_rate, y: learning_rate * len(y), "that is N"),
        (lambda learning_rate, y: learning_rate / y.numel(), "has to be larger"),
        (lambda learning_rate, y: learning_rate * 640, "not the ratio"),
    ],
    "as_layers": [
        (lambda w1, w2: right.as_layers(w1.t(), w2.t()), "the wrong way round"),
        (with_bias, "say bias=False"),
        (never_copied, "copy them in"),
        (lambda w1, w2: lambda x: x.mm(w1).clamp(min=0).mm(w2), "not a Sequential"),
    ],
    "train_last": [
        (train_all, "the first layer has moved"),
        (rebound, "the last layer has not moved"),
        (train_weight_alone, "bias has not moved"),
        (mean_for_sum, "before the first update"),
        (uphill, "subtracted?"),
        (never_cleared, "are the gradients cleared"),
        (lambda *arguments: right.train_last(*arguments)[-1:], "losses for 4 steps"),
    ],
    "any_depth": [
        (relu_at_the_end, "a ReLU stands at the end"),
        (no_relu, "there are 0 ReLU"),
        (relus_first, "do not stand in turn"),
        (one_layer_reused, "for [5, 4, 6, 3] the weights have the shapes"),
        (lambda sizes: right.any_depth([*sizes[:2], sizes[-1]]), "the weights have the shapes"),
    ],
}
