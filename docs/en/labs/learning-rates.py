# %% [markdown]
# # Lab · Learning rates {#learning-rates}
#
# Training can crawl, work, or end at `nan` after a few steps. Often the difference is one number: the learning rate. Here you take the network of [lesson 5](page:lessons/nn-sequential/) and turn that number from too small to too large. You find the edge beyond which training diverges, and then ask what decides where it is.
#
# To run this on your own computer you need [PyTorch](page:setup/) and matplotlib (`pip install matplotlib`).

# %% [markdown]
# ## A bowl first {#bowl}
#
# Start with the plainest loss: one parameter `w` and the loss `curvature / 2 * w**2`. Its graph is a bowl. The **curvature**, the second derivative, says how steep the bowl is. The gradient is `curvature * w`, so each step of gradient descent multiplies `w` by the same number, `1 - rate * curvature`.

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
# While the factor is between -1 and 1, `w` shrinks. If the factor is negative, each step lands on the other side of the bowl. At exactly -1 it jumps from side to side for ever, and beyond that each jump is longer than the last. So a bowl has an exact edge:
#
# **it converges if the learning rate is below 2 / curvature**, here 0.2.

# %% [markdown]
# ## The network {#network}
#
# Now the network of lesson 5, with its data and its loss. Every run starts from the same weights and takes 200 steps. It stops when the loss is no longer a finite number.

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
# `1e-06` is too small: nothing is wrong, it is slow, and 200 steps hardly move the loss. `3e-05` is on its way. `3e-04` is right. `5e-03` is too large: the loss grows with every step and soon is no finite number. Looking at the curve of `1e-06` alone you would think that the network cannot learn. It has not moved yet.

# %% [markdown]
# ## Find the edge {#edge}
#
# Somewhere between `3e-04` and `5e-03` there is an edge. Find it by **bisection**: train with a rate in the middle; if that survives, it is the new lower end, if not, the new upper end. Learning rates differ by factors, so the middle is the geometric mean. To survive means: the last loss is finite, and smaller than the first.


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
# More digits would mean nothing. Close to the edge every rounding is amplified: on another machine, or with another number of `steps`, the last ones differ.

# %% [markdown]
# ## Where curvature says it should be {#curvature}
#
# The network has more than a hundred thousand parameters, and each direction has a curvature of its own. The second derivatives form a matrix, the **Hessian**; the curvature of the steepest direction is its largest eigenvalue. The matrix has more than 10¹⁰ entries, too many to store. You need not store it. Autograd computes its product with a vector: take the gradient, then differentiate the inner product of the gradient and the vector. Multiply again and again, and the vector turns into the steepest direction. This is **power iteration**.


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
# The order of magnitude is right, but the two are not equal: the measured edge is about twice 2 / curvature. The rule of the bowl knows only the start, and the network is not a bowl.

# %% [markdown]
# ## Curvature moves {#moves}
#
# In a bowl the curvature is the same everywhere. In a network it changes with the weights. Train for 200 steps with several rates; look at the highest loss on the way, and at the curvature at the end:

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
# Two things are worth seeing.
#
# - With small rates, `1e-04` and `3e-04`, the curvature *grows* during training. At the end, 2 / curvature is still above the rate, and all is calm.
# - With `1e-03` it grows only until 2 / curvature is about the rate: steeper places cannot be held with steps of that size. `2e-03` lies beyond the 2 / curvature of the start. The loss first rises above where it began, the weights are thrown to a flatter place, the curvature ends *below* that of the start, and the loss comes down after all.
#
# So 2 / curvature is still the line. In a bowl the curvature is fixed and the rate has to stay below. In a network, large steps drive the weights to where the curvature is smaller, as long as they find such a place. Bisection found where they no longer do.

# %% [markdown]
# ## Try it {#try}
#
# 1. Set `steps` to 20, then to 1000. Which way does the edge move, and why?
# 2. Change `reduction="sum"` to `"mean"`. The loss and the curvature are divided by 640. And the edge? Guess first.
# 3. Take `torch.optim.Adam` and find the edge again. Does curvature still say where it is?
# 4. Try other seeds in `make_model`. How much does the edge move, and how much 2 / curvature?
