"""Answers that are likely: wrong ones, each with words that the check must say, and right ones."""

import math
import random

import numpy as np
import torch


def by_nextafter(x, dtype):
    here = torch.tensor(x, dtype=dtype)
    return (torch.nextafter(here, torch.tensor(torch.inf, dtype=dtype)) - here).item()


def by_doubling(x, dtype):
    distance, power = torch.finfo(dtype).eps, 2.0
    while power <= x:
        power, distance = 2 * power, 2 * distance
    return distance


def by_bits(x, dtype):
    bits = {torch.float64: 52, torch.float32: 23, torch.bfloat16: 7, torch.float16: 10}
    return float(2 ** (math.floor(math.log2(x)) - bits[dtype]))


def in_float64_only(x, dtype):
    return float(np.nextafter(x, np.inf) - x)


def tensor_by_tensor(model):
    total = 0
    for weight in model.parameters():
        size = weight.numel() * weight.element_size()
        total += 4 * size if weight.requires_grad else size
    for buffer in model.buffers():
        total += buffer.numel() * buffer.element_size()
    return total


def by_name(model):
    kept = dict(model.named_parameters())
    buffers = sum(buffer.nbytes for _, buffer in model.named_buffers())
    return buffers + sum(w.nbytes * (1 + 3 * w.requires_grad) for w in kept.values())


def by_state_dict(model):
    return 4 * sum(tensor.nbytes for tensor in model.state_dict().values())


def four_bytes_each(model):
    return 4 * sum(4 * weight.numel() for weight in model.parameters())


def all_are_trained(model):
    buffers = sum(buffer.nbytes for buffer in model.buffers())
    return buffers + 4 * sum(weight.nbytes for weight in model.parameters())


def shared_twice(model):
    weights = list(model.named_parameters(remove_duplicate=False))
    trained = sum(weight.nbytes for _, weight in weights if weight.requires_grad)
    kept = sum(weight.nbytes for _, weight in weights)
    return kept + 3 * trained + sum(buffer.nbytes for buffer in model.buffers())


def on_the_copy(master, grad, learning_rate):
    copy = master.to(torch.bfloat16)
    copy -= learning_rate * grad
    master.copy_(copy)
    return copy


def not_in_place(master, grad, learning_rate):
    master = master - learning_rate * grad.float()
    return master.to(torch.bfloat16)


def copied_before(master, grad, learning_rate):
    copy = master.bfloat16()
    master -= learning_rate * grad.float()
    return copy


def with_sub(master, grad, learning_rate):
    return master.sub_(grad.to(torch.float32), alpha=learning_rate).bfloat16()


def with_copy(master, grad, learning_rate):
    master.copy_(master - learning_rate * grad.to(master.dtype))
    return master.type(torch.bfloat16)


def with_double(master, grad, learning_rate):
    master[:] = (master.double() - learning_rate * grad.double()).float()
    return master.to(dtype=torch.bfloat16)


def step_first(loss, parameters, optimizer, scale):
    optimizer.zero_grad()
    (scale * loss).backward()
    optimizer.step()
    for parameter in parameters:
        parameter.grad /= scale
    if not all(parameter.grad.isfinite().all() for parameter in parameters):
        return scale / 2
    return scale


def divided_loss(loss, parameters, optimizer, scale):
    optimizer.zero_grad()
    (scale * loss / scale).backward()
    if not all(parameter.grad.isfinite().all() for parameter in parameters):
        return scale / 2
    optimizer.step()
    return scale


def with_grad(loss, parameters, optimizer, scale):
    gradients = torch.autograd.grad(loss * scale, parameters)
    if not all(torch.isfinite(gradient).all() for gradient in gradients):
        return 0.5 * scale
    for parameter, gradient in zip(parameters, gradients, strict=True):
        parameter.grad = gradient / scale
    optimizer.step()
    return scale


def with_the_sum(loss, parameters, optimizer, scale):
    for parameter in parameters:
        parameter.grad = None
    loss.mul(scale).backward()
    total = sum(parameter.grad.abs().sum().item() for parameter in parameters)
    if math.isfinite(total):
        for parameter in parameters:
            parameter.grad.mul_(1 / scale)
        optimizer.step()
        return scale
    return scale / 2


def with_a_scaler(loss, parameters, optimizer, scale):
    scaler = torch.amp.GradScaler(loss.device.type, init_scale=scale, growth_interval=10**9)
    optimizer.zero_grad()
    scaler.scale(loss).backward()
    scaler.unscale_(optimizer)
    scaler.step(optimizer)
    scaler.update()
    return scaler.get_scale()


def not_restored(draw, seed):
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)
    return draw()


def seeded_again(draw, seed):
    result = not_restored(draw, seed)
    not_restored(lambda: None, seed)
    return result


def with_fork(draw, seed):
    python, numpy = random.getstate(), np.random.get_state()
    with torch.random.fork_rng():
        result = not_restored(draw, seed)
    random.setstate(python)
    np.random.set_state(numpy)
    return result


def with_finally(draw, seed):
    states = torch.random.get_rng_state(), np.random.get_state(), random.getstate()
    try:
        return not_restored(draw, seed)
    finally:
        torch.random.set_rng_state(states[0])
        np.random.set_state(states[1])
        random.setstate(states[2])


def with_a_list(draw, seed):
    kept = [(random.setstate, random.getstate()), (np.random.set_state, np.random.get_state())]
    kept.append((torch.set_rng_state, torch.get_rng_state()))
    result = not_restored(draw, seed)
    for put_back, state in kept:
        put_back(state)
    return result


def last_decides(loss, parameters, optimizer, scale):
    optimizer.zero_grad()
    (scale * loss).backward()
    for parameter in parameters:
        parameter.grad /= scale
        overflow = not parameter.grad.isfinite().all()
    if overflow:
        return scale / 2
    optimizer.step()
    return scale


WRONG = {
    "spacing": [
        (" * 2.0**power", "", "largest power of 2"),
        (" * 2.0**power", " * x", "largest power of 2"),
        (" * 2.0**power", " * 2.0 ** (power + 1)", "bfloat16, x = 1"),
        (" * 2.0**power", " * 2.0**power / 2", "bfloat16, x = 1"),
        ("torch.finfo(dtype).eps", "torch.finfo(dtype).smallest_normal", "it should be"),
        ("torch.finfo(dtype).eps", "torch.finfo(torch.float32).eps", "bfloat16"),
        ("torch.finfo(dtype).eps * 2.0**power", "torch.tensor(power)", "not a Tensor"),
        (in_float64_only, "it should be"),
    ],
    "training_bytes": [
        (by_state_dict, "without gradients"),
        (four_bytes_each, "in float64"),
        (all_are_trained, "without gradients"),
        (shared_twice, "two layers share"),
        ("3 * sum", "2 * sum", "a layer"),
        ("3 * sum", "4 * sum", "a layer"),
        (", *model.buffers()", "", "with buffers"),
        ("sum(tensor.nbytes for tensor in kept) + ", "", "a layer"),
        ("3 * sum", "3.0 * sum", "not a float"),
    ],
    "update": [
        (on_the_copy, "rounded to bfloat16 on the way"),
        (not_in_place, "update it in place"),
        (copied_before, "what you return is not master"),
        (".float()", "", "is the gradient float32"),
        ("-=", "+=", "along the gradient"),
        ("master.to(torch.bfloat16)", "master", "in bfloat16"),
        ("master.to(torch.bfloat16)", "master.to(torch.float16)", "in bfloat16"),
        ("grad.float()", "grad.float().sign()", "not exact to float32"),
    ],
    "scaled_step": [
        (last_decides, "the first weight is -inf, and still there was a step"),
        (step_first, "not divided by the scale"),
        (divided_loss, "float16 cannot hold"),
        ("    optimizer.zero_grad()\n", "", "step before were added"),
        ("parameter.grad /= scale", "pass", "not divided"),
        ("(scale * loss)", "loss", "the step should be"),
        ("return scale / 2", "return scale", "half of the scale"),
        ("return scale / 2", "pass", "still there was a step"),
        ("return scale / 2", "return 2 * scale", "half of the scale"),
        (
            "not all(parameter.grad.isfinite().all() for parameter in parameters)",
            "not parameters[0].grad.isfinite().all()",
            "still there was a step",
        ),
        ("isfinite().all()", "isnan().logical_not().all()", "is inf, and still"),
        ("    optimizer.step()\n    return scale\n", "    optimizer.step()\n", "the scale stays"),
    ],
    "draw_again": [
        (not_restored, "does not go on as before"),
        (seeded_again, "does not go on as before"),
        ("    random.seed(seed)\n    np", "    np", "Python's random does not draw"),
        ("    np.random.seed(seed)\n", "", "np.random does not draw"),
        ("    torch.manual_seed(seed)\n", "", "torch does not draw"),
        ("    np.random.set_state(states[1])\n", "", "after your function np.random"),
        ("    torch.set_rng_state(states[2])\n", "", "after your function torch"),
        ("    return result\n", "", "return what draw() returns"),
    ],
}

RIGHT = {
    "spacing": [by_nextafter, by_doubling, by_bits],
    "training_bytes": [
        tensor_by_tensor,
        by_name,
        ("weight.requires_grad]", "weight.requires_grad is True]"),
    ],
    "update": [with_sub, with_copy, with_double],
    "scaled_step": [with_grad, with_the_sum, with_a_scaler],
    "draw_again": [with_fork, with_finally, with_a_list],
}
