"""Answers to the exercises of lesson 5."""

import torch

N, D_in, H, D_out = 64, 1000, 100, 10
seed = 0


# --8<-- [start:program]
def program(D_in, H, D_out):
    """Return the shapes of a model's parameters, and how many numbers they hold together."""
    model = torch.nn.Sequential(
        torch.nn.Linear(D_in, H), torch.nn.ReLU(), torch.nn.Linear(H, D_out)
    )
    shapes = [tuple(param.shape) for param in model.parameters()]
    count = sum(param.numel() for param in model.parameters())
    return shapes, count


# --8<-- [end:program]


# --8<-- [start:parameter_shapes]
def parameter_shapes(D_in, H, D_out):
    """Return the shapes of the four parameters, and the number of their entries."""
    shapes = [(H, D_in), (H,), (D_out, H), (D_out,)]
    return shapes, H * D_in + H + D_out * H + D_out


# --8<-- [end:parameter_shapes]


# --8<-- [start:rate_for_mean]
def rate_for_mean(learning_rate, y):
    """Return the learning rate for the mean; y has the shape (N, D_out)."""
    return learning_rate * y.numel()


# --8<-- [end:rate_for_mean]


# --8<-- [start:as_layers]
def as_layers(w1, w2):
    """Return layers that hold the weights w1 (D_in, H) and w2 (H, D_out), transposed."""
    D_in, H = w1.shape
    H, D_out = w2.shape
    model = torch.nn.Sequential(
        torch.nn.Linear(D_in, H, bias=False),
        torch.nn.ReLU(),
        torch.nn.Linear(H, D_out, bias=False),
    )
    with torch.no_grad():
        model[0].weight.copy_(w1.t())
        model[2].weight.copy_(w2.t())
    return model


# --8<-- [end:as_layers]


# --8<-- [start:train_last]
def train_last(model, x, y, learning_rate, steps):
    """Return the losses of training the last layer alone; x (N, D_in), y (N, D_out)."""
    loss_fn = torch.nn.MSELoss(reduction="sum")
    losses = []
    for _ in range(steps):
        y_pred = model(x)  # (N, D_out)
        loss = loss_fn(y_pred, y)
        losses.append(loss.item())
        model.zero_grad()
        loss.backward()
        with torch.no_grad():
            for param in model[-1].parameters():
                param -= learning_rate * param.grad
    return losses


# --8<-- [end:train_last]


# --8<-- [start:any_depth]
def any_depth(sizes):
    """Return a model with a Linear from each size to the next, and a ReLU after all but one."""
    layers = []
    for k in range(len(sizes) - 1):
        layers += [torch.nn.Linear(sizes[k], sizes[k + 1]), torch.nn.ReLU()]
    return torch.nn.Sequential(*layers[:-1])


# --8<-- [end:any_depth]


def weight_after(loss_fn, learning_rate, x, y):
    """Return the first weight (H, D_in) after three steps from one start."""
    torch.manual_seed(seed)
    model = any_depth([D_in, H, D_out])
    for _ in range(3):
        model.zero_grad()
        loss_fn(model(x), y).backward()
        with torch.no_grad():
            for param in model.parameters():
                param -= learning_rate * param.grad
    return model[0].weight


def main():
    """Print what the answers give; the parts are those of the page."""
    shapes, count = program(D_in, H, D_out)
    print(*shapes, sep="\n")
    print("together", count)
    print()
    torch.manual_seed(seed)
    x = torch.randn(N, D_in)  # (N, D_in)
    y = torch.randn(N, D_out)  # (N, D_out)
    w1 = torch.randn(D_in, H)  # (D_in, H)
    w2 = torch.randn(H, D_out)  # (H, D_out)
    rate = rate_for_mean(1e-4, y)
    summed = weight_after(torch.nn.MSELoss(reduction="sum"), 1e-4, x, y)  # (H, D_in)
    mean = weight_after(torch.nn.MSELoss(), rate, x, y)  # (H, D_in)
    print(f"learning rate {rate:.3g}")
    print("same steps:", torch.allclose(summed, mean, atol=1e-6))
    print()
    by_hand = x.mm(w1).clamp(min=0).mm(w2)  # (N, D_out)
    y_pred = as_layers(w1, w2)(x)  # (N, D_out)
    print("same predictions:", torch.allclose(y_pred, by_hand, rtol=1e-3, atol=1e-2))
    print(f"first loss {(y_pred - y).pow(2).sum().item():.4g}")
    print()
    torch.manual_seed(seed)
    x = torch.randn(N, D_in)  # (N, D_in)
    y = torch.randn(N, D_out)  # (N, D_out)
    losses = train_last(any_depth([D_in, H, D_out]), x, y, learning_rate=1e-3, steps=500)
    print(f"first loss {losses[0]:.3g}, last loss {losses[-1]:.3g}")
    print()
    model = any_depth([1000, 100, 100, 10])
    print(model)
    print(tuple(model(x).shape))


if __name__ == "__main__":
    main()
