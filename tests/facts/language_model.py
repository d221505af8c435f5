"""What `lessons/language-model` says."""

import base64
import functools
import math
import re

import torch

from facts import record
from loom.draw import javascript
from loom.draw.figures import ASSETS
from snippets import language_model
from snippets.answers import language_model as answers

HAN = re.compile(r"[\u4e00-\u9fff]")


def _run(name):
    """Return a value of the lesson's run."""
    return record("language_model").values[name]


@functools.cache
def _texts():
    """Return the vocabulary and the texts as numbers."""
    return language_model.load_texts()


@functools.cache
def _network():
    """Return the trained network with the weights that the page offers: one byte each."""
    vocabulary, _ = _texts()
    model = language_model.LanguageModel(len(vocabulary))
    state = {}
    for name, numbers in model.state_dict().items():
        part = _run("page")["weights"][name]
        whole = torch.frombuffer(bytearray(base64.b64decode(part["bytes"])), dtype=torch.int8)
        state[name] = whole.reshape(numbers.shape) * part["scale"]
    model.load_state_dict(state)
    return model


def _fresh():
    """Return a new network in float64."""
    torch.manual_seed(0)
    return language_model.LanguageModel(len(_texts()[0])).double()


def _in_page(function, *arguments):
    """Call a function of the box's script, outside a browser."""
    return javascript.call((ASSETS / "sampler.js",), "", function, *arguments)


def the_thousand_characters_have_six_twice():
    """In the simplified script, the Thousand Character Classic has 994 different characters."""
    characters = HAN.findall(language_model.THOUSAND)
    assert len(characters) == 1000
    assert len(set(characters)) == 994


def there_are_22_poems_and_five_sonnets():
    """There are 22 poems of two or four sentences, and five sonnets of 14 lines."""
    poems = language_model.TANG.splitlines()
    assert len(poems) == 22
    assert {tuple(map(len, re.split("[，。]", poem)[:-1])) for poem in poems} == {
        (5, 5, 5, 5),
        (7, 7, 7, 7),
    }
    sonnets = language_model.SONNETS.strip().split("\n\n")
    assert [len(sonnet.splitlines()) for sonnet in sonnets] == [14] * 5
    assert len(language_model.HELD_OUT_ENGLISH.splitlines()) == 14


def characters_of_held_out_texts_are_numbered_too():
    """The vocabulary has characters that occur only in a held-out text."""
    vocabulary, parts = _texts()
    learned = set(parts["training"].tolist())
    assert set(range(len(vocabulary))) - learned
    assert {vocabulary[i] for i in parts["Chinese"].tolist()} <= set(vocabulary)


def what_is_never_right_has_positive_gradients():
    """The gradients for the scores of characters that are never a target are positive."""
    vocabulary, parts = _texts()
    torch.manual_seed(language_model.seed)
    x, y = language_model.draw_windows(parts["training"])
    never = sorted(set(range(len(vocabulary))) - set(parts["training"].tolist()))
    scores = language_model.LanguageModel(len(vocabulary))(x).detach().requires_grad_()
    torch.nn.functional.cross_entropy(scores.flatten(0, 1), y.flatten()).backward()
    assert (scores.grad[..., never] > 0).all()
    assert (scores.grad < 0).sum() == y.numel()


def an_embedding_is_a_table():
    """An embedding returns the rows of its weight that the numbers name, and they are trained."""
    table = torch.nn.Embedding(5, 3)
    i = torch.tensor([[4, 0], [4, 1]])
    assert torch.equal(table(i), table.weight[i])
    assert isinstance(table.weight, torch.nn.Parameter)


def a_batch_asks_512_questions():
    """8 windows of 64 characters ask 512 questions; the first is to predict a space after an r."""
    vocabulary, parts = _texts()
    torch.manual_seed(language_model.seed)
    x, y = language_model.draw_windows(parts["training"])
    assert x.shape == y.shape == (8, 64)
    assert y.numel() == 512
    assert (vocabulary[x[0, 0]], vocabulary[y[0, 0]]) == ("r", " ")


def attend_is_what_pytorch_computes():
    """The output of attend is that of scaled_dot_product_attention with is_causal=True."""
    torch.manual_seed(0)
    q, k, v = torch.randn(3, 2, 4, 10, 16, dtype=torch.float64)
    o, p = language_model.attend(q, k, v)
    expected = torch.nn.functional.scaled_dot_product_attention(q, k, v, is_causal=True)
    assert torch.allclose(o, expected, rtol=0, atol=1e-12)  # float64, numbers near 1
    assert torch.allclose(p.sum(dim=-1), torch.ones(2, 4, 10, dtype=torch.float64))


def later_characters_change_nothing_before():
    """A change of a later character changes no score before it."""
    model, i = _fresh(), _texts()[1]["training"][:20].clone()
    with torch.no_grad():
        before = model(i[None])[0]
        i[12] = 0
        after = model(i[None])[0]
    # float64: sums over other numbers may round differently
    assert torch.allclose(before[:12], after[:12], rtol=0, atol=1e-10)
    assert not torch.allclose(before[12], after[12], rtol=0, atol=1e-3)


def a_head_has_16_of_64_features():
    """Four heads share 64 features, 16 each."""
    assert (language_model.D, language_model.heads) == (64, 4)
    assert language_model.D // language_model.heads == 16


def the_formulas_give_the_gradients_of_the_head():
    """The formulas give autograd's gradients of the head, up to rounding."""
    for largest, difference in record("charts.language_model_gradient").values["found"].values():
        assert largest > 1e-6
        assert difference < 1e-12 * largest  # float64 has 16 digits


def without_places_order_before_the_last_does_not_matter():
    """With one layer and no vectors of places, exchanging earlier characters changes nothing."""
    model, i = _fresh(), _texts()[1]["training"][:10]
    model.blocks = model.blocks[:1]
    swapped = i.clone()
    swapped[[2, 5]] = i[[5, 2]]
    with torch.no_grad():
        scores = [[model(text[None])[0, -1] for text in (i, swapped)]]
        model.places.weight.zero_()
        scores.append([model(text[None])[0, -1] for text in (i, swapped)])
    (one, other), (same, again) = scores
    assert not torch.allclose(one, other, rtol=0, atol=1e-6)
    assert torch.allclose(same, again, rtol=0, atol=1e-12)  # the sums have a different order


def the_characters_share_their_weights():
    """The table of characters is one parameter; a second would be the largest beside the blocks."""
    sizes = _run("sizes")
    assert len([name for name, _ in _network().named_parameters() if "characters" in name]) == 1
    per_block = sizes["blocks"] / language_model.layers
    assert sizes["characters"] > max(sizes["places"], sizes["norm"], per_block)


def the_rate_rises_for_a_tenth_and_falls():
    """The learning rate rises from a 25th for a tenth of the steps, then falls to nearly 0."""
    optimizer = torch.optim.Adam([torch.zeros(1, requires_grad=True)], lr=1)
    steps = language_model.steps
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 1, steps + 1, pct_start=0.1)
    rates = []
    for _ in range(steps + 1):
        rates.append(schedule.get_last_lr()[0])
        optimizer.step()
        schedule.step() if len(rates) <= steps else None
    top = rates.index(max(rates))
    assert math.isclose(rates[0], 1 / 25)
    assert abs(top - steps / 10) < 2
    assert rates[: top + 1] == sorted(rates[: top + 1])
    assert rates[top:] == sorted(rates[top:], reverse=True)
    assert rates[-1] < 1e-3


def it_starts_near_the_loss_of_a_guess():
    """The new network is a little worse than a guess among all characters."""
    start, guess = _run("losses")["training"][0][1], _run("guess")
    assert math.isclose(guess, math.log(_run("V")))
    assert guess < start < 1.1 * guess


def held_out_losses_rise_again():
    """Both held-out losses fall at first, then rise, while that in training falls."""
    losses = {name: [loss for _, loss in curve] for name, curve in _run("losses").items()}
    for name in ("Chinese", "English"):
        low = min(losses[name])
        assert low < losses[name][0] - 0.5
        assert losses[name][-1] > low + 0.3
    assert losses["training"][-1] == min(losses["training"])


def the_held_out_poem_ends_worse_than_a_guess():
    """On the held-out Chinese poem, the network ends far worse than a guess."""
    assert _run("losses")["Chinese"][-1][1] > _run("guess") + 1


def counted_pairs_beat_it_on_held_out_text():
    """Counted pairs do better on both held-out texts, and far worse on the training text."""
    pairs = record("charts.language_model_pairs").values["found"]
    network = {name: curve[-1][1] for name, curve in _run("losses").items()}
    assert pairs["Chinese"] < network["Chinese"] - 0.2
    assert pairs["English"] < network["English"] - 0.2
    assert pairs["training"] > 2 * network["training"]


def _share_copied(text, source):
    """Return the share of a text in pieces of a source that have three characters or more."""
    copied = at = 0
    while at < len(text):
        end = at + 1
        while end < len(text) and text[at : end + 1] in source:
            end += 1
        copied += end - at if end - at >= 3 else 0
        at = end
    return copied / len(text)


def after_training_it_writes_pieces_of_the_text():
    """After training most of what it writes is in pieces of three or more characters of the text.

    Before, nothing is.
    """
    vocabulary, parts = _texts()
    source = language_model.decode(vocabulary, parts["training"].tolist())
    written = [language_model.decode(vocabulary, i[2:]) for i in _run("written").values()]
    assert _share_copied(written[0], source) == 0
    assert _share_copied(written[-1], source) > 0.5


def it_recites_the_chinese_texts_and_no_other():
    """The three Chinese texts are recited without an error; the others are not."""
    assert [right for _, right in _run("by_heart").values()] == [True] * 3 + [False] * 3
    losses = [loss for loss, _ in _run("by_heart").values()]
    assert max(losses[:3]) < losses[3] / 2


def _share_that_three_tell(text):
    """Return the share of places at which the three characters before leave one choice."""
    after = {}
    for i in range(3, len(text)):
        after.setdefault(text[i - 3 : i], set()).add(text[i])
    places = range(3, len(text))
    return sum(len(after[text[i - 3 : i]]) == 1 for i in places) / len(places)


def three_characters_tell_the_next():
    """Three characters tell the next one everywhere in the Classic, in the sonnets at 37 %."""
    assert _share_that_three_tell(language_model.THOUSAND) == 1
    assert round(100 * _share_that_three_tell(language_model.SONNETS)) == 37


def no_weight_above_the_diagonal():
    """In the picture of the heads, each row sums to 1, and nothing is above the diagonal."""
    for head in _run("looks"):
        weights = torch.tensor(head["pixels"]).reshape(8, 8)
        assert not weights.triu(1).any()
        assert (weights.sum(dim=1) - 16).abs().max() <= 4  # each is rounded to a 16th
        assert weights[0, 0] == 16


def the_comma_looks_back():
    """At the comma, head 3 of the first layer gives nearly all its weight to the third place."""
    (head,) = (head for head in _run("looks") if head["name"] == "1-3")
    assert head["pixels"][8 * 5 + 2] >= 14  # sixteenths


def temperature_changes_the_share_of_the_likeliest():
    """Below 1 the likeliest character gets likelier, above 1 less likely."""
    torch.manual_seed(0)
    scores = torch.randn(100)
    likeliest = [(scores / t).softmax(dim=0).max().item() for t in (0.5, 0.8, 1, 1.5, 3)]
    assert likeliest == sorted(likeliest, reverse=True)


def rounding_costs_little():
    """With one byte for each weight, the loss on the training text changes by less than 1 %."""
    assert abs(_run("rough") / _run("exact") - 1) < 0.01


def the_box_computes_what_pytorch_computes():
    """For 60 pieces of text, the page's scores are PyTorch's up to a ten-thousandth."""
    i = _texts()[1]["training"]
    starts = range(0, len(i) - 70, (len(i) - 70) // 59)
    contexts = [i[start : start + 1 + number % 70].tolist() for number, start in enumerate(starts)]
    contexts = contexts[:60]
    assert len(contexts) == 60
    found = torch.tensor(_in_page("samplerScoresOfAll", _run("page"), contexts))
    with torch.no_grad():
        expected = torch.stack(
            [_network()(torch.tensor([part[-language_model.T :]]))[0, -1] for part in contexts]
        )
    # The page computes in float64, PyTorch in float32: its scores, up to 20, have 7 digits.
    assert (found - expected).abs().max() < 1e-4
    assert found.argmax(dim=1).equal(expected.argmax(dim=1))


def it_has_read_each_character_dozens_of_times():
    """Of 5540 characters, the training has read each dozens of times on average."""
    read = language_model.steps * language_model.N * language_model.T
    count = len(_texts()[1]["training"])
    assert count == 5540
    assert 36 < read / count < 120


def _leak(name):
    """Return loss, text and weight of the next place of a training that could see its answers."""
    return record("charts.language_model_leaks").values[name]


def without_the_mask_the_loss_is_near_0():
    """Without the mask, 500 steps reach a lower loss than 800 of the right network."""
    assert _leak("no_mask")[0] < 0.2 < _run("losses")["training"][-1][1]


def without_the_mask_one_head_looks_ahead():
    """Without the mask, one head gives most of its weight to the next place."""
    assert _leak("no_mask")[2] > 0.5


def without_the_mask_it_repeats_itself():
    """Without the mask, the network writes the same one or two characters over and over."""
    written = _leak("no_mask")[1]
    assert len(written) > 30
    assert len(set(written[4:])) <= 2


def without_the_shift_it_copies():
    """Without the shift, 100 steps suffice to copy, and the network writes one character."""
    loss, written, _ = _leak("no_shift")
    assert loss < 0.1
    assert len(set(written[4:])) == 1


def along_the_wrong_axis_the_future_leaks():
    """Along the wrong axis, rows do not sum to 1, and the first row depends on the last query."""
    (right, unchanged), (wrong, changed) = (
        record("mistakes.language_model_axis").values["found"].values()
    )
    assert all(math.isclose(total, 1, rel_tol=1e-6) for total in right)
    assert unchanged == 0
    assert not any(math.isclose(total, 1, rel_tol=0.05) for total in wrong)
    assert changed > 0.01


def small_temperatures_give_the_likeliest():
    """The smaller the temperature, the nearer to 1 is the probability of the likeliest."""
    scores = torch.tensor([2.0, 1.0, 0.0])
    likeliest = [(scores / t).softmax(dim=0)[0].item() for t in (2, 1, 0.5, 0.1)]
    assert likeliest == sorted(likeliest)
    assert likeliest[-1] > 0.9999
    assert torch.isnan((scores / 0).softmax(dim=0)).all()


def the_table_of_places_ends_at_the_context():
    """The table of places has 64 rows; for 70 places there is an error that names no number."""
    assert language_model.T == 64
    assert record("mistakes.language_model_context").values["error"] == (
        "IndexError: index out of range in self"
    )


def the_count_of_exercise_2_is_that_of_the_network():
    """The count of exercise 2 is the sum that the program printed."""
    sizes = _run("V"), language_model.D, language_model.T, language_model.layers
    assert answers.count_parameters(*sizes) == _run("parameters")


def at_high_temperature_all_are_nearly_equal():
    """At temperature 100 the three probabilities are nearly equal."""
    p = answers.probabilities(torch.tensor([2.0, 1.0, 0.0]), 100)
    assert (p - 1 / 3).abs().max() < 0.01


def without_alpha_a_new_pair_has_an_infinite_loss():
    """Without alpha, a pair that did not occur has probability 0 and an infinite loss."""
    p = answers.pair_table(torch.tensor([0, 1, 0, 1, 1]), 2, 0)
    assert p[0, 0] == 0
    assert torch.isinf(-p[0, 0].log())
