# %% [markdown]
# # 实验 · 检验梯度 {#checking-gradients}
#
# 手写的梯度对不对？可以量：把一个权重调高一点、调低一点，看损失变了多少，再除以间距。这就是[中心差分](page:glossary/#central-difference)。可是“一点”是多少？太大量不准，太小也量不准。下面量出这两种误差，比较 `float64` 和 `float32`，最后看看 ReLU 的折点会怎样骗过检验。
#
# 在自己的电脑上运行，需要 numpy、[PyTorch](page:setup/) 和 matplotlib（`pip install matplotlib`）。

# %% [markdown]
# ## 网络和它的梯度 {#network}
#
# 还是[第 1 课](page:lessons/warmup-numpy/)的两层网络，小一些，激活函数可以换。`loss` 用哪种浮点数，由参数决定；`gradient` 总用 `float64`，当作标准答案。

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


def loss(w1, activation, dtype):
    h = x.astype(dtype).dot(w1)  # (N, H)
    y_pred = activation(h).dot(w2.astype(dtype))  # (N, D_out)
    return np.square(y_pred - y.astype(dtype)).sum()


def gradient(w1, activation):
    h = x.dot(w1)  # (N, H)
    grad_y_pred = 2 * (activation(h).dot(w2) - y)  # (N, D_out)
    return x.T.dot(grad_y_pred.dot(w2.T) * slopes[activation](h))  # (D_in, H)


# %% [markdown]
# ## 步长与误差 {#step-size}
#
# 取 `w1[0, 0]` 这一个权重，步长从 1 到 10⁻¹²，每次缩小为十分之一，比较量出来的斜率和算出来的梯度。激活函数先用 tanh，因为它处处光滑。


# %% alt="步长与相对误差的双对数图。两条曲线都是 V 形：float64 在步长 1e-5 到 1e-6 附近最低，约 1e-11；float32 在 1e-2 到 1e-3 附近最低，只到 1e-4 左右。"
def relative_error(step, activation, dtype):
    above, below = w1.astype(dtype), w1.astype(dtype)
    above[0, 0] += dtype(step)
    below[0, 0] -= dtype(step)
    difference = loss(above, activation, dtype) - loss(below, activation, dtype)
    measured = difference / dtype(2 * step)
    exact = gradient(w1, activation)[0, 0]
    return float(abs(measured - exact) / abs(exact))


sizes = [10.0**-k for k in range(13)]
tanh64 = [relative_error(step, np.tanh, np.float64) for step in sizes]
tanh32 = [relative_error(step, np.tanh, np.float32) for step in sizes]

print("step    float64   float32")
for step, error64, error32 in zip(sizes, tanh64, tanh32):
    print(f"{step:.0e}   {error64:.0e}     {error32:.0e}")

fig, ax = plt.subplots()
ax.plot(sizes, tanh64, "o-", label="float64")
ax.plot(sizes, tanh32, "s--", label="float32")
ax.set(xscale="log", yscale="log", xlabel="step", ylabel="relative error")
ax.legend()
plt.show()

# %% [markdown]
# 从右往左读。起初步长每缩小 10 倍，误差缩小 100 倍：中心差分丢掉的那一项与步长的平方成正比。这叫**截断误差**。
#
# 然后方向反了，步长越小，误差越大。两个损失越来越接近，它们相同的前几位一减就没了，剩下的只是舍入；再除以很小的间距，舍入就被放大。这叫**舍入误差**。
#
# 两种误差相等处最好。把截断误差写成步长的平方，把舍入误差写成 eps / 步长，相等时步长约为 eps 的立方根，其中 eps 是浮点数的相对精度：

# %%
for name, dtype, errors in [("float64", np.float64, tanh64), ("float32", np.float32, tanh32)]:
    eps = np.finfo(dtype).eps
    best = sizes[int(np.argmin(errors))]
    print(f"{name}: eps {eps:.0e}   cube root {eps ** (1 / 3):.0e}   best step {best:.0e}")

# %% [markdown]
# 粗略的估计，数量级却是对的。结论也很实用：**检验梯度要用 `float64`**，步长取 10⁻⁵ 左右。`float32` 最好也只能对上三四位，分不清“梯度写错了一点”和“舍入”。

# %% [markdown]
# ## 折点 {#kink}
#
# 换成 ReLU，再量一次。在 `w1[0, 0]` 移动的路上，每个样本的 `h` 都可能由负变正，那里是 ReLU 的折点。算出到最近的折点有多远，在图上画一条竖线：

# %% alt="float64 下步长与相对误差的双对数图，tanh 与 ReLU 各一条。竖线标出最近的折点。步长大于它时，ReLU 的误差在 0.1 以上；步长一小于它，误差骤降到 1e-13 左右，然后随步长缩小而上升。"
h = x.dot(w1)  # (N, H)
nearest_kink = np.min(np.abs(h[:, 0] / x[:, 0]))
relu64 = [relative_error(step, relu, np.float64) for step in sizes]

fig, ax = plt.subplots()
ax.plot(sizes, tanh64, "o--", label="tanh")
ax.plot(sizes, relu64, "s-", label="ReLU")
ax.axvline(nearest_kink, linestyle=":", color="C7", label="nearest kink")
ax.set(xscale="log", yscale="log", xlabel="step", ylabel="relative error (float64)")
ax.legend(loc="lower right")
plt.show()

print(f"nearest kink at a distance of {nearest_kink:.3f}")
for step, error in list(zip(sizes, relu64))[:4]:
    print(f"step {step:.0e}   error {error:.0e}")

# %% [markdown]
# ReLU 的曲线右边没有斜坡：步长一旦短于到折点的距离，误差立刻掉到底。在两个折点之间，损失是 `w1[0, 0]` 的二次函数，而中心差分对二次函数没有截断误差，只剩舍入。可是步长一旦跨过折点，误差就超过百分之十。这时梯度没有错，错的是量法：量的两端在折点的两侧。
#
# 权重很多时，总有几个离折点很近。检验失败，先看看失败的那几个是否离折点不远，换一个种子，或者缩短步长。

# %% [markdown]
# ### 正好在折点上 {#at-the-kink}
#
# 在折点上，缩短步长也没有用：

# %%
for step in [1e-1, 1e-4, 1e-8]:
    measured = (relu(0 + step) - relu(0 - step)) / (2 * step)
    print(f"step {step:.0e}   measured {measured}")

zero = torch.zeros((), requires_grad=True)
torch.relu(zero).backward()
print("autograd says", zero.grad.item())

# %% [markdown]
# 左边斜率是 0，右边是 1，中心差分取它们的平均。autograd 按约定取 0。两个都不能算错：那里没有导数。检验时避开零输入就好。

# %% [markdown]
# ## PyTorch 的检验 {#gradcheck}
#
# `torch.autograd.gradcheck` 做的就是这件事：每个输入都量一遍，步长 10⁻⁶，与 autograd 比较。现在你知道它为什么要 `float64`，又为什么在折点上不过关：

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
# 1. 在 `gradient` 里改错一处，例如把 2 改成 2.001。`float64` 发现得了吗？`float32` 呢？
# 2. 改用单侧差分 `(loss(above) - loss(w1)) / step`。V 的右边变成多陡？最好的步长和误差各是多少？
# 3. 把 `x` 乘以 1000。最好的步长往哪边移？
# 4. 不量一个权重，而是把整个 `w1` 沿一个随机方向移动，与 `(gradient(w1, np.tanh) * direction).sum()` 比较。一次就检验了所有的权重；漏得掉哪些错误？
