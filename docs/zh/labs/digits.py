# %% [markdown]
# # 实验 · 从随机数据到真实数据 {#digits}
#
# 八课里的网络学的是随机数：损失能降到零，可是什么也没学会，因为没有什么可学。现在同一个两层网络要认手写数字。数据是真的，于是多出几件事：分批、留一部分数据不参加训练、数它认对了多少、看它错在哪里、把学到的权重存下来。
#
# 在自己的电脑上运行，需要 [PyTorch](page:setup/)、scikit-learn 和 matplotlib（`pip install scikit-learn matplotlib`）。不用下载数据，它随 scikit-learn 一起安装。

# %% [markdown]
# ## 数据 {#data}
#
# 1797 张图，每张 8 × 8 个像素，像素从 0 到 16，标签是它写的数字。除以 16，像素就在 0 到 1 之间。

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
# ## 训练集与验证集 {#split}
#
# 网络在训练过的图上认得再准，也可能只是背了下来。所以留出五分之一，不参加训练，只用来检验。`stratify` 让两部分里各个数字的比例相同。

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
# ## 小批量 {#batches}
#
# 以前每一步都看全部的样本。现在每一步只看 32 个，这就是[小批量](page:glossary/#mini-batch)：梯度粗糙一些，但更新的次数多得多。`DataLoader` 负责打乱、分批；把所有的批走完一遍，叫一个 **epoch**（轮）。

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
# ## 同一个网络 {#network}
#
# 还是 `Linear`、`ReLU`、`Linear`，只是换了大小：64 个像素进，10 个数出，每个数字一个分数，最高的就是答案。损失也换了：分数对不对，要用[交叉熵](page:derivation/softmax-cross-entropy/)来量，而不是平方误差。


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
# 没训练过的网络是在瞎猜，十个数字里猜中一个左右。

# %% [markdown]
# ## 训练 {#training}
#
# 多了一层循环，里面还是[第 6 课](page:lessons/optim/#loop)的那几行。每一轮之后，在两部分数据上各量一次损失。

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

# %% alt="40 轮的损失，纵轴为对数刻度。训练损失一路降到 0.02 左右；验证损失先跟着下降，然后停在 0.1 左右，两条线越分越开。"
fig, ax = plt.subplots()
ax.plot(range(1, 41), train_losses, "-", label="training")
ax.plot(range(1, 41), val_losses, "--", label="validation")
ax.set(yscale="log", ylim=(1e-2, 1), xlabel="epoch", ylabel="loss")
ax.legend()
plt.show()

# %% [markdown]
# 训练损失有起伏，但一直往下走；验证损失先跟着降，后来几乎不动了：再练下去，网络越来越熟悉这些图，对新图却没有多大帮助。两条线之间的距离，就是**过拟合**（overfitting）。要报告的是验证集上的准确率。

# %% [markdown]
# ## 错在哪里 {#mistakes}
#
# 准确率只是一个数。**混淆矩阵**说得更多：行是真实的数字，列是网络的回答，对角线上是认对的。

# %%
with torch.no_grad():
    answers = model(x_val).argmax(dim=1)  # (360,)
matrix = confusion_matrix(y_val, answers)
print(matrix)
print(f"{matrix.trace()} of {matrix.sum()} are right")

# %% alt="验证集里认错的图，至多十张，上方写着真实的数字和网络的回答，中间是箭头。有些写得潦草，人也要想一想。"
wrong = (answers != y_val).nonzero().flatten()[:10]
show(x_val[wrong], [f"{y_val[i]} → {answers[i]}" for i in wrong])

# %% [markdown]
# 对角线以外的数很少。把错的几张画出来看，有些连人也要想一想：8 × 8 个像素装不下多少笔画。看错误比看准确率更能告诉你下一步该做什么。

# %% [markdown]
# ## 存下来，再读回来 {#save}
#
# 训练的成果就是权重。`state_dict` 是从名字到张量的字典；存的是它，而不是模型对象，所以读的时候要先用同样的代码造一个模型，再把权重装进去。

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
# ## 试一试 {#try}
#
# 1. 把 `batch_size` 改成 1437，也就是全部训练样本一批。40 轮之后准确率是多少？再调学习率，能追上吗？
# 2. 只用 100 张图训练。两条损失曲线之间的距离怎样变化？
# 3. 把隐藏层从 100 改成 5，再改成 1000。
# 4. 打乱训练标签：`y_train = y_train[torch.randperm(len(y_train))]`，重新建 `batches` 再训练。训练准确率和验证准确率各是多少？这正是八课里的情形。
