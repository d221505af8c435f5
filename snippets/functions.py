"""Lesson 11: functions of functions, with grad, vmap and jvp from torch.func."""

import torch
from torch.func import functional_call, grad, hessian, jvp, stack_module_state, vmap

N, D_in, H, D_out = 40, 1, 32, 1
K = 5
learning_rate = 0.1
steps = 500
seed = 0
dtype = torch.float64  # so that only rounding is left between two ways to the same result


# --8<-- [start:cube]
def cube(x):
    """Return the third power of a number, shape ()."""
    return x**3


# --8<-- [end:cube]


# --8<-- [start:data]
def make_data():
    """Draw noisy points of a sine in two ranges; sample 7 is misread.

    Returns:
        x (torch.Tensor): Inputs between -1 and -0.4 or between 0.4 and 1, shape (N, D_in).
        y (torch.Tensor): Targets, shape (N, D_out).
    """
    far = 0.4 + 0.6 * torch.rand(N, D_in, dtype=dtype)  # (N, D_in)
    x = torch.where(torch.rand(N, D_in) < 0.5, -far, far)  # (N, D_in)
    y = torch.sin(3 * x) + 0.1 * torch.randn(N, D_out, dtype=dtype)  # (N, D_out)
    y[7] += 2
    return x, y


# --8<-- [end:data]


def make_model():
    """Build the two-layer network, with tanh: a second derivative of ReLU is 0.

    Returns:
        model (torch.nn.Sequential): Maps (N, D_in) to (N, D_out).
    """
    # --8<-- [start:model]
    model = torch.nn.Sequential(
        torch.nn.Linear(D_in, H),  # (N, D_in) -> (N, H)
        torch.nn.Tanh(),  # (N, H) -> (N, H)
        torch.nn.Linear(H, D_out),  # (N, H) -> (N, D_out)
    )
    # --8<-- [end:model]
    return model.to(dtype)


# --8<-- [start:loss]
def loss_of(model):
    """Return the loss as a function of parameters, inputs and targets."""

    def loss(params, x, y):
        y_pred = functional_call(model, params, (x,))
        return (y_pred - y).pow(2).mean()

    return loss


# --8<-- [end:loss]


def largest_difference(these, those):
    """Return the largest difference between two dictionaries of tensors (float)."""
    return max((these[name] - those[name]).abs().max().item() for name in these)


# --8<-- [start:norms]
def norms(grads):
    """Return the length of each sample's gradient, shape (N,).

    Args:
        grads (dict): For each parameter the gradients of all samples, (N, ...).
    """
    rows = [part.flatten(start_dim=1) for part in grads.values()]  # each (N, numbers in it)
    return torch.cat(rows, dim=1).norm(dim=1)  # (N,)


# --8<-- [end:norms]


# --8<-- [start:alone]
def train_alone(model, x, y):
    """Train one network on x (N, D_in) and y (N, D_out), in place."""
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate, momentum=0.9)
    for _ in range(steps):
        loss = (model(x) - y).pow(2).mean()  # a tensor of shape ()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


# --8<-- [end:alone]


# --8<-- [start:together]
def train_together(models, x, y):
    """Train K networks on x (N, D_in) and y (N, D_out); return parameters and losses."""
    params, _ = stack_module_state(models)  # of each parameter one tensor, (K, ...)
    optimizer = torch.optim.SGD(params.values(), lr=learning_rate, momentum=0.9)
    for _ in range(steps):
        losses = vmap(loss_of(models[0]), in_dims=(0, None, None))(params, x, y)  # (K,)
        optimizer.zero_grad()
        losses.sum().backward()
        optimizer.step()
    return {name: param.detach() for name, param in params.items()}, losses.tolist()


# --8<-- [end:together]


if __name__ == "__main__":
    # --8<-- [start:idea]
    slope = grad(cube)  # a function
    bend = grad(grad(cube))  # also a function
    three = torch.tensor(3.0)
    found = [slope(three).item(), bend(three).item()]
    slopes = vmap(slope)(torch.tensor([1.0, 2.0, 3.0])).tolist()
    # --8<-- [end:idea]
    print("slope", found[0], "bend", found[1])
    print("slopes", slopes)

    print()
    torch.manual_seed(seed)
    x, y = make_data()
    # --8<-- [start:grad]
    model = make_model()
    params = {name: param.detach() for name, param in model.named_parameters()}
    loss = loss_of(model)
    grads = grad(loss)(params, x, y)
    # --8<-- [end:grad]
    for name, part in grads.items():
        print(f"{name:8s} {tuple(part.shape)}")
    print("model[0].weight.grad is", model[0].weight.grad)
    # --8<-- [start:backward]
    (model(x) - y).pow(2).mean().backward()
    by_backward = {name: param.grad for name, param in model.named_parameters()}
    # --8<-- [end:backward]
    apart = largest_difference(grads, by_backward)
    print(f"largest difference from backward(): {apart:.0e}")

    print()
    # --8<-- [start:trained]
    train_alone(model, x, y)
    params = {name: param.detach() for name, param in model.named_parameters()}
    grads = grad(loss)(params, x, y)
    # --8<-- [end:trained]
    # --8<-- [start:loop]
    alone = []
    for i in range(N):
        one = grad(loss)(params, x[i], y[i])
        alone.append(one)
    # --8<-- [end:loop]
    stacked = {name: torch.stack([one[name] for one in alone]) for name in params}
    # --8<-- [start:each]
    in_dims = (None, 0, 0)
    each = vmap(grad(loss), in_dims)(params, x, y)
    # --8<-- [end:each]
    for name, part in each.items():
        print(f"{name:8s} {tuple(part.shape)}")
    shape = str(tuple(each["0.weight"].shape))
    means = {name: part.mean(dim=0) for name, part in each.items()}
    print(f"largest difference from the loop: {largest_difference(each, stacked):.0e}")
    print(f"their mean, from the gradient of the batch: {largest_difference(means, grads):.0e}")

    print()
    # --8<-- [start:lengths]
    lengths = norms(each)  # (N,)
    batch_length = torch.cat([part.flatten() for part in grads.values()]).norm().item()
    # --8<-- [end:lengths]
    print(f"the gradient of the batch has the length {batch_length:.3f}")
    worst = lengths.argsort(descending=True)[:4].tolist()
    for i in worst:
        place, target = x[i].item(), y[i].item()
        print(f"sample {i:2d}  length {lengths[i]:5.2f}  x {place:5.2f}  y {target:5.2f}")

    print()
    keep = torch.arange(N) != worst[0]  # (N,)
    x, y = x[keep], y[keep]
    # --8<-- [start:ensemble]
    models = [make_model() for _ in range(K)]
    params, losses = train_together(models, x, y)
    model = models[0]
    train_alone(model, x, y)
    # --8<-- [end:ensemble]
    for name, part in params.items():
        print(f"{name:8s} {tuple(part.shape)}")
    print("losses", " ".join(f"{value:.4f}" for value in losses))
    first = {name: part[0] for name, part in params.items()}
    from_first = largest_difference(first, dict(model.named_parameters()))
    print(f"largest difference from the first one, trained alone: {from_first:.0e}")

    print()
    # --8<-- [start:spread]
    at = torch.tensor([[-2.0], [-0.7], [0.0], [0.7], [2.0]], dtype=dtype)  # (5, D_in)
    predict = vmap(lambda params: functional_call(model, params, (at,)))
    y_pred = predict(params)  # (K, 5, D_out)
    spread = y_pred.std(dim=0)  # (5, D_out)
    # --8<-- [end:spread]
    spreads = spread[:, 0].tolist()
    for place, value in zip(at[:, 0].tolist(), spreads, strict=True):
        print(f"x {place:4.1f}  spread {value:.3f}")

    print()
    # --8<-- [start:product]
    gradient = grad(lambda params: loss(params, x, y))
    direction = {name: torch.randn_like(part) for name, part in first.items()}
    _, product = jvp(gradient, (first,), (direction,))
    # --8<-- [end:product]
    # --8<-- [start:hessian]
    blocks = hessian(lambda params: loss(params, x, y))(first)
    by_matrix = {
        name: sum(torch.tensordot(row[other], v, v.ndim) for other, v in direction.items())
        for name, row in blocks.items()
    }
    # --8<-- [end:hessian]
    weights = sum(part.numel() for part in first.values())
    numbers = sum(block.numel() for row in blocks.values() for block in row.values())
    print(f"{weights} weights, {numbers} numbers in the Hessian")
    print(f"largest difference of the products: {largest_difference(product, by_matrix):.0e}")
