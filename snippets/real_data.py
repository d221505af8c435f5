"""Lesson 9: handwritten digits, read in mini-batches; needs scikit-learn, which has the data."""

import copy
import math
import tempfile
from pathlib import Path

import torch
from sklearn.datasets import load_digits
from torch.utils.data import DataLoader, Dataset

D_in, H, D_out = 64, 100, 10
batch_size = 32
learning_rate = 0.5
patience = 10
seed = 0
dtype = torch.float32
has_accelerator = torch.accelerator.is_available()
device = torch.accelerator.current_accelerator() if has_accelerator else torch.device("cpu")


# --8<-- [start:data]
def load_data():
    """Load all pictures, each as one row, and their digits.

    Returns:
        x (torch.Tensor): Pictures with pixels between 0 and 1, shape (N, D_in).
        y (torch.Tensor): The digits, integers from 0 to 9, shape (N,).
    """
    digits = load_digits()
    x = torch.tensor(digits.data / 16, device=device, dtype=dtype)  # (N, D_in)
    y = torch.tensor(digits.target, device=device)  # (N,)
    return x, y


# --8<-- [end:data]


# --8<-- [start:split]
def split(N):
    """Deal the numbers 0 to N - 1 at random into three parts.

    Returns:
        parts (tuple): Three fifths of them to train with, a fifth to validate, a fifth to test.
    """
    order = torch.randperm(N, generator=torch.Generator().manual_seed(seed))  # (N,)
    fifth = N // 5
    return order.split([N - 2 * fifth, fifth, fifth])


# --8<-- [end:split]


# --8<-- [start:dataset]
class Digits(Dataset):
    """Pictures and their digits, to be asked for one by one."""

    def __init__(self, x, y):
        """Keep pictures x (N, D_in) and digits y (N,)."""
        self.x, self.y = x, y

    def __len__(self):
        """Return the number of samples."""
        return len(self.x)

    def __getitem__(self, index):
        """Return one sample: a picture (D_in,) and its digit, shape ()."""
        return self.x[index], self.y[index]


# --8<-- [end:dataset]


def make_model():
    """Build the two-layer network.

    Returns:
        model (torch.nn.Sequential): Maps pictures (N, D_in) to scores (N, D_out).
    """
    # --8<-- [start:model]
    model = torch.nn.Sequential(
        torch.nn.Linear(D_in, H),  # (N, D_in) -> (N, H)
        torch.nn.ReLU(),  # (N, H) -> (N, H)
        torch.nn.Dropout(0.5),  # (N, H) -> (N, H)
        torch.nn.Linear(H, D_out),  # (N, H) -> (N, D_out)
    )
    # --8<-- [end:model]
    return model.to(device=device, dtype=dtype)


# --8<-- [start:epoch]
def train_epoch(model, batches, optimizer):
    """Go through all batches once; each is one step."""
    loss_fn = torch.nn.CrossEntropyLoss()
    model.train()  # dropout on
    for x_batch, y_batch in batches:
        scores = model(x_batch)  # D_out numbers for each picture
        loss = loss_fn(scores, y_batch)  # a tensor of shape ()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


# --8<-- [end:epoch]


# --8<-- [start:measure]
def measure(model, samples):
    """Return the mean loss and the share of right answers, without training.

    Args:
        model (torch.nn.Module): Maps (N, D_in) to (N, D_out).
        samples (Digits): What to measure on.

    Returns:
        loss (float): The mean loss.
        accuracy (float): The share of right answers.
    """
    model.eval()  # dropout off
    with torch.no_grad():
        scores = model(samples.x)  # (N, D_out)
    loss = torch.nn.functional.cross_entropy(scores, samples.y)
    accuracy = (scores.argmax(dim=1) == samples.y).float().mean()
    return loss.item(), accuracy.item()


# --8<-- [end:measure]


# --8<-- [start:train]
def train(model, train_set, val_set):
    """Train until `patience` epochs bring no new lowest validation loss; keep the best weights.

    Args:
        model (torch.nn.Module): Maps (N, D_in) to (N, D_out); updated in place.
        train_set (Digits): What to learn from.
        val_set (Digits): What tells when to stop.

    Returns:
        losses (dict): The losses after each epoch, for both sets.
        best_epoch (int): The epoch after which the validation loss was lowest.
    """
    batches = DataLoader(train_set, batch_size=batch_size, shuffle=True)
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    losses = {"training": [], "validation": []}
    epoch, best_epoch, best_loss = 0, 0, math.inf
    while epoch - best_epoch < patience:
        epoch += 1
        train_epoch(model, batches, optimizer)
        train_loss, _ = measure(model, train_set)
        val_loss, _ = measure(model, val_set)
        losses["training"].append(train_loss)
        losses["validation"].append(val_loss)
        if val_loss < best_loss:
            best_epoch, best_loss = epoch, val_loss
            best_weights = copy.deepcopy(model.state_dict())
        if epoch == 1 or epoch % 10 == 0:
            print(f"epoch {epoch:2d}  training {train_loss:.4f}  validation {val_loss:.4f}")
    model.load_state_dict(best_weights)
    print(f"stopped after epoch {epoch}, back to the weights of epoch {best_epoch}")
    return losses, best_epoch


# --8<-- [end:train]


# --8<-- [start:confusion]
def confusion(answers, y):
    """Count for each digit which answers it got.

    Args:
        answers (torch.Tensor): What the network said, integers, shape (N,).
        y (torch.Tensor): The digits, shape (N,).

    Returns:
        counts (torch.Tensor): Row: digit, column: answer; shape (D_out, D_out).
    """
    pairs = y * D_out + answers  # (N,): a number from 0 to 99 for each pair
    counts = torch.bincount(pairs, minlength=D_out * D_out)  # (100,)
    return counts.reshape(D_out, D_out)


# --8<-- [end:confusion]


if __name__ == "__main__":
    # --8<-- [start:sets]
    x, y = load_data()
    train_part, val_part, test_part = split(len(x))
    train_set = Digits(x[train_part], y[train_part])
    val_set = Digits(x[val_part], y[val_part])
    test_set = Digits(x[test_part], y[test_part])
    # --8<-- [end:sets]
    print("pictures", tuple(x.shape), "digits", tuple(y.shape))
    print("train", len(train_set), "validate", len(val_set), "test", len(test_set))

    # --8<-- [start:loader]
    torch.manual_seed(seed)
    batches = DataLoader(train_set, batch_size=batch_size, shuffle=True)
    sizes = [len(y_batch) for x_batch, y_batch in batches]
    # --8<-- [end:loader]
    x_batch, y_batch = next(iter(batches))
    print("\none batch", tuple(x_batch.shape), tuple(y_batch.shape))
    print(len(batches), "batches; the last one has", sizes[-1], "samples")

    print()
    torch.manual_seed(seed)
    model = make_model()
    losses, best_epoch = train(model, train_set, val_set)
    epochs = len(losses["training"])

    train_loss, train_accuracy = measure(model, train_set)
    val_loss, val_accuracy = measure(model, val_set)
    test_loss, test_accuracy = measure(model, test_set)
    print(f"\ntraining    loss {train_loss:.4f}  accuracy {train_accuracy:.4f}")
    print(f"validation  loss {val_loss:.4f}  accuracy {val_accuracy:.4f}")
    print(f"test        loss {test_loss:.4f}  accuracy {test_accuracy:.4f}")

    # --8<-- [start:mistakes]
    with torch.no_grad():
        scores = model(test_set.x)  # (N, D_out)
    answers = scores.argmax(dim=1)  # (N,)
    counts = confusion(answers, test_set.y)  # (D_out, D_out)
    each = torch.nn.functional.cross_entropy(scores, test_set.y, reduction="none")  # (N,)
    worst = each.argsort(descending=True)[:8].tolist()
    # --8<-- [end:mistakes]
    print()
    print("\n".join(" ".join(f"{count:2d}" for count in row) for row in counts.tolist()))
    right, total = counts.trace().item(), counts.sum().item()
    print(f"{right} of {total} are right")
    print()
    for i in worst:
        share = scores[i].softmax(dim=0)[test_set.y[i]].item()
        digit, answer = test_set.y[i].item(), answers[i].item()
        print(f"test sample {i:3d}: {digit}, read as {answer}; loss {each[i]:.2f}, p = {share:.4f}")

    # --8<-- [start:save]
    path = Path(tempfile.mkdtemp(), "digits.pt")  # take a folder that you keep
    torch.save(model.state_dict(), path)

    fresh = make_model()
    before = measure(fresh, test_set)
    fresh.load_state_dict(torch.load(path, weights_only=True))
    after = measure(fresh, test_set)
    # --8<-- [end:save]
    print()
    for name, weight in model.state_dict().items():
        print(f"{name:8s} {tuple(weight.shape)}")
    print(f"new weights {before[1]:.4f}, loaded {after[1]:.4f}, trained {test_accuracy:.4f}")
