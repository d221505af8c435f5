# %% [markdown]
# # Lab · Learning rates {#learning-rates}
#
# <!-- facts: learning_rates.too_large_a_rate_soon_ends_at_infinity -->
# Training can crawl, work, or end at `inf` after a few steps. Often one number makes the difference: the learning rate. Here you take the network of [lesson 5](page:lessons/nn-sequential/) and turn that number from too small to too large. You find the edge beyond which training diverges, and then ask what decides where it lies.
#
# To run this lab on your own computer, install [PyTorch](page:setup/), then `pip install jupyterlab matplotlib`, and open the notebook with `jupyter lab learning-rates.ipynb`. Or upload it to [Colab](https://colab.research.google.com/), where nothing has to be installed.

# %% [markdown]
# ## A bowl first {#bowl}
#
# <!-- facts: learning_rates.a_step_in_a_bowl_multiplies_by_one_factor -->
# Start with the plainest loss: one parameter `w` and the loss `curvature / 2 * w**2`. Its graph is a bowl. The **curvature**, the second derivative, says how steep its walls are. The gradient is `curvature * w`, so each step of gradient descent multiplies `w` by the same number, `1 - rate * curvature`.

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
# While the factor is between -1 and 1, `w` shrinks. If the factor is negative, each step lands on the other side of the bowl. At exactly -1 it jumps from side to side for ever, and beyond that each jump is longer than the last. So a bowl has an exact edge:
#
# **it converges as long as the learning rate is below 2 / curvature**, here 0.2.

# %% [markdown]
# ## The network {#network}
#
# <!-- facts: learning_rates.the_data_are_those_of_lesson_5 -->
# Now the network of lesson 5, with its data and its loss. Every run starts from the same weights and takes 200 steps, unless you say otherwise. It stops when the loss is no longer a finite number.

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
# ## Too small, right, too large {#three}
#
# Four learning rates; the loss on a logarithmic axis:

# %% diverges=true alt="Loss curves of four learning rates on a logarithmic axis. 1e-06 is almost flat; 3e-05 falls slowly; 3e-04 falls below 1e-06 within 200 steps; 5e-03 leaves the top of the picture within a few steps."
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
# `1e-06` is too small: nothing is wrong, it is slow, and 200 steps take off less than a sixth of the loss. `3e-05` is on its way. `3e-04` is right: the loss ends near zero. `5e-03` is too large: the loss grows with every step and soon is no finite number. Looking at the curve of `1e-06` alone, you might think that the network cannot learn. It has hardly moved yet.

# %% [markdown]
# ## Find the edge {#edge}
#
# Somewhere between `3e-04` and `5e-03` there is an edge. Find it by **bisection**: train with a rate in the middle; if that survives, it is the new lower end, if not, the new upper end. Learning rates differ by factors, so the middle is the geometric mean. To survive means: the last loss is finite, and smaller than the first.
#
# A bisection believes its ends. If both survived, it would walk up to the upper end and report that as the edge. So `find_edge` tries the ends first.


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
# More digits would say little: among eight starts, the edges differ by far more than the last two ends (task 4).

# %% [markdown]
# ## Where curvature says it should be {#curvature}
#
# <!-- facts: learning_rates.the_hessian_would_take_40_gigabytes, learning_rates.power_iteration_finds_the_largest_curvature -->
# The network has more than a hundred thousand parameters, and each direction has a curvature of its own. The second derivatives form a matrix, the **Hessian**; the curvature of the steepest direction is its largest eigenvalue. The matrix has more than 10¹⁰ entries, 40 GB in `float32`. You need not store it. Autograd computes its product with a vector: take the gradient, then differentiate the inner product of the gradient and the vector. Multiply again and again, and the vector turns into the steepest direction. This is **power iteration**.


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
# The order of magnitude is right, but the two are not equal: the measured edge is about twice 2 / curvature. The rule of the bowl knows only the start, and the network is not a bowl.

# %% [markdown]
# ## Curvature moves {#moves}
#
# In a bowl the curvature is the same everywhere. In a network it changes with the weights. Train for 200 steps with several rates; look at the highest loss on the way, and at the curvature at the end:

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
# Two things are worth seeing in these runs.
#
# <!-- facts: learning_rates.with_small_rates_curvature_grows_and_the_loss_only_falls, learning_rates.at_1e_3_curvature_grows_until_2_over_it_is_about_the_rate, learning_rates.at_2e_3_the_loss_rises_first_and_curvature_ends_lower -->
# - With small rates, `1e-04` and `3e-04`, the curvature *grows* during training, after a dip at the beginning. At the end, 2 / curvature is still above the rate, and the loss has fallen in every step.
# - With `1e-03` the curvature dips in the first step, and then grows until 2 / curvature is clearly below the rate. There, steps of that size lead away again: the loss rises for a few steps, the weights are thrown to a flatter place, and in the end 2 / curvature is about the rate. `2e-03` lies beyond the 2 / curvature of the start. Within a few steps the loss is above where it began, the weights are thrown to a flatter place, the curvature ends *below* that of the start, and the loss comes down after all.
#
# So 2 / curvature still matters. In a bowl the curvature is fixed and the rate has to stay below. In this network, large steps drive the weights to where the curvature is smaller, as long as they find such a place. Bisection found the rate beyond which they no longer do.

# %% [markdown]
# ## Try it {#try}
#
# Each task has a hint and an answer, whose code was run with the rest of the lab. Guess before you run.

# %% [markdown]
# ### 1 · Fewer steps {#try-1}
#
# <!-- facts: learning_rates.bisection_trained_ten_times -->
# The bisection above trained the network ten times, for up to 200 steps. How many steps does it take to know whether a rate survives? Find the edge with 5, 10, 20 and 50 steps.

# %% [markdown] hint=true
# `find_edge` passes further arguments on to `train`: `find_edge(3e-4, 5e-3, steps=20)`.

# %% answer=true
edges = {steps: find_edge(3e-4, 5e-3, steps=steps) for steps in [5, 10, 20, 50]}
edges[200] = edge
for steps, found in edges.items():
    print(f"{steps:3} steps: {found:.6f}")

# %% [markdown] answer=true
# <!-- facts: learning_rates.ten_steps_find_the_same_edge, learning_rates.with_20_steps_the_search_costs_a_seventh -->
# Ten steps find the same edge as 200. Except for rates right at the edge, the first ten steps decide here: what survives them survives the other 190 too. The same search with 20 steps costs about a seventh: rates that diverge stop early in both.

# %% [markdown]
# ### 2 · The mean instead of the sum {#try-2}
#
# <!-- facts: learning_rates.the_mean_is_the_sum_over_640 -->
# With `reduction="mean"`, `MSELoss` divides the loss by 640, the number of its squares. The gradient and the curvature are divided with it. Where is the edge now?

# %% [markdown] hint=true
# What becomes of 2 / curvature? Choose the ends accordingly. And what does `find_edge` say if you keep the old ones?

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
# The edge is 640 times as high. With gradients 640 times smaller and a rate 640 times larger, every step is the same as before. So a learning rate means something only together with the loss: the sum or the mean, and over how many samples. With the old ends both runs survive. A bisection that does not try its ends would report about 0.005 here, and that is no edge but its own upper end.

# %% [markdown]
# ### 3 · Adam {#try-3}
#
# Find the edge of `torch.optim.Adam` with 20 steps, once for the sum and once for the mean, and then with 100 steps. Does 2 / curvature still say where it is?

# %% [markdown] hint=true
# Take the ends `1e-3` and `10`, and `optimizer=torch.optim.Adam`. Adam divides the mean of the recent gradients by the root of the mean of their squares. What becomes of a factor of 640?

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
# The sum and the mean have nearly the same edge, though their curvatures differ by a factor of 640: the factor cancels in the division. So 2 / curvature does not say where the edge of Adam is.
#
# <!-- facts: learning_rates.adams_edge_depends_on_the_number_of_steps, learning_rates.a_run_of_adam_rises_first_and_comes_down_later, learning_rates.adam_stays_finite_at_the_upper_end -->
# And the edge depends on the number of steps. With the rate 0.2 the loss first shoots up; after 20 steps it is still above the start, after 100 no longer. Even at the upper end, 10, it stays finite. So bisection has found from which rate on the given steps no longer suffice to come back down, not from which rate on Adam diverges.

# %% [markdown]
# ### 4 · Other starts {#try-4}
#
# Try the seeds 1 to 8 in `make_model`. How much does the edge move, and how much 2 / curvature? Is one still about twice the other?

# %% [markdown] hint=true
# `find_edge` passes `seed` on too. Task 1 says how many steps are enough.

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
# 2 / curvature differs by 6 % at most, the edge by about a fifth. The ratio stays between 1.7 and 2.3, so "about twice" holds for all eight starts. It is an observation about this network and these data, not a law.
