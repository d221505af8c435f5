"""What `mapping` says, and of its rows also what `cheat-sheet` repeats."""

from pathlib import Path

import numpy as np
import pytest
import torch

from facts import record
from snippets import mapping
from snippets.mistakes import mapping_dot


def capitals_are_tensors_with_the_numbers_of_the_arrays():
    """Small letters are arrays, capitals tensors with the same numbers and the shapes named."""
    names = mapping.operands()
    for small, shape in (("a", (2, 3)), ("b", (3, 4)), ("s", (5, 2, 3))):
        array, tensor = names[small], names[small.upper()]
        assert isinstance(array, np.ndarray)
        assert isinstance(tensor, torch.Tensor)
        assert array.shape == tuple(tensor.shape) == shape
        assert array.tolist() == tensor.tolist()


def both_sides_of_each_row_agree():
    """In each row, both sides give the shape that is shown, and the same entries."""
    rows = mapping.compare()
    assert rows == record("mapping").values["rows"]
    names = mapping.operands()
    for key, row in rows.items():
        left, right = (np.asarray(eval(row[side], names)) for side in ("numpy", "torch"))
        assert str(left.shape) == str(right.shape) == row["shape"], key
        assert np.allclose(left, right, rtol=1e-12, atol=0), key


def rows_share_memory_or_copy_as_their_names_say():
    """The two rows that name shared memory share it; copies do not."""
    names = mapping.operands()
    for key, shared in (("from_numpy", True), ("to_numpy", True), ("copy", False)):
        for side in mapping.ROWS[key]:
            result = np.asarray(eval(side, names))
            from_a = np.shares_memory(result, names["a"])
            from_A = np.shares_memory(result, names["A"].numpy())
            assert (from_a or from_A) == shared


def item_gives_a_number_of_python():
    """`item()` takes the number out, in both libraries: a float of Python."""
    names = mapping.operands()
    assert {type(eval(side, names)) for side in mapping.ROWS["item"]} == {float}


def numpy_has_mt_too():
    """`s.mT` transposes a batch of matrices in numpy, from version 2 on."""
    assert np.ones((5, 2, 3)).mT.shape == (5, 3, 2)


def many_functions_accept_axis_and_keepdims():
    """Many PyTorch functions accept `axis` for `dim`, and `keepdims` for `keepdim`."""
    A = torch.arange(6.0).reshape(2, 3)
    for name in ("sum", "mean", "prod", "std", "amax", "logsumexp"):
        reduce = getattr(A, name)
        assert torch.equal(reduce(axis=1, keepdims=True), reduce(dim=1, keepdim=True)), name
    for join in (torch.cat, torch.stack):
        assert torch.equal(join([A, A], axis=0), join([A, A], dim=0))


def the_programs_write_dim():
    """The programs of the course write `dim` where they use PyTorch."""
    assert not any("axis=" in in_torch for _, in_torch in mapping.ROWS.values())
    beside_numpy = ("mapping.py", "mistakes/tensors_silent.py", "answers/tensors.py")
    for path in Path("snippets").rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        if "import torch" in source and not path.as_posix().endswith(beside_numpy):
            assert "axis=" not in source, path


def a_product_of_the_two_dtypes_fails():
    """A matrix product of float64 from numpy and PyTorch's float32 is an error."""
    assert record("mistakes.tensors_dtype").error == "RuntimeError"
    with pytest.raises(RuntimeError, match="double != float"):
        torch.from_numpy(np.ones((2, 3))) @ torch.ones(3, 4)


def from_numpy_shares_memory():
    """`from_numpy` shares its memory with the array."""
    a = np.zeros(3)
    torch.from_numpy(a)[0] = 7
    assert a[0] == 7


def numpy_method_wants_no_gradient_the_cpu_and_a_dtype_of_numpy():
    """`A.numpy()` fails if A requires gradients outside `no_grad`, or numpy cannot have it."""
    assert torch.ones(3).numpy().tolist() == [1, 1, 1]
    with torch.no_grad():
        assert torch.ones(3, requires_grad=True).numpy().tolist() == [1, 1, 1]
    with pytest.raises(RuntimeError, match="requires grad"):
        torch.ones(3, requires_grad=True).numpy()
    with pytest.raises(TypeError, match="device"):
        torch.ones(3, device="meta").numpy()  # a device that each machine has
    with pytest.raises(TypeError, match="BFloat16"):
        torch.ones(3, dtype=torch.bfloat16).numpy()


def detach_cpu_numpy_works_for_a_tensor_that_requires_gradients():
    """`A.detach().cpu().numpy()` converts a tensor that requires gradients, or is on a GPU."""
    device = torch.accelerator.current_accelerator(check_available=True) or "cpu"
    A = torch.ones(3, device=device, requires_grad=True)
    assert A.detach().cpu().numpy().tolist() == [1, 1, 1]


def maximum_of_numpy_takes_a_number_and_that_of_torch_does_not():
    """`np.maximum(x, 0)` accepts a plain number, `torch.maximum` does not."""
    assert np.maximum(np.array([-1.0, 2.0]), 0).tolist() == [0, 2]
    assert "must be Tensor, not int" in record("mistakes.mapping_maximum").values["error"]


def clamp_and_relu_differ_in_the_gradient_at_0_alone():
    """In PyTorch 2.13 clamp and relu have the same values, and gradients that differ at 0 alone."""
    numbers = torch.tensor([-2.0, -1e-30, 0.0, 1e-30, 3.0])
    values, gradients = [], []
    for function in (lambda x: x.clamp(min=0), torch.relu):
        x = numbers.clone().requires_grad_()
        values.append(function(x))
        values[-1].sum().backward()
        gradients.append(x.grad)
    assert torch.equal(*values)
    assert (gradients[0] != gradients[1]).tolist() == (numbers == 0).tolist()


def for_matrices_dot_mm_and_at_are_the_same():
    """For matrices, numpy's `dot`, PyTorch's `mm` and `@` give the same."""
    names = mapping.operands()
    forms = ("a.dot(b)", "a @ b", "A.mm(B)", "A @ B")
    first, *others = (np.asarray(eval(form, names)) for form in forms)
    assert all(np.allclose(first, other, rtol=1e-12, atol=1e-14) for other in others)


def dot_of_torch_takes_two_vectors_and_nothing_else():
    """PyTorch's `dot` takes two vectors, and neither numbers nor matrices."""
    assert torch.dot(torch.ones(3), torch.ones(3)) == 3
    for shape in ((), (3, 3)):
        with pytest.raises(RuntimeError, match="1D tensors expected"):
            torch.dot(torch.ones(shape), torch.ones(shape))


def np_dot_multiplies_each_by_each_and_at_pair_by_pair():
    """`np.dot` multiplies each matrix of one batch by each of the other, `@` pair by pair."""
    rng = np.random.default_rng(0)
    left, right = rng.standard_normal((5, 2, 3)), rng.standard_normal((5, 3, 4))
    dot, pairs = left.dot(right), torch.tensor(left) @ torch.tensor(right)
    for i, one in enumerate(left):
        assert np.allclose((left @ right)[i], one @ right[i], rtol=1e-12)
        assert np.allclose(pairs[i], one @ right[i], rtol=1e-12)
        for j, other in enumerate(right):
            assert np.allclose(dot[i, :, j], one @ other, rtol=1e-12)
    assert mapping_dot.main() == {
        "np.dot": dot.shape,
        "numpy @": (left @ right).shape,
        "torch @": tuple(pairs.shape),
    }


def mm_takes_matrices_only():
    """`mm` takes matrices: neither a vector nor a batch of matrices."""
    for shape in ((3,), (5, 3, 3)):
        with pytest.raises(RuntimeError, match="must be a matrix"):
            torch.mm(torch.ones(shape), torch.ones(shape))
