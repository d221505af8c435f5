"""Three ways to a loss that remembers nothing, and the one message for all of them."""

import torch


def message_of(loss):
    """Return what backward() says about a loss, cut after the first sentence."""
    try:
        loss.backward()
    except RuntimeError as error:
        return str(error).partition(" and ")[0]
    return "no error"


def main():
    """Print the message for each of the three losses, and for the right one."""
    x = torch.tensor([1.0, 2.0])
    w = torch.tensor([0.5, 0.5], requires_grad=True)
    # --8<-- [start:causes]
    # 1. nothing asks for a gradient
    forgotten = (x * torch.tensor([0.5, 0.5])).sum()
    # 2. the forward pass ran without notes
    with torch.no_grad():
        without_notes = (x * w).sum()
    # 3. the way from w to the loss was cut
    cut = torch.tensor((x * w).sum().item())
    # --8<-- [end:causes]
    right = (x * w).sum()
    losses = {"forgotten": forgotten, "no_grad": without_notes, "cut": cut, "right": right}
    messages = {}
    for name, loss in losses.items():
        print(f"{name:10s} grad_fn {type(loss.grad_fn).__name__}")
    for name, loss in losses.items():
        messages[name] = message_of(loss)
        print(f"{name:10s} {messages[name]}")
    return messages


if __name__ == "__main__":
    messages = main()
