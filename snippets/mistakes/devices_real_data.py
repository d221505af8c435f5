"""A trained network of lesson 9, used in four dtypes; needs scikit-learn, which has the data."""

import copy

import torch
from sklearn.datasets import load_digits

D_in, H, D_out = 64, 100, 10
seed = 0


def trained(seed):
    """Train in float32.

    Returns:
        model (torch.nn.Sequential): Maps pictures (N, D_in) to scores (N, D_out).
        x (torch.Tensor): Pictures that it has not seen, shape (359, D_in).
        y (torch.Tensor): Their digits, shape (359,).
    """
    digits = load_digits()
    x, y = torch.tensor(digits.data / 16).float(), torch.tensor(digits.target)  # (N, D_in), (N,)
    torch.manual_seed(seed)
    train_part, test_part = torch.randperm(len(x)).split([1438, 359])
    model = torch.nn.Sequential(
        torch.nn.Linear(D_in, H),  # (N, D_in) -> (N, H)
        torch.nn.ReLU(),  # (N, H) -> (N, H)
        torch.nn.Linear(H, D_out),  # (N, H) -> (N, D_out)
    )
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    for _ in range(100):
        loss = torch.nn.functional.cross_entropy(model(x[train_part]), y[train_part])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return model, x[test_part], y[test_part]


def use(model, x):
    """Return the scores for pictures x (N, D_in) in each dtype, a dict of tensors (N, D_out)."""
    # --8<-- [start:use]
    scores = {}
    for dtype in (torch.float64, torch.float32, torch.bfloat16, torch.float16):
        rounded = copy.deepcopy(model).to(dtype)
        with torch.no_grad():
            scores[dtype] = rounded(x.to(dtype))  # (N, D_out)
    # --8<-- [end:use]
    return scores


if __name__ == "__main__":
    model, x, y = trained(seed)
    scores = use(model, x)
    expected = scores[torch.float64].argmax(dim=1)  # (359,)
    for kind, found in scores.items():
        name, answers = str(kind).removeprefix("torch."), found.argmax(dim=1)  # (359,)
        right = (answers == y).sum().item()
        different = (answers != expected).sum().item()
        print(f"{name:9s} {right} of 359 right, {different} answers unlike float64's")
