"""What `derivation/einsum` says."""

import re
from pathlib import Path
from unittest import mock

import numpy as np
import pytest
import torch
from torch.nn.functional import scaled_dot_product_attention

from facts import record
from facts._matrices import ROUNDING, SEEDS, difference, gradient, random
from snippets import language_model
from snippets.derivations import einsum as rule
from snippets.derivations import heads
from snippets.mistakes import einsum_view

SIZES = dict(zip("bijkthdsnaxy", range(2, 14), strict=True))


def _operands(spec, seed=0):
    """Return random operands of a spec."""
    return random(*([SIZES[letter] for letter in term] for term in rule.read(spec)[0]), seed=seed)


def _agrees(spec, seed=0):
    """Compare the gradients by the rule with those of autograd."""
    operands = [operand.requires_grad_() for operand in _operands(spec, seed)]
    result = torch.einsum(spec, *operands)
    (g,) = random(result.shape, seed=seed + 100)
    exact = torch.autograd.grad(result, operands, g)
    with torch.no_grad():  # the tolerance is relative: sums of hundreds of products get large
        for ours, theirs in zip(rule.backward(spec, operands, g), exact, strict=True):
            assert difference(ours, theirs) < ROUNDING * max(1, theirs.abs().max().item()), spec


def the_arrays_of_lesson_14_have_four_axes():
    """The queries of lesson 14 have four axes, and both libraries have einsum."""
    with mock.patch.object(language_model, "attend", wraps=language_model.attend) as attend:
        language_model.Attention()(torch.zeros(2, 5, language_model.D))
    q, _, _ = attend.call_args.args
    assert q.shape == (2, language_model.heads, 5, language_model.D // language_model.heads)
    assert callable(np.einsum)
    assert callable(torch.einsum)


def the_loops_are_einsum():
    """The loops give what einsum gives, in numpy and in PyTorch."""
    for spec in rule.SPECS:
        operands = [operand[(slice(3),) * operand.ndim] for operand in _operands(spec)]
        ours = rule.by_definition(spec, *operands)
        assert difference(ours, torch.einsum(spec, *operands)) < ROUNDING
        in_numpy = torch.tensor(np.einsum(spec, *(operand.numpy() for operand in operands)))
        assert difference(ours, in_numpy) < ROUNDING


def the_formulas_of_the_table_are_their_einsums():
    """Each spec of the table computes what its row says, and no row is left out here."""
    u, w, v, m, x, y = random((3, 4), (3, 4), (4, 5), (4, 4), (3,), (4,))
    batch = random((2, 3, 4), (2, 4, 5))
    rows = {
        "ij,jk->ik": ((u, v), u @ v),
        "ij->ji": ((u,), u.T),
        "ij->i": ((u,), u @ torch.ones(4, dtype=u.dtype)),
        "ij,ij->ij": ((u, w), u * w),
        "ij,ij->": ((u, w), torch.trace(u.T @ w)),
        "ii->": ((m,), torch.trace(m)),
        "i,j->ij": ((x, y), torch.outer(x, y)),
        "i,ij,j->": ((x, u, y), x @ u @ y),
        "bij,bjk->bik": (batch, torch.stack([batch[0][b] @ batch[1][b] for b in range(2)])),
    }
    for language in ("en", "zh"):
        text = Path(f"docs/{language}/derivation/einsum.md").read_text(encoding="utf-8")
        assert re.findall(r"\| `([a-z,]+->[a-z]*)` \|$", text, re.MULTILINE) == list(rows)
    for spec, (operands, expected) in rows.items():
        assert difference(torch.einsum(spec, *operands), expected) < ROUNDING


def swapping_the_letters_of_a_product_gives_its_two_gradients():
    """For ij,jk->ik the specs are ik,jk->ij and ik,ij->jk, and the gradients are right."""
    assert rule.swap("ij,jk->ik", 0) == ("ik,jk->ij", [], [])
    assert rule.swap("ij,jk->ik", 1) == ("ik,ij->jk", [], [])
    _agrees("ij,jk->ik")


def the_order_of_the_operands_does_not_matter():
    """If operands change places together with their letters, the result stays."""
    for spec in ("ij,jk->ik", "i,ij,j->", "bthd,bshd->bhts"):
        terms, output = rule.read(spec)
        operands = _operands(spec)
        turned = ",".join(reversed(terms)) + "->" + output
        assert (
            difference(torch.einsum(spec, *operands), torch.einsum(turned, *operands[::-1]))
            < ROUNDING
        )


def _random_specs():
    """Return 100 specs with one to three operands."""
    rng = np.random.default_rng(0)
    specs = []
    for _ in range(100):
        terms = [
            "".join(rng.choice(list("bijk"), rng.integers(1, 4))) for _ in range(rng.integers(1, 4))
        ]
        letters = sorted(set("".join(terms)))
        output = rng.permutation(letters)[: rng.integers(0, len(letters) + 1)]
        specs.append(",".join(terms) + "->" + "".join(output))
    return specs


def the_rule_gives_the_gradients_of_any_einsum():
    """For 100 random specs of one to three operands, the rule gives the gradients of autograd.

    Among them are letters that come again in one operand, and letters that stand alone.
    """
    specs = _random_specs()
    again = [
        spec for spec in specs if any(rule.swap(spec, n)[1] for n in range(spec.count(",") + 1))
    ]
    alone = [
        spec for spec in specs if any(rule.swap(spec, n)[2] for n in range(spec.count(",") + 1))
    ]
    assert len(specs) == 100
    assert min(len(again), len(alone)) > 20
    assert {spec.count(",") for spec in specs} == {0, 1, 2}
    for spec in specs:
        _agrees(spec)


def a_sum_copies_its_gradient():
    """The gradient of row sums copies g into each entry of a row; that of copies adds up."""
    assert rule.swap("ij->i", 0) == ("i,j->ij", [], ["j"])
    (u,), (g,) = _operands("ij->i"), random((SIZES["i"],))
    assert torch.equal(rule.backward("ij->i", (u,), g)[0], g[:, None].expand_as(u))
    (r,) = random((SIZES["i"],))
    (g,) = random(u.shape)
    assert (
        difference(gradient(lambda r: (r[:, None].expand_as(u) * g).sum(), r), g.sum(1)) < ROUNDING
    )
    assert (
        difference(torch.einsum("ij,j->i", u, torch.ones(u.shape[1]).double()), u.sum(1)) < ROUNDING
    )


def the_gradient_of_a_diagonal_is_a_diagonal_matrix():
    """The gradients of trace and diagonal are diagonal matrices, of g or of one number."""
    (m,), (g,) = random((4, 4)), random((4,))
    assert torch.equal(rule.backward("ii->i", (m,), g)[0], torch.diag(g))
    assert torch.equal(rule.backward("ii->", (m,), g[0])[0], g[0] * torch.eye(4, dtype=m.dtype))
    assert torch.equal(gradient(lambda m: (torch.einsum("ii->i", m) * g).sum(), m), torch.diag(g))


def an_array_that_is_used_twice_gets_the_sum():
    """For einsum("ij,ij->", u, u) the two gradients of the rule add up to that of autograd."""
    (u,) = random((3, 4))
    parts = rule.backward("ij,ij->", (u, u), torch.tensor(1.0, dtype=u.dtype))
    assert difference(parts[0], u) < ROUNDING
    exact = gradient(lambda u: torch.einsum("ij,ij->", u, u), u)
    assert difference(parts[0] + parts[1], exact) < ROUNDING


def definition_and_rule_agree_with_pytorch():
    """Loops and gradients differ from PyTorch by rounding, for each spec of the program."""
    largest = record("derivations.einsum").values["largest"]
    assert list(largest) == rule.SPECS
    assert max(max(pair) for pair in largest.values()) < ROUNDING


def a_shared_matrix_sums_over_the_samples():
    """In bij,jk->bik the gradient for the shared matrix is bik,bij->jk, a sum over samples."""
    assert rule.swap("bij,jk->bik", 1)[0] == "bik,bij->jk"
    u, v = random((2, 3, 4), (4, 5))
    (g,) = random((2, 3, 5), seed=1)
    ours = rule.backward("bij,jk->bik", (u, v), g)[1]
    assert difference(ours, u[0].T @ g[0] + u[1].T @ g[1]) < ROUNDING


def a_batched_product_keeps_the_samples_apart():
    """In bij,bjk->bik the gradient is bik,bij->bjk; that of a sample needs that sample alone."""
    assert rule.swap("bij,bjk->bik", 1)[0] == "bik,bij->bjk"
    u, v = random((2, 3, 4), (2, 4, 5))
    (g,) = random((2, 3, 5), seed=1)
    ours = rule.backward("bij,bjk->bik", (u, v), g)[1]
    for b in range(2):
        assert difference(ours[b], u[b].T @ g[b]) < ROUNDING


def lesson_14_has_four_heads_of_16():
    """Lesson 14 has four heads of 16 features each, 64 in all."""
    assert (language_model.heads, language_model.D) == (4, 64)
    assert language_model.D // language_model.heads == 16


def each_letter_has_its_size_in_the_program():
    """The program's axes have the sizes that the table names for their letters."""
    page = Path("docs/en/derivation/einsum.md").read_text(encoding="utf-8")
    names = dict(re.findall(r"^\| `([a-z])` \| `(\w+)` \|", page, re.MULTILINE))
    assert list(names) == list("btshdf")
    source = Path("snippets/derivations/heads.py").read_text(encoding="utf-8")
    lines = re.findall(r'einsum\("[a-z,]+->([a-z]+)".*# \((.+)\)$', source, re.MULTILINE)
    assert len(lines) == 15
    for letters, shape in lines:
        assert [names[letter] for letter in letters] == shape.split(", ")


def the_heads_stay_apart_until_the_last_line():
    """Weights and results of a head depend on its own queries, keys and values.

    Only the last line sums over the heads.
    """
    (x,) = random((heads.B, heads.T, heads.D))
    shapes = [(heads.D, heads.heads, heads.D_head)] * 3 + [(heads.heads, heads.D_head, heads.D)]
    weights = random(*shapes, seed=1)
    *_, p, o, y = heads.forward(x, *weights)
    changed = [weight.clone() for weight in weights]
    for weight in changed[:3]:
        weight[:, 0] += 1
    *_, p_now, o_now, _ = heads.forward(x, *changed)
    assert torch.equal(p_now[:, 1:], p[:, 1:])
    assert torch.equal(o_now[:, :, 1:], o[:, :, 1:])
    assert difference(p_now[:, 0], p[:, 0]) > 1e-3
    parts = [o[:, :, h] @ weights[3][h] for h in range(heads.heads)]
    assert difference(sum(parts), y) < ROUNDING
    source = Path("snippets/derivations/heads.py").read_text(encoding="utf-8")
    forward = source.split("[start:forward]")[1].split("[end:forward]")[0]
    summed = [
        "h" in set(left) - set(output)
        for left, output in re.findall(r'einsum\("([a-z,]+)->([a-z]+)"', forward)
    ]
    assert summed == [False] * 5 + [True]


def the_symbols_are_slices_of_the_arrays():
    """The formulas of the table hold for the slices that it names, of the shapes that it names."""
    (x,) = random((heads.B, heads.T, heads.D))
    shapes = [(heads.D, heads.heads, heads.D_head)] * 3 + [(heads.heads, heads.D_head, heads.D)]
    w_q, w_k, w_v, w_o = random(*shapes, seed=1)
    q, k, v, p, o, y = heads.forward(x, w_q, w_k, w_v, w_o)
    s = torch.einsum("bthd,bshd->bhts", q, k) / heads.D_head**0.5
    wide, square = (heads.T, heads.D_head), (heads.T, heads.T)
    for b in range(heads.B):
        assert x[b].shape == y[b].shape == (heads.T, heads.D)
        assert w_q[:, 0].shape == w_o[0].T.shape == (heads.D, heads.D_head)
        for w, array in ((w_q, q), (w_k, k), (w_v, v)):
            assert array[b, :, 0].shape == wide
            assert difference(array[b, :, 0], x[b] @ w[:, 0]) < ROUNDING
        scores = q[b, :, 0] @ k[b, :, 0].T / heads.D_head**0.5
        assert s[b, 0].shape == p[b, 0].shape == square
        assert difference(s[b, 0], scores) < ROUNDING
        assert difference(p[b, 0], scores.softmax(dim=1)) < ROUNDING
        assert difference(o[b, :, 0], p[b, 0] @ v[b, :, 0]) < ROUNDING
        assert difference(y[b], sum(o[b, :, h] @ w_o[h] for h in range(heads.heads))) < ROUNDING


def the_heads_are_what_pytorch_computes():
    """Output and gradients differ from those of PyTorch, by each way, by rounding only."""
    largest = record("derivations.heads").values["largest"]
    kinds = [name.split("_")[0].split(",")[0].split(".")[0] for name in largest]
    assert kinds == ["y"] * 2 + ["grad"] * 5 + ["in", "out"]
    assert max(largest.values()) < ROUNDING


def reshape_gives_the_heads_of_einsum():
    """Joined, the axes h and d of w_q are the columns of a matrix; the first D_head are head 0."""
    x, w = random((heads.B, heads.T, heads.D), (heads.D, heads.heads, heads.D_head))
    flat = w.reshape(heads.D, heads.D)
    assert torch.equal(flat[:, : heads.D_head], w[:, 0])
    cut = (x @ flat).reshape(heads.B, heads.T, heads.heads, heads.D_head)
    assert difference(cut, torch.einsum("btf,fhd->bthd", x, w)) < ROUNDING
    assert record("derivations.heads").values["largest"]["y, by reshape"] < ROUNDING


def each_spec_of_the_backward_pass_follows_by_the_rule():
    """Each spec of the backward pass is that of a forward line, swapped; grad_x sums over h."""
    source = Path("snippets/derivations/heads.py").read_text(encoding="utf-8")
    forward, backward = (
        re.findall(r'einsum\("(.+?)"', source.split(f"[start:{name}]")[1].split(f"[end:{name}]")[0])
        for name in ("forward", "backward")
    )
    swapped = [rule.swap(spec, number) for spec in forward for number in range(2)]
    assert all(not identities and not ones for _, identities, ones in swapped)
    assert sorted({spec for spec, _, _ in swapped}) == sorted(set(backward))
    of_x = [spec for spec in backward if spec.endswith(("->btf", "->bsf"))]
    assert len(of_x) == 3
    assert all("h" in spec.split("->")[0] for spec in of_x)


def the_module_stores_its_weights_transposed_and_stacked():
    """`in_proj_weight` has the shape (3 D, D): queries, keys and values, each transposed."""
    D = heads.D
    weights = random(*[(D, heads.heads, heads.D_head)] * 3, (heads.heads, heads.D_head, D))
    module = heads.make_module(*weights)
    assert module.in_proj_weight.shape == (3 * D, D)
    for part, weight in zip(module.in_proj_weight.split(D), weights, strict=False):
        assert torch.equal(part, weight.reshape(D, D).T)
    (x,) = random((1, heads.T, D))
    *_, y = heads.forward(x, *weights)
    assert difference(module(x, x, x)[0], y) < ROUNDING


def a_missing_letter_adds_the_heads():
    """Without h behind the arrow the scores of both heads are added, without an error."""
    found = record("mistakes.einsum_letter").values["found"]
    assert found["scores"] == [1 * 5 + 2 * 6, 3 * 7 + 4 * 8]
    assert found["no_head"] == sum(found["scores"])


def a_typo_multiplies_two_sums():
    """With e for d, query and key are summed by themselves; the shape stays."""
    found = record("mistakes.einsum_letter").values["found"]
    assert found["typo"] == [(1 + 2) * (5 + 6), (3 + 4) * (7 + 8)]
    assert len(found["typo"]) == len(found["scores"])


def view_takes_numbers_as_they_lie_in_memory():
    """The right split gives each place its part; the wrong one takes the numbers in order."""
    x, first, _ = (record("mistakes.einsum_view").values[name] for name in ("x", "first", "leaks"))
    assert x == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11], [12, 13, 14, 15]]
    assert first["right"] == [row[:2] for row in x]
    assert first["wrong"] == [x[0][:2], x[0][2:], x[1][:2], x[1][2:]]


def a_wrong_view_lets_the_future_through():
    """Only with the wrong split do outputs of earlier places change with the last place.

    The first head holds the first two places, the second head the other two.
    """
    x = torch.arange(16).view(4, 4)
    right, wrong = einsum_view.split(x), einsum_view.split_wrongly(x)
    assert right.shape == wrong.shape
    assert wrong[0].flatten().tolist() == x[:2].flatten().tolist()
    assert wrong[1].flatten().tolist() == x[2:].flatten().tolist()
    leaks = record("mistakes.einsum_view").values["leaks"]
    assert leaks["right"] == 0
    assert leaks["wrong"] > 0.5


def an_axis_of_size_1_is_repeated():
    """An einsum repeats an axis of size 1 without a word, and refuses 3 beside 4."""
    output = record("mistakes.einsum_size").output
    assert output.startswith("[[4.0, 4.0], [4.0, 4.0]]")
    assert "subscript d has size 3" in output
    assert "previously seen size 4" in output
    q, k = random((2, 4), (2, 1))
    repeated = torch.einsum("td,sd->ts", q, k.expand(2, 4))
    assert difference(torch.einsum("td,sd->ts", q, k), repeated) < ROUNDING


def an_axis_of_size_1_is_not_repeated_within_one_operand():
    """A letter that comes twice in one operand wants equal sizes, 1 included."""
    with pytest.raises(RuntimeError, match="repeated"):
        torch.einsum("ii->", torch.ones(1, 4))
    assert torch.einsum("ii,i->", torch.ones(1, 1), torch.ones(3)) == 3  # equal, and repeated


def at_refuses_an_axis_of_size_1():
    """The operator @ raises an error where einsum repeats an axis."""
    q, k = random((2, 4), (2, 1))
    with pytest.raises(RuntimeError, match="cannot be multiplied"):
        q @ k.T


def _printed():
    """Return what the answers print, by exercise."""
    return [part.strip("\n") for part in record("answers.einsum").output.split("\n\n")]


def the_three_specs_differ_in_what_they_sum():
    """The first is u @ v, the second row sums times the sum of v, the third weighs the diagonal."""
    u, v = torch.tensor([[1.0, 2.0], [3.0, 4.0]]), torch.tensor([10.0, 20.0])
    assert v.sum() == 30
    diagonal = torch.diag(v).tolist()
    expected = [
        ("ij,j->i ", (u @ v).tolist(), [v.tolist()] * 2),
        ("ij,k->i ", (u.sum(1) * v.sum()).tolist(), [[30.0] * 2] * 2),
        ("ii,i->  ", (u.diagonal() @ v).item(), diagonal),
    ]
    assert _printed()[0].splitlines() == [f"{spec} {r} {g}" for spec, r, g in expected]


def the_scores_by_at_are_those_of_einsum():
    """Transposed to bhtd and bhds, @ computes what the spec says."""
    assert _printed()[1].split() == ["scores", "True"]
    q, k = random((2, 5, 3, 4), (2, 6, 3, 4))
    by_at = torch.einsum("bthd->bhtd", q) @ torch.einsum("bshd->bhds", k)
    assert difference(by_at, torch.einsum("bthd,bshd->bhts", q, k)) < ROUNDING


def the_bilinear_gradients_are_those_of_pytorch():
    """In exercise 3 the gradients, by swapped specs, are those of `nn.Bilinear`."""
    assert [line.split() for line in _printed()[2].splitlines()] == [
        [name, "True"] for name in ("x1", "w", "x2")
    ]
    source = Path("snippets/answers/einsum.py").read_text(encoding="utf-8")
    for number in range(3):
        assert f'"{rule.swap("ni,kij,nj->nk", number)[0]}"' in source


def shared_keys_get_the_sum_over_the_heads():
    """Keys that all heads share get the sum of the gradients of the heads."""
    assert [line.split() for line in _printed()[3].splitlines()] == [
        [name, "True"] for name in ("o", "grad_q", "grad_k", "grad_v")
    ]
    for seed in SEEDS:
        q, k, v = random((2, 3, 5, 4), (2, 1, 6, 4), (2, 1, 6, 4), seed=seed)
        own = k.expand(2, 3, 6, 4).clone()
        of_own = gradient(lambda k, q=q, v=v: scaled_dot_product_attention(q, k, v).sum(), own)
        of_one = gradient(lambda k, q=q, v=v: scaled_dot_product_attention(q, k, v).sum(), k)
        assert difference(of_own.sum(dim=1, keepdim=True), of_one) < ROUNDING
