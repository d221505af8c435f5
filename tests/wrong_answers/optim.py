"""Likely wrong answers, each with words that the check must say to it."""

from snippets.answers import optim as right


class ReadOnce(right.Adam):
    def __init__(self, params, lr):
        super().__init__(params, lr)
        self.again = params

    def step(self):
        self.params = list(self.again)
        self.m = self.v = []
        super().step()


WRONG = {
    "predict": [
        (lambda: [2.4, 1.92, 1.92], "nobody called zero_grad()"),
        (lambda: [3.6, 1.32, 1.32], "downwards"),
        (lambda: [2.4, 1.32, 1.056], "when step() looks for one"),
    ],
    "last_layer": [
        ("model[-1].parameters()", "model.parameters()", "a layer before the last"),
        ("model[-1]", "model[2]", "a layer before the last"),
        ("model[-1].parameters()", "[model[-1].weight]", "the last bias did not move"),
        ("lr=learning_rate", "lr=0.1", "with learning_rate"),
    ],
    "remembered": [
        ("value.numel()", "1", "count entries, not tensors"),
        ("value.numel()", "value.numel() * (value.ndim > 0)", "the step counters too"),
        (lambda optimizer: sum(p.numel() for p in optimizer.param_groups[0]["params"]), "return 0"),
    ],
    "Adam": [
        ("self.t += 1", "self.t = math.inf", "3.16 times the learning rate"),
        (ReadOnce, "keep list(params)"),
        ("if param.grad is None", "if False", "skip what has none"),
        ("m += 0.1 * (param.grad - m)", "m = 0.1 * param.grad", "m and v keep what they had"),
        ("param.grad = None", "pass", "after zero_grad() there is a gradient left"),
    ],
}
