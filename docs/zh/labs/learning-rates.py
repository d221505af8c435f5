# %% [markdown]
# # 实验 · 学习率 {#learning-rates}
#
# 训练有时慢得像没动，有时顺利，有时几步就变成 `nan`，差别常常出在一个数上：学习率。下面用[第 5 课](page:lessons/nn-sequential/)的网络把这个数从太小一直调到太大，找出会发散的那条边界，再问这条边界是由什么决定的。
#
# 在自己的电脑上运行，需要 [PyTorch](page:setup/) 和 matplotlib（`pip install matplotlib`）。

# %% [markdown]
# ## 先看一个碗 {#bowl}
#
# 先看最简单的损失：一个参数 `w`，损失是 `curvature / 2 * w**2`，画出来像一个碗。**曲率**（curvature）是二阶导数，说的是碗有多陡。梯度是 `curvature * w`，所以梯度下降的每一步都把 `w` 乘以同一个数：`1 - rate * curvature`。

# %%
import math

import matplotlib.pyplot as plt
import torch

curvature = 10.0
print("rate   factor   w after 50 steps")
for rate in [0.001, 0.05, 0.15, 0.19, 0.2, 0.21]:
    w = 1.0
    for _ in range(50):
        w -= rate * curvature * w
    print(f"{rate:<5}  {1 - rate * curvature:6.2f}  {w:9.2g}")

# %% [markdown]
# 因子在 -1 和 1 之间，`w` 就缩小；因子为负时，它每步都跨过碗底，落到另一侧。因子恰为 -1 时，它在两侧之间来回跳，不远也不近。再大一点，每一步都跳得更远。所以碗的边界是精确的：
#
# **学习率小于 2 / 曲率才收敛**，这里是 0.2。

# %% [markdown]
# ## 真正的网络 {#network}
#
# 现在换成第 5 课的网络，数据和损失也一样。每次训练都从同一个起点出发，走 200 步；一旦损失不再是有限的数，就停下。

# %%
N, D_in, H, D_out = 64, 1000, 100, 10
steps = 200

torch.manual_seed(0)
x = torch.randn(N, D_in)  # (N, D_in)
y = torch.randn(N, D_out)  # (N, D_out)
loss_fn = torch.nn.MSELoss(reduction="sum")


def make_model():
    torch.manual_seed(1)
    return torch.nn.Sequential(
        torch.nn.Linear(D_in, H),  # (N, D_in) -> (N, H)
        torch.nn.ReLU(),
        torch.nn.Linear(H, D_out),  # (N, H) -> (N, D_out)
    )


def train(model, rate):
    optimizer = torch.optim.SGD(model.parameters(), lr=rate)
    losses = []
    for _ in range(steps):
        loss = loss_fn(model(x), y)
        losses.append(loss.item())
        if not math.isfinite(losses[-1]):
            break
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return losses


# %% [markdown]
# ## 太小、正好、太大 {#three}
#
# 四个学习率，纵轴是对数刻度：

# %% diverges=true alt="四个学习率的损失曲线，纵轴为对数刻度。1e-06 几乎是平的；3e-05 缓缓下降；3e-04 在 200 步内降到 1e-06 以下；5e-03 几步之内就冲出图的上沿。"
curves = {rate: train(make_model(), rate) for rate in [1e-6, 3e-5, 3e-4, 5e-3]}

fig, ax = plt.subplots()
for (rate, losses), style in zip(curves.items(), [":", "--", "-", "-."]):
    ax.plot(losses, style, label=f"{rate:.0e}")
ax.set(yscale="log", ylim=(1e-7, 1e7), xlabel="step", ylabel="loss")
ax.legend(title="learning rate", loc="lower left")
plt.show()

for rate, losses in curves.items():
    print(f"{rate:.0e}: {losses[0]:.4g} -> {losses[-1]:.3g}, {len(losses)} steps")

# %% [markdown]
# `1e-06` 太小：它没有错，只是慢，200 步几乎没动。`3e-05` 在往下走。`3e-04` 正好。`5e-03` 太大：损失每一步都在变大，没走几步就不再是有限的数了。注意，光看 `1e-06` 的曲线，你会以为网络学不会；其实它只是没有走。

# %% [markdown]
# ## 找到边界 {#edge}
#
# 边界在 `3e-04` 和 `5e-03` 之间的某处。用**二分法**：取中间的学习率训练一次，活下来了就把下限移到这里，发散了就把上限移到这里。学习率相差的是倍数，所以中间取几何平均。“活下来”的意思是：最后的损失是有限的数，而且小于最初的损失。


# %%
def survives(rate):
    losses = train(make_model(), rate)
    return math.isfinite(losses[-1]) and losses[-1] < losses[0]


low, high = 3e-4, 5e-3
while high / low > 1.02:
    middle = math.sqrt(low * high)
    if survives(middle):
        low = middle
    else:
        high = middle
    print(f"{low:.6f} survives, {high:.6f} does not")
edge = math.sqrt(low * high)
print(f"the edge is near {edge:.2g}")

# %% [markdown]
# 不必再多求几位。在边界附近，每一步的舍入都会被放大，换一台机器，或者换一个 `steps`，末几位就不同了。

# %% [markdown]
# ## 曲率说它该在哪里 {#curvature}
#
# 网络有十万多个参数，每个方向都有自己的曲率。二阶导数排成一个矩阵，叫**海森矩阵**（Hessian）；最陡的方向的曲率，是它最大的特征值。这个矩阵有 10¹⁰ 多个数，存不下，但不必存：autograd 能直接算出矩阵与一个向量的乘积，办法是先求梯度，再对“梯度与向量的内积”求一次梯度。反复相乘，向量就转向最陡的方向，这叫**幂迭代**。


# %%
def largest_curvature(model):
    parameters = list(model.parameters())
    loss = loss_fn(model(x), y)
    gradient = torch.autograd.grad(loss, parameters, create_graph=True)
    torch.manual_seed(2)
    v = [torch.randn_like(p) for p in parameters]
    for _ in range(100):
        length = math.sqrt(sum(float((part**2).sum()) for part in v))
        v = [part / length for part in v]  # length 1
        product = torch.autograd.grad(gradient, parameters, v, retain_graph=True)
        estimate = sum(float((a * b).sum()) for a, b in zip(v, product))
        v = product
    return estimate


at_start = largest_curvature(make_model())
print(f"largest curvature at the start: {at_start:.0f}")
print(f"2 / curvature: {2 / at_start:.2g}   measured edge: {edge:.2g}")

# %% [markdown]
# 数量级对了，但不相等：实测的边界大约是 2 / 曲率的两倍。碗的规则只看起点，而网络不是碗。

# %% [markdown]
# ## 曲率会变 {#moves}
#
# 在碗里曲率处处相同，在网络里它随权重而变。分别用几个学习率训练 200 步，看看最高的损失，以及终点的曲率：

# %%
print("rate     highest loss   last loss   curvature   2 / curvature")
at_end = {}
for rate in [1e-4, 3e-4, 1e-3, 2e-3]:
    model = make_model()
    losses = train(model, rate)
    at_end[rate] = largest_curvature(model)
    print(
        f"{rate:.0e}  {max(losses):13.4g}  {losses[-1]:10.2g}"
        f"  {at_end[rate]:10.0f}  {2 / at_end[rate]:14.2g}"
    )

# %% [markdown]
# 有两件事值得看。
#
# - 学习率小时（`1e-04`、`3e-04`），曲率在训练中*变大*，终点的 2 / 曲率仍高于学习率，一切平稳。
# - `1e-03` 时，曲率只长到 2 / 曲率约等于学习率为止；再陡，走这么大的步子就待不住了。`2e-03` 已经超过起点的 2 / 曲率：损失先升到高于起点，权重被抛到更平的地方，曲率比起点*小*，损失终于还是降了下来。
#
# 所以 2 / 曲率仍然是那条线：碗里曲率固定，学习率必须低于它；网络里，步子大了，权重会被赶到曲率较小的地方，直到赶不过去为止。二分法找到的就是这个“为止”。

# %% [markdown]
# ## 试一试 {#try}
#
# 1. 把 `steps` 改成 20，再改成 1000。边界往哪边移？为什么？
# 2. 把 `reduction="sum"` 改成 `"mean"`。损失和曲率都除以 640；边界呢？先猜再跑。
# 3. 换成 `torch.optim.Adam`，再找一次边界。曲率还能说明它在哪里吗？
# 4. 在 `make_model` 里换几个种子。边界变多少？2 / 曲率呢？
