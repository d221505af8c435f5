"""Likely wrong answers, each with words that the check must say to it."""

from snippets.answers import nn_sequential as right

SHAPES = "[(H, D_in), (H,), (D_out, H), (D_out,)]"
WRONG = {
    "parameter_shapes": [
        (SHAPES, "[(D_in, H), (H,), (H, D_out), (D_out,)]", "the wrong way round"),
        ("(H,), (D_out, H)", "(64, H), (D_out, H)", "what does the layer multiply or add?"),
        (lambda D_in, H, D_out: ([(H, D_in), (D_out, H)], 101_000), "make four"),
        (" + H + D_out * H + D_out", "", "then add up all four"),
    ],
    "rate_for_mean": [
        (lambda learning_rate, y: learning_rate * len(y), "that is N"),
        (lambda learning_rate, y: learning_rate / y.numel(), "has to be larger"),
        (lambda learning_rate, y: learning_rate * 640, "not the ratio"),
    ],
    "as_layers": [
        (lambda w1, w2: right.as_layers(w1.t(), w2.t()), "the wrong way round"),
        ("D_in, H, bias=False", "D_in, H", "say bias=False"),
        ("copy_(w1.t())", "t()", "copy them in"),
        (lambda w1, w2: lambda x: x.mm(w1).clamp(min=0).mm(w2), "not a Sequential"),
    ],
    "train_last": [
        ("model[-1].parameters()", "model.parameters()", "the first layer has moved"),
        ("param -= learning_rate", "param = param - learning_rate", "the last layer has not moved"),
        ("model[-1].parameters()", "[model[-1].weight]", "bias has not moved"),
        ("loss.item()", "loss.item() / y.numel()", "before the first update"),
        ("param -=", "param +=", "subtracted?"),
        ("        model.zero_grad()\n", "", "are the gradients cleared"),
        (lambda *arguments: right.train_last(*arguments)[-1:], "losses for 4 steps"),
    ],
    "any_depth": [
        ("layers[:-1]", "layers", "a ReLU stands at the end"),
        ("layers[:-1]", "layers[::2]", "there are 0 ReLU"),
        ("*layers[:-1]", "*layers[1:-1:2], *layers[::2]", "do not stand in turn"),
        (
            "layers[:-1]",
            "(layers[:1] * (len(sizes) - 1))",
            "for [5, 4, 6, 3] the weights have the shapes",
        ),
        (lambda sizes: right.any_depth([*sizes[:2], sizes[-1]]), "the weights have the shapes"),
    ],
}
