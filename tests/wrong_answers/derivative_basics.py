"""Likely wrong answers, each with words that the check must say to it."""

from snippets.answers import derivative_basics as right

WRONG = {
    "one_sample": [
        (lambda: ([[6.0], [0.0]], [[4.0, 6.0], [8.0, 12.0]]), "is negative"),
        (lambda: ([[3.0], [0.0]], [[2.0, 0.0], [4.0, 0.0]]), "0.5 times"),
        (lambda: ([[6.0, 0.0]], [[4.0, 0.0], [8.0, 0.0]]), "the shape (1, 2), w2 has (2, 1)"),
        (lambda: ([[6.0], [0.0]], [[4.0, 8.0], [0.0, 0.0]]), "w1 is transposed"),
        (lambda: ([[6.0], [-2.0]], [[4.0, 0.0], [8.0, 0.0]]), "compute h first"),
        (lambda: [[6.0], [0.0], [4.0, 0.0], [8.0, 0.0]], "return two gradients"),
    ],
    "grad_input": [
        (" * (h > 0)", "", "is the mask there"),
        ("dot(w1.T)", "dot(w1.T).T", "the shape (5, 6), x has (6, 5): a transpose"),
        (lambda *a: right.grad_input(*a) / 2, "0.5 times what autograd finds"),
        (lambda *a: None, "is a return missing"),
    ],
    "grad_w1_penalty": [
        ("2 * decay", "decay", "the term of the penalty is 0.5 times"),
        (" + 2 * decay * w1", "", "without the penalty: a term is missing"),
        ("decay * w1", "decay * np.square(w1)", "the gradient of a sum is the sum"),
        (lambda *a: right.grad_w1_penalty(*a).T, "the shape (4, 5), w1 has (5, 4)"),
    ],
    "grad_w2_mean": [
        ("error.size", "len(x)", "3 times what autograd finds"),
        ("return h_relu", "return x.dot(w1)", "is it h_relu"),
        (lambda *a: right.grad_w2_mean(*a).T, "the shape (3, 4), w2 has (4, 3)"),
    ],
    "shortcut": [
        ("dot(w_mid.T) + grad_a2", "dot(w_mid.T)", "through the shortcut"),
        ("grad_h2.dot(w_mid.T) + grad_a2", "grad_a2", "through the middle layer"),
        (" * (h1 > 0)", "", "the mask of the first layer"),
        ("return grad_w_mid", "return grad_w_mid.T", "w_mid is transposed"),
        ("np.maximum(h2, 0) + a1", "np.maximum(h2, 0)", "the gradient for w_mid is wrong"),
        (lambda *a: right.shortcut(*a)[1:], "return the gradients for w_mid and w1"),
    ],
}
