"""What `derivation/convolution` says."""

import functools
import io
import re
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from torch.nn.functional import conv1d, conv2d, conv_transpose1d, fold, pad, unfold

from facts import record
from facts._matrices import ROUNDING, SEEDS, difference, gradient, random
from snippets.answers import convolution as answers
from snippets.derivations.convolution_matrix import windows

CASES = ((5, 3, 1, 0), (5, 3, 2, 1), (9, 4, 3, 2), (6, 1, 1, 0), (8, 3, 1, 2))  # N, K, stride, pad


def _convolve(x, w, stride=1, padding=0):
    """Return the convolution of a signal with a kernel, both with one axis."""
    return conv1d(x[None, None], w[None, None], stride=stride, padding=padding)[0, 0]


def _matrix(w, N, stride, padding):
    """Return T, built of S as the page defines it."""
    s = torch.cat(windows(N, len(w), stride, padding))  # (M K, N)
    M = len(s) // len(w)
    return torch.kron(torch.eye(M, dtype=w.dtype), w[None]) @ s


def each_output_is_a_product_of_the_kernel_with_a_window():
    """Each output is the sum of the products of kernel and window, entry by entry."""
    x, w = random((7,), (3,))
    expected = torch.stack([(x[i : i + 3] * w).sum() for i in range(5)])
    assert difference(_convolve(x, w), expected) < ROUNDING


def each_symbol_has_its_name_and_shape_in_the_code():
    """Each name of the tables stands in a program, and its line has the shape of the table."""
    page = Path("docs/en/derivation/convolution.md").read_text(encoding="utf-8")
    one, two = page.split("## Two dimensions")
    for text, file, batch, count in (
        (one, "convolution_matrix", "", 7),
        (two, "convolution", "B, ", 4),
    ):
        source = Path(f"snippets/derivations/{file}.py").read_text(encoding="utf-8")
        pattern = r"^\| \$.+?\$ \| `(\w+)` \| \$(\w) \\times (\w)\$ \|"
        rows = re.findall(pattern, text, re.MULTILINE)
        assert len(rows) == count
        for name, *sizes in rows:
            shape = ", ".join(size for size in sizes if size != "1")
            comma = "" if ", " in shape else ","
            shapes = {f"({shape}{comma})", f"({batch}{shape})"}
            comments = re.findall(rf"\b{name} = .*# (\([^)]*\))", source)
            assert shapes & {*comments}, name


def five_numbers_have_three_windows_of_three():
    """Of 5 numbers a kernel of 3 has three windows, those of the three equations."""
    x, w, b = random((5,), (3,), (1,))
    expected = [w[0] * x[i] + w[1] * x[i + 1] + w[2] * x[i + 2] + b[0] for i in range(3)]
    y = conv1d(x[None, None], w[None, None], b)[0, 0]
    assert difference(y, torch.stack(expected)) < ROUNDING


def the_number_of_windows():
    """There are (N + 2 padding − K) // stride + 1 windows; N − K + 1 without both."""
    for N in range(1, 9):
        for K in range(1, N + 1):
            for stride in (1, 2, 3):
                for padding in (0, 1, 2):
                    M = len(_convolve(torch.zeros(N), torch.zeros(K), stride, padding))
                    assert (N + 2 * padding - K) // stride + 1 == M
                    assert len(windows(N, K, stride, padding)) == M
            assert len(_convolve(torch.zeros(N), torch.zeros(K))) == N - K + 1


def a_kernel_is_shared_by_all_windows():
    """A layer for one channel has K weights and a bias, however long its input is."""
    layer = torch.nn.Conv1d(1, 1, 3)
    assert sum(parameter.numel() for parameter in layer.parameters()) == 4
    for N in (3, 10, 100):
        assert layer(torch.zeros(1, 1, N)).shape == (1, 1, N - 2)


def each_row_of_a_cut_has_a_single_1_or_none():
    """Each row that cuts out a number has a single 1; for one of the padding it has none."""
    for N, K, stride, padding in CASES:
        s = torch.cat(windows(N, K, stride, padding))
        assert set(s.unique().tolist()) <= {0, 1}
        x = torch.arange(1.0, N + 1, dtype=s.dtype)
        cut = pad(x, (padding, padding)).unfold(0, K, stride)
        assert difference(s @ x, cut.flatten()) < ROUNDING
        assert torch.equal(s.sum(dim=1) == 1, cut.flatten() > 0)


def _recorded():
    """Return what the program of matrices found, without and with stride and padding."""
    values = record("derivations.convolution_matrix").values
    return values["plain"], values["strided"]


def the_matrix_has_the_kernel_in_each_row():
    """For 5 numbers and the kernel (1, 2, 3) each row of T is the kernel, one place further."""
    (rows, _, M), _ = _recorded()
    assert M == 3
    assert rows == [[1, 2, 3, 0, 0], [0, 1, 2, 3, 0], [0, 0, 1, 2, 3]]


def stride_and_padding_change_only_the_matrix():
    """With stride 2 and padding 1 the first and the last row lack a part of the kernel.

    For any of them T, built of S alone, gives the output and its transpose the gradient.
    """
    _, (rows, _, M) = _recorded()
    assert M == 3
    assert rows == [[2, 3, 0, 0, 0], [0, 1, 2, 3, 0], [0, 0, 0, 1, 2]]
    for N, K, stride, padding in CASES:
        x, w = random((N,), (K,))
        t = _matrix(w, N, stride, padding)
        y = _convolve(x, w, stride, padding)
        (g,) = random(y.shape, seed=1)
        assert difference(t @ x, y) < ROUNDING

        def loss(x, w=w, g=g, stride=stride, padding=padding):
            return (_convolve(x, w, stride, padding) * g).sum()

        assert difference(t.T @ g, gradient(loss, x)) < ROUNDING


def the_adjoint_stamps_the_kernel():
    """`conv_transpose1d` puts the kernel, times g_i, at the place of window i and adds up."""
    w, g = random((3,), (4,))
    for stride in (1, 2):
        stamped = torch.zeros(3 * stride + 3, dtype=w.dtype)
        for i in range(4):
            stamped[i * stride : i * stride + 3] += g[i] * w
        result = conv_transpose1d(g[None, None], w[None, None], stride=stride)[0, 0]
        assert difference(result, stamped) < ROUNDING


def the_code_differs_from_autograd_by_rounding():
    """All differences from autograd are rounding, but for the one that is called wrong."""
    plain, strided = _recorded()
    for _, largest, _ in (plain, strided):
        right = [value for name, value in largest.items() if name != "x, not flipped"]
        assert max(right) < ROUNDING
    assert list(plain[1])[-3:] == ["x, transposed", "x, flipped", "x, not flipped"]


def without_the_flip_the_gradient_is_wrong():
    """Without the flip the gradient has the right shape and is far off."""
    (_, largest, _), _ = _recorded()
    assert largest["x, not flipped"] > 1


def with_stride_1_the_adjoint_is_a_convolution_with_the_flipped_kernel():
    """With stride 1 the gradient is g, with K − 1 zeros on both sides, and the kernel flipped."""
    for K in (1, 2, 3, 5):
        w, g = random((K,), (4,))
        flipped = _convolve(g, w.flip(0), padding=K - 1)
        assert difference(flipped, _matrix(w, 3 + K, 1, 0).T @ g) < ROUNDING


def torch_does_not_flip_and_numpy_convolve_does():
    """`conv1d` is a cross-correlation; `np.convolve` flips the kernel."""
    results = record("derivations.convolution_flip").values["results"]
    assert results["conv1d"] == results["np.correlate"]
    assert results["np.convolve"] == results["conv1d, flipped kernel"]
    assert results["conv1d"] != results["np.convolve"]


def _picture_matrix(C, H, W, side, **options):
    """Return S of a picture, from what `unfold` makes of each of its numbers alone."""
    units = torch.eye(C * H * W, dtype=torch.float64).reshape(-1, C, H, W)
    columns = unfold(units, side, **options)  # (N, K, M)
    return columns.mT.flatten(1).T  # (M K, N): vec stacks columns


def a_window_of_a_picture_has_all_channels():
    """A window holds a block of pixels with all their channels; F kernels give F channels."""
    x, weight = random((1, 3, 5, 6), (4, 3, 2, 2))
    u = unfold(x, 2)
    assert u.shape == (1, 3 * 2 * 2, 4 * 5)
    assert torch.equal(u[0, :, 0], x[0, :, :2, :2].flatten())
    assert conv2d(x, weight).shape[1] == 4


def unfold_is_s_and_fold_is_its_transpose():
    """`unfold` multiplies with S, rows of 0 and 1, and `fold` with its transpose."""
    for options in ({}, {"stride": 2}, {"padding": 1, "stride": 2}):
        s = _picture_matrix(2, 4, 5, 3, **options)
        assert set(s.unique().tolist()) <= {0, 1}
        assert s.sum(dim=1).max() == 1
        (x,) = random((2, 4, 5))
        u = unfold(x[None], 3, **options)[0]  # (K, M)
        assert difference(u.T.flatten(), s @ x.flatten()) < ROUNDING
        (h,) = random(u.shape)
        folded = fold(h[None], (4, 5), 3, **options)[0]
        assert difference(folded.flatten(), s.T @ h.T.flatten()) < ROUNDING


def the_pictures_differ_from_autograd_by_rounding():
    """Output and gradients of the pictures differ from those of PyTorch by rounding."""
    assert max(record("derivations.convolution").values["largest"].values()) < ROUNDING


def a_batch_adds_an_axis_and_a_sum():
    """The gradients for kernels and bias of a batch are the sums of those of its pictures."""
    x, weight, bias = random((3, 2, 4, 4), (5, 2, 3, 3), (5,))
    leaves = [weight.requires_grad_(), bias.requires_grad_()]
    y = conv2d(x, weight, bias)
    (g,) = random(y.shape, seed=1)
    whole = torch.autograd.grad(y, leaves, g)
    parts = [
        torch.autograd.grad(conv2d(x[n : n + 1], *leaves), leaves, g[n : n + 1]) for n in range(3)
    ]
    for at in range(2):
        assert difference(whole[at], sum(part[at] for part in parts)) < ROUNDING


def windows_take_more_memory_than_the_picture():
    """With stride 1 and padding 2 each number of a picture is in 9 windows of 3 × 3."""
    s = _picture_matrix(2, 4, 5, 3, padding=2)
    assert set(s.sum(dim=0).tolist()) == {9}
    for options in ({}, {"padding": 1}):
        x = torch.zeros(1, 3, 28, 28)
        assert unfold(x, 3, **options).numel() > 7 * x.numel()


def the_last_of_six_numbers_is_in_no_window():
    """Of 6 numbers a kernel of 3 with stride 2 leaves out the last; windows begin at 1 and 3."""
    cuts = windows(6, 3, 2, 0)
    assert [(cut.sum(dim=0).nonzero()[0] + 1).item() for cut in cuts] == [1, 3]
    assert sum(cuts).sum(dim=0).tolist() == [1, 1, 2, 1, 1, 0]


def inputs_of_5_and_6_give_outputs_of_one_size():
    """Inputs of 5 and 6 numbers have the same two windows; the way back chooses 5."""
    x, w = random((6,), (3,))
    assert torch.equal(_convolve(x, w, 2), _convolve(x[:5], w, 2))
    assert len(_convolve(x, w, 2)) == 2
    assert conv_transpose1d(torch.ones(1, 1, 2), torch.ones(1, 1, 3), stride=2).shape[2] == 5
    with pytest.raises(RuntimeError, match="must match"):
        torch.zeros(5) - torch.zeros(6)


def output_padding_appends_the_missing_number():
    """`output_padding=1` gives the gradient for 6 numbers, of which the last is 0."""
    x, w = random((6,), (3,))
    (g,) = random((2,), seed=1)
    exact = gradient(lambda x: (_convolve(x, w, 2) * g).sum(), x)
    back = conv_transpose1d(g[None, None], w[None, None], stride=2, output_padding=1)[0, 0]
    assert difference(back, exact) < ROUNDING
    assert exact[5] == 0


def matplotlib_reads_channels_last():
    """`matplotlib` reads a picture of 2 × 3 pixels as height, width, channels."""
    file = io.BytesIO()
    plt.imsave(file, np.zeros((2, 3, 3)), format="png")
    file.seek(0)
    assert plt.imread(file).shape[:2] == (2, 3)
    assert plt.imread.__module__ == "matplotlib.pyplot"


@functools.cache
def _channels_last():
    """Return eight random pictures with their channels last."""
    return random((8, 28, 28, 3))[0]


def permute_moves_the_channels():
    """`permute(0, 3, 1, 2)` puts the channels before height and width, and `Conv2d` takes it."""
    pictures = _channels_last()
    moved = pictures.permute(0, 3, 1, 2)
    for channel in range(3):
        assert torch.equal(moved[:, channel], pictures[..., channel])
    assert torch.nn.Conv2d(3, 16, 3, dtype=torch.float64)(moved).shape == (8, 16, 26, 26)


def reshape_to_channels_first_raises_nothing_and_scrambles():
    """`reshape` raises nothing; its first channel is a third of the numbers, from the top."""
    pictures = _channels_last()
    shaped = pictures.reshape(8, 3, 28, 28)
    torch.nn.Conv2d(3, 16, 3, dtype=torch.float64)(shaped)
    numbers = pictures.flatten(1)
    assert torch.equal(shaped[:, 0].flatten(1), numbers[:, : numbers.shape[1] // 3])
    assert not torch.equal(shaped, pictures.permute(0, 3, 1, 2))


def a_symmetric_kernel_hides_a_missing_flip():
    """With the kernel (1, 2, 1) a gradient without the flip is right, with (1, 2, 3) it is not."""
    for seed in SEEDS:
        (g,) = random((4,), seed=seed)
        for numbers, hides in (((1, 2, 1), True), ((1, 2, 3), False)):
            w = torch.tensor(numbers, dtype=torch.float64)
            exact = _matrix(w, 6, 1, 0).T @ g
            wrong = _convolve(g, w, padding=2)
            assert wrong.shape == exact.shape
            assert (difference(wrong, exact) < ROUNDING) == hides


@functools.cache
def _printed():
    """Return what the answers print, by exercise."""
    return [part.strip("\n") for part in record("answers.convolution").output.split("\n\n")]


def the_gradients_of_exercise_1_are_column_sums_and_row_sums():
    """In exercise 1 the gradients are the column sums of T and the row sums of U."""
    y, grad_x, grad_w = answers.program()
    t = _matrix(torch.tensor([1.0, 0.0, -1.0], dtype=torch.float64), 4, 1, 0)
    assert grad_x.flatten().tolist() == t.sum(dim=0).tolist()
    u = torch.tensor([[1.0, 2.0], [2.0, 3.0], [3.0, 4.0]])
    assert grad_w.flatten().tolist() == u.sum(dim=1).tolist()
    assert y.flatten().tolist() == [-2, -2]


def each_number_is_in_one_window():
    """In exercise 2 each column has one entry, and the first and the last row lack some.

    The matrix is that of 6 numbers, the kernel (1, 2, 3), a stride of 3 and a padding of 2.
    """
    rows = [[int(number) for number in line.split()] for line in _printed()[1].splitlines()]
    assert rows == _matrix(torch.tensor([1.0, 2.0, 3.0], dtype=torch.float64), 6, 3, 2).tolist()
    assert all(sum(number != 0 for number in column) == 1 for column in zip(*rows, strict=True))
    assert [sum(number != 0 for number in row) for row in rows] == [1, 3, 2]


def the_gradient_of_exercise_3_is_that_of_autograd():
    """In exercise 3 the gradient is that of autograd."""
    assert _printed()[2] == "as autograd: True"


def the_gradients_of_exercise_4_are_those_of_autograd():
    """In exercise 4 the three gradients are those of autograd; `fold` got the same padding."""
    assert _printed()[3].count("as autograd: True") == 3
