"""What `labs/digits` says."""

from itertools import pairwise

import torch

from facts import lab, record
from snippets import nn_sequential
from snippets.charts.one_start import LESSONS

RUN = "digits"


def the_losses_of_the_lessons_come_close_to_zero():
    """In each lesson the loss ends at less than a thousandth of where it began."""
    for lesson in LESSONS:
        losses = record(lesson.__name__.removeprefix("snippets.")).values["losses"]
        assert losses[-1] < losses[0] / 1000, lesson.__name__


def what_lesson_5_learns_is_of_no_use_for_other_numbers():
    """On other random numbers the trained network of lesson 5 is worse than the answer 0."""
    x, y = nn_sequential.make_data()
    model = nn_sequential.make_model()
    nn_sequential.train(model, x, y)
    for seed in (1, 2, 3):
        torch.manual_seed(seed)
        x, y = torch.randn_like(x), torch.randn_like(y)
        with torch.no_grad():
            assert (model(x) - y).square().sum() > y.square().sum()


def the_pictures_have_8_by_8_pixels_from_0_to_16():
    """The data are 1797 pictures of 8 × 8 pixels from 0 to 16, with the ten digits as labels."""
    digits, x = lab(RUN).digits, lab(RUN).x
    assert digits.images.shape == (1797, 8, 8)
    assert (digits.images.min(), digits.images.max()) == (0, 16)
    assert (x.min(), x.max()) == (0, 1)
    assert lab(RUN).y[:10].tolist() == list(range(10))


def a_fifth_each_is_kept_out():
    """A fifth of the pictures validates and a fifth tests; no picture is in two parts."""
    run = lab(RUN)
    parts = [run.x_train, run.x_val, run.x_test]
    assert [len(part) for part in parts] == [1077, 360, 360]
    assert abs(360 / len(run.x) - 1 / 5) < 0.001
    pictures = torch.cat(parts).unique(dim=0)
    assert len(pictures) == len(run.x.unique(dim=0)) == len(run.x)


def each_part_has_nearly_the_same_share_of_each_digit():
    """Each digit has the same share in each part, to half a per cent of the part."""
    run = lab(RUN)
    whole = torch.bincount(run.y) / len(run.y)
    for part in (run.y_train, run.y_val, run.y_test):
        assert (torch.bincount(part) / len(part) - whole).abs().max() < 0.005


def an_untrained_network_gives_only_a_few_answers():
    """The untrained network answers with at most five of the ten digits."""
    assert len(lab(RUN).guesses.unique()) <= 5


def untrained_networks_are_right_one_time_in_ten_on_average():
    """Averaged over 100 starts, an untrained network is right one time in ten."""
    run = lab(RUN)
    right = [run.accuracy(run.make_model(seed=n), run.x_val, run.y_val) for n in range(100)]
    assert abs(sum(right) / len(right) - 0.1) < 0.015


def the_training_loss_goes_on_falling():
    """The training loss goes on falling, with bumps: from epoch 20 to 40 by more than a third."""
    losses = lab(RUN).train_losses
    assert len(losses) == 40
    assert losses[-1] < losses[19] / 1.5
    assert 0.01 < losses[-1] < 0.03
    assert any(after > before for before, after in pairwise(losses))


def from_epoch_20_on_the_validation_loss_hardly_moves():
    """The validation loss falls at first; from about epoch 20 on it only goes up and down."""
    losses = lab(RUN).val_losses
    assert losses[0] > 3 * losses[19]
    middle, late = sum(losses[20:30]) / 10, sum(losses[30:]) / 10
    assert abs(late / middle - 1) < 0.1
    assert all(0.1 < loss < 0.2 for loss in losses[20:])


def few_numbers_stand_beside_the_diagonal():
    """More than 95 % of the answers in validation are right, and some are wrong."""
    matrix = lab(RUN).matrix
    assert 0.95 * matrix.sum() < matrix.trace() < matrix.sum()
    assert 0 < len(lab(RUN).wrong) <= 10


def the_standard_error_is_about_one_hundredth():
    """With 360 pictures the standard error of the accuracy is about one hundredth."""
    run = lab(RUN)
    for inputs, labels in ((run.x_val, run.y_val), (run.x_test, run.y_test)):
        correct = run.accuracy(run.model, inputs, labels)
        assert 0.005 < run.standard_error(correct, 360) < 0.015


def validation_and_test_agree_within_their_standard_errors():
    """The accuracies in validation and in the test differ by less than their errors together."""
    run = lab(RUN)
    validated = run.accuracy(run.model, run.x_val, run.y_val)
    tested = run.accuracy(run.model, run.x_test, run.y_test)
    errors = run.standard_error(validated, 360) + run.standard_error(tested, 360)
    assert abs(validated - tested) < errors


def loaded_weights_give_the_same_answers():
    """With the loaded weights a new model gives the same answers, and before them it does not."""
    run = lab(RUN)
    assert torch.equal(run.answers_of(run.fresh, run.x_val), run.answers)
    assert not torch.equal(run.answers_of(run.make_model(seed=1), run.x_val), run.answers)


def one_batch_means_40_updates_in_the_place_of_1360():
    """In 40 epochs there are 40 updates with one batch, and 1360 with batches of 32."""
    run = lab(RUN)
    assert len(run.batches) * 40 == 1360
    assert len(run.make_batches(run.x_train, run.y_train, 1077)) == 1


def a_higher_rate_helps_one_batch_but_not_enough():
    """With one batch a higher rate helps at first, and none reaches the small batches."""
    run = lab(RUN)
    assert run.one_batch[0.5] > run.one_batch[0.3]
    assert max(run.one_batch.values()) < run.accuracy(run.model, run.x_val, run.y_val) - 0.02


def the_highest_rate_spoils_the_training():
    """With one batch and the rate 2, the accuracy is far below that of lower rates."""
    assert lab(RUN).one_batch[2] < 0.5 < lab(RUN).one_batch[1]


def on_few_pictures_the_validation_loss_rises_again():
    """On 100 pictures the validation loss is lowest in the first half, then rises, slowly."""
    run = lab(RUN)
    assert len(run.few_val) == 340
    assert len(run.make_batches(run.x_train[:100], run.y_train[:100])) * 340 == 1360
    best = run.few_val.index(min(run.few_val))
    assert best < 340 / 2
    assert 1.03 < run.few_val[-1] / run.few_val[best] < 1.5
    assert run.few_train[-1] < run.few_train[best] / 3
    assert run.few_train[-1] < 0.01


def on_few_pictures_the_network_reads_fewer_new_ones():
    """Trained on 100 pictures, the network reads fewer pictures of the validation set."""
    run = lab(RUN)
    few, many = (run.accuracy(model, run.x_val, run.y_val) for model in (run.few, run.model))
    assert few < many - 0.02


def five_hidden_values_are_too_few():
    """With 5 hidden values the accuracy is lower by more than three standard errors."""
    validated = lab(RUN).validated
    assert validated[5] < validated[20] - 3 * lab(RUN).error


def validation_cannot_tell_20_and_200_apart():
    """The accuracies with 20 and 200 hidden values differ by less than one standard error."""
    validated = lab(RUN).validated
    assert abs(validated[20] - validated[200]) < lab(RUN).error
    assert lab(RUN).chosen == 20


def the_chosen_network_is_worse_in_the_test():
    """In the test the chosen network reads a little less well than in validation."""
    run = lab(RUN)
    assert run.validated[run.chosen] - 0.03 < run.tested < run.validated[run.chosen]


def the_network_has_7510_parameters():
    """The network has 7510 parameters."""
    assert sum(p.numel() for p in lab(RUN).make_model().parameters()) == 7510


def shuffled_labels_are_learned_by_heart():
    """After 200 epochs the network gives all 200 shuffled labels."""
    run = lab(RUN)
    assert len(run.shuffled) == 200
    assert run.by_heart == 1
    assert (run.shuffled == run.y_train[:200]).float().mean() < 0.2, "few are right by chance"


def with_shuffled_labels_new_pictures_are_guessed():
    """Trained on shuffled labels, the network is right about one time in ten on new pictures."""
    run = lab(RUN)
    assert 0.05 < run.accuracy(run.parrot, run.x_val, run.y_val) < 0.2


def with_shuffled_labels_the_validation_loss_more_than_doubles():
    """With shuffled labels the training loss falls and the validation loss more than doubles."""
    run = lab(RUN)
    assert run.parrot_train[-1] < 0.1 * run.parrot_train[0]
    assert run.parrot_val[-1] > 2 * min(run.parrot_val)
