"""Answers that are likely: wrong ones, each with words that the check must say, and right ones."""

import torch
from torch.func import functional_call, grad, hessian, jacfwd, jacrev, jvp, vjp, vmap


def cut_the_mean(model, x, y, limit):
    params = {name: param.detach() for name, param in model.named_parameters()}

    def loss(params):
        return (functional_call(model, params, (x,)) - y).pow(2).sum() / len(x)

    grads = grad(loss)(params)
    length = torch.cat([part.flatten() for part in grads.values()]).norm()
    return {name: part * min(1, limit / length) for name, part in grads.items()}


def each_parameter_by_itself(model, x, y, limit):
    params = {name: param.detach() for name, param in model.named_parameters()}

    def clipped(x, y):
        grads = grad(lambda p: (functional_call(model, p, (x,)) - y).pow(2).sum())(params)
        return {name: part * limit / part.norm().clamp(min=limit) for name, part in grads.items()}

    return {name: part.mean(dim=0) for name, part in vmap(clipped)(x, y).items()}


def with_backward(model, x, y, limit):
    totals = {name: torch.zeros_like(param) for name, param in model.named_parameters()}
    for row, target in zip(x, y, strict=True):
        model.zero_grad()
        (model(row) - target).pow(2).sum().backward()
        length = torch.cat([param.grad.flatten() for param in model.parameters()]).norm()
        for name, param in model.named_parameters():
            totals[name] += param.grad * min(1, limit / length) / len(x)
    return totals


def with_backward_cleared(model, x, y, limit):
    totals = with_backward(model, x, y, limit)
    model.zero_grad()
    return {name: total.detach() for name, total in totals.items()}


def not_a_dictionary(model, x, y, limit):
    return list(with_backward_cleared(model, x, y, limit).values())


def a_loop(model, x, y, limit):
    names, params = zip(*model.named_parameters(), strict=True)
    cut = []
    for i in range(len(x)):
        grads = torch.autograd.grad((model(x[i]) - y[i]).pow(2).sum(), params)
        length = sum(part.pow(2).sum() for part in grads).sqrt().item()
        cut.append([part * (limit / length if length > limit else 1) for part in grads])
    return {name: sum(parts) / len(x) for name, *parts in zip(names, *cut, strict=True)}


def in_two_steps(model, x, y, limit):
    params = dict(model.named_parameters())

    def loss(params, x, y):
        return (functional_call(model, params, (x,)) - y).pow(2).sum()

    each = vmap(grad(loss), in_dims=(None, 0, 0))(params, x, y)
    lengths = sum(part.flatten(1).pow(2).sum(1) for part in each.values()).sqrt()
    factors = torch.where(lengths > limit, limit / lengths, 1.0)
    return {name: torch.tensordot(factors, part, 1) / len(x) for name, part in each.items()}


def row_by_row(f, x):
    return torch.stack([jacrev(lambda row: f(row[None])[0])(row) for row in x])


def by_the_sum(f, x):
    return jacrev(lambda x: f(x).sum(dim=0))(x).movedim(1, 0)


def of_the_diagonal(f, x):
    return torch.diagonal(jacrev(f)(x), dim1=0, dim2=2).movedim(-1, 0)


def rows_added_up(f, x):
    return jacrev(f)(x).sum(dim=0).movedim(1, 0)


def by_double_backward(f, w, rounds):
    w = w.detach().requires_grad_()
    (gradient,) = torch.autograd.grad(f(w), w, create_graph=True)
    v = torch.ones_like(w)
    for _ in range(rounds):
        v = v / v.norm()
        (product,) = torch.autograd.grad(gradient, w, v, retain_graph=True)
        curvature, v = product.norm(), product
    return float(curvature)


def by_vjp(f, w, rounds):
    _, pull = vjp(grad(f), w)
    v = torch.randn_like(w)
    v = v / v.norm()
    for _ in range(rounds):
        (product,) = pull(v)
        length = product.norm()
        v = product / length
    return length.item()


def by_functional(f, w, rounds):
    v = torch.randn_like(w)
    for _ in range(rounds):
        v = torch.nn.functional.normalize(v, dim=0)
        last, v = v, torch.autograd.functional.hvp(f, w, v)[1]
    return (last @ v).item()


def of_the_matrix(f, w, rounds):
    return torch.linalg.eigvalsh(hessian(f)(w))[-1].item()


def of_both_forward(f, w, rounds):
    return torch.linalg.eigvalsh(jacfwd(grad(f))(w)).max().item()


def of_the_slope(f, w, rounds):
    v = torch.randn_like(w)
    for _ in range(rounds):
        v = v / v.norm()
        slope = jvp(f, (w,), (v,))[1]
        v = v + grad(f)(w)
    return slope.item()


WRONG = {
    "shapes": [
        ("(M, D), (N, M, D)", "(D, M), (N, M, D)", "wrong for one"),
        ("(M, D), (N, M, D)", "(M, D), (M, N, D)", "wrong for each"),
        ("(N, M, N, D)", "(N, M, D)", "wrong for whole"),
        ("(N, M, N, D)", "(N * M, N * D)", "wrong for whole"),
        ("(N, M, N, D)", "(N, N, M, D)", "wrong for whole"),
        (", (N, D)]", ", (N, M)]", "wrong for slopes"),
        (", (N, D)]", ", (N,)]", "wrong for slopes"),
        (", (N, D)]", "]", "return four tuples"),
    ],
    "clipped_gradient": [
        (cut_the_mean, "before you take the mean"),
        (each_parameter_by_itself, "all parameters together"),
        (with_backward, "is not as it was"),
        (not_a_dictionary, "return a dictionary"),
        ("factor * part for name", "part for name", "the length of the result is"),
        ("limit / length.clamp(min=limit)", "limit / length", "with limit = 1000000"),
        ("limit / length.clamp(min=limit)", "(limit / length).clamp(min=1)", "with limit ="),
        ("part.mean(dim=0)", "part.sum(dim=0)", "return the mean"),
        ("part.mean(dim=0)", "part", "has the mean over the samples been taken"),
        (".norm()", ".abs().sum()", "the length of the result is"),
        (
            "limit / length.clamp(min=limit)",
            "torch.where(length < 1e3, 1, 0) * limit / length.clamp(max=limit)",
            "with limit = 1000000",
        ),
        (
            "limit / length.clamp(min=limit)",
            "(limit / length).clamp(max=1) * (length / length)",
            "is there a division by its length",
        ),
    ],
    "batch_jacobian": [
        (lambda f, x: jacrev(f)(x), "along all rows"),
        (lambda f, x: vmap(jacrev(f))(x), "give it one back"),
        (lambda f, x: jacrev(lambda x: f(x).sum(dim=0))(x), "samples, outputs, inputs"),
        (lambda f, x: jacrev(lambda x: f(x).sum(dim=1))(x), "samples, outputs, inputs"),
        ("vmap(jacrev(of_one))(x)", "vmap(jacrev(of_one))(x).mT", "samples, outputs, inputs"),
        ("f(row[None])[0]", "f(row[None])", "along all rows"),
        (lambda f, x: vmap(jacrev(lambda row: f(x)[0]))(x), "the numbers are not"),
    ],
    "largest_curvature": [
        (of_the_matrix, "makes the whole matrix"),
        (of_both_forward, "makes the whole matrix"),
        (of_the_slope, "is the gradient differentiated"),
        ("curvature.item()", "curvature", "not a Tensor"),
        ("v = v / v.norm()", "v = 1e9 * v", "divide the vector by its length"),
        ("v = product", "pass", "does the vector go on"),
        ("range(rounds)", "range(1)", "does the vector go on"),
        ("_, product = jvp(grad(f), (w,), (v,))", "product = grad(f)(v)", "depends on w"),
        ("(w,), (v,)", "(v,), (v,)", "depends on w"),
        ("curvature.item()", "2 / curvature.item()", "the largest is"),
    ],
}

RIGHT = {
    "shapes": [
        lambda N, D, M: ((M, D), (N, M, D), (N, M, N, D), (N, D)),
        lambda N, D, M: [torch.Size([M, D]), [N, M, D], (N, M, N, D), (N, D)],
        lambda N, D, M: [(*front, D) for front in ((M,), (N, M), (N, M, N), (N,))],
    ],
    "clipped_gradient": [with_backward_cleared, a_loop, in_two_steps],
    "batch_jacobian": [
        row_by_row,
        by_the_sum,
        of_the_diagonal,
        rows_added_up,
        ("jacrev(of_one)", "torch.func.jacfwd(of_one)"),
    ],
    "largest_curvature": [by_double_backward, by_vjp, by_functional],
}
