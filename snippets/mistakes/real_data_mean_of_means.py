"""The mean of the batches' means is not the mean of all samples, if the last batch is smaller."""

import torch
from sklearn.datasets import load_digits

D_in, H, D_out = 64, 100, 10
batch_size = 32
seed = 0


def main():
    """Return the mean loss of all samples, and two ways to compute it batch by batch."""
    digits = load_digits()
    x = torch.tensor(digits.data[:359] / 16, dtype=torch.float32)  # (N, D_in)
    y = torch.tensor(digits.target[:359])  # (N,)
    torch.manual_seed(seed)
    model = torch.nn.Sequential(
        torch.nn.Linear(D_in, H), torch.nn.ReLU(), torch.nn.Linear(H, D_out)
    )
    with torch.no_grad():
        whole = torch.nn.functional.cross_entropy(model(x), y).item()
        # --8<-- [start:ways]
        means, total = [], 0.0
        for x_batch, y_batch in zip(x.split(batch_size), y.split(batch_size), strict=True):
            loss = torch.nn.functional.cross_entropy(model(x_batch), y_batch)
            means.append(loss.item())
            total += loss.item() * len(y_batch)
        wrong = sum(means) / len(means)
        right = total / len(y)
        # --8<-- [end:ways]
    print(f"{len(means)} batches; the last one has {len(y_batch)} samples")
    print(f"all at once            {whole:.6f}")
    print(f"mean of the means      {wrong:.6f}")
    print(f"sum over all, divided  {right:.6f}")
    return whole, wrong, right


if __name__ == "__main__":
    whole, wrong, right = main()
