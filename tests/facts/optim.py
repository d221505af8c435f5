"""What `lessons/optim` says."""

import torch

from facts import record
from snippets.answers import optim as answers
from snippets.mistakes import optim_sgd_by_hand


def first_loss_is_that_of_lesson_5():
    """The first loss equals that of lesson 5, whose network starts from the same seed."""
    assert record("optim").values["losses"][0] == record("nn_sequential").values["losses"][0]


def adam_is_behind_at_step_99_and_ahead_at_step_499():
    """Adam is behind gradient descent at step 99 and ahead of it at step 499."""
    adam, descent = (record(name).values["losses"] for name in ("optim", "nn_sequential"))
    assert adam[99] > descent[99]
    assert adam[499] < descent[499]


def one_operation_gives_exactly_the_weights_of_sgd():
    """Written as one operation, the update gives exactly the weights of SGD after 100 steps."""
    one_operation, _ = optim_sgd_by_hand.main()
    assert one_operation == 0


def two_operations_differ_in_the_last_digits():
    """Written as two operations, the update differs from SGD in the last digits of float32."""
    _, two_operations = optim_sgd_by_hand.main()
    assert 0 < two_operations < 1e-4  # weights are about 1, and float32 has 7 digits


def answer_2_ten_times_the_rate_in_the_last_layer_ends_lower():
    """With ten times the rate in its last layer, the loss falls further in this run."""
    _, first, even = answers.train(lambda model: answers.two_rates(model, 1e-4, 1e-4), 100)
    _, _, uneven = answers.train(lambda model: answers.two_rates(model, 1e-4, 1e-3), 100)
    assert uneven < even < first


def answer_2_with_slow_0_only_the_last_layer_is_trained():
    """With slow = 0, the last layer alone moves."""
    x, y, model = answers.make_data()
    optimizer = answers.two_rates(model, 0, 1e-3)
    before = [param.detach().clone() for param in model.parameters()]
    (model(x) - y).pow(2).sum().backward()
    optimizer.step()
    same = [torch.equal(old, param) for old, param in zip(before, model.parameters(), strict=True)]
    assert same == [True, True, False, False]


def answer_2_a_rate_in_param_groups_may_change_between_two_steps():
    """A step takes the rate that its group has in `optimizer.param_groups` by then."""
    w = torch.tensor(3.0, requires_grad=True)
    optimizer = torch.optim.SGD([{"params": [w], "lr": 0.1}])
    (w * 1).backward()
    optimizer.step()
    assert abs(w.item() - 2.9) < 1e-6  # rounding in float32
    optimizer.param_groups[0]["lr"] = 1.0
    optimizer.step()
    assert abs(w.item() - 1.9) < 1e-6
