"""What `derivation/attention` says."""

import functools

import torch

from facts import record
from facts._matrices import ROUNDING, SEEDS, difference, gradient, random
from snippets.answers import attention as answers


def _forward(seed=0):
    """Return the queries, keys and values of the run's sizes, and the weights and output."""
    q, k, v = random((4, 3), (6, 3), (6, 5), seed=seed)
    p = torch.softmax(q @ k.T / 3**0.5, dim=1)
    return q, k, v, p, p @ v


def scores_weights_and_output_have_the_shapes_of_the_table():
    """Scores and weights have the shape N × M, the output has N × E, and weights' rows sum to 1."""
    values = record("derivations.attention").values
    sizes = {name: values[name] for name in ("N", "M", "E")}
    assert len({*sizes.values(), values["D"]}) == 4, "sizes that are equal would tell nothing"
    nodes = record("charts.shapes").values["one_head"]["nodes"]
    assert nodes["grad_s"]["shape"] == nodes["p"]["shape"] == [sizes["N"], sizes["M"]]
    assert nodes["o"]["shape"] == [sizes["N"], sizes["E"]]
    *_, p, _ = _forward()
    assert difference(p.sum(dim=1), torch.ones(4, dtype=torch.float64)) < ROUNDING


def the_output_is_what_pytorch_computes():
    """Scores, softmax and weighted mean give the output of `scaled_dot_product_attention`."""
    for seed in SEEDS:
        q, k, v, _, o = _forward(seed)
        attend = torch.nn.functional.scaled_dot_product_attention
        assert difference(o, attend(q, k, v)) < ROUNDING


@functools.cache
def _scores(features):
    """Return scores of 200 queries and 16 keys without the division, for five seeds."""
    found = []
    for seed in SEEDS:
        q, k = random((200, features), (16, features), seed=seed)
        found.append(q @ k.T)
    return torch.cat(found)


def a_sum_of_d_products_has_the_variance_d():
    """Scores have about the variance D without the division by √D, and about 1 with it."""
    for features in (64, 1024):
        scores = _scores(features)
        assert abs(scores.var() / features - 1) < 0.05  # 16,000 scores, but 80 keys
        assert abs((scores / features**0.5).var() - 1) < 0.05


def without_the_division_one_key_gets_nearly_all_the_weight():
    """For 1024 features and 16 keys, one key gets over 90 % of the weight on average.

    Without the division; with it, less than a third.
    """
    for scores, low, high in ((_scores(1024), 0.9, 1), (_scores(1024) / 32, 0, 1 / 3)):
        assert low < torch.softmax(scores, dim=1).amax(dim=1).mean() < high


def without_the_division_the_slope_of_softmax_is_near_0():
    """The slopes P (1 − P) are on average over ten times as small without the division."""
    with_it, without = (torch.softmax(s, dim=1) for s in (_scores(1024) / 32, _scores(1024)))
    assert (without * (1 - without)).mean() < 0.1 * (with_it * (1 - with_it)).mean()


def equal_entries_in_a_row_of_b_give_scores_no_gradient():
    """If all entries of a row of B are equal, the scores of this row have the gradient 0."""
    s, b = random((4, 6), (4, 6))
    b[1] = 3
    of_scores = gradient(lambda s: (torch.softmax(s, dim=1) * b).sum(), s)
    assert of_scores[1].abs().max() < ROUNDING
    assert of_scores[0].abs().max() > 1e-3


def p_and_v_make_the_subtracted_column_from_the_output():
    """With G Vᵀ for B, the row sums of P ⊙ B are those of O ⊙ G, without P."""
    *_, v, p, o = _forward()
    (g,) = random((4, 5), seed=1)
    assert difference((p * (g @ v.T)).sum(dim=1), (o * g).sum(dim=1)) < ROUNDING


def the_code_differs_from_autograd_by_rounding():
    """The gradients in code differ from those of autograd by rounding only."""
    assert max(record("derivations.attention").values["largest"].values()) < ROUNDING


def _printed():
    """Return what the answers print, by exercise."""
    return [part.strip("\n") for part in record("answers.attention").output.split("\n\n")]


def the_first_query_gets_the_mean_and_the_second_the_value_of_its_key():
    """The query of zeros gets the mean of the values, the other one the value of its key."""
    first, second = _printed()[0].splitlines()
    assert first == "[0.0, 0.0, 0.0] 3.0 [0.33, 0.33, 0.33] True"
    assert second == "[0.0, 100.0, 0.0] 2.0 [0.0, 1.0, 0.0] True"


def the_second_query_has_a_weight_close_to_1():
    """For the second query one weight is so close to 1 that the slopes of softmax are near 0."""
    q = torch.tensor([[0.0, 100.0, 0.0]], dtype=torch.float64)
    p = torch.softmax(q @ torch.eye(3, dtype=torch.float64) / 3**0.5, dim=1)
    assert p[0, 1] > 1 - 1e-12
    assert (p * (1 - p)).abs().max() < 1e-12


def a_query_of_zeros_gives_the_keys_no_gradient():
    """If the only query is 0, the gradient for the keys is 0, and that for the scores is not."""
    q = torch.zeros(1, 3, dtype=torch.float64)
    k, v = torch.eye(3, dtype=torch.float64), torch.tensor([[1.0], [2.0], [6.0]]).double()
    attend = torch.nn.functional.scaled_dot_product_attention
    assert (gradient(lambda k: attend(q, k, v).sum(), k) == 0).all()
    scores = (q @ k.T).squeeze(0)
    assert gradient(lambda s: torch.softmax(s, dim=0) @ v[:, 0], scores).abs().max() > 0.1


def the_masked_gradients_are_those_of_pytorch():
    """In exercise 2 the output and the three gradients are those of PyTorch with `is_causal`."""
    assert [line.split() for line in _printed()[1].splitlines()] == [
        [name, "True"] for name in ("o", "grad_q", "grad_k", "grad_v")
    ]


def a_hidden_key_has_weight_0_and_its_score_gradient_0():
    """Where a key is hidden, its weight is 0, and so is the gradient of the score."""
    s, b = random((4, 4), (4, 4))
    hidden = torch.ones(4, 4).triu(1) > 0
    p = torch.softmax(s.masked_fill(hidden, -torch.inf), dim=1)
    grad_s = p * (b - (p * b).sum(dim=1, keepdim=True))
    assert (p[hidden] == 0).all()
    assert (grad_s[hidden] == 0).all()
    exact = gradient(
        lambda s: (torch.softmax(s.masked_fill(hidden, -torch.inf), dim=1) * b).sum(), s
    )
    assert difference(grad_s, exact) < ROUNDING


def the_inputs_of_self_attention_get_the_sum_of_three_gradients():
    """In exercise 3 the output and the gradients, a sum of three for X, are those of autograd."""
    assert [line.split() for line in _printed()[2].splitlines()] == [
        [name, "True"] for name in ("o", "x", "w_q", "w_k", "w_v")
    ]


def the_shared_weight_of_lesson_8_gets_the_sum_of_its_gradients():
    """The gradient for the shared weight of lesson 8 is the sum of those for its uses."""
    assert abs(record("mistakes.weight_sharing_gradient").values["difference"]) < ROUNDING


def two_keys_at_a_time_give_the_gradients_of_autograd():
    """Computed for two keys at a time, from O and `lse`, the gradients are those of autograd."""
    assert _printed()[3].split() == ["grad_k", "True", "grad_v", "True"]


def the_columns_of_weights_come_from_lse():
    """The exponential of scores minus `lse` is the columns of the weights that are needed."""
    q, k, _, p, _ = _forward()
    s = q @ k.T / 3**0.5
    lse = s.logsumexp(dim=1, keepdim=True)
    assert difference((s[:, 2:4] - lse).exp(), p[:, 2:4]) < ROUNDING
    saved = (torch.zeros(4, 5, dtype=torch.float64), lse)
    (g,) = random((4, 5), seed=1)
    shapes = [part.shape for part in answers.key_block(q, k[2:4], random((2, 5))[0], saved, g)]
    assert shapes == [(2, 3), (2, 5)]
