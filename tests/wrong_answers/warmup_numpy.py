"""Likely wrong answers, each with words that the check must say to it."""

WRONG = {
    "shapes": [
        (lambda N, D_in, H, D_out: [(N, D_out), (H, N), (D_in, H)], "grad_h"),
        (lambda N, D_in, H, D_out: [(N, D_out), (N, H), (H, D_in)], "what is left outside"),
        (lambda *sizes: [(64, 10), (64, 100), (1000, 100)], "use N, D_in, H, D_out"),
    ],
    "first_bad_step": [
        (lambda losses: 0, "return None"),
        ("not np.isfinite(loss)", "loss == np.inf", "nan equals nothing"),
    ],
    "leaky_backward": [
        (lambda grad_leaky, h: grad_leaky * (h > 0), "0.1, not 0"),
        (lambda grad_leaky, h: grad_leaky.sum(), "the shape is ()"),
    ],
    "three_layers": [
        ("return loss, grad_w1", "return loss, -grad_w1", "the gradient for w1"),
        (" * (h2 > 0)", "", "the gradient for w2"),
        (lambda x, *rest: (0.0, *rest[1:]), "fix the forward pass first"),
    ],
}
