"""A perfect prediction with a loss of 2.5: shapes (4, 1) and (4,) broadcast to (4, 4)."""

import torch


def main():
    """Compare the same numbers in two shapes; return both losses."""
    y = torch.tensor([1.0, 2.0, 3.0, 4.0])  # (4,)
    y_pred = y.reshape(4, 1)  # (4, 1): the same four numbers
    loss_fn = torch.nn.MSELoss()
    wrong = loss_fn(y_pred, y).item()
    right = loss_fn(y_pred.squeeze(1), y).item()
    print("shapes (4, 1) and (4,):", wrong)
    print("shapes (4,) and (4,):  ", right)
    return wrong, right


if __name__ == "__main__":
    wrong, right = main()
