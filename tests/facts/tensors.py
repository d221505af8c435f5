"""What `lessons/tensors` says."""

import contextlib
import ctypes
import functools
import inspect
import io
import json
import math
import re
import sys
import warnings
from pathlib import Path
from unittest import mock

import numpy as np
import pytest
import torch

from facts import _sections, record
from snippets import mapping, tensors, warmup_numpy
from snippets.answers import tensors as answers
from snippets.answers import warmup_numpy as answers_of_lesson_1
from snippets.mistakes import tensors_shared_memory

# The five operations of the table, as lesson 1 and as this lesson writes them.
WRITTEN = {
    r"np\.maximum\((\w+), 0\)": r"\1.clamp(min=0)",
    r"np\.square\(([^)]*)\)": r"(\1).pow(2)",
    r"\.dot\(": ".mm(",
    r"\.T\b": ".t()",
    r"\.copy\(\)": ".clone()",
}


def _silent(function, *arguments):
    """Return the result of a function without what it prints."""
    with contextlib.redirect_stdout(io.StringIO()):
        return function(*arguments)


@functools.cache
def _given():
    """Return x, y, w1 and w2 of the size of the lesson in float64, as the answers draw them."""
    torch.manual_seed(0)
    shapes = [(64, 1000), (64, 10), (1000, 100), (100, 10)]
    return [torch.randn(shape, dtype=torch.float64) for shape in shapes]


def _rewritten(code):
    """Return code of numpy as PyTorch writes it."""
    for in_numpy, in_torch in WRITTEN.items():
        code = re.sub(in_numpy, in_torch, code)
    return code


def _refuses(error, function, *arguments):
    """Tell whether a function refuses its arguments with this error."""
    try:
        function(*arguments)
    except error:
        return True
    return False


# The idea


def numpy_keeps_arrays_on_the_cpu():
    """For numpy there is no device but the CPU."""
    assert np.zeros(1).device == "cpu"
    for device in ("cuda", "meta"):
        with pytest.raises(ValueError, match="Only"):
            np.zeros(1, device=device)


def a_tensor_can_be_on_a_different_device():
    """A tensor has a shape, a dtype and a device, which can be a different one than the CPU."""
    tensor = torch.zeros(2, 3, device="meta", dtype=torch.float16)  # no machine lacks this device
    assert (tensor.shape, tensor.dtype, tensor.device.type) == ((2, 3), torch.float16, "meta")


def the_gradients_are_hand_written():
    """The program writes out each gradient and never asks PyTorch for one."""
    source = inspect.getsource(tensors)
    assert not re.search(r"requires_grad|backward\(|autograd|\.grad\b", source)


def without_an_accelerator_the_program_takes_the_cpu():
    """The program takes the accelerator if there is one, otherwise the CPU."""
    gpu = torch.device("cuda")
    for available, expected in ((False, "cpu"), (True, "cuda")):
        with (
            mock.patch("torch.accelerator.is_available", return_value=available),
            mock.patch("torch.accelerator.current_accelerator", return_value=gpu),
        ):
            names = _sections.run("tensors", "device", torch=torch)
        assert names["device"].type == expected


def current_accelerator_does_not_look_at_the_machine_unless_asked():
    """`current_accelerator()` alone does not check whether the machine has what it names."""
    parameters = inspect.signature(torch.accelerator.current_accelerator).parameters
    assert parameters["check_available"].default is False


def float32_is_the_default_of_torch_and_float64_that_of_numpy():
    """PyTorch's default is float32, numpy's is float64."""
    assert mapping.defaults() == ("float64", "torch.float32")
    assert torch.get_default_dtype() == tensors.dtype


def float32_has_half_the_bytes():
    """A number takes half the bytes in float32."""
    single, double = (torch.zeros(1, dtype=dtype) for dtype in (torch.float32, torch.float64))
    assert 2 * single.nbytes == double.nbytes


def float32_has_7_digits_and_float64_16():
    """A float32 has about 7 correct decimal digits, a float64 about 16."""
    digits = [round(-math.log10(torch.finfo(d).eps)) for d in (torch.float32, torch.float64)]
    assert digits == [7, 16]


# The same lines


def item_takes_the_number_out_of_exactly_one_element():
    """`.item()` takes the number out of what holds exactly one, in numpy as in PyTorch."""
    for make, error in ((torch.tensor, RuntimeError), (np.array, ValueError)):
        found = make([[3.5]]).item()
        assert type(found) is float
        assert found == 3.5
        assert all(_refuses(error, make(numbers).item) for numbers in ([], [3.5, 4.5]))


def the_lines_differ_in_five_operations_only():
    """Written with the operations of the table, the lines of lesson 1 are those of this lesson.

    The shape comments are compared too.
    """
    for section in ("forward", "backward", "update"):
        here, there = (_sections.code(name, section) for name in ("tensors", "warmup_numpy"))
        assert here == [_rewritten(line) for line in there]
    (here,), (there,) = (_sections.code(name, "loss") for name in ("tensors", "warmup_numpy"))
    assert here.split("  #")[0] == _rewritten(there).split("  #")[0] + ".item()"


def each_pair_of_the_table_gives_the_same():
    """In each row of the mapping table both expressions give the same shape and entries."""
    rows = mapping.compare()
    assert record("mapping").values["count"] == len(rows) == len(mapping.ROWS)


def the_table_has_the_operations_of_the_lines():
    """The five rows of the table are what the two programs write."""
    rows = ("matmul", "maximum", "square", "transpose", "copy")
    in_numpy = [mapping.ROWS[row][0] for row in rows]
    in_torch = [mapping.ROWS["power" if row == "square" else row][1].lower() for row in rows]
    assert [_rewritten(code).replace("(a)", "a") for code in in_numpy] == in_torch


def the_picture_has_the_arrays_of_lesson_1():
    """The picture has the same arrays with the same shapes as those of lesson 1."""
    values = record("charts.shapes").values
    for direction in ("forward", "backward"):
        here, there = (
            {name: node for name, node in graph["nodes"].items() if node["kind"] != "op"}
            for graph in (values["torch_passes"][direction], values[f"numpy_{direction}"])
        )
        assert here == there


# What the program printed


def the_same_seed_draws_different_numbers():
    """From the same seed PyTorch draws different numbers than numpy."""
    assert tensors.seed == warmup_numpy.seed
    x, by_numpy = tensors.make_data()[0].cpu(), warmup_numpy.make_data()[0]
    assert x.shape == by_numpy.shape
    assert abs(np.corrcoef(x.flatten(), by_numpy.flatten())[0, 1]) < 0.02  # 64,000 numbers


def from_the_same_start_the_losses_are_those_of_lesson_1():
    """From the same data and weights, in float64, the losses are those of lesson 1.

    Rounding differs in the last of 16 digits, and 500 steps amplify that to about 1e-9.
    """
    data = warmup_numpy.make_data()
    losses = _silent(tensors.train, *(torch.tensor(array) for array in data))
    np.testing.assert_allclose(losses, record("warmup_numpy").values["losses"], rtol=1e-8)


def the_loss_goes_from_tens_of_millions_to_nearly_nothing():
    """As in lesson 1, the loss goes from tens of millions to nearly nothing."""
    for name in ("warmup_numpy", "tensors"):
        losses = record(name).values["losses"]
        assert 1e7 < losses[0] < 1e8
        assert losses[-1] < 0.01


def the_last_loss_depends_on_rounding():
    """From the same start in float64 the first loss is the same and the last one is not."""
    losses = _silent(tensors.train, *(tensor.double() for tensor in tensors.make_data()))
    shown = record("tensors").values["losses"]
    assert shown[0] == pytest.approx(losses[0], rel=1e-5)
    assert shown[-1] != pytest.approx(losses[-1], rel=0.1)


# What goes wrong


def the_message_ends_with_the_two_shapes():
    """The message ends with `64x1000 and 100x1000`, where the inner sizes 1000 and 100 differ."""
    run = record("mistakes.tensors_shapes")
    assert run.error == "RuntimeError"
    assert run.output.rstrip().endswith("(64x1000 and 100x1000)")


def a_product_needs_equal_inner_sizes():
    """A product needs the second number of the first pair to equal the first of the second pair."""
    for inner in (3, 4):
        refuses = _refuses(RuntimeError, torch.ones(2, 4).mm, torch.ones(inner, 5))
        assert refuses == (inner != 4)


def both_fixes_work():
    """Transposed, or made with the shape (D_in, H), the weights fit."""
    assert record("mistakes.tensors_shapes_fixed").output == "(64, 100)\n"
    assert torch.randn(64, 1000).mm(torch.randn(1000, 100)).shape == (64, 100)


def torch_2_15_names_the_operation_before_the_message():
    """PyTorch 2.15 writes the name of the operation before the same message."""
    program = "snippets/mistakes/tensors_shapes.py"
    kept = json.loads(Path("releases/torch-2.15.0.json").read_text(encoding="utf-8"))[program]
    before = record("mistakes.tensors_shapes").output.rstrip().splitlines()[-1]
    assert kept["output"].rstrip().splitlines()[-1] == before.replace("mat1", "mm: mat1", 1)


def from_numpy_keeps_the_dtype():
    """`from_numpy` keeps the array's dtype."""
    for name in ("float64", "float32", "int64"):
        assert torch.from_numpy(np.ones(2, dtype=name)).dtype == getattr(torch, name)


def randn_makes_float32_unless_a_dtype_is_asked_for():
    """`torch.randn` makes float32, unless a different dtype is asked for."""
    assert torch.randn(2).dtype == torch.float32
    assert torch.randn(2, dtype=torch.float64).dtype == torch.float64


def a_matrix_product_refuses_two_dtypes():
    """In a matrix product float64 and float32 do not mix."""
    run = record("mistakes.tensors_dtype")
    assert run.error == "RuntimeError"
    assert run.output.startswith("torch.float64 torch.float32\n")


def entry_by_entry_two_matrices_give_float64():
    """Entry by entry, a float64 matrix and a float32 matrix give float64."""
    single, double = (torch.ones(2, 3, dtype=dtype) for dtype in (torch.float32, torch.float64))
    for result in (single + double, single - double, single * double, single / double):
        assert result.dtype == torch.float64


def double_in_the_message_is_float64_and_float_is_float32():
    """In the message `double` is float64 and `float` is float32."""
    message = record("mistakes.tensors_dtype").values["error"]
    assert "double" in message
    assert "float" in message.replace("double", "")
    assert (torch.double, torch.float) == (torch.float64, torch.float32)


def in_c_too_double_has_64_bits_and_float_32():
    """In C too `double` has 64 bits and `float` has 32."""
    assert (8 * ctypes.sizeof(ctypes.c_double), 8 * ctypes.sizeof(ctypes.c_float)) == (64, 32)


def the_float_of_python_has_64_bits():
    """Python's own `float` has 64 bits: 53 of them hold the digits, as in float64."""
    assert sys.float_info.mant_dig == 53
    assert np.dtype(float) == np.float64


def converted_where_it_comes_in_the_data_fits():
    """Converted once, where the data comes in, it can be multiplied, and the result is float32."""
    assert record("mistakes.tensors_dtype_fixed").output == "torch.float32 (64, 100)\n"


def what_shared_writes_is_in_the_array():
    """The 7 written through `shared` is in the array, the one through `copied` is not."""
    assert _silent(tensors_shared_memory.main).tolist() == [7, 0, 0]
    assert record("mistakes.tensors_shared_memory").output == "[7. 0. 0.]\n"


def from_numpy_copies_nothing_and_torch_tensor_copies():
    """`from_numpy` copies nothing, `torch.tensor` copies."""
    a = np.zeros(3)
    assert torch.from_numpy(a).data_ptr() == a.ctypes.data
    assert torch.tensor(a).data_ptr() != a.ctypes.data


def for_item_the_count_matters_and_not_the_shape():
    """For `item()` the count matters: a (1, 1) tensor is fine, two elements are not."""
    run = record("mistakes.tensors_item")
    assert run.output.startswith("3.5\n")
    assert run.error == "RuntimeError"
    assert "2 elements" in run.values["error"]
    assert all(torch.zeros(shape).item() == 0 for shape in ((), (1,), (1, 1), (1, 1, 1)))


def two_numbers_come_as_a_list_or_made_into_one():
    """Two numbers come as a list from `.tolist()`, or one is picked, or they are added up."""
    assert record("mistakes.tensors_item_fixed").output == "[3.5, 4.5]\n4.5\n8.0\n"


def t_takes_at_most_two_dimensions():
    """`.t()` takes at most two dimensions."""
    assert record("mistakes.tensors_t").error == "RuntimeError"
    refused = [_refuses(RuntimeError, torch.zeros((2,) * n).t) for n in range(5)]
    assert refused == [False, False, False, True, True]


def mt_transposes_the_last_two_dimensions():
    """`.mT` transposes the last two dimensions and leaves the others alone."""
    batch = torch.arange(120).reshape(2, 3, 4, 5)
    assert torch.equal(batch.mT, batch.permute(0, 1, 3, 2))


def capital_t_reverses_all_dimensions_as_in_numpy():
    """In more dimensions `.T` reverses all of them, as in numpy."""
    array = np.arange(24).reshape(2, 3, 4)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        reverse = torch.from_numpy(array).T
    assert reverse.shape == (4, 3, 2)
    assert (reverse.numpy() == array.T).all()


def torch_has_deprecated_t_of_more_dimensions():
    """PyTorch has deprecated `.T` of more than two dimensions; for matrices it has not."""
    torch.set_warn_always(True)
    try:
        with pytest.warns(UserWarning, match="deprecated"):
            _ = torch.zeros(2, 3, 4).T
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert torch.zeros(2, 3).T.shape == (3, 2)
    finally:
        torch.set_warn_always(False)


# The answers to the exercises


def dim_0_leaves_a_number_for_each_column():
    """A sum over `dim=0` adds up the rows and leaves one number for each column."""
    x = torch.tensor([[1.0, 2.0, 3.0], [10.0, 20.0, 30.0]])
    assert x.sum(dim=0).tolist() == [11, 22, 33]


def what_needs_no_conversion_comes_back_with_the_memory_of_the_array():
    """With a float32 array `.to(torch.float32)` keeps its memory, with a float64 one it copies."""
    for name, shares in (("float32", True), ("float64", False)):
        a = np.zeros(3, dtype=name)
        assert (torch.from_numpy(a).to(torch.float32).data_ptr() == a.ctypes.data) == shares


def the_output_is_of_three_float32_zeros():
    """Shown are three float32 zeros, after a 7 was written to the first place of the tensor."""
    first, second = record("answers.tensors").output.split("\n\n")[1].splitlines()
    arrays = []
    for make in (lambda a: torch.from_numpy(a).to(torch.float32), answers.own_tensor):
        arrays.append(np.zeros(3, dtype=np.float32))
        make(arrays[-1])[0] = 7
    assert [first.split("  ")[-1].strip(), second.split("  ")[-1].strip()] == list(map(str, arrays))


def an_own_tensor_shares_no_memory():
    """The tensor of the answer is float32 and shares no memory, whatever the array."""
    for name in ("float32", "float64"):
        a = np.zeros(3, dtype=name)
        tensor = answers.own_tensor(a)
        assert tensor.dtype == torch.float32
        tensor[1] = 7
        assert a[1] == 0


def float32_and_float64_agree_in_four_digits():
    """In four digits the loss is the same in float32 and in float64."""
    single, double = (answers.loss_in(d, *_given()) for d in (torch.float32, torch.float64))
    assert f"{single:.4g}" == f"{double:.4g}"


def float16_ends_at_65504():
    """The largest number of float16 is 65504."""
    assert torch.finfo(torch.float16).max == 65504


def the_loss_is_too_large_for_float16():
    """The loss is in the tens of millions, and infinite in float16."""
    assert 1e7 < answers.loss_in(torch.float64, *_given()) < 1e8
    assert math.isinf(answers.loss_in(torch.float16, *_given()))


def b1_moves_a_column_and_its_gradients_add_up():
    """When `b1[j]` moves, column j of `h` moves with it, so the gradients of the column add up."""
    torch.manual_seed(0)
    x, y, w1, b1, w2 = (
        torch.randn(shape, dtype=torch.float64) for shape in [(6, 5), (6, 3), (5, 4), (4,), (4, 3)]
    )
    for j in range(4):
        moved = b1 + torch.eye(4, dtype=torch.float64)[j]
        change = (x.mm(w1) + moved) - (x.mm(w1) + b1)
        assert [column for column in range(4) if change[:, column].abs().max() > 1e-9] == [j]
    b1.requires_grad_()
    (answers_of_torch,) = torch.autograd.grad(((x.mm(w1) + b1).relu().mm(w2) - y).pow(2).sum(), b1)
    found = answers.bias_gradient(x, y, w1, b1.detach(), w2)
    assert found.shape == (4,)
    assert torch.allclose(found, answers_of_torch)


def many_networks_give_what_each_gives_alone():
    """The losses of several networks at once are those that each has alone."""
    x, y, w1, w2 = _given()
    scales = [1.0, 0.1, 0.01]
    losses, grad_w1, grad_w2 = answers.many_networks(
        x, y, *(torch.stack([scale * w for scale in scales]) for w in (w1, w2))
    )
    alone = [answers.loss_in(torch.float64, x, y, scale * w1, scale * w2) for scale in scales]
    assert losses.tolist() == pytest.approx(alone)
    assert (grad_w1.shape, grad_w2.shape) == ((3, *w1.shape), (3, *w2.shape))
    shown = record("answers.tensors").output.split("\n\n")[4].splitlines()[0]
    assert re.findall(r"'(\S+)'", shown) == [f"{loss:.4g}" for loss in alone]


def what_depends_on_the_weights_has_a_k_before_its_shape():
    """What depends on the weights has a K before its shape; `x` and `y` have none."""
    source = inspect.getsource(answers.many_networks)
    computed = dict(re.findall(r"^ *(\w+) = .*  # \((\w+),.*\)$", source, re.M))
    assert set(computed.values()) == {"K"}
    assert computed.keys() >= {"h", "h_relu", "y_pred", "losses", "grad_h", "grad_w1", "grad_w2"}
    assert re.findall(r"^ *([xy]) .*, shape \((\w+),", source, re.M) == [("x", "N"), ("y", "N")]


def smaller_weights_start_at_a_smaller_loss():
    """With smaller initial weights the loss starts smaller, down to that of predicting 0."""
    for seed in range(5):
        torch.manual_seed(seed)
        x, y, w1, w2 = (torch.randn_like(tensor) for tensor in _given())
        large, middle, small = (
            answers.loss_in(torch.float64, x, y, scale * w1, scale * w2)
            for scale in (1.0, 0.1, 0.01)
        )
        assert large > 1000 * middle
        assert middle > 2 * small
        assert small == pytest.approx(y.pow(2).sum().item(), rel=0.1)


def a_deeper_network_needs_more_lines():
    """The backward pass has six lines here, and with a third layer it has more gradients."""
    assert len(_sections.code("tensors", "backward")) == 6
    gradients = [
        len(set(re.findall(r"^ *(grad_\w+) =", text, re.M)))
        for text in (
            _sections.text("warmup_numpy", "backward"),
            inspect.getsource(answers_of_lesson_1.three_layers),
        )
    ]
    assert gradients[0] < gradients[1]


def meta_tensors_have_a_shape_and_a_dtype_but_no_numbers():
    """A tensor on the device `meta` has a shape and a dtype; its numbers cannot be read."""
    tensor = torch.ones(2, 3, device="meta")
    assert (tensor.shape, tensor.dtype) == ((2, 3), torch.float32)
    with pytest.raises(RuntimeError, match="meta"):
        tensor.sum().item()


def two_devices_do_not_meet():
    """Tensors on two devices cannot be subtracted; the message names both."""
    shown = record("mistakes.tensors_devices")
    assert shown.error == "RuntimeError"
    assert "cpu" in shown.values["error"]
    assert "meta" in shown.values["error"]


def one_number_on_the_cpu_may_join():
    """A CPU tensor of shape () joins tensors on a different device; one of shape (1,) does not."""
    elsewhere = torch.ones(3, device="meta")
    assert (torch.tensor(2.0) * elsewhere).device.type == "meta"
    with pytest.raises(RuntimeError):
        torch.ones(1) * elsewhere
