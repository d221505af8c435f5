"""The loss of a probability beside the loss of a score, for scores that are large and wrong."""

import torch

dtype = torch.float32


def main():
    """Print loss and gradient by score for target 0; return them."""
    seen = {}
    print("score   BCELoss   gradient   BCEWithLogitsLoss   gradient")
    # --8<-- [start:compare]
    for score in (5.0, 10.0, 15.0, 20.0, 200.0):
        y = torch.zeros(1, dtype=dtype)
        z = torch.tensor([score], dtype=dtype, requires_grad=True)
        of_probability = torch.nn.BCELoss()(torch.sigmoid(z), y)
        (grad_p,) = torch.autograd.grad(of_probability, z)
        of_score = torch.nn.BCEWithLogitsLoss()(z, y)
        (grad_z,) = torch.autograd.grad(of_score, z)
        # --8<-- [end:compare]
        seen[score] = [t.item() for t in (of_probability, grad_p, of_score, grad_z)]
        first, second, third, fourth = seen[score]
        print(f"{score:5.0f}   {first:7.3f}   {second:8.6f}   {third:17.3f}   {fourth:8.6f}")
    return seen


if __name__ == "__main__":
    seen = main()
