"""What `lessons/tensors` says."""

import contextlib
import ctypes
import functools
import inspect
import io
import itertools
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
from snippets.mistakes import (
    tensors_both,
    tensors_indexing,
    tensors_reshape,
    tensors_shared_memory,
    tensors_silent,
    tensors_view_fixed,
)

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


# What you may keep


def one_function_takes_arrays_and_tensors():
    """The function gives arrays for arrays and tensors for tensors, with the same numbers.

    In float64, sums of 1000 products differ by rounding: by less than 1e-12 of the largest entry.
    """
    arrays, tensors_of_them = _silent(tensors_both.main)
    in_numpy = tensors_both.loss_and_gradients(*arrays)
    in_torch = tensors_both.loss_and_gradients(*tensors_of_them)
    for ours, theirs in zip(in_numpy, in_torch, strict=True):
        assert isinstance(ours, np.ndarray | np.float64)
        assert isinstance(theirs, torch.Tensor)
        assert np.allclose(ours, theirs, rtol=0, atol=1e-12 * np.abs(ours).max())
    source = inspect.getsource(tensors_both.loss_and_gradients)
    assert not re.search(r"\bnp\b|\btorch\b", source)
    lines = [line.split(maxsplit=1) for line in record("mistakes.tensors_both").output.splitlines()]
    assert [line[0] for line in lines] == ["ndarray", "Tensor"]
    assert lines[0][1] == lines[1][1]


def what_is_written_alike_means_the_same():
    """The operators, `.T`, `.shape` and `sum(axis=0)` mean the same, and `square` and others do."""
    rng = np.random.default_rng(0)
    a, b = rng.standard_normal((2, 3, 3))
    names = {"a": a, "b": b, "row": b[0]}
    in_torch = {name: torch.tensor(array) for name, array in names.items()}
    for code in (
        *("a @ b", "a.T", "a ** 2", "a + b", "a - b", "a * b", "a / b", "a // b", "a % b", "-a"),
        *("a > b", "a <= b", "a == b", "a != b", "a + row", "a * row[:, None]"),
        *("a.sum(axis=0)", "a.shape"),
    ):
        assert np.allclose(eval(code, names), eval(code, in_torch), rtol=1e-12), code
    for name in ("square", "exp", "log", "sqrt", "abs", "sin", "tanh", "sum", "sign", "floor"):
        found = getattr(torch, name)(torch.tensor(abs(a)))
        assert np.allclose(getattr(np, name)(abs(a)), found, rtol=1e-12), name


def astype_and_copy_are_missing():
    """Tensors have no `astype` and no `copy`, and Python says so."""
    for name in ("astype", "copy"):
        assert hasattr(np.zeros(2), name)
        with pytest.raises(AttributeError, match=name):
            getattr(torch.zeros(2), name)


def an_array_times_a_tensor_is_an_error():
    """An array times a tensor is an error; in the other order numpy computes, with a warning."""
    assert _refuses(TypeError, lambda: np.ones(3) * torch.ones(3))
    with pytest.warns(DeprecationWarning, match="__array_wrap__"):
        product = torch.full((3,), 2.0) * np.ones(3)
    assert product.tolist() == [2, 2, 2]


def a_tensor_times_an_array_converts_it():
    """A tensor times an array is a tensor that numpy computed, where numpy can read the tensor."""
    assert (torch.ones(2) * np.arange(2.0)[::-1]).tolist() == [1, 0]  # torch takes no such array
    with pytest.raises(RuntimeError, match="numpy"):
        torch.ones(3, requires_grad=True) * np.ones(3)
    with pytest.raises(TypeError, match="numpy"):
        torch.ones(3, device="meta") * np.ones(3)
    product = torch.full((3,), 2.0) * np.ones(3)
    assert isinstance(product, torch.Tensor)
    assert product.dtype == torch.float64
    assert product.tolist() == [2, 2, 2]


# The same words, a different result


def the_same_words_give_different_results():
    """In each row the two give different results, and the last column gives what numpy gives."""
    rows = tensors_silent.compare()
    assert rows == record("mistakes.tensors_silent").values["rows"]
    assert list(rows) == ["std", "repeat", "max", "median", "product", "size"]
    for row in rows.values():
        assert row["numpy_gives"] != row["torch_gives"]


def a_wrong_row_stops_the_build():
    """If the last column does not give what numpy gives, the program fails, so the build does."""
    wrong = {"std": ("v.std()", "V.std()", "V.std(correction=1)")}
    with mock.patch.dict(tensors_silent.ROWS, wrong), pytest.raises(AssertionError, match="std"):
        tensors_silent.compare()


def numpy_divides_by_n_and_torch_by_n_minus_1():
    """`std` and `var` divide by n in numpy, by n - 1 in PyTorch: of 64 values, by 1 % and 2 %."""
    a = np.random.default_rng(0).standard_normal(64)
    squares = np.square(a - a.mean()).sum()
    assert a.var() == pytest.approx(squares / 64)
    assert torch.tensor(a).var().item() == pytest.approx(squares / 63)
    assert a.std() == pytest.approx(math.sqrt(squares / 64))
    assert torch.tensor(a).std().item() == pytest.approx(math.sqrt(squares / 63))
    assert 1 < math.sqrt(64 / 63) < 1.01
    assert 1 < 64 / 63 < 1.02


def repeat_of_torch_is_tile_of_numpy():
    """In numpy `repeat` repeats each number; PyTorch's repeats the whole, as `np.tile` does."""
    assert np.repeat([1, 2], 3).tolist() == [1, 1, 1, 2, 2, 2]
    for numbers, times in (([1, 2], (3,)), ([[1, 2], [3, 4]], (2, 3)), ([1, 2], (2, 2))):
        assert torch.tensor(numbers).repeat(*times).tolist() == np.tile(numbers, times).tolist()
    with pytest.raises(RuntimeError, match="repeat dims can not be smaller"):
        torch.ones(2, 2).repeat(2)


def max_min_median_and_sort_along_a_dimension_give_two():
    """Along a dimension `max`, `min`, `median` and `sort` give numbers and where they stand."""
    M = torch.tensor([[3.0, 9.0, 5.0], [4.0, 2.0, 8.0]])
    for name in ("max", "min", "median", "sort"):
        values, places = getattr(M, name)(dim=1)
        picked = M.gather(1, places.reshape(2, -1))
        assert torch.equal(picked, values.reshape(2, -1)), name
    assert M.max(dim=1).values.tolist() == [9, 8]


def sort_of_torch_leaves_its_tensor():
    """`V.sort()` leaves V as it is; numpy's `v.sort()` sorts v."""
    v = np.array([2.0, 1.0])
    V = torch.tensor(v)
    V.sort()
    v.sort()
    assert (V.tolist(), v.tolist()) == ([2, 1], [1, 2])


def median_of_torch_takes_the_lower_of_two():
    """Of two numbers in the middle `median` takes the lower one in PyTorch, in numpy their mean."""
    numbers = [1.0, 7.0, 4.0, 3.0]
    assert torch.tensor(numbers).median() == 3
    assert np.median(numbers) == 3.5


def size_without_parentheses_is_true():
    """`size` is a method; without parentheses it is true, even of a tensor without entries."""
    assert callable(torch.zeros(0).size)
    assert bool(torch.zeros(0).size) is True
    assert bool(np.zeros(0).size) is False


def whole_numbers_become_float64_in_numpy_and_float32_in_torch():
    """Times a float or divided by each other, whole numbers become float64 or float32."""
    in_numpy, in_torch = np.array([1, 2]), torch.tensor([1, 2])
    assert {(in_numpy * 0.5).dtype, (in_numpy / in_numpy).dtype} == {np.dtype(np.float64)}
    assert {(in_torch * 0.5).dtype, (in_torch / in_torch).dtype} == {torch.float32}


def float32_has_whole_numbers_up_to_2_to_the_24():
    """Float32 has each whole number up to 2²⁴ = 16777216, not each above; products take it."""
    assert 2**24 == 16777216
    whole = torch.arange(2**24 + 1)
    assert torch.equal(whole.float().long(), whole)
    assert torch.tensor(2**24 + 1).float().long() == 2**24
    for result in (torch.tensor([1, 2]) * 1.5, torch.tensor([1, 2]) / torch.tensor([2, 2])):
        assert result.dtype == torch.get_default_dtype() == torch.float32
    shown = record("mistakes.tensors_large_integers").output
    assert re.findall(r"\d+", shown) == ["16777217", "16777216", "0", "16777217", "0"]


def mean_refuses_whole_numbers():
    """`mean` of whole numbers is an error; after `double()` it is none."""
    K = torch.tensor([1, 2])
    with pytest.raises(RuntimeError, match="floating point"):
        K.mean()
    assert K.double().mean() == np.mean([1, 2])


# Indexing: view or copy?


def a_view_shares_memory_and_a_copy_does_not():
    """What is written to a view or to its tensor is in both; a copy has memory of its own."""
    for x in (np.zeros(3), torch.zeros(3)):
        view, copy = x[1:], x[[1, 2]]
        view[0] = 7
        x[2] = 8
        assert x.tolist() == [0, 7, 8]
        assert view.tolist() == [7, 8]
        assert copy.tolist() == [0, 0]


def _kinds(index):
    """Return whether a part is a view or a copy in numpy and in PyTorch, as the table shows it."""
    _, in_numpy, in_torch = tensors_indexing.compare()[index]
    return in_numpy, in_torch


def slices_are_views_and_lists_and_masks_copy():
    """In both libraries slices give views, lists of positions and boolean masks give copies."""
    shown = record("mistakes.tensors_indexing").values["kinds"]
    assert {index: [tuple(shape), *kinds] for index, (shape, *kinds) in shown.items()} == (
        tensors_indexing.compare()
    )
    for index in ("x[0]", "x[1:, :2]", "x[..., 0]", "x[:, None]"):
        assert _kinds(index) == ("view", "view")
    for index in ("x[[0, 2]]", "x[x > 5]"):
        assert _kinds(index) == ("copy", "copy")


def dots_stand_for_all_dimensions_that_are_left():
    """`...` stands for all dimensions that are not named."""
    for x in (np.arange(120).reshape(2, 3, 4, 5), torch.arange(120).reshape(2, 3, 4, 5)):
        assert (x[..., 0] == x[:, :, :, 0]).all()
        assert (x[1, ..., 2] == x[1, :, :, 2]).all()


def none_inserts_a_dimension_of_size_1():
    """`None` inserts a dimension of size 1."""
    for x in (np.zeros((3, 4)), torch.zeros(3, 4)):
        shapes = [tuple(part.shape) for part in (x[None], x[:, None], x[..., None])]
        assert shapes == [(1, 3, 4), (3, 1, 4), (3, 4, 1)]


def a_single_element_is_a_view_in_torch():
    """`x[0, 0]` is a number in numpy, in PyTorch a tensor of shape () that uses the memory of x."""
    assert _kinds("x[0, 0]") == ("copy", "view")
    assert isinstance(np.zeros((2, 2))[0, 0], float)
    assert torch.zeros(2, 2)[0, 0].shape == ()


def on_the_left_each_index_writes():
    """On the left of `=` each kind of index writes into the tensor itself."""
    for index in (0, (slice(1, None), slice(2)), (..., 0), (slice(None), None), (0, 0), [0, 2]):
        x = torch.zeros(3, 4)
        x[index] = 1
        assert x.sum() == torch.zeros(3, 4)[index].numel()
    x = torch.arange(12.0).reshape(3, 4)
    x[x > 5] = 0
    assert x.sum() == 15


def of_two_indices_in_a_row_the_first_one_reads():
    """`x[0][1] = 9` is in x, `x[x > 2][0] = 9` is not."""
    x = torch.arange(6).reshape(2, 3)
    x[x > 2][0] = 9
    assert torch.equal(x, torch.arange(6).reshape(2, 3))
    x[0][1] = 9
    assert x.tolist() == [[0, 9, 2], [3, 4, 5]]


def writing_reaches_x_through_a_view_and_an_index():
    """The 7 and the 9 are in x, the 8 is not."""
    x = _sections.run("mistakes/tensors_write", "write", torch=torch, print=lambda *_: None)["x"]
    assert x.tolist() == [[7, 7, 7], [3, 4, 9]]
    assert record("mistakes.tensors_write").output.startswith(f"{x}\n")


def without_the_colon_the_name_changes():
    """`row = 7` writes nothing; it gives the name to the number."""
    x = torch.zeros(2, 3)
    row = x[0]
    row = 7
    assert row == 7
    assert x.sum() == 0


def the_clone_keeps_grad_h_relu():
    """`grad_h` is a clone, so that writing to its masked places leaves `grad_h_relu` as it is."""
    lines = _sections.code("tensors", "backward")
    assert [line.split("  #")[0] for line in lines[3:5]] == [
        "grad_h = grad_h_relu.clone()",
        "grad_h[h <= 0] = 0",
    ]
    for copied in (True, False):
        grad_h_relu = torch.ones(2)
        grad_h = grad_h_relu.clone() if copied else grad_h_relu
        grad_h[torch.tensor([True, False])] = 0
        assert (grad_h_relu.sum() == 2) == copied


def an_element_follows_and_item_does_not():
    """`first` was 7 and becomes -1 with x; `.item()` and numpy's element keep 7."""
    assert record("mistakes.tensors_write").output.endswith("tensor(-1.) 7.0\n")
    for x, kept in ((np.full((2, 3), 7.0), 7), (torch.full((2, 3), 7.0), -1)):
        first, number = x[0, 0], x[0, 0].item()
        x[0, 0] = -1
        assert first == kept
        assert number == 7


# reshape or view?


def strides_of_torch_count_numbers_and_those_of_numpy_bytes():
    """The next row is 3 numbers further, the next column 1; numpy's strides count bytes."""
    x = torch.arange(6).reshape(2, 3)
    assert x.stride() == (3, 1)
    assert x.numpy().strides == (3 * x.itemsize, x.itemsize)
    shown = record("mistakes.tensors_reshape").output.splitlines()[1]
    assert shown.split() == ["x", "(2,", "3)", "(3,", "1)", "True"]


def transposing_exchanges_the_strides():
    """Transposing moves no number: it exchanges the strides."""
    x = torch.arange(6).reshape(2, 3)
    assert x.t().stride() == x.stride()[::-1]
    assert x.t().data_ptr() == x.data_ptr()


def a_transposed_matrix_is_not_contiguous():
    """Read row by row, the numbers of `turned` do not stand one after the other in memory."""
    turned = torch.arange(6).reshape(2, 3).t()
    assert turned.flatten().tolist() == [0, 3, 1, 4, 2, 5]  # each number is its place
    assert not turned.is_contiguous()
    assert record("mistakes.tensors_reshape").output.splitlines()[2].endswith("False")


def a_flat_view_needs_one_stride():
    """The numbers of x have the stride 1; those of `turned` stand at 0, 3, 1, 4, 2, 5, with none.

    Each number of x is its place in memory.
    """
    x = torch.arange(6).reshape(2, 3)
    steps = []
    for matrix, places in ((x, [0, 1, 2, 3, 4, 5]), (x.t(), [0, 3, 1, 4, 2, 5])):
        assert matrix.flatten().tolist() == places
        steps.append({after - before for before, after in itertools.pairwise(places)})
    assert steps[0] == {x.view(-1).stride(0)} == {1}
    assert len(steps[1]) > 1
    assert x.t().reshape(-1).data_ptr() != x.data_ptr()


def reshape_is_a_view_where_it_can_be_in_both_libraries():
    """`reshape` gives a view where there is one and else a copy, in PyTorch as in numpy."""
    a = np.arange(24.0).reshape(2, 3, 4)
    A = torch.from_numpy(a)
    found = []
    for order in itertools.permutations(range(3)):
        for shape in ((24,), (6, 4), (4, 6), (2, 12), (3, 8), (2, 3, 4), (4, 3, 2), (2, 2, 3, 2)):
            ours, theirs = a.transpose(order).reshape(shape), A.permute(order).reshape(shape)
            assert np.array_equal(ours, theirs)
            views = np.shares_memory(a, ours), np.shares_memory(a, theirs.numpy())
            refuses = _refuses(RuntimeError, A.permute(order).view, shape)
            assert views == (not refuses, not refuses)
            found.append(views[0])
    assert {True, False} == set(found)


def what_was_written_to_the_copy_is_not_in_x():
    """The 10 is in x, the 30 is not."""
    x, copied = _silent(tensors_reshape.main)
    assert (x == 10).any()
    assert not (x == 30).any()
    assert (copied == 30).any()


def view_never_copies():
    """`view` takes the shapes that reshape takes; what it gives shares memory, or it refuses."""
    x = torch.arange(24.0).reshape(2, 3, 4)
    for shape in ((24,), (-1,), (6, 4), (2, -1), (4, 3, 2)):
        assert x.view(shape).data_ptr() == x.data_ptr()
        assert torch.equal(x.view(shape), x.reshape(shape))
    assert record("mistakes.tensors_view").error == "RuntimeError"


def view_with_a_dtype_reads_the_same_bytes_in_both_libraries():
    """With a dtype, `view` reads the same bytes as different numbers, in both libraries."""
    a = np.array([1.0, 2.0])
    A = torch.from_numpy(a)
    assert a.view(np.int64).tolist() == A.view(torch.int64).tolist() != [1, 2]
    assert A.view(torch.int64).data_ptr() == A.data_ptr()
    with pytest.raises(ValueError, match="Type must be"):
        a.view(2, 1)  # it takes no shape


# To a device and back


def to_leaves_its_tensor_where_it_is():
    """`.to` returns a tensor on the device, and its own stays where it was."""
    x = torch.ones(2)
    assert x.to("meta").device.type == "meta"
    assert x.device.type == "cpu"
    lines = record("mistakes.tensors_to").output.splitlines()
    assert [line.split()[-1] for line in lines[:3]] == ["cpu", "meta", "True"]


def to_gives_the_tensor_itself_if_it_is_there_already():
    """`.to` a device where the tensor is gives the tensor itself, so a write changes it."""
    x = torch.zeros(2)
    assert x.to("cpu") is x
    x.to("cpu")[0] = 7
    assert x.tolist() == [7, 0]
    assert x.to("meta") is not x


def to_copies_if_it_is_asked_to():
    """`.to(device, copy=True)` copies in any case."""
    x = torch.zeros(2)
    x.to("cpu", copy=True)[0] = 7
    assert x.tolist() == [0, 0]


def results_and_likes_follow_their_tensor():
    """Results and `zeros_like` are on the device of their tensor."""
    x = torch.ones(2, device="meta")
    for made in (x + 1, x.sum(), torch.zeros_like(x), torch.rand_like(x), x.new_zeros(3)):
        assert made.device.type == "meta"
    assert "zeros_like   meta\n" in record("mistakes.tensors_to").output


def what_is_made_anew_is_on_the_cpu():
    """`arange`, `zeros` and the like are made on the CPU by default, elsewhere with `device=`."""
    for make in (torch.arange, torch.zeros, torch.ones, torch.randn, torch.eye, torch.empty):
        assert make(3).device.type == "cpu"
        assert make(3, device="meta").device.type == "meta"


def numpy_wants_the_tensor_on_the_cpu():
    """`numpy()` refuses a tensor on a different device, and `meta` has no numbers to bring back."""
    run = record("mistakes.tensors_to_numpy")
    assert run.error == "TypeError"
    assert "Use Tensor.cpu()" in run.values["error"]
    with pytest.raises(NotImplementedError, match="no data"):
        torch.ones(2, device="meta").cpu()
    device = torch.accelerator.current_accelerator(check_available=True) or "cpu"
    moved = torch.ones(2).to(device)
    assert moved.cpu().numpy().tolist() == moved.tolist() == [1, 1]


def without_an_accelerator_none_is_counted():
    """`device_count()` is the number of accelerators: 0 exactly if there is none."""
    assert (torch.accelerator.device_count() == 0) == (not torch.accelerator.is_available())


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


def what_from_numpy_s_tensor_writes_is_in_the_array():
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


def the_message_of_view_ends_with_the_way_out():
    """The message of `view` ends with the way out, `.reshape`."""
    run = record("mistakes.tensors_view")
    assert run.error == "RuntimeError"
    assert run.values["error"].endswith("Use .reshape(...) instead.")


def both_ways_to_flatten_give_the_same():
    """`reshape` copies here, and so does `contiguous()`; both give the same numbers."""
    flat, same = _silent(tensors_view_fixed.main)
    assert torch.equal(flat, same)
    turned = torch.arange(6).reshape(2, 3).t()
    for made in (turned.reshape(-1), turned.contiguous()):
        assert made.data_ptr() != turned.data_ptr()


def a_reversed_array_is_a_view_with_a_negative_stride():
    """`a[::-1]` is a view with a negative stride."""
    a = np.arange(3.0)
    assert np.shares_memory(a, a[::-1])
    assert a[::-1].strides == (-8,)
    assert record("mistakes.tensors_negative_array").output.startswith("(-8,)\n")


def torch_refuses_negative_strides():
    """PyTorch refuses a negative step, and an array with a negative stride."""
    assert record("mistakes.tensors_negative_step").error == "ValueError"
    assert record("mistakes.tensors_negative_array").error == "ValueError"
    assert "negative strides" in record("mistakes.tensors_negative_array").values["error"]
    with pytest.raises(RuntimeError, match="Negative strides"):
        torch.arange(3).as_strided((3,), (-1,), 2)


def flip_reverses_and_copies():
    """`flip` reverses a tensor into a copy; a copied array is no longer refused."""
    x = torch.arange(3)
    assert x.flip(0).tolist() == [2, 1, 0]
    assert x.flip(0).untyped_storage().data_ptr() != x.untyped_storage().data_ptr()
    assert record("mistakes.tensors_negative_fixed").output.startswith("tensor([2, 1, 0])\n")


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


def spread_gives_what_numpy_gives():
    """The answer gives the numbers and the dtype that the function in numpy gives."""
    a = np.random.default_rng(0).integers(-9, 10, (7, 4))
    found = answers.spread(torch.tensor(a)).numpy()
    assert found.dtype == answers.spread_in_numpy(a).dtype == np.float64
    assert np.allclose(found, answers.spread_in_numpy(a), rtol=1e-12)
    ours, theirs = record("answers.tensors").output.split("\n\n")[5].splitlines()
    assert ours.removeprefix("numpy  ") == theirs.removeprefix("PyTorch")


def two_of_four_habits_are_silent():
    """Of four habits, `mean` and `max` raise an error, `std` and `repeat` do not."""
    x = torch.tensor([[1, 2], [3, 5], [8, 2]])
    assert _refuses(RuntimeError, lambda: x.mean(dim=0))
    standard = (x - x.double().mean(dim=0)) / x.double().std(dim=0)
    assert _refuses(AttributeError, lambda: standard.max(dim=1).repeat(2))
    expected = answers.spread_in_numpy(x.numpy())
    silent = standard.amax(dim=1).repeat(2)
    assert silent.shape == expected.shape
    assert not np.allclose(silent, expected)
    with pytest.raises(RuntimeError, match="floating point"):
        torch.arange(6).std()


def views_became_zero_and_copies_did_not():
    """Zero are a, d, e, views of x, and g; not b and c, copied by an index, nor f by reshape."""
    parts = answers.parts()
    zero = {letter for letter, part in parts.items() if not part.any()}
    assert zero == set(answers.zeroed()) == set("adeg")
    shared = {part.untyped_storage().data_ptr() for letter, part in parts.items() if letter in zero}
    assert len(shared) == 1
    assert not torch.ones(3, 4).t().is_contiguous()


def g_is_x_itself():
    """`.to` the dtype that x has gives x itself."""
    names = _sections.run("answers/tensors", "parts", torch=torch)
    assert names["g"] is names["x"]


def reshape_alone_has_the_shape_and_mixes_samples():
    """`reshape` alone gives the shape of the table, but row 0 holds two samples of network 0."""
    outputs = torch.arange(8).reshape(2, 2, 2)
    alone, table = outputs.reshape(2, 4), answers.side_by_side(outputs)
    assert alone.shape == table.shape
    assert alone[0].tolist() == outputs[0].flatten().tolist()
    for sample in range(2):
        assert table[sample].tolist() == [*outputs[0, sample], *outputs[1, sample]]


def view_would_refuse_the_exchanged_dimensions():
    """After the exchange the tensor is not contiguous: `reshape` copies, `view` refuses."""
    exchanged = torch.arange(8).reshape(2, 2, 2).transpose(0, 1)
    assert not exchanged.is_contiguous()
    assert exchanged.reshape(2, 4).data_ptr() != exchanged.data_ptr()
    assert _refuses(RuntimeError, exchanged.view, 2, 4)


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


def a_product_with_meta_goes_unnoticed():
    """A matrix on the CPU times one on `meta` is no error, and `-=` with it subtracts nothing."""
    product = torch.ones(2, 2).mm(torch.ones(2, 2, device="meta"))
    assert product.device.type == "cpu"
    y = torch.ones(2, 2)
    y -= torch.ones(2, 2, device="meta")
    assert y.sum() == 4


def one_number_on_the_cpu_may_join():
    """A CPU tensor of shape () joins tensors on a different device; one of shape (1,) does not."""
    elsewhere = torch.ones(3, device="meta")
    assert (torch.tensor(2.0) * elsewhere).device.type == "meta"
    with pytest.raises(RuntimeError):
        torch.ones(1) * elsewhere


def indices_on_the_cpu_pick_on_any_device():
    """Numbers and masks on the CPU may index a tensor on a different device."""
    elsewhere = torch.ones(3, 4, device="meta")
    for index in (torch.tensor([0, 2]), torch.tensor([True, False, True])):
        picked = elsewhere[index]
        assert picked.device.type == "meta"
        assert picked.shape == (2, 4)
