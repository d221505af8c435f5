"""Answers that are likely: wrong ones, each with words that the check must say, and right ones."""

import numpy as np
import torch


def half_converted(dtype, x, y, w1, w2):
    y_pred = x.mm(w1).clamp(min=0).mm(w2)
    return (y_pred - y).pow(2).sum().to(dtype).item()


def with_at(dtype, x, y, w1, w2):
    y_pred = (x.to(dtype) @ w1.to(dtype)).relu() @ w2.to(dtype)
    return float(((y_pred - y.to(dtype)) ** 2).sum())


def networks_by_autograd(x, y, w1, w2):
    w1, w2 = w1.detach().requires_grad_(), w2.detach().requires_grad_()
    losses = ((x @ w1).relu() @ w2 - y).pow(2).sum(dim=(1, 2))
    losses.sum().backward()
    return losses, w1.grad, w2.grad


def in_numpy(x, y, w1, b1, w2):
    x, y, w1, b1, w2 = (tensor.numpy() for tensor in (x, y, w1, b1, w2))
    h = x @ w1 + b1
    grad_h = 2 * (np.maximum(h, 0) @ w2 - y) @ w2.T * (h > 0)
    return grad_h.sum(axis=0)


def one_by_one(x, y, w1, w2):
    losses, grads1, grads2 = [], [], []
    for k in range(len(w1)):
        h = x.mm(w1[k])
        grad_y_pred = 2 * (h.clamp(min=0).mm(w2[k]) - y)
        losses.append(grad_y_pred.pow(2).sum() / 4)
        grads2.append(h.clamp(min=0).t().mm(grad_y_pred))
        grads1.append(x.t().mm(grad_y_pred.mm(w2[k].t()) * (h > 0)))
    return torch.stack(losses), torch.stack(grads1), torch.stack(grads2)


def by_einsum(x, y, w1, w2):
    h = torch.einsum("nd,kdh->knh", x, w1)
    error = torch.einsum("knh,kho->kno", h.relu(), w2) - y
    grad_h = torch.einsum("kno,kho->knh", 2 * error, w2) * (h > 0)
    grad_w1 = torch.einsum("nd,knh->kdh", x, grad_h)
    return (
        error.square().sum(dim=(1, 2)),
        grad_w1,
        torch.einsum("knh,kno->kho", h.relu(), 2 * error),
    )


def by_vmap(x, y, w1, w2):
    def one(w1, w2):
        h = x @ w1
        error = h.relu() @ w2 - y
        return error.square().sum(), x.T @ (2 * error @ w2.T * (h > 0)), h.relu().T @ (2 * error)

    return torch.vmap(one)(w1, w2)


def by_bmm(x, y, w1, w2):
    batch = x.expand(len(w1), *x.shape)
    h = batch.bmm(w1)
    error = h.relu().bmm(w2) - y
    grad_h = (2 * error).bmm(w2.transpose(1, 2)) * (h > 0)
    grad_w2 = h.relu().transpose(1, 2).bmm(2 * error)
    return [error.pow(2).flatten(1).sum(1), batch.transpose(1, 2).bmm(grad_h), grad_w2]


def by_sorting(x):
    z = (x - x.double().mean(0)) / x.double().var(0, unbiased=False).sqrt()
    return z.sort(dim=1).values[:, -1:].expand(-1, 2).reshape(-1)


def through_numpy(x):
    a = x.numpy()
    return torch.from_numpy(((a - a.mean(axis=0)) / a.std(axis=0)).max(axis=1).repeat(2))


def in_place(x):
    standard = x.double()
    standard -= standard.mean(dim=0)
    standard /= standard.std(dim=0, correction=0)
    x[:] = 0
    return standard.amax(dim=1).repeat_interleave(2)


def by_stacking(x):
    x = x.to(torch.float64)
    largest = ((x - x.mean(0)) / x.std(0, correction=0)).max(1).values
    return torch.stack([largest, largest], dim=1).flatten()


def row_by_row(outputs):
    return torch.stack([torch.cat(list(outputs[:, n])) for n in range(outputs.shape[1])])


WRONG = {
    "predict": [
        (lambda: [(4,), (3, 4), torch.float64, 5.0], "is gone afterwards"),
        (lambda: [(1, 3), (3, 4), torch.float64, 5.0], "is gone afterwards"),
        (lambda: [(3,), (4, 3), torch.float64, 5.0], "exchanges the two sizes"),
        (lambda: [(3,), (3, 4), torch.float32, 5.0], "Two dtypes"),
        (lambda: [(3,), (3, 4), torch.float64, 1.0], "does from_numpy copy?"),
        (lambda: [(3,), (3, 4), torch.float64], "prints four things"),
    ],
    "own_tensor": [
        (lambda a: torch.from_numpy(a).to(torch.float32), "shows in the array"),
        (lambda a: torch.from_numpy(a).float(), "shows in the array"),
        (lambda a: torch.as_tensor(a, dtype=torch.float32), "shows in the array"),
        (lambda a: torch.from_numpy(a.astype(np.float32, copy=False)), "shows in the array"),
        (torch.tensor, "the dtype is torch.float64"),
        (torch.Tensor, "shows in the array"),
        (lambda a: torch.from_numpy(a).clone(), "the dtype is torch.float64"),
        (lambda a: np.array(a, dtype=np.float32), "return a tensor"),
        (lambda a: torch.tensor(a.flatten(), dtype=torch.float32), "numbers and shape"),
        (lambda a: torch.empty(a.shape).fill_(1.0), "numbers and shape"),
    ],
    "loss_in": [
        (half_converted, "not the result"),
        ("pow(2).sum()", "sum().pow(2)", "compare with the lesson"),
        (
            "x, y, w1, w2 = (tensor.to(dtype) for tensor in (x, y, w1, w2))",
            "pass",
            "281474976710656",
        ),
        (
            "x, y, w1, w2 = (tensor.to(dtype) for tensor in (x, y, w1, w2))",
            "x, w1, w2 = x.to(dtype), w1.to(dtype), w2.to(dtype)",
            "y too",
        ),
        ("tensor.to(dtype)", "tensor.float()", "in torch.float64"),
        ("sum()", "mean()", "compare with the lesson"),
        (".clamp(min=0)", "", "compare with the lesson"),
        (".item()", "", "take the number out"),
    ],
    "bias_gradient": [
        ("grad_h.sum(dim=0)", "grad_h", "the shape is (6, 4)"),
        ("grad_h.sum(dim=0)", "grad_h.sum(dim=1)", "the shape is (6,)"),
        ("grad_h.sum(dim=0)", "grad_h.sum(dim=0, keepdim=True)", "the shape is (1, 4)"),
        ("grad_h.sum(dim=0)", "grad_h.sum()", "the shape is ()"),
        ("grad_h.sum(dim=0)", "grad_h.mean(dim=0)", "by the factor N"),
        ("    grad_h[h <= 0] = 0\n", "", "mask"),
        ("x.mm(w1) + b1", "x.mm(w1)", "with b1 in h"),
        ("2.0 * (y_pred - y)", "y_pred - y", "not what central differences measure"),
    ],
    "many_networks": [
        ("return losses,", "return losses.sum(),", "one for each network"),
        ("sum(dim=(1, 2))", "sum(dim=(0, 2))", "one for each network"),
        ("return losses,", "return losses[:1].expand(len(w1)),", "network 1"),
        ("sum(dim=(1, 2))", "mean(dim=(1, 2))", "network 0"),
        ("return losses, grad_w1", "return losses, grad_w1.sum(dim=0)", "has the shape (5, 4)"),
        ("return losses, grad_w1, grad_w2", "return losses, grad_w1", "two gradients"),
        ("    grad_h[h <= 0] = 0\n", "", "the gradient for w1 is not what central"),
        ("2.0 * (y_pred - y)", "y_pred - y", "the gradient for w2 is not what central"),
        (one_by_one, "there is a loop"),
    ],
    "spread": [
        ("x.std(dim=0, correction=0)", "x.std(dim=0)", "too small by the factor"),
        ("repeat_interleave(2)", "repeat(2)", "the order is not"),
        ("repeat_interleave(2)", "tile(2)", "the order is not"),
        ("x.double()", "x.float()", "the dtype is torch.float32"),
        (".amax(dim=1)", ".amax(dim=0)", "the shape is (6,)"),
        (".repeat_interleave(2)", "", "the shape is (5,)"),
        (".amax(dim=1).repeat_interleave(2)", ".max(dim=1)", "return a tensor"),
        (".amax(dim=1)", ".max(dim=1).indices", "not the numbers that numpy gives"),
        ("x.std(dim=0, correction=0)", "x.std(correction=0)", "not the numbers that numpy gives"),
        (in_place, "has changed x"),
    ],
    "zeroed": [
        (lambda: "adegc", "c is not 0: what a mask picks"),
        (lambda: "abdeg", "b is not 0: a list of positions"),
        (lambda: "aeg", "d is 0: in PyTorch a single element"),
        (lambda: "adefg", "f is not 0: x.t() is not contiguous"),
        (lambda: "ade", "g is 0: is there anything to convert?"),
        (lambda: "dg", "a is 0: a slice"),
        (lambda: "adg", "e is 0: a transpose"),
        (lambda: "adegh", "'h' is none of the letters"),
        (lambda: None, "return the letters"),
    ],
    "side_by_side": [
        ("outputs.transpose(0, 1)", "outputs", "does not exchange dimensions"),
        (".transpose(0, 1)", ".transpose(0, 2)", "two dimensions have to change places"),
        (".transpose(0, 1)", ".mT", "two dimensions have to change places"),
        (".reshape(N, K * D_out)", "", "the shape is (4, 3, 2)"),
        (".reshape(N, K * D_out)", ".reshape(-1)", "the shape is (24,)"),
        ("outputs.transpose(0, 1)", "outputs.permute(1, 2, 0)", "two dimensions have to change"),
        (lambda outputs: torch.cat(list(outputs), dim=0), "the shape is (12, 2)"),
    ],
}

RIGHT = {
    "predict": [
        lambda: ((3,), (3, 4), torch.float64, 5),
        lambda: [[3], [3, 4], "float64", 5.0],
        lambda: [torch.Size([3]), torch.Size([3, 4]), "torch.float64", np.float64(5)],
    ],
    "own_tensor": [
        lambda a: torch.from_numpy(a.astype(np.float32)),
        lambda a: torch.from_numpy(a).float().clone(),
        lambda a: torch.tensor(a.tolist()),
        lambda a: torch.from_numpy(a).to(torch.float32, copy=True),
        lambda a: torch.from_numpy(a.copy()).to(torch.float32),
    ],
    "loss_in": [
        with_at,
        ("tensor.to(dtype)", "tensor.type(dtype)"),
        ("(y_pred - y).pow(2).sum().item()", "float(torch.square(y - y_pred).sum())"),
        (".clamp(min=0)", ".relu()"),
    ],
    "bias_gradient": [
        in_numpy,
        ("grad_h.sum(dim=0)", "torch.ones(len(x), dtype=x.dtype) @ grad_h"),
        ("    grad_h[h <= 0] = 0\n", "    grad_h *= h > 0\n"),
        ("grad_h.sum(dim=0)", "sum(grad_h)"),
    ],
    "many_networks": [
        by_einsum,
        by_vmap,
        by_bmm,
        networks_by_autograd,
        ("    grad_h[h <= 0] = 0\n", "    grad_h = torch.where(h > 0, grad_h, 0)\n"),
    ],
    "spread": [
        by_sorting,
        through_numpy,
        by_stacking,
        ("x.double()", "x.to(torch.float64)"),
        (".amax(dim=1)", ".max(dim=1).values"),
    ],
    "zeroed": [
        lambda: ["a", "d", "e", "g"],
        lambda: set("gdea"),
        lambda: "geda",
        lambda: ("a", "d", "e", "g"),
    ],
    "side_by_side": [
        lambda outputs: torch.cat(list(outputs), dim=1),
        lambda outputs: outputs.permute(1, 0, 2).flatten(1),
        lambda outputs: torch.hstack(list(outputs)),
        (".reshape(N, K * D_out)", ".contiguous().view(N, -1)"),
        row_by_row,
    ],
}
