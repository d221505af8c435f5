# %% [markdown]
# # Lab · From random data to real data {#digits}
#
# <!-- facts: digits.the_losses_of_the_lessons_come_close_to_zero, digits.what_lesson_5_learns_is_of_no_use_for_other_numbers -->
# The two-layer network that lessons 1 to 7 share learns random numbers. Its loss comes close to zero, yet what it has learned is of no use for any other numbers. Now the same two-layer network has to read handwritten digits. Real data bring new tasks: feed them in batches, keep some of them out of training, count how many are read correctly, look at the mistakes, and save what was learned.
#
# To run this lab on your own computer, install [PyTorch](page:setup/), then `pip install jupyterlab matplotlib scikit-learn`, and open the notebook with `jupyter lab digits.ipynb`. Or upload it to [Colab](https://colab.research.google.com/), where nothing has to be installed. The data come with scikit-learn.

# %% [markdown]
# ## The data {#data}
#
# <!-- facts: digits.the_pictures_have_8_by_8_pixels_from_0_to_16 -->
# 1797 pictures of 8 × 8 pixels. Pixels go from 0 to 16; the label is the digit that somebody meant to write. Divided by 16, pixels lie between 0 and 1.

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
# ## Training, validation and test {#split}
#
# <!-- facts: digits.a_fifth_each_is_kept_out, digits.each_part_has_nearly_the_same_share_of_each_digit -->
# A network that reads the pictures it was trained on may have learned them by heart. So two fifths of them are kept out of training. Half of these, the **validation set**, serve while you try things out: they tell you what works better. The other half, the **test set**, are kept for the very end. `stratify` gives all parts nearly the same share of each digit.

# %%
x_rest, x_test, y_rest, y_test = train_test_split(
    x,
    y,
    test_size=360,
    random_state=0,
    stratify=y,
)
x_train, x_val, y_train, y_val = train_test_split(
    x_rest,
    y_rest,
    test_size=360,
    random_state=0,
    stratify=y_rest,
)
print(len(x_train), "to train on,", len(x_val), "to validate with,", len(x_test), "to test with")

# %% [markdown]
# ## Mini-batches {#batches}
#
# In lessons 1 to 7 each step saw all samples. Now it sees 32 of them, a [mini-batch](page:glossary/#mini-batch): the gradient is rougher, but there are many more updates. A `DataLoader` shuffles the data and divides them; the last batch takes what is left. One pass through all batches is an **epoch**.


# %%
def make_batches(x, y, size=32):
    return DataLoader(
        TensorDataset(x, y),
        batch_size=size,
        shuffle=True,
        generator=torch.Generator().manual_seed(0),
    )


batches = make_batches(x_train, y_train)
x_batch, y_batch = next(iter(batches))
print(len(batches), "batches;", x_batch.shape, y_batch.shape)

# %% [markdown]
# ## The same network {#network}
#
# `Linear`, `ReLU`, `Linear` again, in other sizes: 64 pixels in, 10 numbers out, one score for each digit. The highest is the answer. The loss is a different one: scores for classes are measured by [cross-entropy](page:derivation/softmax-cross-entropy/), not by squared errors.


# %%
def make_model(hidden=100, seed=0):
    torch.manual_seed(seed)
    return torch.nn.Sequential(
        torch.nn.Linear(64, hidden),  # (N, 64) -> (N, hidden)
        torch.nn.ReLU(),
        torch.nn.Linear(hidden, 10),  # (N, hidden) -> (N, 10)
    )


def answers_of(model, x):
    with torch.no_grad():
        return model(x).argmax(dim=1)  # (N,)


def accuracy(model, x, y):
    return (answers_of(model, x) == y).float().mean().item()


model = make_model()
loss_fn = torch.nn.CrossEntropyLoss()
guesses = answers_of(model, x_val)  # (360,)
print(f"accuracy before training: {accuracy(model, x_val, y_val):.2f}")
print("how often it answers 0, 1, ... 9:", torch.bincount(guesses, minlength=10).tolist())

# %% [markdown]
# <!-- facts: digits.an_untrained_network_gives_only_a_few_answers, digits.untrained_networks_are_right_one_time_in_ten_on_average -->
# An untrained network knows nothing of digits. Whichever of these pictures it sees, this one answers with one of a few digits. On average over many starts, that is right one time in ten.

# %% [markdown]
# ## Training {#training}
#
# There is one more loop; inside are the lines of [lesson 6](page:lessons/optim/#loop). After each epoch the loss is measured on the training and on the validation set.


# %%
def train(model, batches, rate=0.3, epochs=40):
    optimizer = torch.optim.SGD(model.parameters(), lr=rate)
    x, y = batches.dataset.tensors  # all of the training set
    train_losses, val_losses = [], []
    for _ in range(epochs):
        for x_batch, y_batch in batches:
            loss = loss_fn(model(x_batch), y_batch)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()

        with torch.no_grad():
            train_losses.append(loss_fn(model(x), y).item())
            val_losses.append(loss_fn(model(x_val), y_val).item())
    return train_losses, val_losses


train_losses, val_losses = train(model, batches)
print(f"accuracy in training:   {accuracy(model, x_train, y_train):.3f}")
print(f"accuracy in validation: {accuracy(model, x_val, y_val):.3f}")


# %% alt="The losses of 40 epochs on a logarithmic axis. The training loss falls, with some bumps, to about 0.02; the validation loss follows at first and then stays above 0.1, and the gap between them widens."
def draw(train_losses, val_losses):
    epochs = range(1, len(train_losses) + 1)
    fig, ax = plt.subplots()
    ax.plot(epochs, train_losses, "-", label="training")
    ax.plot(epochs, val_losses, "--", label="validation")
    ax.set(yscale="log", xlabel="epoch", ylabel="loss")
    ax.legend()
    plt.show()


draw(train_losses, val_losses)

# %% [markdown]
# <!-- facts: digits.the_training_loss_goes_on_falling, digits.from_epoch_20_on_the_validation_loss_hardly_moves -->
# The training loss goes on falling, with some bumps. The validation loss falls with it at first. From about epoch 20 on it goes up and down and gains nothing: more training makes the network more familiar with these pictures, and does not help with new ones. If the validation loss even rises while the training loss falls, that is **overfitting**. Here it does not come to that; in tasks 2 and 4 it does.

# %% [markdown]
# ## The mistakes {#mistakes}
#
# Accuracy is one number. The **confusion matrix** says more: rows are the true digits, columns the network's answers, and what is right stands on the diagonal.

# %%
answers = answers_of(model, x_val)  # (360,)
matrix = confusion_matrix(y_val, answers)
print(matrix)
print(f"{matrix.trace()} of {matrix.sum()} are right")

# %% alt="Pictures of the validation set that were read wrongly, at most ten; above each its true digit, an arrow, and the network's answer. Some are written so badly that people hesitate too."
wrong = (answers != y_val).nonzero().flatten()[:10]
show(x_val[wrong], [f"{y_val[i]} → {answers[i]}" for i in wrong])

# %% [markdown]
# <!-- facts: digits.few_numbers_stand_beside_the_diagonal -->
# Few numbers stand off the diagonal. Look at the pictures behind them: some make people hesitate too, for 8 × 8 pixels hold little of a stroke. Pictures of mistakes often tell you what to do next; the accuracy alone does not. Look at those of the validation set only: once you have learned something from a test picture, it can no longer test that.

# %% [markdown]
# ## The test set {#test}
#
# You may have tried ten learning rates and kept the one with the highest accuracy in validation. Part of that accuracy is luck with these 360 pictures, and such a choice favours luck. Once nothing is left to choose, use the test set, once. Its number is the one to report.
#
# <!-- facts: digits.the_standard_error_is_about_one_hundredth -->
# How far can luck take it? If a network reads a share `p` of all pictures correctly, its accuracy on `n` of them differs from `p` by typically `sqrt(p * (1 - p) / n)`, the **standard error**. With 360 pictures it is about one hundredth here.


# %%
def standard_error(accuracy, n):
    return (accuracy * (1 - accuracy) / n) ** 0.5


for name, inputs, labels in [("validation", x_val, y_val), ("test", x_test, y_test)]:
    correct = accuracy(model, inputs, labels)
    print(f"{name:10} {correct:.3f} ± {standard_error(correct, len(labels)):.3f}")

# %% [markdown]
# <!-- facts: digits.validation_and_test_agree_within_their_standard_errors -->
# Here the two agree within their errors. Nothing in this lab was chosen by the test set.

# %% [markdown]
# ## Save and load {#save}
#
# <!-- facts: digits.loaded_weights_give_the_same_answers -->
# What training leaves is the weights. `state_dict` is a dictionary from names to tensors. It is what you save, not the model object, so to load it you first build a model with the same code, and then put the weights in. After that it gives the same answers.

# %%
torch.save(model.state_dict(), "digits.pt")
for name, tensor in model.state_dict().items():
    print(name, tuple(tensor.shape))

fresh = make_model(seed=1)
print(f"new weights:   {accuracy(fresh, x_val, y_val):.3f}")
fresh.load_state_dict(torch.load("digits.pt"))
print(f"loaded:        {accuracy(fresh, x_val, y_val):.3f}")
print("same answers: ", torch.equal(answers_of(fresh, x_val), answers))

# %% [markdown]
# ## Try it {#try}
#
# Each task has a hint and an answer, whose code was run with the rest of the lab. Guess before you run.

# %% [markdown]
# ### 1 · One large batch {#try-1}
#
# Put all 1077 training pictures into one batch. What is the accuracy in validation after 40 epochs? Can a different learning rate make up for the lost updates?

# %% [markdown] hint=true
# `make_batches(x_train, y_train, 1077)`, and each time a fresh model. How many updates are 40 epochs now, and how many were they before?

# %% answer=true
one_batch = {}
for rate in [0.3, 0.5, 1, 2]:
    candidate = make_model()
    train(candidate, make_batches(x_train, y_train, 1077), rate=rate)
    one_batch[rate] = accuracy(candidate, x_val, y_val)
    print(f"rate {rate}: {one_batch[rate]:.3f}")

# %% [markdown] answer=true
# <!-- facts: digits.one_batch_means_40_updates_in_the_place_of_1360, digits.a_higher_rate_helps_one_batch_but_not_enough, digits.the_highest_rate_spoils_the_training -->
# 40 epochs are now 40 updates; with batches of 32 they were 1360. A higher rate helps at first, but not enough: none of these reaches the accuracy of the small batches, and with the highest the training goes wrong. In the same number of epochs, small batches got further here.

# %% [markdown]
# ### 2 · Few pictures {#try-2}
#
# Train on the first 100 training pictures only, for 340 epochs: that makes as many updates as before. Draw both losses. At which epoch would you have stopped?

# %% [markdown] hint=true
# Where is the validation loss lowest? Search `val_losses` for its minimum, and do not look at the training loss.

# %% answer=true alt="The losses of 340 epochs on 100 pictures, on a logarithmic axis. The training loss falls, with some bumps, to below 0.01; the validation loss falls to about 0.3, and then rises slowly."
few = make_model()
few_train, few_val = train(few, make_batches(x_train[:100], y_train[:100]), epochs=340)
best = few_val.index(min(few_val))
print("epoch   training   validation")
for epoch in [best + 1, 340]:
    print(f"{epoch:5}   {few_train[epoch - 1]:8.4f}   {few_val[epoch - 1]:10.4f}")
print(f"accuracy in validation: {accuracy(few, x_val, y_val):.3f}")
draw(few_train, few_val)

# %% [markdown] answer=true
# <!-- facts: digits.on_few_pictures_the_validation_loss_rises_again, digits.on_few_pictures_the_network_reads_fewer_new_ones -->
# This is overfitting: the validation loss is lowest early on, and rises slowly from there, while the training loss still falls. Stop where the validation loss is lowest, or keep the weights of that epoch: **early stopping**. Fewer pictures also cost accuracy, though the number of updates is the same.

# %% [markdown]
# ### 3 · How wide? {#try-3}
#
# Choose the width of the hidden layer among 5, 20 and 200, by the validation set. Which differences are larger than the standard error? Then use the test set once, for the network of your choice.

# %% [markdown] hint=true
# `make_model(hidden)` takes the width. If validation cannot tell two networks apart, the smaller one is cheaper.

# %% answer=true
candidates, validated = {}, {}
for hidden in [5, 20, 200]:
    candidates[hidden] = make_model(hidden)
    train(candidates[hidden], make_batches(x_train, y_train))
    validated[hidden] = accuracy(candidates[hidden], x_val, y_val)
    print(f"{hidden:3} wide: {validated[hidden]:.3f} in validation")

highest = max(validated.values())
error = standard_error(highest, len(x_val))
chosen = min(hidden for hidden in validated if validated[hidden] > highest - error)
tested = accuracy(candidates[chosen], x_test, y_test)
print(f"standard error: {error:.3f}")
print(f"narrowest within one of the best: {chosen}")
print(f"in the test: {tested:.3f}")

# %% [markdown] answer=true
# <!-- facts: digits.five_hidden_values_are_too_few, digits.validation_cannot_tell_20_and_200_apart, digits.the_chosen_network_is_worse_in_the_test -->
# 5 is too narrow. 20 and 200 differ by less than one standard error: 360 pictures cannot tell which is better. So the answer takes the narrower one. In the test it reads a little less well than in validation, and this is the number to report, not the higher one.

# %% [markdown]
# ### 4 · Labels without meaning {#try-4}
#
# Take the first 200 training pictures and shuffle their labels. Train for 200 epochs. What is the accuracy in training, and what in validation?

# %% [markdown] hint=true
# `y_train[:200][torch.randperm(200)]` shuffles the labels. Apart from chance, nothing connects them with the pictures now. Can a network with 7510 parameters learn them all the same?

# %% answer=true
torch.manual_seed(0)
shuffled = y_train[:200][torch.randperm(200)]  # (200,)
parrot = make_model()
parrot_train, parrot_val = train(parrot, make_batches(x_train[:200], shuffled), epochs=200)
by_heart = accuracy(parrot, x_train[:200], shuffled)
print(f"accuracy in training:   {by_heart:.3f}")
print(f"accuracy in validation: {accuracy(parrot, x_val, y_val):.3f}")
print(f"lowest validation loss:     {min(parrot_val):.2f}")
print(f"validation loss at the end: {parrot_val[-1]:.2f}")

# %% [markdown] answer=true
# <!-- facts: digits.the_network_has_7510_parameters, digits.shuffled_labels_are_learned_by_heart, digits.with_shuffled_labels_new_pictures_are_guessed, digits.with_shuffled_labels_the_validation_loss_more_than_doubles -->
# It has learned all 200 labels by heart, and new pictures it can only guess. The training loss alone looks like a success; the validation loss says what it is worth. This was the situation with the data of lessons 1 to 7: the targets were random, and the network learned them by heart.
