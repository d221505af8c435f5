"""Likely wrong answers, each with words that the check must say to it."""

THIRDS = [1 / 3, 1 / 3, 1 / 3]
MASKED = "torch.softmax(s.masked_fill(hidden, -torch.inf), dim=1)"
WEIGHTS = "(q.mm(k_block.t()) / D**0.5 - lse).exp()"
WRONG = {
    "two_queries": [
        (lambda: [(0, THIRDS, True), (2, [0, 1, 0], True)], "[0, 0, 0]: the output is not 0"),
        (lambda: [(3, [1, 1, 1], True), (2, [0, 1, 0], True)], "P transposed times ones"),
        (lambda: [(3, THIRDS, False), (2, [0, 1, 0], True)], "look at Q"),
        (lambda: [(3, THIRDS, True), (200, [0, 1, 0], True)], "[0, 100, 0]: the output is not"),
        (lambda: [(3, THIRDS, True), (2, [0, 1, 0], False)], "the slope of softmax"),
    ],
    "causal": [
        (MASKED, "torch.softmax(s, dim=1)", "attention without a mask"),
        (MASKED, "torch.softmax(s, dim=1).tril()", "before softmax"),
        ("triu(1)", "tril(-1)", "o[0] has to be v[0]"),
        (MASKED, "torch.softmax(s - hidden * torch.inf, dim=1)", "0 multiplied by infinity"),
        ("grad_s = p", "grad_s = D**0.5 * p", "grad_q is 1.732 times"),
        (" - (p * b).sum(dim=1, keepdim=True)", "", "grad_q is wrong, and not only by a factor"),
    ],
    "self_attention": [
        (" + grad_v.mm(w_v.t())", "", "the way through the values is missing"),
        ("grad_q.mm(w_q.t()) + grad_k.mm(w_k.t()) + ", "", "only the way through the values"),
        (
            "x.t().mm(grad_q)",
            "grad_q.t().mm(x)",
            "grad_w_q has the shape (3, 6), it should be (6, 3): transposed?",
        ),
        (
            "x.t().mm(grad_q), x.t().mm(grad_k)",
            "x.t().mm(grad_k), x.t().mm(grad_q)",
            "grad_w_q is wrong",
        ),
    ],
    "key_block": [
        (WEIGHTS, "torch.softmax(q.mm(k_block.t()) / D**0.5, dim=1)", "not softmax of the block"),
        ("(o * g).sum", "(p * b).sum", "runs over all keys"),
        (".mm(q) / D**0.5", ".mm(q)", "is 1.732 times"),
    ],
}
