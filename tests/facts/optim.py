"""What `lessons/optim` says."""

from facts import record
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
