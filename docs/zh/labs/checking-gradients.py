# %% [markdown]
# # 实验 · 检验梯度 {#checking-gradients}
#
# 手写的梯度对不对？可以量：把一个权重调高一点、调低一点，看损失变了多少，再除以间距。这就是[中心差分](page:glossary/#central-difference)。可是“一点”是多少？太大量不准，太小也量不准。下面量出这两种误差，比较 `float64` 和 `float32`，最后看看 ReLU 的折点会怎样误导检验。
#
# 要在自己的电脑上运行，先装好 numpy 和 [PyTorch](page:setup/)，再 `pip install jupyterlab matplotlib`，然后用 `jupyter lab checking-gradients.ipynb` 打开笔记本。也可以把它上传到 [Colab](https://colab.research.google.com/)，那里什么都不用装。

# %% [markdown]
# ## 网络和它的梯度 {#network}
#
# <!-- facts: checking_gradients.the_gradient_written_by_hand_is_that_of_autograd -->
# 还是[第 1 课](page:lessons/warmup-numpy/)的两层网络，小一些，激活函数可以换。传给 `loss` 的权重是哪种浮点数，它就用哪种来算；`gradient` 在这里用 `float64` 算，当作标准答案。

# %%
import matplotlib.pyplot as plt
import numpy as np
import torch

N, D_in, H, D_out = 16, 30, 20, 5
rng = np.random.default_rng(0)
x = rng.standard_normal((N, D_in))  # (N, D_in)
y = rng.standard_normal((N, D_out))  # (N, D_out)
w1 = rng.standard_normal((D_in, H)) / np.sqrt(D_in)  # (D_in, H)
w2 = rng.standard_normal((H, D_out)) / np.sqrt(H)  # (H, D_out)


def relu(h):
    return np.maximum(h, 0)


slopes = {
    np.tanh: lambda h: 1 - np.tanh(h) ** 2,
    relu: lambda h: (h > 0).astype(h.dtype),
}


def loss(w1, activation=np.tanh):
    dtype = w1.dtype
    h = x.astype(dtype).dot(w1)  # (N, H)
    y_pred = activation(h).dot(w2.astype(dtype))  # (N, D_out)
    return np.square(y_pred - y.astype(dtype)).sum()


def gradient(w1, activation=np.tanh):
    h = x.dot(w1)  # (N, H)
    grad_y_pred = 2 * (activation(h).dot(w2) - y)  # (N, D_out)
    return x.T.dot(grad_y_pred.dot(w2.T) * slopes[activation](h))  # (D_in, H)


# %% [markdown]
# ## 步长与误差 {#step-size}
#
# 取 `w1[0, 0]` 这一个权重，步长从 1 到 10⁻¹²，每次缩小为十分之一，比较量出来的斜率和算出来的梯度。激活函数先用 tanh，因为它处处光滑。


# %% alt="步长与相对误差的双对数图。两条曲线都是 V 形：float64 在步长 1e-6 处最低，约 1e-11；float32 在 1e-2 到 1e-3 附近最低，只到 1e-4 左右。"
def central_difference(function, w, step):
    step = w.dtype.type(step)
    above, below = w.copy(), w.copy()
    above[0, 0] += step
    below[0, 0] -= step
    return (function(above) - function(below)) / (2 * step)


def relative_error(measured, exact):
    return float(abs(measured - exact) / abs(exact))


def errors_of(function, w, exact, steps):
    return [relative_error(central_difference(function, w, step), exact) for step in steps]


steps = [10.0**-k for k in range(13)]
exact = gradient(w1)[0, 0]
tanh64 = errors_of(loss, w1, exact, steps)
tanh32 = errors_of(loss, w1.astype(np.float32), exact, steps)

print("step    float64   float32")
for step, error64, error32 in zip(steps, tanh64, tanh32):
    print(f"{step:.0e}   {error64:.0e}     {error32:.0e}")

fig, ax = plt.subplots()
ax.plot(steps, tanh64, "o-", label="float64")
ax.plot(steps, tanh32, "s--", label="float32")
ax.set(xscale="log", yscale="log", xlabel="step", ylabel="relative error")
ax.legend()
plt.show()

# %% [markdown]
# <!-- facts: checking_gradients.a_tenth_of_the_step_has_a_hundredth_of_the_error -->
# 从右往左读。从 10⁻¹ 起，步长每缩小为十分之一，误差起初就缩小为百分之一：中心差分丢掉的最大的一项与步长的平方成正比。这叫**截断误差**。
#
# <!-- facts: checking_gradients.then_shorter_steps_have_larger_errors, checking_gradients.in_float32_the_two_losses_end_up_equal -->
# 然后方向反了，大体上步长越小，误差越大。两个损失越来越接近，它们相同的前几位一减就没了，剩下的只是舍入；再除以很小的间距，舍入就被放大。这叫**舍入误差**。`float32` 那一列的误差等于 1，意思是两个损失相等，量出来的斜率是 0。
#
# 最好的步长，大约在两种误差相等处。把截断误差写成步长的平方，把舍入误差写成 eps / 步长，相等时步长就是 eps 的立方根，其中 eps 是浮点数的相对精度：

# %%
for name, dtype, errors in [("float64", np.float64, tanh64), ("float32", np.float32, tanh32)]:
    eps = np.finfo(dtype).eps
    best = steps[int(np.argmin(errors))]
    print(f"{name}: eps {eps:.0e}   cube root {eps ** (1 / 3):.0e}   best step {best:.0e}")

# %% [markdown]
# <!-- facts: checking_gradients.the_cube_root_of_eps_has_the_order_of_the_best_step, checking_gradients.float32_agrees_to_three_or_four_digits -->
# 粗略的估计，数量级却是对的。结论也很实用：**检验梯度要用 `float64`**，权重在 1 上下时，步长取 10⁻⁵ 左右。`float32` 在这里最好也只能对上三四位，分不清“梯度写错了一点”和“舍入”。

# %% [markdown]
# ## 折点 {#kink}
#
# 换成 ReLU，再量一次。在 `w1[0, 0]` 移动的路上，每个样本的 `h` 都可能变号，那里是 ReLU 的折点。算出到最近的折点有多远，在图上画一条竖线：


# %% alt="float64 下步长与相对误差的双对数图，tanh 与 ReLU 各一条。竖线标出最近的折点。比它大的两个步长上，ReLU 的误差在 0.1 以上；步长一小于它，误差骤降到 5e-14 左右，然后随步长缩小而上升。"
def relu_loss(w1):
    return loss(w1, relu)


h = x.dot(w1)  # (N, H)
distances = np.abs(h[:, None, :] / x[:, :, None]).min(axis=0)  # (D_in, H)
nearest_kink = distances[0, 0]
relu64 = errors_of(relu_loss, w1, gradient(w1, relu)[0, 0], steps)

fig, ax = plt.subplots()
ax.plot(steps, tanh64, "o--", label="tanh")
ax.plot(steps, relu64, "s-", label="ReLU")
ax.axvline(nearest_kink, linestyle=":", color="C7", label="nearest kink")
ax.set(xscale="log", yscale="log", xlabel="step", ylabel="relative error (float64)")
ax.legend()
plt.show()

print(f"nearest kink at a distance of {nearest_kink:.3f}")
for step, error in list(zip(steps, relu64))[:4]:
    print(f"step {step:.0e}   error {error:.0e}")

# %% [markdown]
# <!-- facts: checking_gradients.relu_falls_to_the_bottom_before_its_kink, checking_gradients.between_two_kinks_the_loss_is_quadratic, checking_gradients.beyond_the_kink_the_error_exceeds_ten_percent -->
# ReLU 的曲线右边没有 tanh 那样一长段斜坡：步长一旦短于到折点的距离，误差立刻掉到底。在两个折点之间，损失是 `w1[0, 0]` 的二次函数，而中心差分对二次函数没有截断误差，只剩舍入。可是跨过折点的那两个步长，误差都超过百分之十。这时梯度没有错，错的是量法：量的两端在折点的两侧。
#
# 这只是一个权重。别的权重离折点有多近？

# %%
for distance in [1e-1, 1e-2, 1e-3, 1e-4]:
    near = int((distances < distance).sum())
    print(f"{near:3} of {w1.size} weights have a kink within {distance:.0e}")

# %% [markdown]
# <!-- facts: checking_gradients.some_weights_have_a_kink_within_a_thousandth -->
# 有不少近得多。检验失败时，先看看失败的那几个权重是否离折点不远：缩短步长，或者换一个种子。

# %% [markdown]
# ### 正好在折点上 {#at-the-kink}
#
# 正好在折点上，缩短步长也没有用：

# %%
for step in [1e-1, 1e-4, 1e-8]:
    measured = (relu(0 + step) - relu(0 - step)) / (2 * step)
    print(f"step {step:.0e}   measured {measured}")

zero = torch.zeros((), requires_grad=True)
torch.relu(zero).backward()
print("autograd says", zero.grad.item())

# %% [markdown]
# <!-- facts: checking_gradients.at_the_kink_the_central_difference_takes_the_mean, checking_gradients.at_the_kink_autograd_says_0 -->
# 左边斜率是 0，右边是 1，中心差分取它们的平均。autograd 按约定取 0。两个都不能算错：那里没有导数。检验时避开这样的点。

# %% [markdown]
# ## PyTorch 的检验 {#gradcheck}
#
# <!-- facts: checking_gradients.gradcheck_takes_steps_of_1e_6 -->
# `torch.autograd.gradcheck` 对每个输入都做同样的事：步长取 10⁻⁶，拿量出来的和 autograd 算出来的比较。现在你知道它为什么要 `float64`，又为什么在 ReLU 的折点上不过关：

# %%
import warnings

warnings.simplefilter("ignore")  # gradcheck warns of float32; here that is the point


def check(function, point):
    point = point.requires_grad_()
    return torch.autograd.gradcheck(function, (point,), raise_exception=False)


torch.manual_seed(0)
inputs = torch.randn(8)
print("tanh, float64:", check(torch.tanh, inputs.double()))
print("tanh, float32:", check(torch.tanh, inputs.clone()))
print("ReLU, float64:", check(torch.relu, inputs.double()))
print("ReLU at zero: ", check(torch.relu, torch.zeros(8, dtype=torch.float64)))

# %% [markdown]
# ## 试一试 {#try}
#
# 每个任务都有提示和答案，答案里的代码与实验的其余部分一起运行过。先猜，再跑。

# %% [markdown]
# ### 1 · 小错误 {#try-1}
#
# 假设 `gradient` 里有个因子稍有偏差，结果偏大百分之一、万分之一、百万分之一或者亿分之一。用 `float64`、步长 10⁻⁵，能发现哪几个？用 `float32`、步长 10⁻³ 呢？

# %% [markdown] hint=true
# 不必改 `gradient`，把 `exact` 乘以 `1 + mistake` 就行。误差比正确的梯度大得多，才算发现。

# %% answer=true
measured64 = central_difference(loss, w1, 1e-5)
measured32 = central_difference(loss, w1.astype(np.float32), 1e-3)
noticed = {}
print("mistake   float64   float32")
for mistake in [0, 1e-2, 1e-4, 1e-6, 1e-8]:
    wrong = exact * (1 + mistake)
    noticed[mistake] = relative_error(measured64, wrong), relative_error(measured32, wrong)
    print(f"{mistake:<7.0e}   {noticed[mistake][0]:.0e}     {noticed[mistake][1]:.0e}")

# %% [markdown] answer=true
# <!-- facts: checking_gradients.float64_notices_all_four_mistakes, checking_gradients.float32_notices_only_the_largest_mistake -->
# `float64` 四个都发现了：误差就是偏差本身，远高于正确梯度的 10⁻¹⁰。`float32` 只发现了第一个：它自己的误差就有 10⁻⁴ 左右，不比这更大的偏差都淹没在里面。V 的最低点在哪里，检验就只能看到哪里。

# %% [markdown]
# ### 2 · 只量一侧 {#try-2}
#
# 改用单侧差分 `(loss(above) - loss(w1)) / step`。V 的右边变成多陡？最好的步长和误差各是多少？

# %% [markdown] hint=true
# 它丢掉的那一项与步长本身成正比，而不是与步长的平方。它在哪里等于 eps / 步长？


# %% answer=true alt="float64 下步长与相对误差的双对数图。右边，单侧差分降得比中心差分慢，在步长 1e-8 附近最低，约为 2e-8；左边，两条线一起上升。"
def one_sided_difference(function, w, step):
    above = w.copy()
    above[0, 0] += step
    return (function(above) - function(w)) / step


one_sided = [relative_error(one_sided_difference(loss, w1, step), exact) for step in steps]
best = int(np.argmin(one_sided))
print(f"best step {steps[best]:.0e}, error {one_sided[best]:.0e}")
print(f"square root of eps: {np.finfo(np.float64).eps ** 0.5:.0e}")

fig, ax = plt.subplots()
ax.plot(steps, tanh64, "o--", label="central")
ax.plot(steps, one_sided, "s-", label="one-sided")
ax.set(xscale="log", yscale="log", xlabel="step", ylabel="relative error (float64)")
ax.legend()
plt.show()

# %% [markdown] answer=true
# <!-- facts: checking_gradients.one_sided_a_tenth_of_the_step_has_a_tenth_of_the_error, checking_gradients.one_sided_the_best_step_is_near_the_square_root_of_eps, checking_gradients.one_sided_the_lowest_error_is_a_thousand_times_as_large -->
# 现在步长缩小为十分之一，误差也只缩小为十分之一，所以最好的步长在 eps 的平方根附近，最低的误差是原来的一千多倍。好处是省：`loss(w1)` 对所有权重都一样，每个权重只需再算一次损失，而不是两次。

# %% [markdown]
# ### 3 · 换单位 {#try-3}
#
# 给输入换一个大单位，数值变成原来的千分之一；权重 `w1` 相应地放大 1000 倍。网络算出来的东西没有变。最好的步长往哪边移，移多远？

# %% [markdown] hint=true
# 不用动 `x`：检验函数 `loss(w / 1000)` 在 `1000 * w1` 处的梯度就行。那里的梯度是多少？步长从 1000 开始。


# %% answer=true
def rescaled_loss(w):
    return loss(w / 1000)


longer = [1000 * step for step in steps]
rescaled = errors_of(rescaled_loss, 1000 * w1, exact / 1000, longer)
best, best_rescaled = steps[int(np.argmin(tanh64))], longer[int(np.argmin(rescaled))]
at_1e_5 = tanh64[5], rescaled[8]
print("units             old     new")
print(f"best step         {best:.0e}   {best_rescaled:.0e}")
print(f"error at 1e-05    {at_1e_5[0]:.0e}   {at_1e_5[1]:.0e}")

# %% [markdown] answer=true
# <!-- facts: checking_gradients.in_other_units_the_best_step_is_1000_times_as_long, checking_gradients.in_other_units_the_old_step_is_too_short -->
# 最好的步长变成 1000 倍：步长是长是短，要和权重的单位比。原来合适的 10⁻⁵，在新单位下太短了。如果几组权重的大小相差悬殊，每一组的步长就按这一组通常的大小成比例地取。

# %% [markdown]
# ### 4 · 一次检验所有权重 {#try-4}
#
# 不量一个权重，而是把整个 `w1` 沿一个随机方向移动，与 `(gradient(w1) * direction).sum()` 比较。量一次，600 个权重就都检验了。梯度里有一个元素变成两倍，发现得了吗？最小的那个元素漏掉了呢？什么样的错误完全发现不了？

# %% [markdown] hint=true
# 量到的是“错误 × 方向”对所有元素的和。这个和什么时候是 0？从一个随机矩阵里减去它沿该方向的分量，就得到这样一个错误。

# %% answer=true
rng = np.random.default_rng(1)
first, second, mistake = rng.standard_normal((3, D_in, H))  # (D_in, H) each


def along(direction, step=1e-5):
    return (loss(w1 + step * direction) - loss(w1 - step * direction)) / (2 * step)


right = gradient(w1)
doubled, missing = right.copy(), right.copy()
doubled[0, 0] *= 2
missing[np.abs(right) == np.abs(right).min()] = 0
across = mistake - (mistake * first).sum() / (first * first).sum() * first
tries = {
    "right": right,
    "entry doubled": doubled,
    "entry missing": missing,
    "across the first": right + across,
}
seen = {
    name: [relative_error(along(d), (tried * d).sum()) for d in (first, second)]
    for name, tried in tries.items()
}
print("gradient          first   second")
for name, (one, other) in seen.items():
    print(f"{name:16}  {one:.0e}   {other:.0e}")

# %% [markdown] answer=true
# <!-- facts: checking_gradients.one_direction_notices_a_doubled_entry_and_a_missing_one, checking_gradients.a_mistake_across_a_direction_needs_a_second_one -->
# 两个都发现了，连 600 个里最小的那个也没漏掉，只是混在总和里，远不如单独量它来得明显。与该方向垂直的错误，再大也看不见（舍入误差除外）；换一个方向就能发现。至于是哪个权重错了，一个数说不出来，那就得一个一个地量。
