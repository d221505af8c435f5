# %% [markdown]
# # 实验 · 从随机数据到真实数据 {#digits}
#
# <!-- facts: digits.the_losses_of_the_lessons_come_close_to_zero, digits.what_lesson_5_learns_is_of_no_use_for_other_numbers -->
# 前七课共用的两层网络，学的是随机数：损失能降到接近零，可是学到的东西对别的数毫无用处。现在同一个两层网络要认手写数字。数据是真的，于是多出几件事：分批、留一部分数据不参加训练、数它认对了多少、看它错在哪里、把学到的权重存下来。
#
# 要在自己的电脑上运行，先装好 [PyTorch](page:setup/)，再 `pip install jupyterlab matplotlib scikit-learn`，然后用 `jupyter lab digits.ipynb` 打开笔记本。也可以把它上传到 [Colab](https://colab.research.google.com/)，那里什么都不用装。数据随 scikit-learn 一起安装。

# %% [markdown]
# ## 数据 {#data}
#
# <!-- facts: digits.the_pictures_have_8_by_8_pixels_from_0_to_16 -->
# 1797 张图，每张 8 × 8 个像素，像素从 0 到 16，标签是写的人想写的那个数字。除以 16，像素就在 0 到 1 之间。

# %% alt="数据集的前十张图，从 0 到 9 各一张，8 × 8 的灰度像素，上方是标签。"
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
# ## 训练集、验证集与测试集 {#split}
#
# <!-- facts: digits.a_fifth_each_is_kept_out, digits.each_part_has_nearly_the_same_share_of_each_digit -->
# 网络在训练过的图上认得再准，也可能只是背了下来。所以留出五分之二，不参加训练。其中一半是**验证集**，试各种做法时用它来看哪一种更好；另一半是**测试集**，留到最后才用。`stratify` 让各部分里每个数字的比例几乎相同。

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
# ## 小批量 {#batches}
#
# 前七课的每一步都看全部的样本。现在每一步只看 32 个，这就是[小批量](page:glossary/#mini-batch)：梯度粗糙一些，但更新的次数多得多。`DataLoader` 负责打乱、分批，余数归最后一批；把所有的批走完一遍，叫一个 **epoch**（轮）。


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
# ## 同一个网络 {#network}
#
# 还是 `Linear`、`ReLU`、`Linear`，只是换了大小：64 个像素进，10 个数出，每个数字一个分数，最高的就是答案。损失也换了：分数对不对，要用[交叉熵](page:derivation/softmax-cross-entropy/)来量，而不是平方误差。


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
# 没训练过的网络对数字一无所知。这些图，不管看到哪一张，这一个总是回答那么几个数字。换许多组初始权重，平均能蒙对十分之一。

# %% [markdown]
# ## 训练 {#training}
#
# 多了一层循环，里面还是[第 6 课](page:lessons/optim/#loop)的那几行。每一轮之后，在训练集和验证集上各量一次损失。


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


# %% alt="40 轮的损失，纵轴为对数刻度。训练损失有起伏，降到 0.02 左右；验证损失先跟着下降，然后停在 0.1 以上，两条线越分越开。"
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
# 训练损失有起伏，但总的来说还在往下走；验证损失先跟着降，大约从第 20 轮起只是上下波动，没有进展：再练下去，网络越来越熟悉这些图，对新图却没有帮助。如果训练损失在降，验证损失反而上升，就是**过拟合**（overfitting）。这里还没到那一步，任务 2 和任务 4 里会看到。

# %% [markdown]
# ## 错在哪里 {#mistakes}
#
# 准确率只是一个数。**混淆矩阵**说得更多：行是真实的数字，列是网络的回答，对角线上是认对的。

# %%
answers = answers_of(model, x_val)  # (360,)
matrix = confusion_matrix(y_val, answers)
print(matrix)
print(f"{matrix.trace()} of {matrix.sum()} are right")

# %% alt="验证集里认错的图，至多十张，上方写着真实的数字和网络的回答，中间是箭头。有些写得潦草，人也要想一想。"
wrong = (answers != y_val).nonzero().flatten()[:10]
show(x_val[wrong], [f"{y_val[i]} → {answers[i]}" for i in wrong])

# %% [markdown]
# <!-- facts: digits.few_numbers_stand_beside_the_diagonal -->
# 对角线以外的数很少。把错的几张画出来看，有些连人也要想一想：8 × 8 个像素装不下多少笔画。看看错在哪里，往往就知道下一步该做什么；单看准确率看不出来。只看验证集里的错误：从测试集的图里学到了什么，就不能再拿这些图来测试它了。

# %% [markdown]
# ## 测试集 {#test}
#
# 也许你试了十个学习率，留下了验证准确率最高的那个。这个准确率里有一部分，是在这 360 张图上碰到的运气，这样挑选，恰恰偏向运气好的。等到没有什么可挑的了，再看测试集，只看一次。要报告的是这个数。
#
# <!-- facts: digits.the_standard_error_is_about_one_hundredth -->
# 运气能有多大？如果网络在所有的图里认得对的比例是 `p`，那么在其中 `n` 张上的准确率与 `p` 通常相差 `sqrt(p * (1 - p) / n)`，这叫**标准误差**。这里有 360 张图，它大约是百分之一。


# %%
def standard_error(accuracy, n):
    return (accuracy * (1 - accuracy) / n) ** 0.5


for name, inputs, labels in [("validation", x_val, y_val), ("test", x_test, y_test)]:
    correct = accuracy(model, inputs, labels)
    print(f"{name:10} {correct:.3f} ± {standard_error(correct, len(labels)):.3f}")

# %% [markdown]
# <!-- facts: digits.validation_and_test_agree_within_their_standard_errors -->
# 这里两者在误差之内一致。本实验里没有哪样东西是靠测试集挑出来的。

# %% [markdown]
# ## 存下来，再读回来 {#save}
#
# <!-- facts: digits.loaded_weights_give_the_same_answers -->
# 训练的成果就是权重。`state_dict` 是从名字到张量的字典；存的是它，而不是模型对象，所以读的时候要先用同样的代码造一个模型，再把权重装进去。之后它的回答就和原来的一样。

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
# ## 试一试 {#try}
#
# 每个任务都有提示和答案，答案里的代码与实验的其余部分一起运行过。先猜，再跑。

# %% [markdown]
# ### 1 · 只用一大批 {#try-1}
#
# 把全部 1077 张训练图放进一批。40 轮之后，验证准确率是多少？更新的次数少了，换个学习率能补回来吗？

# %% [markdown] hint=true
# `make_batches(x_train, y_train, 1077)`，每次都用新的模型。40 轮现在是多少次更新，原来是多少次？

# %% answer=true
one_batch = {}
for rate in [0.3, 0.5, 1, 2]:
    candidate = make_model()
    train(candidate, make_batches(x_train, y_train, 1077), rate=rate)
    one_batch[rate] = accuracy(candidate, x_val, y_val)
    print(f"rate {rate}: {one_batch[rate]:.3f}")

# %% [markdown] answer=true
# <!-- facts: digits.one_batch_means_40_updates_in_the_place_of_1360, digits.a_higher_rate_helps_one_batch_but_not_enough, digits.the_highest_rate_spoils_the_training -->
# 现在 40 轮就是 40 次更新，每批 32 张时是 1360 次。提高学习率起初有用，但不够：这几个学习率都达不到小批量的准确率，最高的那个还把训练搞坏了。在这里，轮数相同，小批量走得更远。

# %% [markdown]
# ### 2 · 图很少 {#try-2}
#
# 只用训练集的前 100 张图，训练 340 轮，更新的次数和原来一样多。把两条损失画出来。你会在第几轮停下？

# %% [markdown] hint=true
# 验证损失在哪里最低？在 `val_losses` 里找最小值，不要看训练损失。

# %% answer=true alt="用 100 张图训练 340 轮的损失，纵轴为对数刻度。训练损失有起伏，最后降到 0.01 以下；验证损失降到 0.3 左右，然后慢慢上升。"
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
# 这就是过拟合：验证损失早早到了最低点，然后慢慢上升，训练损失却还在降。在验证损失最低的地方停下，或者留下那一轮的权重，这叫**早停**（early stopping）。图少了，更新的次数一样多，准确率还是低了。

# %% [markdown]
# ### 3 · 多宽合适？ {#try-3}
#
# 用验证集为隐藏层选一个宽度：5、20 还是 200？哪些差别大于标准误差？选定之后，再为选中的网络看一次测试集。

# %% [markdown] hint=true
# 宽度写作 `make_model(hidden)`。验证集分不出高下的时候，小的那个更省。

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
# 5 太窄。20 和 200 的差别不到一个标准误差：360 张图分不出哪个更好，所以答案取窄的那个。它在测试集上比在验证集上略差一点，而要报告的正是这个数，不是高的那个。

# %% [markdown]
# ### 4 · 没有意义的标签 {#try-4}
#
# 取训练集的前 200 张图，把标签打乱，训练 200 轮。训练准确率和验证准确率各是多少？

# %% [markdown] hint=true
# `y_train[:200][torch.randperm(200)]` 打乱标签。现在除了碰巧，标签和图没有关系了。网络有 7510 个参数，没有关系也学得会吗？

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
# 200 个标签它全背下来了，新图却只能瞎猜。单看训练损失，好像很成功；值多少，要看验证损失。前七课的数据就是这种情形：目标是随机数，网络把它们背了下来。
