"""Lesson 10: the network of lesson 5 on any device, in four dtypes, and in two of them at once."""

import math

import torch

N, D_in, H, D_out = 64, 1000, 100, 10
learning_rate = 0.2
steps = 150
seed = 0
dtypes = [torch.float64, torch.float32, torch.bfloat16, torch.float16]
# --8<-- [start:device]
accelerator = torch.accelerator.current_accelerator(check_available=True)
device = accelerator or torch.device("cpu")
# --8<-- [end:device]


# --8<-- [start:start]
def start(dtype):
    """Draw the same numbers each time, on the CPU; then move them and round them.

    Args:
        dtype (torch.dtype): What the data and the weights are rounded to.

    Returns:
        x (torch.Tensor): Inputs, shape (N, D_in).
        y (torch.Tensor): Targets, shape (N, D_out).
        model (torch.nn.Sequential): Maps (N, D_in) to (N, D_out).
    """
    torch.manual_seed(seed)
    x = torch.randn(N, D_in)  # (N, D_in)
    y = torch.randn(N, D_out)  # (N, D_out)
    model = torch.nn.Sequential(
        torch.nn.Linear(D_in, H),  # (N, D_in) -> (N, H)
        torch.nn.ReLU(),  # (N, H) -> (N, H)
        torch.nn.Linear(H, D_out),  # (N, H) -> (N, D_out)
    )
    missing = device.type == "mps" and dtype == torch.float64  # Apple's GPUs have no float64
    place = torch.device("cpu") if missing else device
    return x.to(place, dtype), y.to(place, dtype), model.to(place, dtype)


# --8<-- [end:start]


def count_bytes():
    """Count what a large network and Adam would keep in memory, with tensors without numbers.

    Returns:
        found (dict): Bytes of the weights, of the gradients, and of what Adam remembers.
    """
    # --8<-- [start:meta]
    with torch.device("meta"):
        model = torch.nn.Sequential(torch.nn.Linear(50_000, 50_000), torch.nn.ReLU())
        x = torch.ones(N, 50_000)  # (N, 50000)
    optimizer = torch.optim.Adam(model.parameters())
    model(x).sum().backward()
    optimizer.step()
    kept = [tensor for state in optimizer.state.values() for tensor in state.values()]
    # --8<-- [end:meta]
    return {
        "weights": sum(weight.nbytes for weight in model.parameters()),
        "gradients": sum(weight.grad.nbytes for weight in model.parameters()),
        "Adam": sum(tensor.nbytes for tensor in kept),
    }


# --8<-- [start:train]
def train(dtype):
    """Train with data, weights and gradients of one dtype.

    Returns:
        losses (list[float]): The loss before each step.
        moved (float): The share of the weights that the last step changed.
    """
    x, y, model = start(dtype)
    loss_fn = torch.nn.MSELoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    losses = []
    for _ in range(steps):
        loss = loss_fn(model(x), y)  # a tensor of shape ()
        losses.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        before = torch.nn.utils.parameters_to_vector(model.parameters()).clone()  # (101110,)
        optimizer.step()
    after = torch.nn.utils.parameters_to_vector(model.parameters())  # (101110,)
    return losses, (before != after).float().mean().item()


# --8<-- [end:train]


def dtypes_in_autocast():
    """Compute some results under autocast, from float32.

    Returns:
        found (dict): For each result, the name of its dtype.
    """
    x, y, model = start(torch.float32)
    # --8<-- [start:autocast]
    with torch.autocast(device.type, torch.bfloat16):
        h = model[0](x)  # (N, H)
        y_pred = model[2](model[1](h))  # (N, D_out)
        loss = torch.nn.functional.mse_loss(y_pred, y)  # a tensor of shape ()
    loss.backward()
    # --8<-- [end:autocast]
    results = {
        "model[0].weight": model[0].weight,
        "h": h,
        "model[1](h)": model[1](h),
        "y_pred": y_pred,
        "y_pred - y": y_pred - y,
        "loss": loss,
        "model[0].weight.grad": model[0].weight.grad,
    }
    return {name: str(result.dtype).removeprefix("torch.") for name, result in results.items()}


def train_mixed(half, part=1.0, scale=1.0):
    """Train float32 weights with passes in half precision; scale the loss and skip what overflows.

    Args:
        half (torch.dtype): What autocast rounds to.
        part (float): A factor of the loss; the learning rate is divided by it.
        scale (float): A further factor of the loss, which the gradients are divided by.

    Returns:
        losses (list[float]): The loss before each step, without the two factors.
        skipped (int): The number of steps that were not taken.
        scale (float): The scale in the end.
    """
    x, y, model = start(torch.float32)
    loss_fn = torch.nn.MSELoss()
    parameters = list(model.parameters())
    optimizer = torch.optim.SGD(parameters, lr=learning_rate / part)
    losses, skipped = [], 0
    for _ in range(steps):
        # --8<-- [start:forward]
        with torch.autocast(x.device.type, half):
            loss = loss_fn(model(x), y)  # a tensor of shape ()
        # --8<-- [end:forward]
        losses.append(loss.item())
        # --8<-- [start:scale]
        optimizer.zero_grad()
        (scale * part * loss).backward()
        for parameter in parameters:
            parameter.grad /= scale
        if all(parameter.grad.isfinite().all() for parameter in parameters):
            optimizer.step()
        else:  # some number was too large for float16
            scale /= 2
            skipped += 1
        # --8<-- [end:scale]
    return losses, skipped, scale


def first_gradients(half, factor):
    """Return the gradients of `factor` times the loss, before the first step, shape (101110,)."""
    x, y, model = start(torch.float32)
    with torch.autocast(x.device.type, half, enabled=half != torch.float32):
        loss = torch.nn.functional.mse_loss(model(x), y)  # a tensor of shape ()
    (factor * loss).backward()
    return torch.cat([weight.grad.flatten() for weight in model.parameters()])  # (101110,)


def table(rows):
    """Print some of the losses of each run."""
    shown = (0, 50, 100, steps - 1)
    print(f"{'step':20s}", *(f"{t:9d}" for t in shown))
    for name, losses in rows.items():
        print(f"{name:20s}", *(f"{losses[t]:9.2g}" for t in shown))


if __name__ == "__main__":
    print("computing on", device)
    print()
    memory = {name: number / 1e9 for name, number in count_bytes().items()}
    for name, number in memory.items():
        print(f"{name:10s} {number:5.1f} GB")

    print()
    print("dtype     bytes  digits   smallest   largest  0.1 becomes           256 + 1")
    sums, digits = {}, {}
    for kind in dtypes:
        name, limits = str(kind).removeprefix("torch."), torch.finfo(kind)
        digits[name] = 1 - int(math.log2(limits.eps))
        smallest = limits.smallest_normal * limits.eps
        tenth = torch.tensor(0.1, dtype=kind).item()
        sums[name] = (torch.tensor(256.0, dtype=kind) + 1).item()
        print(
            f"{name:9s} {limits.bits // 8:5d} {digits[name]:7d} {smallest:10.1e} {limits.max:9.2g}"
            f"  {tenth:.18f} {sums[name]:8.0f}"
        )

    print()
    losses, moved = {}, {}
    for kind in dtypes:
        name = str(kind).removeprefix("torch.")
        losses[name], moved[name] = train(kind)
    table(losses)
    print("the last step changed", ", ".join(f"{share:.1%}" for share in moved.values()))

    print()
    found = dtypes_in_autocast()
    for name, kind in found.items():
        print(f"{name:21s} {kind}")

    print()
    losses["autocast bfloat16"], *_ = train_mixed(torch.bfloat16)
    table({"autocast bfloat16": losses["autocast bfloat16"]})

    # --8<-- [start:part]
    part = 2.0**-16
    runs = {
        "float16": train_mixed(torch.float16),
        "a 65536th": train_mixed(torch.float16, part),
        "scaled": train_mixed(torch.float16, part, scale=2.0**16),
        "scaled too far": train_mixed(torch.float16, part, scale=2.0**48),
    }
    # --8<-- [end:part]
    print()
    scaled = {name: run[0] for name, run in runs.items()}
    table(scaled)
    skipped, scale = runs["scaled too far"][1:]
    print(f"scaled too far: {skipped} steps skipped, a scale of {scale:.0f} in the end")

    print()
    vanished = {}
    for name, factor in (("of the loss", 1.0), ("of a 65536th of it", part)):
        gradients = first_gradients(torch.float16, factor)  # (101110,)
        vanished[name] = (gradients == 0).float().mean().item()
        print(f"first gradients {name:18s} that are 0: {vanished[name]:.0%}")
