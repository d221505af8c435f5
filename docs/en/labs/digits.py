# %% [markdown]
# # Lab · From random data to real data {#digits}
#
# In the eight lessons the network learns random numbers. Its loss falls to zero, and it has learned nothing, because there was nothing to learn. Now the same two-layer network has to read handwritten digits. Real data bring new tasks: feed them in batches, keep some of them out of training, count how many are read correctly, look at the mistakes, and save what was learned.
#
# To run this on your own computer you need [PyTorch](page:setup/), scikit-learn and matplotlib (`pip install scikit-learn matplotlib`). There is nothing to download: the data come with scikit-learn.

# %% [markdown]
# ## The data {#data}
#
# 1797 pictures of 8 × 8 pixels. Pixels go from 0 to 16; the label is the digit that somebody wrote. Divided by 16, pixels lie between 0 and 1.

# %% alt="The first ten pictures of the data set, one of each digit from 0 to 9, in 8 × 8 grey pixels, with their labels above."
import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from sklearn.metrics import confusion_matrix
from sklearn.model_selection import train_test_split
from torch.utils.data import DataLoader, TensorDataset

digits = load_digits()
x = torch.tensor(digits.data / 16, dtype=torch.float32)  # (1797, 64)
y = torch.tensor(digits.target)  # (1797,)
print(x.shape, y.shape, y[:10].tolist())


def show(pictures, titles):
    fig, axes = plt.subplots(2, 5, figsize=(5, 2.4))
    for ax in axes.flat:
        ax.axis("off")
    for ax, picture, title in zip(axes.flat, pictures, titles):
        ax.imshow(picture.reshape(8, 8).numpy(), cmap="gray_r")
        ax.set_title(title, fontsize=10)
    plt.show()


show(x[:10], y[:10].tolist())

# %% [markdown]
# ## Training and validation {#split}
#
# A network that reads the pictures it was trained on may have learned them by heart. So a fifth of them is kept out of training and serves only to check. `stratify` gives both parts the same share of each digit.

# %%
x_train, x_val, y_train, y_val = train_test_split(
    x,
    y,
    test_size=0.2,
    random_state=0,
    stratify=y,
)
print(len(x_train), "to train on,", len(x_val), "to validate with")

# %% [markdown]
# ## Mini-batches {#batches}
#
# So far each step saw all samples. Now it sees 32 of them, a [mini-batch](page:glossary/#mini-batch): the gradient is rougher, but there are many more updates. A `DataLoader` shuffles and divides the data. One pass through all batches is an **epoch**.

# %%
batches = DataLoader(
    TensorDataset(x_train, y_train),
    batch_size=32,
    shuffle=True,
    generator=torch.Generator().manual_seed(0),
)
x_batch, y_batch = next(iter(batches))
print(len(batches), "batches;", x_batch.shape, y_batch.shape)

# %% [markdown]
# ## The same network {#network}
#
# `Linear`, `ReLU`, `Linear` again, in other sizes: 64 pixels in, 10 numbers out, one score for each digit. The highest is the answer. The loss is another one: scores for classes are measured by [cross-entropy](page:derivation/softmax-cross-entropy/), not by squared errors.


# %%
def make_model():
    return torch.nn.Sequential(
        torch.nn.Linear(64, 100),  # (N, 64) -> (N, 100)
        torch.nn.ReLU(),
        torch.nn.Linear(100, 10),  # (N, 100) -> (N, 10)
    )


def accuracy(model, x, y):
    with torch.no_grad():
        answers = model(x).argmax(dim=1)  # (N,)
    return (answers == y).float().mean().item()


torch.manual_seed(0)
model = make_model()
loss_fn = torch.nn.CrossEntropyLoss()
print(f"accuracy before training: {accuracy(model, x_val, y_val):.2f}")

# %% [markdown]
# An untrained network guesses: with ten digits, it is right about one time in ten.

# %% [markdown]
# ## Training {#training}
#
# There is one more loop; inside are the lines of [lesson 6](page:lessons/optim/#loop). After each epoch the loss is measured on both parts of the data.

# %%
optimizer = torch.optim.SGD(model.parameters(), lr=0.3)
train_losses, val_losses = [], []

for epoch in range(40):
    for x_batch, y_batch in batches:
        loss = loss_fn(model(x_batch), y_batch)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    with torch.no_grad():
        train_losses.append(loss_fn(model(x_train), y_train).item())
        val_losses.append(loss_fn(model(x_val), y_val).item())
    if epoch % 10 == 9:
        print(
            f"epoch {epoch + 1}: accuracy {accuracy(model, x_train, y_train):.3f} in training, "
            f"{accuracy(model, x_val, y_val):.3f} in validation"
        )

# %% alt="The losses of 40 epochs on a logarithmic axis. The training loss keeps falling to about 0.02; the validation loss follows at first and then stays at about 0.1, and the gap between them widens."
fig, ax = plt.subplots()
ax.plot(range(1, 41), train_losses, "-", label="training")
ax.plot(range(1, 41), val_losses, "--", label="validation")
ax.set(yscale="log", ylim=(1e-2, 1), xlabel="epoch", ylabel="loss")
ax.legend()
plt.show()

# %% [markdown]
# The training loss goes on falling, with some bumps. The validation loss falls with it at first, and then hardly moves: more training makes the network more familiar with these pictures, and helps little with new ones. The gap between the lines is **overfitting**. The accuracy to report is that of the validation set.

# %% [markdown]
# ## The mistakes {#mistakes}
#
# Accuracy is one number. The **confusion matrix** says more: rows are the true digits, columns the network's answers, and what is right stands on the diagonal.

# %%
with torch.no_grad():
    answers = model(x_val).argmax(dim=1)  # (360,)
matrix = confusion_matrix(y_val, answers)
print(matrix)
print(f"{matrix.trace()} of {matrix.sum()} are right")

# %% alt="Pictures of the validation set that were read wrongly, at most ten; above each its true digit, an arrow, and the network's answer. Some are written so badly that people hesitate too."
wrong = (answers != y_val).nonzero().flatten()[:10]
show(x_val[wrong], [f"{y_val[i]} → {answers[i]}" for i in wrong])

# %% [markdown]
# Few numbers stand beside the diagonal. Look at the pictures behind them: some make people hesitate too, for 8 × 8 pixels hold little of a stroke. Looking at mistakes tells you more about what to do next than the accuracy does.

# %% [markdown]
# ## Save and load {#save}
#
# What training leaves is the weights. `state_dict` is a dictionary from names to tensors. It is what you save, not the model object, so to load it you first build a model with the same code, and then put the weights in.

# %%
torch.save(model.state_dict(), "digits.pt")
for name, tensor in model.state_dict().items():
    print(name, tuple(tensor.shape))

fresh = make_model()
print(f"new weights:   {accuracy(fresh, x_val, y_val):.3f}")
fresh.load_state_dict(torch.load("digits.pt"))
print(f"loaded:        {accuracy(fresh, x_val, y_val):.3f}")
print("same answers: ", torch.equal(fresh(x_val).argmax(dim=1), answers))

# %% [markdown]
# ## Try it {#try}
#
# 1. Set `batch_size` to 1437, all training samples in one batch. What is the accuracy after 40 epochs? Can another learning rate make up for it?
# 2. Train on 100 pictures only. What happens to the gap between the losses?
# 3. Change the hidden layer from 100 to 5, then to 1000.
# 4. Shuffle the training labels, `y_train = y_train[torch.randperm(len(y_train))]`, make `batches` again and train. What is the accuracy in training, and what in validation? This was the situation in the eight lessons.
