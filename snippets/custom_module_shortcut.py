"""Lesson 7: deep networks with shortcuts, and the same layers in a chain."""

import torch

N, D_in, H, D_out = 64, 1000, 100, 10
learning_rate = 1e-3
steps = 100
dtype = torch.float32
has_accelerator = torch.accelerator.is_available()
device = torch.accelerator.current_accelerator() if has_accelerator else torch.device("cpu")


# --8<-- [start:block]
class Block(torch.nn.Module):
    """A linear layer and a ReLU, with a shortcut around both."""

    def __init__(self, width):
        """Create the layer; it keeps the number of features."""
        super().__init__()
        self.linear = torch.nn.Linear(width, width)

    def forward(self, h):
        """Map hidden values (rows, width) to hidden values (rows, width)."""
        update = self.linear(h).clamp(min=0)  # (rows, width)
        return h + update


# --8<-- [end:block]


def compare_one():
    """Return what a block and a chain of its layers make of one row when all weights are 0."""
    # --8<-- [start:compare_one]
    h = torch.tensor([[-1.0, 2.0, 3.0]])  # (1, 3)
    block = Block(3)
    chain = torch.nn.Sequential(block.linear, torch.nn.ReLU())
    with torch.no_grad():
        for param in block.parameters():
            param.zero_()
    print("chain", chain(h).tolist())
    print("block", block(h).tolist())
    # --8<-- [end:compare_one]
    return chain(h).tolist(), block(h).tolist()


# --8<-- [start:model]
def make_model(depth, shortcuts):
    """Create a network with `depth` layers in the middle, with or without shortcuts."""
    layers = [torch.nn.Linear(D_in, H), torch.nn.ReLU()]
    for _ in range(depth):
        if shortcuts:
            layers.append(Block(H))
        else:
            layers += [torch.nn.Linear(H, H), torch.nn.ReLU()]
    layers.append(torch.nn.Linear(H, D_out))
    return torch.nn.Sequential(*layers).to(device=device, dtype=dtype)


FORMS = {"chain": False, "shortcuts": True}
# --8<-- [end:model]


def make_data(seed):
    """Seed the generator; draw inputs and targets from a standard normal distribution.

    Returns:
        x (torch.Tensor): Inputs, shape (N, D_in).
        y (torch.Tensor): Targets, shape (N, D_out).
    """
    torch.manual_seed(seed)
    x = torch.randn(N, D_in, device=device, dtype=dtype)  # (N, D_in)
    y = torch.randn(N, D_out, device=device, dtype=dtype)  # (N, D_out)
    return x, y


# --8<-- [start:first_gradient]
def first_gradient(model, x, y):
    """Return the length of the loss's gradient with respect to the first weight (float)."""
    loss = (model(x) - y).pow(2).sum()  # a tensor of shape ()
    loss.backward()
    return model[0].weight.grad.norm().item()


# --8<-- [end:first_gradient]


def train(model, x, y):
    """Train on the whole batch with Adam.

    Args:
        model (torch.nn.Module): Maps (N, D_in) to (N, D_out); updated in place.
        x (torch.Tensor): Inputs, shape (N, D_in).
        y (torch.Tensor): Targets, shape (N, D_out).

    Returns:
        losses (list[float]): The loss before each of the updates.
    """
    optimizer = torch.optim.Adam(model.parameters(), lr=learning_rate)
    losses = []
    for _ in range(steps):
        loss = (model(x) - y).pow(2).sum()  # a tensor of shape ()
        losses.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return losses


def gradients_by_depth():
    """Print how long the first gradient is at several depths, before any training."""
    # --8<-- [start:gradients]
    for depth in (1, 2, 5, 10):
        for name, shortcuts in FORMS.items():
            x, y = make_data(0)
            model = make_model(depth, shortcuts)
            print(f"depth {depth:2d}  {name:9s} {first_gradient(model, x, y):8.2g}")
    # --8<-- [end:gradients]


def compare_training():
    """Train deep networks in both forms; return their losses by seed and form."""
    losses = []
    # --8<-- [start:compare]
    for seed in range(5):
        of_seed = {}
        for name, shortcuts in FORMS.items():
            x, y = make_data(seed)  # sets the seed of the weights, too
            model = make_model(10, shortcuts)
            of_seed[name] = train(model, x, y)
            first, last = of_seed[name][0], of_seed[name][-1]
            print(f"seed {seed}  {name:9s}  loss {first:4.0f} -> {last:.2g}")
        losses.append(of_seed)
    # --8<-- [end:compare]
    return losses


if __name__ == "__main__":
    _, of_block = map(str, compare_one())
    print()
    gradients_by_depth()
    print()
    losses = compare_training()
