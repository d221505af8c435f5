"""The answers to the exercises of lesson 10."""

import math
import random

import numpy as np
import torch

seed = 0


# --8<-- [start:spacing]
def spacing(x, dtype):
    """Return the distance (float) from x >= 1 to the next larger number of a dtype."""
    power = math.frexp(x)[1] - 1  # 2**power <= x < 2**(power + 1)
    return torch.finfo(dtype).eps * 2.0**power


# --8<-- [end:spacing]


# --8<-- [start:training_bytes]
def training_bytes(model):
    """Return the bytes (int) of a model, its gradients and the two tensors of Adam for each."""
    kept = [*model.parameters(), *model.buffers()]
    trained = [weight for weight in model.parameters() if weight.requires_grad]
    return sum(tensor.nbytes for tensor in kept) + 3 * sum(weight.nbytes for weight in trained)


# --8<-- [end:training_bytes]


# --8<-- [start:update]
def update(master, grad, learning_rate):
    """Update float32 weights in place by a bfloat16 gradient; return a bfloat16 copy of them."""
    master -= learning_rate * grad.float()
    return master.to(torch.bfloat16)


# --8<-- [end:update]


# --8<-- [start:scaled_step]
def scaled_step(loss, parameters, optimizer, scale):
    """Take a step with a scaled loss, unless something overflows; return the next scale."""
    optimizer.zero_grad()
    (scale * loss).backward()
    for parameter in parameters:
        parameter.grad /= scale
    if not all(parameter.grad.isfinite().all() for parameter in parameters):
        return scale / 2
    optimizer.step()
    return scale


# --8<-- [end:scaled_step]


# --8<-- [start:draw_again]
def draw_again(draw, seed):
    """Return what draw() draws from a seed; leave the three generators as they were."""
    states = random.getstate(), np.random.get_state(), torch.get_rng_state()
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)
    result = draw()
    random.setstate(states[0])
    np.random.set_state(states[1])
    torch.set_rng_state(states[2])
    return result


# --8<-- [end:draw_again]


def main():
    """Print what the answers give."""
    for dtype in (torch.float32, torch.bfloat16, torch.float16):
        distances = [spacing(x, dtype) for x in (1.0, 256.0, 1000.0)]
        print(f"{dtype!s:14s}", *(f"{distance:.2g}" for distance in distances))
    print()
    with torch.device("meta"):
        model = torch.nn.Sequential(torch.nn.Linear(1000, 100), torch.nn.Linear(100, 10))
    print(training_bytes(model), training_bytes(model.requires_grad_(False)))
    print()
    master = torch.ones(3)  # (3,)
    alone = master.to(torch.bfloat16)  # (3,)
    grad = torch.ones(3, dtype=torch.bfloat16)  # (3,)
    for _ in range(100):
        copied = update(master, grad, 1e-3)
        alone -= 1e-3 * grad
    print("with float32 weights   ", copied)
    print("with bfloat16 weights  ", alone)
    print()
    weight = torch.ones(1, requires_grad=True)  # (1,)
    optimizer = torch.optim.SGD([weight], lr=0.5)
    scale = 2.0**17
    for _ in range(3):
        loss = weight.half().float().sum()  # its gradient passes through float16
        next_scale = scaled_step(loss, [weight], optimizer, scale)
        print(f"scale {scale:6.0f}, then {next_scale:6.0f}; weight {weight.item():.1f}")
        scale = next_scale
    print()
    torch.manual_seed(seed)
    undisturbed = torch.rand(2)  # (2,)
    torch.manual_seed(seed)
    again = [draw_again(lambda: torch.rand(2).tolist(), 7) for _ in range(2)]
    print("the same twice:", again[0] == again[1])
    print("the rest is undisturbed:", torch.rand(2).equal(undisturbed))


if __name__ == "__main__":
    main()
