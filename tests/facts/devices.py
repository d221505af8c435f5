"""What `lessons/devices` says."""

import functools
import inspect
import itertools
import math
import random
import warnings
from unittest import mock

import numpy as np
import pytest
import torch
from torch.utils.data import DataLoader, Dataset

from facts import record
from snippets import devices, real_data
from snippets.answers import devices as devices_answers
from snippets.charts.one_start import LESSONS
from snippets.mistakes import (
    devices_buffer_fixed,
    devices_counting,
    devices_real_data,
    devices_unscaled,
    devices_workers,
)

HALF = ("bfloat16", "float16")


def _run(name):
    """Return a value of the lesson's run."""
    return record("devices").values[name]


def _mistake(name):
    """Return the record of one of the page's short programs."""
    return record(f"mistakes.devices_{name}")


def _last(name):
    """Return the last loss of one of the trainings in a single dtype, or with autocast."""
    return _run("losses")[name][-1]


def _output(number):
    """Return the lines of a part of the lesson's output, counted from 1."""
    return record("devices").output.split("\n\n")[number - 1].splitlines()


def half_precision_takes_half_the_bytes():
    """A number takes two bytes in bfloat16 and in float16, and four in float32."""
    sizes = [torch.zeros(1, dtype=dtype).nbytes for dtype in devices.dtypes]
    assert sizes == [8, 4, 2, 2]


def lessons_from_2_on_take_float32():
    """The programs of the lessons from 2 on compute in float32, as far as they are chosen here."""
    assert len(LESSONS) > 7
    assert all(lesson.dtype == torch.float32 for lesson in [*LESSONS[1:], real_data])


def unless_asked_the_accelerator_need_not_be_there():
    """`current_accelerator()` looks at the machine only if it is asked to."""
    parameters = inspect.signature(torch.accelerator.current_accelerator).parameters
    assert parameters["check_available"].default is False


def without_an_accelerator_there_is_none():
    """Asked to look, `current_accelerator` returns None exactly where none is available."""
    found = torch.accelerator.current_accelerator(check_available=True)
    assert (found is None) == (not torch.accelerator.is_available())


def the_start_is_drawn_on_the_cpu():
    """The inputs are the first numbers of the CPU's generator, whatever the device."""
    x, _, _ = devices.start(torch.float32)
    expected = torch.randn(
        devices.N, devices.D_in, generator=torch.Generator().manual_seed(devices.seed)
    )
    assert x.cpu().equal(expected)


def a_tensor_stays_and_a_model_is_changed():
    """`x.to` leaves x as it is; `model.to` changes the model and returns it."""
    x, model = torch.ones(3), torch.nn.Linear(3, 3)
    x.to("meta")
    assert x.device.type == "cpu"
    assert model.to("meta") is model
    assert model.weight.device.type == "meta"


def a_moved_model_can_have_new_parameters():
    """On `meta` a model has new parameter objects; an older optimizer holds the old ones."""
    model = torch.nn.Linear(3, 3)
    optimizer = torch.optim.SGD(model.parameters(), lr=1.0)
    model.to("meta")
    (group,) = optimizer.param_groups
    assert all(weight.device.type == "cpu" for weight in group["params"])
    assert model.weight.device.type == "meta"


def the_large_network_has_2_5_billion_weights():
    """The layer has 2.5 billion weights, up to the much smaller number of its biases."""
    with torch.device("meta"):
        layer = torch.nn.Linear(50_000, 50_000)
    assert layer.weight.numel() == 2_500_000_000


def training_with_adam_takes_four_times_the_weights():
    """Gradients take as much as weights, and Adam twice as much, but for its counters of steps."""
    found = devices.count_bytes()
    assert found["weights"] == found["gradients"]
    assert 2 * found["weights"] <= found["Adam"] <= 2 * found["weights"] + 16  # two counters
    assert round(sum(found.values()) / 1e9) == 40


def what_the_forward_pass_keeps_grows_with_the_batch():
    """A forward pass of twice the samples keeps more bytes for the backward pass."""
    model, kept = torch.nn.Sequential(torch.nn.Linear(5, 5), torch.nn.ReLU()), []
    for samples in (8, 16):
        sizes = []

        def note(tensor, sizes=sizes):
            sizes.append(tensor.nbytes)
            return tensor

        with torch.autograd.graph.saved_tensors_hooks(note, lambda tensor: tensor):
            model(torch.ones(samples, 5))
        kept.append(sum(sizes))
    assert kept[0] < kept[1]


def a_product_with_meta_goes_unnoticed():
    """A matrix on the CPU times one on `meta` raises no error and claims to have numbers."""
    product = torch.ones(2, 2) @ torch.ones(2, 2, device="meta")
    assert product.device.type == "cpu"


def meta_finds_wrong_shapes():
    """Two shapes that do not fit are an error on `meta`, and so are many meetings of devices."""
    with pytest.raises(RuntimeError, match=r"64, 1000\] X \[100, 1000"):
        torch.ones(64, 1000, device="meta") @ torch.ones(100, 1000, device="meta")
    here, there = torch.ones(2, 2), torch.ones(2, 2, device="meta")
    for operation in (torch.add, torch.mul, torch.sub, torch.nn.functional.mse_loss):
        with pytest.raises(RuntimeError, match="is not on the expected device"):
            operation(here, there)


def digits_count_from_the_first_one():
    """A dtype with n digits holds 2**n, but not 2**n + 1."""
    for dtype in devices.dtypes:
        digits = _run("digits")[str(dtype).removeprefix("torch.")]
        large = torch.tensor(2.0**digits, dtype=dtype)
        assert (large - 1) + 1 == large == large + 1
        assert large / 2 + 1 != large / 2
    assert f"{257:b}" == "100000001"
    assert _run("digits")["bfloat16"] == 8 < len(f"{257:b}")


def _next(x, dtype):
    """Return the next larger number of a dtype."""
    here = torch.tensor(x, dtype=dtype)
    return torch.nextafter(here, torch.full_like(here, torch.inf)).item()


def the_next_bfloat16_after_256_is_258():
    """After 256 comes 258, and 257 becomes 256."""
    assert _next(256.0, torch.bfloat16) == 258
    assert torch.tensor(257.0).bfloat16() == 256
    assert _run("sums")["bfloat16"] == 256


def none_of_the_dtypes_holds_a_tenth():
    """0.1 is not a whole number over a power of two; each dtype takes the nearest it has."""
    for dtype in devices.dtypes:
        found = torch.tensor(0.1, dtype=dtype)
        numerator, denominator = found.item().as_integer_ratio()
        error = abs(10 * numerator - denominator)
        assert error > 0
        for end in (-torch.inf, torch.inf):
            neighbour = torch.nextafter(found, torch.full_like(found, end)).item()
            over, under = neighbour.as_integer_ratio()
            assert abs(10 * over - under) * denominator > error * under


def bfloat16_has_the_range_of_float32():
    """`bfloat16` has the range of float32 and a third of its digits."""
    large, small = torch.finfo(torch.bfloat16), torch.finfo(torch.float32)
    assert large.smallest_normal == small.smallest_normal
    assert math.isclose(large.max, small.max, rel_tol=0.01)  # the last of fewer digits
    assert 3 * _run("digits")["bfloat16"] == _run("digits")["float32"]


def float16_has_more_digits_and_a_smaller_range():
    """`float16` has three digits more than bfloat16, ends at 65504, and has nothing below 6e-08."""
    assert _run("digits")["float16"] == _run("digits")["bfloat16"] + 3
    assert torch.finfo(torch.float16).max == 65504
    assert f"{_next(0.0, torch.float16):.0e}" == "6e-08"


def finfo_knows_the_limits():
    """`finfo` has the largest number and the distance after 1; `nextafter` the next number."""
    for dtype in devices.dtypes:
        limits = torch.finfo(dtype)
        assert _next(1.0, dtype) == 1 + limits.eps
        assert _next(limits.max, dtype) == math.inf


def float32_follows_float64():
    """The two rows of the table are the same but for their names."""
    rows = {line.split()[0]: line.split()[1:] for line in _output(4)}
    assert rows["float32"] == rows["float64"]


def half_precision_gets_stuck():
    """In bfloat16 and float16 the loss falls at first, and ends far above that of float32."""
    for name in HALF:
        losses = _run("losses")[name]
        assert losses[50] < losses[0] / 100
        assert losses[-1] > 20 * _last("float32")


def few_weights_move_in_the_end():
    """The last step changed a minority of the weights in half precision; no gradient was lost.

    A step that is smaller than half of the distance to the next number leaves a weight as it is.
    """
    moved = _run("moved")
    assert all(moved[name] < 0.3 for name in HALF)
    assert min(moved["float64"], moved["float32"]) > 0.9
    weight = torch.tensor(0.02).bfloat16()
    distance = _next(weight.item(), torch.bfloat16) - weight.item()
    for dtype_step, stays in ((0.4 * distance, True), (0.6 * distance, False)):
        assert (weight + dtype_step == weight) == stays
    x, y, model = devices.start(torch.bfloat16)
    torch.nn.functional.mse_loss(model(x), y).backward()
    share = (model[0].weight.grad == 0).double().mean()
    assert share < 0.1


def many_weights_move_at_first():
    """The tenth step changed more than twice as many weights as the last one."""
    with mock.patch.object(devices, "steps", 10):
        early = {name: devices.train(getattr(torch, name))[1] for name in HALF}
    assert all(early[name] > 2 * _run("moved")[name] for name in HALF)


@functools.cache
def _under_autocast():
    """Return the dtypes of the page, found anew."""
    return devices.dtypes_in_autocast()


def linear_layers_take_rounded_copies():
    """Linear layers and products give bfloat16, but for float64; the weights stay float32."""
    found = _under_autocast()
    assert found == _run("found")
    assert (found["h"], found["y_pred"], found["model[0].weight"]) == (
        *2 * ("bfloat16",),
        "float32",
    )
    with torch.autocast("cpu", torch.bfloat16):
        assert (torch.ones(2, 2) @ torch.ones(2, 2)).dtype == torch.bfloat16
        wide = torch.ones(2, 2, dtype=torch.float64)
        assert (wide @ wide).dtype == torch.nn.functional.mse_loss(wide, wide).dtype == wide.dtype


def relu_returns_what_it_is_given():
    """Under autocast, ReLU of bfloat16 is bfloat16, and of float32 float32."""
    assert _under_autocast()["model[1](h)"] == "bfloat16"
    with torch.autocast("cpu", torch.bfloat16):
        assert torch.ones(2).relu().dtype == torch.float32


def two_float_dtypes_give_the_wider_one():
    """`bfloat16` minus float32 is float32, with autocast and without."""
    assert _under_autocast()["y_pred - y"] == "float32"
    assert (torch.ones(2).bfloat16() - torch.ones(2)).dtype == torch.float32


def mse_loss_is_computed_in_float32():
    """`mse_loss` and `cross_entropy` of bfloat16 are float32 under autocast, and not without it."""
    scores, digits = torch.ones(2, 3).bfloat16(), torch.zeros(2, dtype=torch.long)
    for enabled, dtype in ((True, torch.float32), (False, torch.bfloat16)):
        with torch.autocast("cpu", torch.bfloat16, enabled=enabled):
            assert torch.nn.functional.mse_loss(scores, scores).dtype == dtype
            assert torch.nn.functional.cross_entropy(scores, digits).dtype == dtype


def a_gradient_has_the_dtype_of_its_weight():
    """The gradient of a float32 weight is float32, though its product was computed in bfloat16."""
    assert _under_autocast()["model[0].weight.grad"] == "float32"


def autocast_need_not_enclose_backward():
    """Inside the block or after it, backward gives the same gradients, those of h in bfloat16."""
    gradients = []
    for inside in (True, False):
        x, y, model = devices.start(torch.float32)
        with torch.autocast(x.device.type, torch.bfloat16):
            h = model[0](x)
            h.retain_grad()
            loss = torch.nn.functional.mse_loss(model[2](model[1](h)), y)
            if inside:
                loss.backward()
        if not inside:
            loss.backward()
        gradients.append(model[0].weight.grad)
        assert h.grad.dtype == torch.bfloat16
    assert gradients[0].equal(gradients[1])


def the_lists_differ_between_devices():
    """On a CPU, sum and softmax stay bfloat16; autocast for CUDA has an entry for both."""
    with torch.autocast("cpu", torch.bfloat16):
        h = torch.ones(2, 3).bfloat16()
        assert h.sum().dtype == h.softmax(dim=1).dtype == torch.bfloat16
    has_entry = torch._C._dispatch_has_kernel_for_dispatch_key
    for operation in ("aten::sum", "aten::softmax.int"):
        assert has_entry(operation, "AutocastCUDA")
        assert not has_entry(operation, "AutocastCPU")


def float32_weights_get_ten_times_further():
    """With float32 weights and bfloat16 passes, the last loss is less than a tenth."""
    assert _last("autocast bfloat16") < _last("bfloat16") / 10


def autocast_stays_above_float32():
    """The last loss with autocast is above that of float32."""
    assert _last("autocast bfloat16") > 10 * _last("float32")


def below_half_of_the_smallest_there_is_zero():
    """In float16, what is smaller than 2 to the -25 becomes 0, and what is larger does not."""
    half = 2.0**-25
    assert half == _next(0.0, torch.float16) / 2
    assert torch.tensor([0.99 * half, 1.01 * half]).half().tolist() == [0, 2 * half]


def most_gradients_vanish():
    """In the first step, more than nine tenths of the gradients are 0; of the whole loss, few."""
    vanished = _run("vanished")
    assert vanished["of a 65536th of it"] > 0.9
    assert vanished["of the loss"] < 0.01
    assert devices.N * devices.D_out == 640
    assert _run("part") == 1 / 65536 == 2.0**-16


def more_gradients_vanish_than_are_below_the_smallest():
    """More gradients vanish than are below 2**-25, because those that they are made of vanish."""
    exact = devices.first_gradients(torch.float32, _run("part")).abs()
    below = (exact < 2.0**-25).double().mean()
    assert below < 0.8 < _run("vanished")["of a 65536th of it"]


def rounded_products_keep_the_loss_up():
    """With 3 digits more, the same weights in float32 get more than ten times further."""
    assert _run("scaled")["float16"][-1] < _last("autocast bfloat16") / 10


def a_scale_moves_all_gradients():
    """Gradients of the loss times a power of two are those of the loss, times that power."""
    plain, scaled = (devices.first_gradients(torch.float32, factor) for factor in (1.0, 2.0**16))
    assert scaled.equal(plain * 2**16)


def without_a_scale_the_training_fails():
    """Without a scale, a 65536th of the loss leaves more than a tenth; then nothing moves."""
    losses = _run("scaled")["a 65536th"]
    assert losses[-1] > losses[0] / 10
    with mock.patch.object(devices, "steps", 400):
        longer = devices.train_mixed(torch.float16, 2.0**-16)[0]
    assert longer[:150] == losses
    assert longer[-1] == longer[-20] > losses[0] / 10


def scaled_losses_are_the_same_to_the_last_bit():
    """With a scale of 65536, all losses are those of the whole loss."""
    assert _run("scaled")["scaled"] == _run("scaled")["float16"]


def a_scale_that_is_too_large_is_halved():
    """The last run begins at 2**48, skips the first steps, and then trains."""
    skipped, scale = _run("skipped"), _run("scale")
    assert 0 < skipped < 30
    assert scale == 2.0 ** (48 - skipped)
    losses = _run("scaled")["scaled too far"]
    assert len(set(losses[: skipped + 1])) == 1
    assert losses[-1] < losses[0] / 1000


def grad_scaler_has_these_rules():
    """GradScaler begins at 2**16, halves, and doubles after 2000 steps without an overflow."""
    scaler = torch.amp.GradScaler("cpu")
    assert scaler.get_scale() == 2**16
    assert (scaler.get_backoff_factor(), scaler.get_growth_factor()) == (0.5, 2)
    assert scaler.get_growth_interval() == 2000


def bfloat16_needs_no_scale():
    """In bfloat16, none of the gradients of a 65536th of the loss is 0."""
    assert (devices.first_gradients(torch.bfloat16, 2.0**-16) != 0).all()


@pytest.mark.thorough
def half_precision_reads_digits_as_well():
    """For each of five seeds, at most three of 359 answers differ; scores are off by 0.2 %."""
    for seed in range(5):
        model, x, _ = devices_real_data.trained(seed)
        scores = devices_real_data.use(model, x)
        exact, rounded = scores[torch.float64], scores[torch.bfloat16].double()
        assert (exact.argmax(dim=1) != rounded.argmax(dim=1)).sum() <= 3
        assert 0.0015 < (exact - rounded).abs().mean() / exact.abs().mean() < 0.0025


def a_seed_of_torch_is_one_of_torch_only():
    """After the same seed of torch, only torch draws the same number; a seed of each repeats it."""
    assert _mistake("seeds").values["same"] == {"random": False, "numpy": False, "torch": True}
    numbers = []
    for _ in range(2):
        random.seed(0)
        np.random.seed(0)
        numbers.append((random.random(), np.random.rand()))
    assert numbers[0] == numbers[1]


def an_own_generator_is_not_disturbed():
    """Draws of an own generator do not depend on other draws; those of the global one do."""
    assert _mistake("seeds").values["undisturbed"] is True
    draws = []
    for between in (0, 1):
        torch.manual_seed(0)
        torch.rand(between)
        draws.append(torch.rand(3))
    assert (draws[0] != draws[1]).all()


def the_order_decides_what_is_rounded_away():
    """Near 1e8 the numbers are 8 apart; one order loses the 1, the other does not."""
    assert _next(1e8, torch.float32) - 1e8 == 8
    assert _mistake("order").values["sums"] == [0, 1]


def deterministic_algorithms_refuse_put():
    """With deterministic algorithms put_ is an error, and without it is none."""
    assert "does not have a deterministic implementation" in _mistake("deterministic").output
    x = torch.zeros(3).put_(torch.tensor([1, 1]), torch.tensor([7.0, 8.0]))
    assert x[1] in (7, 8)


def deterministic_algorithms_fill_empty_memory():
    """What `torch.empty` returns is nan then."""
    assert "tensor([nan, nan])" in _mistake("deterministic").output


def warn_only_warns():
    """With warn_only=True, put_ works and warns."""
    try:
        torch.use_deterministic_algorithms(True, warn_only=True)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            torch.zeros(3).put_(torch.tensor([1, 1]), torch.tensor([7.0, 8.0]))
    finally:
        torch.use_deterministic_algorithms(False)
    assert any("deterministic" in str(warning.message) for warning in caught)


def to_moves_parameters_and_buffers():
    """A module moves its parameters and buffers, and no other attribute."""
    module = torch.nn.BatchNorm1d(3)
    module.other = torch.zeros(3)
    module.to("meta")
    moved = [*module.parameters(), *module.buffers()]
    assert all(tensor.device.type == "meta" for tensor in moved)
    assert module.other.device.type == "cpu"


def a_buffer_is_saved_and_not_trained():
    """A buffer is in the state_dict, and is no parameter."""
    model = devices_buffer_fixed.Centred(torch.zeros(3))
    assert list(model.state_dict()) == ["mean"]
    assert list(model.parameters()) == []


def float_and_bfloat16_in_the_message():
    """The message ends with Float and BFloat16; autocast takes the same layer's float32 form."""
    assert "but got Float and BFloat16" in _mistake("input").output
    with torch.autocast("cpu", torch.bfloat16):
        assert torch.nn.Linear(3, 2)(torch.ones(1, 3)).dtype == torch.bfloat16


def to_a_tensor_takes_its_dtype_and_device():
    """`x.to(weight)` has the dtype and the device of the weight."""
    weight = torch.ones(2, dtype=torch.bfloat16, device="meta")
    moved = torch.ones(3).to(weight)
    assert (moved.dtype, moved.device) == (weight.dtype, weight.device)


def float_first_and_then_numpy():
    """`float().numpy()` works, and numpy has float16."""
    assert torch.ones(2).bfloat16().float().numpy().tolist() == [1, 1]
    assert torch.ones(2).half().numpy().dtype == np.float16


def one_by_one_the_sum_stops_at_256():
    """A thousand ones, added one by one in bfloat16, are 256."""
    assert _mistake("counting").values["one_by_one"] == 256
    assert inspect.getsource(devices_counting).count("torch.bfloat16") == 2


def sum_keeps_more_digits_on_the_way():
    """`sum()` of 257 ones in bfloat16 is 256: rounded in the end; of 1000 ones it is 1000."""
    ones = torch.ones(1000, dtype=torch.bfloat16)
    assert ones.sum() == 1000 == ones.sum(dtype=torch.float32)
    assert ones[:257].sum() == 256
    assert ones[:257].sum(dtype=torch.float32) == 257


def sgd_fails_with_scaled_gradients():
    """With gradients 65536 times as large, SGD ends at nan."""
    without, scaled = _mistake("unscaled").values["last"]["SGD"]
    assert without < 0.1
    assert math.isnan(scaled)


def adam_hardly_notices_a_scale():
    """With gradients 65536 times as large, Adam ends at nearly the same loss."""
    without = devices_unscaled.train(torch.optim.Adam, 1e-3, 1.0)
    scaled = devices_unscaled.train(torch.optim.Adam, 1e-3, 2.0**16)
    assert math.isclose(without, scaled, rel_tol=0.05)


def clipping_depends_on_the_scale():
    """Clipped to length 1 and then divided by the scale, a gradient is far shorter than it was."""
    weight = torch.ones(1, requires_grad=True)
    weight.grad = torch.tensor([0.5]) * 2**16
    torch.nn.utils.clip_grad_norm_([weight], max_norm=1.0)
    assert weight.grad / 2**16 < 0.5 / 1000


def _drawn(loader):
    """Return what the workers of a loader draw after the same seed."""
    torch.manual_seed(0)
    return torch.cat(list(loader)).tolist()


def workers_have_copies_of_the_generator():
    """Two real workers draw the same numbers, as the two copies do."""
    drawn = _drawn(DataLoader(devices_workers.Noisy(), batch_size=2, num_workers=2))
    assert [drawn[:2], drawn[2:]] == _mistake("workers").values["drawn"]
    assert drawn[:2] == drawn[2:]


class _Global(Dataset):
    """Draws from the three global generators."""

    def __len__(self):
        return 4

    def __getitem__(self, index):
        return torch.tensor([random.random(), np.random.rand(), torch.rand(()).item()])


def global_generators_differ_between_workers():
    """The global generators of Python, numpy and torch draw different numbers in each worker."""
    first, second = DataLoader(_Global(), batch_size=2, num_workers=2)
    assert (first != second).all()


def reseeded_workers_differ_and_repeat():
    """With the function, two workers draw different numbers, and the same ones in a second run."""
    loader = devices_workers.load(devices_workers.Noisy())
    first, second = _drawn(loader), _drawn(loader)
    assert first == second
    assert len(set(first)) == 4


def the_distance_doubles_with_each_power_of_two():
    """From each power of two to the next, the distance to the next number doubles."""
    for dtype in devices.dtypes:
        distances = [devices_answers.spacing(2.0**power, dtype) for power in range(10)]
        assert all(b == 2 * a for a, b in itertools.pairwise(distances))
        assert distances[3] == _next(8.0, dtype) - 8


def the_output_begins_at_1_256_and_1000():
    """The columns of the output are the distances from 1, from 256 and from 1000."""
    rows = record("answers.devices").output.split("\n\n")[0].splitlines()
    for row, dtype in zip(rows, (torch.float32, torch.bfloat16, torch.float16), strict=True):
        expected = [f"{_next(x, dtype) - x:.2g}" for x in (1.0, 256.0, 1000.0)]
        assert row.split()[1:] == expected


def frozen_weights_take_a_quarter():
    """Frozen, a model takes a quarter of what it takes in training."""
    trained, frozen = map(int, record("answers.devices").output.split("\n\n")[1].split())
    assert trained == 4 * frozen


def master_weights_move_and_bfloat16_stands_still():
    """A hundred steps of 0.001 from 1 lead to 0.9, rounded; in bfloat16 alone they lead nowhere."""
    master, grad = torch.ones(3), torch.ones(3).bfloat16()
    alone = master.bfloat16()
    for _ in range(100):
        copy = devices_answers.update(master, grad, 1e-3)
        alone -= 1e-3 * grad
    assert torch.allclose(
        master, torch.tensor(0.9), atol=1e-5
    )  # rounded to float32 a hundred times
    assert (copy - 0.9).abs().max() < 0.002  # half of the distance in bfloat16 there
    assert alone.equal(torch.ones(3).bfloat16())


def the_gradient_is_the_scale_and_65504_is_the_end():
    """65536 does not fit into float16, 32768 does."""
    assert torch.tensor([65536.0, 32768.0]).half().tolist() == [math.inf, 32768]
    lines = record("answers.devices").output.split("\n\n")[3].splitlines()
    assert [line.split("weight ")[1] for line in lines] == ["1.0", "1.0", "0.5"]


def fork_rng_keeps_the_states_of_torch():
    """`fork_rng` restores torch's generator, and not those of Python and numpy."""
    states = torch.get_rng_state(), random.getstate()
    with torch.random.fork_rng():
        torch.rand(3)
        random.random()
    assert torch.get_rng_state().equal(states[0])
    assert random.getstate() != states[1]
    assert "devices" in inspect.signature(torch.random.fork_rng).parameters
