# %% [markdown]
# # Lab · Checking gradients {#checking-gradients}
#
# Is a gradient that you wrote by hand right? You can measure it: turn one weight up a little and down a little, see how much the loss changes, and divide by the distance. This is the [central difference](page:glossary/#central-difference). But how much is a little? Too much measures badly, and so does too little. Here you measure both errors, compare `float64` with `float32`, and see how the kink of ReLU can deceive the check.
#
# To run this lab on your own computer, install numpy and [PyTorch](page:setup/), then `pip install jupyterlab matplotlib`, and open the notebook with `jupyter lab checking-gradients.ipynb`. Or upload it to [Colab](https://colab.research.google.com/), where nothing has to be installed.

# %% [markdown]
# ## A network and its gradient {#network}
#
# <!-- facts: checking_gradients.the_gradient_written_by_hand_is_that_of_autograd -->
# The two-layer network of [lesson 1](page:lessons/warmup-numpy/), smaller, with an activation that can be exchanged. `loss` computes in the floating-point type of the weights that it is given. `gradient` computes in `float64` here and serves as the truth.

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
# ## Step size against error {#step-size}
#
# Take one weight, `w1[0, 0]`, and steps from 1 down to 10⁻¹², each a tenth of the last. Compare the measured slope with the computed gradient. The activation is tanh at first, because it is smooth everywhere.


# %% alt="Step size against relative error, both axes logarithmic. Both curves have the form of a V: float64 is lowest at a step of 1e-6, at about 1e-11; float32 is lowest near 1e-2 to 1e-3, at about 1e-4 only."
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
# Read it from the right. From 10⁻¹ on, a tenth of the step has at first a hundredth of the error: the largest term that the central difference leaves out is proportional to the square of the step. This is the **truncation error**.
#
# <!-- facts: checking_gradients.then_shorter_steps_have_larger_errors, checking_gradients.in_float32_the_two_losses_end_up_equal -->
# Then it turns: the shorter the step, the larger the error on the whole. The two losses come closer and closer, their common leading digits vanish in the subtraction, and what is left is rounding, amplified by dividing by a small distance. This is the **rounding error**. An error of 1 in `float32` means that the two losses are equal and the measured slope is 0.
#
# The best step is about where the two are equal. If one is the square of the step and the other eps / step, with eps the relative precision of the numbers, this is at the cube root of eps:

# %%
for name, dtype, errors in [("float64", np.float64, tanh64), ("float32", np.float32, tanh32)]:
    eps = np.finfo(dtype).eps
    best = steps[int(np.argmin(errors))]
    print(f"{name}: eps {eps:.0e}   cube root {eps ** (1 / 3):.0e}   best step {best:.0e}")

# %% [markdown]
# <!-- facts: checking_gradients.the_cube_root_of_eps_has_the_order_of_the_best_step, checking_gradients.float32_agrees_to_three_or_four_digits -->
# A rough estimate with the right order of magnitude. The practical result: **check gradients in `float64`**, for weights of about 1 with a step of about 10⁻⁵. At its best, `float32` agrees to three or four digits here, and cannot tell a slightly wrong gradient from rounding.

# %% [markdown]
# ## The kink {#kink}
#
# The same with ReLU. As `w1[0, 0]` moves, the `h` of any sample may change its sign, and there ReLU has its kink. Compute how far the nearest kink is, and draw a vertical line there:


# %% alt="Step size against relative error in float64, both axes logarithmic, for tanh and for ReLU. A vertical line marks the nearest kink. At the two steps beyond it, the error of ReLU is above 0.1; for shorter ones it drops at once to about 5e-14, and then rises as the steps shrink."
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
# The curve of ReLU lacks the long slope that tanh has on the right. As soon as the step is shorter than the distance to the kink, the error drops to the bottom. Between two kinks the loss is a quadratic function of `w1[0, 0]`; for these the central difference has no truncation error, and only rounding is left. At the two steps that reach beyond the kink, the error is above ten per cent. The gradient is not wrong then, the measurement is: its two ends lie on two sides of a kink.
#
# That is one weight. How near are the kinks of the others?

# %%
for distance in [1e-1, 1e-2, 1e-3, 1e-4]:
    near = int((distances < distance).sum())
    print(f"{near:3} of {w1.size} weights have a kink within {distance:.0e}")

# %% [markdown]
# <!-- facts: checking_gradients.some_weights_have_a_kink_within_a_thousandth -->
# Some are much nearer. If a check fails, see first whether the weights at which it fails are near a kink: take a shorter step, or a different seed.

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
# <!-- facts: checking_gradients.at_the_kink_the_central_difference_takes_the_mean, checking_gradients.at_the_kink_autograd_says_0 -->
# The slope is 0 on the left and 1 on the right, and the central difference takes their mean. Autograd says 0, by convention. Neither is wrong: there is no derivative. Keep such points out of a check.

# %% [markdown]
# ## PyTorch's own check {#gradcheck}
#
# <!-- facts: checking_gradients.gradcheck_takes_steps_of_1e_6 -->
# `torch.autograd.gradcheck` does the same with every input: it takes steps of 10⁻⁶ and compares what it measures with what autograd computes. Now you know why it wants `float64`, and why it fails at the kink of ReLU:

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
# Each task has a hint and an answer, whose code was run with the rest of the lab. Guess before you run.

# %% [markdown]
# ### 1 · Small mistakes {#try-1}
#
# Let a factor in `gradient` be slightly wrong, so that the result is too large by a fraction of 10⁻², 10⁻⁴, 10⁻⁶ or 10⁻⁸. Which of these mistakes does `float64` notice, with a step of 10⁻⁵? And `float32`, with a step of 10⁻³?

# %% [markdown] hint=true
# You need not change `gradient`: multiply `exact` by `1 + mistake`. A mistake is noticed if the error is much larger than that of the right gradient.

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
# `float64` notices all four: its error is the mistake itself, far above the 10⁻¹⁰ of the right gradient. `float32` notices only the first. Its own error is about 10⁻⁴, and what is no larger than that is lost in it. A check sees as far as the lowest point of its V.

# %% [markdown]
# ### 2 · One side only {#try-2}
#
# Measure with `(loss(above) - loss(w1)) / step`, the one-sided difference. How steep is the right side of the V now? What are the best step and its error?

# %% [markdown] hint=true
# What it leaves out is proportional to the step itself, not to its square. Where does that equal eps / step?


# %% answer=true alt="Step size against relative error in float64, both axes logarithmic. The one-sided difference falls more slowly than the central one on the right, is lowest near a step of 1e-8, at about 2e-8, and on the left both rise together."
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
# A tenth of the step now has a tenth of the error, so the best step is near the square root of eps, and the lowest error is more than a thousand times as large as before. In return it is cheaper: `loss(w1)` is the same for all weights, so each weight takes one further loss instead of two.

# %% [markdown]
# ### 3 · Other units {#try-3}
#
# Measure the inputs in units so large that their numbers become 1000 times smaller, and make the weights `w1` 1000 times larger. The network computes the same. Which way does the best step move, and how far?

# %% [markdown] hint=true
# Leave `x` alone and check the function `loss(w / 1000)` at the point `1000 * w1`. What is its gradient there? Begin with a step of 1000.


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
# The best step is 1000 times as long: a step is long or short only in comparison with the unit of its weight. The step 10⁻⁵, good before, is much too short in the new units. Where groups of weights have very different sizes, take for each group a step in proportion to its usual size.

# %% [markdown]
# ### 4 · All weights at once {#try-4}
#
# Instead of one weight, move all of `w1` in a random direction, and compare with `(gradient(w1) * direction).sum()`. One measurement checks all 600 weights. Does it notice if one entry of the gradient is twice what it should be? If the smallest entry is missing? Which mistake could it not notice at all?

# %% [markdown] hint=true
# It measures a sum over all entries of mistake times direction. When is that sum 0? Make such a mistake by taking away, from a random matrix, its part along the direction.

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
# It notices both, even the smallest entry of 600, though that mistake is much harder to see in the sum than it would be on its own. A mistake at right angles to the direction stays invisible, up to rounding, however large it is; a second direction finds it. What one number cannot say is which weight is wrong: for that, measure one at a time.
