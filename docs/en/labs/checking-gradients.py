# %% [markdown]
# # Lab · Checking gradients {#checking-gradients}
#
# Is a gradient that you wrote by hand right? You can measure it: turn one weight up a little and down a little, see how much the loss changes, and divide by the distance. This is the [central difference](page:glossary/#central-difference). But how much is a little? Too much measures badly, and so does too little. Here you measure both errors, compare `float64` with `float32`, and see how the kink of ReLU can deceive the check.
#
# To run this on your own computer you need numpy, [PyTorch](page:setup/) and matplotlib (`pip install matplotlib`).

# %% [markdown]
# ## A network and its gradient {#network}
#
# The two-layer network of [lesson 1](page:lessons/warmup-numpy/), smaller, with an activation that can be exchanged. `loss` computes in the floating-point type that you name. `gradient` always computes in `float64` and serves as the truth.

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
# ## Step size against error {#step-size}
#
# Take one weight, `w1[0, 0]`, and steps from 1 down to 10⁻¹², each a tenth of the last. Compare the measured slope with the computed gradient. The activation is tanh at first, because it is smooth everywhere.


# %% alt="Step size against relative error, both axes logarithmic. Both curves have the form of a V: float64 is lowest near steps of 1e-5 to 1e-6, at about 1e-11; float32 is lowest near 1e-2 to 1e-3, at about 1e-4 only."
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
# Read it from the right. At first, each step a tenth as long makes the error a hundredth: the term that the central difference leaves out is proportional to the square of the step. This is the **truncation error**.
#
# Then it turns. The smaller the step, the larger the error. The two losses come closer and closer, their common leading digits vanish in the subtraction, and what is left is rounding, amplified by dividing by a small distance. This is the **rounding error**.
#
# The best step is where the two are equal. If one is the square of the step and the other eps / step, with eps the relative precision of the numbers, this is at about the cube root of eps:

# %%
for name, dtype, errors in [("float64", np.float64, tanh64), ("float32", np.float32, tanh32)]:
    eps = np.finfo(dtype).eps
    best = sizes[int(np.argmin(errors))]
    print(f"{name}: eps {eps:.0e}   cube root {eps ** (1 / 3):.0e}   best step {best:.0e}")

# %% [markdown]
# A rough estimate with the right order of magnitude. The practical result: **check gradients in `float64`**, with a step of about 10⁻⁵. At its best, `float32` agrees to three or four digits, and cannot tell a slightly wrong gradient from rounding.

# %% [markdown]
# ## The kink {#kink}
#
# The same with ReLU. As `w1[0, 0]` moves, the `h` of any sample may change its sign, and there ReLU has its kink. Compute how far the nearest kink is, and draw a vertical line there:

# %% alt="Step size against relative error in float64, both axes logarithmic, for tanh and for ReLU. A vertical line marks the nearest kink. For steps longer than that, the error of ReLU is above 0.1; for shorter ones it drops at once to about 1e-13, and then rises as the steps shrink."
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
# ReLU shows no slope on the right of the V. As soon as the step is shorter than the distance to the kink, the error drops to the bottom. Between two kinks the loss is a quadratic function of `w1[0, 0]`; for these the central difference has no truncation error, and only rounding is left. Once the step crosses the kink, the error is above ten per cent. The gradient is not wrong then, the measurement is: its two ends lie on two sides of a kink.
#
# Among many weights some are always near a kink. If a check fails, see first whether those that fail are near one: take another seed, or a shorter step.

# %% [markdown]
# ### Exactly at the kink {#at-the-kink}
#
# Exactly at the kink, a shorter step does not help:

# %%
for step in [1e-1, 1e-4, 1e-8]:
    measured = (relu(0 + step) - relu(0 - step)) / (2 * step)
    print(f"step {step:.0e}   measured {measured}")

zero = torch.zeros((), requires_grad=True)
torch.relu(zero).backward()
print("autograd says", zero.grad.item())

# %% [markdown]
# The slope is 0 on the left and 1 on the right, and the central difference takes their mean. Autograd says 0, by convention. Neither is wrong: there is no derivative. Keep such points out of a check.

# %% [markdown]
# ## PyTorch's own check {#gradcheck}
#
# `torch.autograd.gradcheck` does just this: it measures every input with a step of 10⁻⁶ and compares with autograd. Now you know why it wants `float64`, and why it fails at a kink:

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
# ## Try it {#try}
#
# 1. Put a mistake into `gradient`, such as 2.001 in the place of 2. Does `float64` notice? Does `float32`?
# 2. Use the one-sided difference, `(loss(above) - loss(w1)) / step`. How steep is the right side of the V now, and what are the best step and its error?
# 3. Multiply `x` by 1000. Which way does the best step move?
# 4. Instead of one weight, move all of `w1` in a random direction, and compare with `(gradient(w1, np.tanh) * direction).sum()`. One measurement checks every weight. Which mistakes could it miss?
