# %% [markdown]
# # 实验 · 学习率 {#learning-rates}
#
# <!-- facts: learning_rates.too_large_a_rate_soon_ends_at_infinity -->
# 训练有时慢得像没动，有时顺利，有时没走几步就成了 `inf`，差别常常出在一个数上：学习率。下面用[第 5 课](page:lessons/nn-sequential/)的网络把这个数从太小一直调到太大，找出会发散的那条边界，再问这条边界是由什么决定的。
#
# 要在自己的电脑上运行，先装好 [PyTorch](page:setup/)，再 `pip install jupyterlab matplotlib`，然后用 `jupyter lab learning-rates.ipynb` 打开笔记本。也可以把它上传到 [Colab](https://colab.research.google.com/)，那里什么都不用装。

# %% [markdown]
# ## 先看一个碗 {#bowl}
#
# <!-- facts: learning_rates.a_step_in_a_bowl_multiplies_by_one_factor -->
# 先看最简单的损失：一个参数 `w`，损失是 `curvature / 2 * w**2`，画出来像一个碗。**曲率**（curvature）是二阶导数，说的是碗壁有多陡。梯度是 `curvature * w`，所以梯度下降的每一步都把 `w` 乘以同一个数：`1 - rate * curvature`。

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
# <!-- facts: learning_rates.a_bowl_has_an_exact_edge -->
# 因子在 -1 和 1 之间，`w` 就缩小；因子为负时，它每步都跨过碗底，落到另一侧。因子恰为 -1 时，它在两侧之间来回跳，不远也不近。再往外，每一步都比上一步跳得更远。所以碗的边界是精确的：
#
# **学习率小于 2 / 曲率就收敛**，这里是 0.2。

# %% [markdown]
# ## 真正的网络 {#network}
#
# <!-- facts: learning_rates.the_data_are_those_of_lesson_5 -->
# 现在换成第 5 课的网络，数据和损失也一样。如果不另外说明，每次训练都从同一组权重出发，走 200 步；一旦损失不再是有限的数，就停下。

# %%
N, D_in, H, D_out = 64, 1000, 100, 10

torch.manual_seed(0)
x = torch.randn(N, D_in)  # (N, D_in)
y = torch.randn(N, D_out)  # (N, D_out)
sum_loss = torch.nn.MSELoss(reduction="sum")


def make_model(seed=1):
    torch.manual_seed(seed)
    return torch.nn.Sequential(
        torch.nn.Linear(D_in, H),  # (N, D_in) -> (N, H)
        torch.nn.ReLU(),
        torch.nn.Linear(H, D_out),  # (N, H) -> (N, D_out)
    )


def train(model, rate, steps=200, loss_fn=sum_loss, optimizer=torch.optim.SGD):
    optimizer = optimizer(model.parameters(), lr=rate)
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
# <!-- facts: learning_rates.the_smallest_rate_takes_off_less_than_a_sixth, learning_rates.the_second_rate_is_on_its_way, learning_rates.the_third_rate_comes_close_to_zero, learning_rates.too_large_a_rate_soon_ends_at_infinity -->
# `1e-06` 太小：它没有错，只是慢，200 步降下来的还不到六分之一。`3e-05` 在往下走。`3e-04` 正好，最后损失接近零。`5e-03` 太大：损失每一步都在变大，没走几步就不再是有限的数了。光看 `1e-06` 的曲线，你也许会以为网络学不会；其实它只是还没怎么动。

# %% [markdown]
# ## 找到边界 {#edge}
#
# 边界在 `3e-04` 和 `5e-03` 之间的某处。用**二分法**：取中间的学习率训练一次，活下来了就把下限移到这里，没活下来就把上限移到这里。学习率相差的是倍数，所以中间取几何平均。“活下来”的意思是：最后的损失是有限的数，而且小于最初的损失。
#
# 二分法相信两端。要是两端都活得下来，它就会一路走到上端，把上端当成边界报出来。所以 `find_edge` 先把两端各试一次。


# %%
def survives(rate, seed=1, **options):
    losses = train(make_model(seed), rate, **options)
    return math.isfinite(losses[-1]) and losses[-1] < losses[0]


def find_edge(low, high, verbose=False, **options):
    if not survives(low, **options):
        raise ValueError(f"the lower end, {low:g}, does not survive")
    if survives(high, **options):
        raise ValueError(f"the upper end, {high:g}, survives too")
    while high / low > 1.02:
        middle = math.sqrt(low * high)
        if survives(middle, **options):
            low = middle
        else:
            high = middle
        if verbose:
            print(f"{low:.6f} survives, {high:.6f} does not")
    return math.sqrt(low * high)


edge = find_edge(3e-4, 5e-3, verbose=True)
print(f"the edge is near {edge:.2g}")

# %% [markdown]
# <!-- facts: learning_rates.other_starts_move_the_edge_by_more_than_the_bracket -->
# 不必再多求几位：换八组初始权重来试，边界之间相差的，比最后两端的间隔大得多（见任务 4）。

# %% [markdown]
# ## 曲率说它该在哪里 {#curvature}
#
# <!-- facts: learning_rates.the_hessian_would_take_40_gigabytes, learning_rates.power_iteration_finds_the_largest_curvature -->
# 网络有十万多个参数，每个方向都有自己的曲率。二阶导数排成一个矩阵，叫**海森矩阵**（Hessian）；最陡的方向的曲率，是它最大的特征值。这个矩阵有 10¹⁰ 多个数，用 `float32` 存要 40 GB，但不必存：autograd 能直接算出矩阵与一个向量的乘积，办法是先求梯度，再对“梯度与向量的内积”求一次梯度。反复相乘，向量就转向最陡的方向，这叫**幂迭代**。


# %%
def largest_curvature(model):
    parameters = list(model.parameters())
    loss = sum_loss(model(x), y)
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
# <!-- facts: learning_rates.the_edge_is_about_twice_2_over_curvature -->
# 数量级对了，但不相等：实测的边界大约是 2 / 曲率的两倍。碗的规则只看起点，而网络不是碗。

# %% [markdown]
# ## 曲率会变 {#moves}
#
# 在碗里曲率处处相同，在网络里它随权重而变。分别用几个学习率训练 200 步，看看途中最高的损失，以及终点的曲率：

# %%
print("rate     highest loss   last loss   curvature   2 / curvature")
on_the_way, at_end = {}, {}
for rate in [1e-4, 3e-4, 1e-3, 2e-3]:
    model = make_model()
    on_the_way[rate] = losses = train(model, rate)
    at_end[rate] = largest_curvature(model)
    print(
        f"{rate:.0e}  {max(losses):13.4g}  {losses[-1]:10.2g}"
        f"  {at_end[rate]:10.0f}  {2 / at_end[rate]:14.2g}"
    )

# %% [markdown]
# 这几次运行里，有两件事值得看。
#
# <!-- facts: learning_rates.with_small_rates_curvature_grows_and_the_loss_only_falls, learning_rates.at_1e_3_curvature_grows_until_2_over_it_is_about_the_rate, learning_rates.at_2e_3_the_loss_rises_first_and_curvature_ends_lower -->
# - 学习率小时（`1e-04`、`3e-04`），曲率开头略降，随后在训练中*变大*；终点的 2 / 曲率仍高于学习率，损失每一步都在下降。
# - `1e-03` 时，曲率在第一步略降，然后变大，直到 2 / 曲率明显低于学习率。那里太陡，走这么大的步子待不住：损失回升几步，权重被抛到更平的地方，终点的 2 / 曲率约等于学习率。`2e-03` 超过了起点的 2 / 曲率：几步之内，损失就升到高于起点，权重被抛到更平的地方，终点的曲率比起点*小*，损失终究还是降了下来。
#
# 所以 2 / 曲率仍然管用：碗里曲率固定，学习率必须低于它；在这个网络里，步子大了，权重会被赶到曲率较小的地方，直到没有这样的地方可去。二分法找到的，就是从哪个学习率起无处可去。

# %% [markdown]
# ## 试一试 {#try}
#
# 每个任务都有提示和答案，答案里的代码与实验的其余部分一起运行过。先猜，再跑。

# %% [markdown]
# ### 1 · 少走几步 {#try-1}
#
# <!-- facts: learning_rates.bisection_trained_ten_times -->
# 上面的二分法把网络训练了十次，每次最多 200 步。要知道一个学习率活不活得下来，得走多少步？分别用 5、10、20、50 步找一次边界。

# %% [markdown] hint=true
# `find_edge` 会把其余的参数转交给 `train`：`find_edge(3e-4, 5e-3, steps=20)`。

# %% answer=true
edges = {steps: find_edge(3e-4, 5e-3, steps=steps) for steps in [5, 10, 20, 50]}
edges[200] = edge
for steps, found in edges.items():
    print(f"{steps:3} steps: {found:.6f}")

# %% [markdown] answer=true
# <!-- facts: learning_rates.ten_steps_find_the_same_edge, learning_rates.with_20_steps_the_search_costs_a_seventh -->
# 10 步找到的边界和 200 步的一样。除了紧挨边界的学习率，胜负在前十步里已经定了：熬过这十步的，后面 190 步也熬得过去。所以用 20 步来找，代价大约只有七分之一：发散的学习率，两种找法都很早就停。

# %% [markdown]
# ### 2 · 把求和换成平均 {#try-2}
#
# <!-- facts: learning_rates.the_mean_is_the_sum_over_640 -->
# `MSELoss` 用 `reduction="mean"` 时，损失要除以 640，也就是平方误差的个数；梯度和曲率也跟着除以 640。现在边界在哪里？

# %% [markdown] hint=true
# 2 / 曲率变成了多少？据此选两端。如果两端不改，`find_edge` 会说什么？

# %% answer=true
mean_loss = torch.nn.MSELoss(reduction="mean")
try:
    find_edge(3e-4, 5e-3, steps=20, loss_fn=mean_loss)
except ValueError as error:
    print(error)
mean_edge = find_edge(640 * 3e-4, 640 * 5e-3, steps=20, loss_fn=mean_loss)
print(f"the edge is near {mean_edge:.2g}")
print(f"{mean_edge / edge:.0f} times as high")

# %% [markdown] answer=true
# <!-- facts: learning_rates.for_the_mean_the_edge_is_640_times_as_high, learning_rates.for_the_mean_both_old_ends_survive -->
# 边界是原来的 640 倍。梯度缩小为 1/640，学习率放大到 640 倍，每一步走得和以前一样。所以单说学习率没有意义，还得说清损失：是求和还是平均，有多少个样本。用原来的两端，两次训练都活了下来。不试两端的二分法会在这里报出 0.005 左右，那不是边界，只是它自己的上端。

# %% [markdown]
# ### 3 · Adam {#try-3}
#
# 找出 `torch.optim.Adam` 的边界：先用 20 步，求和与平均各找一次；再用 100 步找一次。2 / 曲率还能说明它在哪里吗？

# %% [markdown] hint=true
# 两端取 `1e-3` 和 `10`，再加上 `optimizer=torch.optim.Adam`。Adam 用近来梯度的平均，除以梯度平方的平均的平方根。640 这个因子会怎样？

# %% answer=true
adam = torch.optim.Adam
mean_loss = torch.nn.MSELoss(reduction="mean")
adam_edges = {}
for loss_fn, steps in [(sum_loss, 20), (mean_loss, 20), (sum_loss, 100)]:
    found = find_edge(1e-3, 10, steps=steps, loss_fn=loss_fn, optimizer=adam)
    adam_edges[loss_fn.reduction, steps] = found
    print(f"{loss_fn.reduction:4} {steps:4} steps: {found:.2g}")

adam_losses = train(make_model(), 0.2, steps=101, optimizer=adam)
for step in [0, 10, 20, 100]:
    print(f"rate 0.2, step {step:3}: loss {adam_losses[step]:.4g}")

# %% [markdown] answer=true
# <!-- facts: learning_rates.adams_edge_hardly_depends_on_the_size_of_the_loss -->
# 求和与平均的边界几乎相同，虽然两者的曲率相差 640 倍：这个因子在相除时约掉了。所以 2 / 曲率说明不了 Adam 的边界在哪里。
#
# <!-- facts: learning_rates.adams_edge_depends_on_the_number_of_steps, learning_rates.a_run_of_adam_rises_first_and_comes_down_later, learning_rates.adam_stays_finite_at_the_upper_end -->
# 而且边界随步数而变。学习率 0.2 时，损失先猛升；20 步之后还高于起点，100 步之后就低于起点了。就算用上端的 10，损失也一直是有限的数。所以二分法找到的，是从哪个学习率起，给定的步数来不及降回来，而不是从哪个学习率起 Adam 会发散。

# %% [markdown]
# ### 4 · 换个起点 {#try-4}
#
# 在 `make_model` 里用 1 到 8 这几个种子。边界变多少？2 / 曲率变多少？一个还大约是另一个的两倍吗？

# %% [markdown] hint=true
# `seed` 也会由 `find_edge` 转交。走多少步就够，任务 1 里已经知道了。

# %% answer=true
starts = {}
print("seed  edge     2 / curvature  ratio")
for seed in range(1, 9):
    found = find_edge(3e-4, 5e-3, steps=20, seed=seed)
    expected = 2 / largest_curvature(make_model(seed))
    starts[seed] = found, expected
    print(f"{seed:4}  {found:.5f}  {expected:.5f}        {found / expected:.2f}")

# %% [markdown] answer=true
# <!-- facts: learning_rates.edges_of_eight_starts_vary_more_than_2_over_curvature, learning_rates.for_eight_starts_the_ratio_is_about_two -->
# 2 / 曲率最多相差 6%，边界相差大约五分之一。比值都在 1.7 和 2.3 之间，所以“大约两倍”对这八个起点都成立。不过，这只是在这个网络、这批数据上看到的，不是定律。
