"""Lesson 8: a network that reads binary numbers digit by digit, however long they are."""

import torch

D_in, H, D_out = 1, 32, 1
longest = 5
learning_rate = 1e-2
steps = 1000
seed = 0
dtype = torch.float32
has_accelerator = torch.accelerator.is_available()
device = torch.accelerator.current_accelerator() if has_accelerator else torch.device("cpu")


# --8<-- [start:module]
class ReaderNet(torch.nn.Module):
    """Reads digit by digit, in as many rounds as there are digits."""

    def __init__(self, D_in, H, D_out):
        """Create three layers, however long the numbers are."""
        super().__init__()
        self.H = H
        self.input_linear = torch.nn.Linear(D_in, H)
        self.hidden_linear = torch.nn.Linear(H, H)
        self.output_linear = torch.nn.Linear(H, D_out)

    def forward(self, digits):
        """Map N numbers of T digits, (T, N, D_in), to predictions (N, D_out)."""
        N, H = digits.shape[1], self.H
        h_relu = digits.new_zeros(N, H)  # (N, H)
        for digit in digits:
            h = self.input_linear(digit) + self.hidden_linear(h_relu)  # (N, H)
            h_relu = h.clamp(min=0)  # (N, H)
        y_pred = self.output_linear(h_relu)  # (N, D_out)
        return y_pred


# --8<-- [end:module]


# --8<-- [start:data]
def all_numbers(T):
    """Make all N = 2**T binary numbers of T digits.

    Returns:
        digits (torch.Tensor): Digits, the leftmost first, shape (T, N, D_in).
        y (torch.Tensor): Their values, 0 to N - 1, shape (N, D_out).
    """
    values = torch.arange(2**T, device=device)  # (N,)
    places = 2 ** torch.arange(T - 1, -1, -1, device=device)  # (T,): ..., 4, 2, 1
    digits = values // places[:, None] % 2  # (T, N)
    return digits[:, :, None].to(dtype), values[:, None].to(dtype)


# --8<-- [end:data]


def train(model):
    """Train on numbers of up to `longest` digits; each step draws their length.

    Args:
        model (torch.nn.Module): Maps (T, N, D_in) to (N, D_out); updated in place.

    Returns:
        losses (list[float]): The loss before each of the updates.
    """
    optimizer = torch.optim.Adam(model.parameters(), lr=learning_rate)
    losses = []
    # --8<-- [start:loop]
    for t in range(steps):
        T = torch.randint(1, longest + 1, ()).item()
        N = 2**T  # so many numbers have T digits
        digits, y = all_numbers(T)
        y_pred = model(digits)  # (N, D_out)
        loss = ((y_pred - y) / N).pow(2).mean()  # a tensor of shape ()
        losses.append(loss.item())
        if t == 0 or t % 100 == 99:
            print(f"step {t:3d}  {T} digits  loss {loss.item():.2g}")

        optimizer.zero_grad()
        loss.backward()
        optimizer.param_groups[0]["lr"] = learning_rate * (1 - t / steps)
        optimizer.step()
    # --8<-- [end:loop]
    return losses


# --8<-- [start:measure]
def measure(model, T):
    """Return the share of T-digit numbers that are read right, and the largest error."""
    digits, y = all_numbers(T)
    with torch.no_grad():
        y_pred = model(digits)  # (N, D_out)
    right = (y_pred.round() == y).to(dtype).mean().item()
    return right, (y_pred - y).abs().max().item()


# --8<-- [end:measure]


# --8<-- [start:by_hand]
def by_hand():
    """Make a reader with one hidden value, h_relu = digit + 2 * h_relu."""
    model = ReaderNet(D_in, 1, D_out).to(device=device, dtype=dtype)
    with torch.no_grad():
        for param in model.parameters():
            param.zero_()
        model.input_linear.weight.fill_(1.0)
        model.hidden_linear.weight.fill_(2.0)
        model.output_linear.weight.fill_(1.0)
    return model


# --8<-- [end:by_hand]


# --8<-- [start:first_digit]
def first_digit_gradient(model, T):
    """Return the gradient of the prediction for 11...1 along its first digit (float)."""
    digits = torch.ones(T, 1, D_in, device=device, dtype=dtype)  # (T, N = 1, D_in)
    digits.requires_grad_()
    model(digits).sum().backward()
    return digits.grad[0].item()


# --8<-- [end:first_digit]


def print_shares(model):
    """Print how well the model reads; return the share of right numbers by length."""
    shares = {}
    for T in (1, 3, 5, 6, 8, 10, 12):
        shares[T], error = measure(model, T)
        print(f"{T:2d} digits: {shares[T]:4.0%} of {2**T:4d} are right, largest error {error:.2g}")
    print()
    return shares


def make_reader():
    """Seed the generator and draw the weights."""
    torch.manual_seed(seed)
    return ReaderNet(D_in, H, D_out).to(device=device, dtype=dtype)


if __name__ == "__main__":
    model = make_reader()
    losses = train(model)
    print()
    shares = print_shares(model)
    exact = by_hand()
    shares_by_hand = print_shares(exact)
    readers = {"untrained": make_reader(), "trained": model, "by_hand": exact}
    gradients = {}
    for name, reader in readers.items():
        found = [first_digit_gradient(reader, T) for T in range(1, 17)]
        gradients[name] = [[T, abs(gradient)] for T, gradient in enumerate(found, 1)]
        print(f"{name:9s}", " ".join(f"{found[T - 1]:9.2g}" for T in (1, 2, 4, 8, 16)))
