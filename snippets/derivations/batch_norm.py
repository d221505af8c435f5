"""The gradients of batch normalisation and of RMSNorm, by formula and by autograd."""

import torch

N, H = 6, 4
epsilon = 1e-5
seed = 0
dtype = torch.float64


def compare(gradients, exact):
    """Print and return the largest difference from autograd for each gradient.

    Args:
        gradients (dict[str, torch.Tensor]): Our gradients by name.
        exact (Sequence[torch.Tensor]): Those of autograd, in the same order and shapes.
    """
    largest = {}
    for (name, ours), theirs in zip(gradients.items(), exact, strict=True):
        largest[name] = (ours - theirs).abs().max().item()
        print(f"{name:16s} {largest[name]:.0e}")
    return largest


def train(x, target):
    """Compare the gradients while the layer trains; return the differences and the layer.

    Args:
        x (torch.Tensor): Inputs, shape (N, H).
        target (torch.Tensor): Targets, shape (N, H).
    """
    layer = torch.nn.BatchNorm1d(H, eps=epsilon, dtype=dtype)
    with torch.no_grad():
        layer.weight.normal_()  # gamma, (H,)
        layer.bias.normal_()  # beta, (H,)
    y = layer(x)  # (N, H)
    loss = (y - target).pow(2).sum()
    exact = torch.autograd.grad(loss, (layer.weight, layer.bias, x))

    # --8<-- [start:formulas]
    with torch.no_grad():
        g = 2 * (y - target)  # (N, H): gradient for the output
        u = x - x.mean(dim=0)  # (N, H)
        var = u.pow(2).mean(dim=0)  # (H,): divided by N, not by N - 1
        sigma = (var + epsilon).sqrt()  # (H,)
        x_hat = u / sigma  # (N, H)

        grad_gamma = (g * x_hat).sum(dim=0)  # (H,)
        grad_beta = g.sum(dim=0)  # (H,)
        b = g * layer.weight  # (N, H): gradient for x_hat
        mean_b = b.mean(dim=0)  # (H,)
        mean_bx = (b * x_hat).mean(dim=0)  # (H,)
        grad_x = (b - mean_b - x_hat * mean_bx) / sigma  # (N, H)
    # --8<-- [end:formulas]
    gradients = {"gamma": grad_gamma, "beta": grad_beta, "x": grad_x}
    largest = compare(gradients, exact)
    largest |= compare({"x, first term": b / sigma}, exact[2:])
    return largest, layer


def evaluate(layer, x, target):
    """Compare the gradient for x, shape (N, H), in evaluation mode."""
    layer.eval()
    y = layer(x)  # (N, H)
    loss = (y - target).pow(2).sum()
    exact = torch.autograd.grad(loss, x)
    # --8<-- [start:eval]
    with torch.no_grad():
        g = 2 * (y - target)  # (N, H)
        tau = (layer.running_var + epsilon).sqrt()  # (H,)
        grad_x = g * layer.weight / tau  # (N, H)
    # --8<-- [end:eval]
    return compare({"x": grad_x}, exact)


def rms(x, target):
    """Compare the gradients of RMSNorm; x and target have the shape (N, H)."""
    layer = torch.nn.RMSNorm(H, eps=epsilon, dtype=dtype)
    with torch.no_grad():
        layer.weight.normal_()  # gamma, (H,)
    z = layer(x)  # (N, H)
    loss = (z - target).pow(2).sum()
    exact = torch.autograd.grad(loss, (layer.weight, x))
    # --8<-- [start:rms]
    with torch.no_grad():
        g = 2 * (z - target)  # (N, H): gradient for the output
        rho = (x.pow(2).mean(dim=1, keepdim=True) + epsilon).sqrt()  # (N, 1)
        x_rms = x / rho  # (N, H)

        grad_gamma = (g * x_rms).sum(dim=0)  # (H,)
        d = g * layer.weight  # (N, H): gradient for x_rms
        mean_dx = (d * x_rms).mean(dim=1, keepdim=True)  # (N, 1)
        grad_x = (d - x_rms * mean_dx) / rho  # (N, H)
    # --8<-- [end:rms]
    return compare({"gamma": grad_gamma, "x": grad_x}, exact)


def main():
    """Return the largest differences from autograd: training, evaluation, RMSNorm."""
    torch.manual_seed(seed)
    x = torch.randn(N, H, dtype=dtype, requires_grad=True)  # (N, H)
    target = torch.randn(N, H, dtype=dtype)  # (N, H)
    training, layer = train(x, target)
    print()
    evaluation = evaluate(layer, x, target)
    print()
    return training, evaluation, rms(x, target)


if __name__ == "__main__":
    training, evaluation, root_mean_square = main()
