"""What the pages say in words about the runs that they show."""

import itertools
import math
import re

import numpy as np
import pytest
import torch
from torch.autograd.gradcheck import GradcheckError

from snippets import (
    autograd,
    custom_module,
    mapping,
    nn_sequential,
    optim,
    tensors,
    warmup_numpy,
    weight_sharing,
)
from snippets.derivations import (
    attention,
    bias_mean_linear,
    central_difference,
    elementwise,
    gradcheck_kink,
    kronecker,
    layer_norm,
    norms,
    relu_at_zero,
    softmax_cross_entropy,
    zero_row,
)
from snippets.mistakes import (
    autograd_accumulates,
    autograd_clamp_at_zero,
    autograd_leaf,
    autograd_no_grad,
    autograd_no_zero,
    autograd_rebind,
    autograd_second_backward,
    custom_function_count,
    custom_function_func_grad,
    custom_function_gradcheck,
    custom_function_instance,
    custom_function_no_clone,
    custom_module_list,
    custom_module_misspelt,
    custom_module_no_super,
    custom_module_same_as_sequential,
    mapping_dot,
    mapping_maximum,
    nn_sequential_broadcast,
    nn_sequential_call,
    nn_sequential_init,
    nn_sequential_rebind,
    nn_sequential_weight_product,
    nn_sequential_weight_shape,
    optim_forgot_zero,
    optim_order,
    optim_sgd_by_hand,
    tensors_dtype,
    tensors_dtype_fixed,
    tensors_item,
    tensors_shapes,
    tensors_shared_memory,
    tensors_t,
    warmup_numpy_sum_or_mean,
    warmup_numpy_wrong_transpose,
    weight_sharing_depth_zero,
    weight_sharing_gradient,
    weight_sharing_hand_update,
    weight_sharing_parameters,
    weight_sharing_randint,
)

ERRORS = [
    (tensors_shapes, RuntimeError, "64x1000 and 100x1000"),
    (tensors_dtype, RuntimeError, "double != float"),
    (tensors_item, RuntimeError, "2 elements"),
    (tensors_t, RuntimeError, "3D"),
    (autograd_no_grad, RuntimeError, "leaf Variable that requires grad"),
    (autograd_rebind, TypeError, "NoneType"),
    (autograd_second_backward, RuntimeError, "second time"),
    (custom_function_instance, RuntimeError, "Legacy autograd function"),
    (custom_function_count, RuntimeError, "expected 1, got 2"),
    (custom_function_func_grad, RuntimeError, "must override the setup_context staticmethod"),
    (nn_sequential_weight_product, RuntimeError, "64x1000 and 100x1000"),
    (custom_module_no_super, AttributeError, "before Module.__init__() call"),
    (custom_module_list, ValueError, "empty parameter list"),
    (custom_module_misspelt, NotImplementedError, 'missing the required "forward"'),
    (weight_sharing_hand_update, TypeError, "'float' and 'NoneType'"),
    (mapping_maximum, TypeError, "must be Tensor, not int"),
    (gradcheck_kink, GradcheckError, "Jacobian mismatch"),
]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("module", "error", "words"), ERRORS, ids=lambda x: str(x)[-40:])
def test_the_error_that_a_page_explains(module, error, words):
    with pytest.raises(error, match=re.escape(words)):
        module.main()


def test_lesson_1_transpose():
    errors = warmup_numpy_wrong_transpose.compare()
    assert errors["w2.T"] < 1e-8
    assert errors["grad_w2.T"] > 1


def test_lesson_1_sum_or_mean():
    assert warmup_numpy_sum_or_mean.compare() == pytest.approx(64 * 10)


def test_lesson_1_learns_by_heart():
    losses = warmup_numpy.train(*warmup_numpy.make_data())
    assert losses[0] > 1e7
    assert losses[-1] < 1e-5
    x, _, w1, w2 = warmup_numpy.make_data()
    assert 200 < np.maximum(x @ w1, 0).dot(w2).std() < 300


def test_lesson_2_memory_and_dtype():
    assert tensors_shared_memory.main().tolist() == [7, 0, 0]
    assert tensors_dtype_fixed.main().dtype == torch.float32


def test_lessons_2_and_3_agree_at_first():
    """Until a hidden value is exactly 0, which depends on the processor; see the test below."""
    first_zero, _, _ = autograd_clamp_at_zero.main()
    by_hand = tensors.train(*tensors.make_data())
    by_autograd = autograd.train(*autograd.make_data())
    assert by_hand[: first_zero + 1] == by_autograd[: first_zero + 1]
    assert by_hand != by_autograd


def test_lesson_3_leaves_lesson_2_where_clamp_meets_zero():
    """True of torch 2.13; from 2.14 on clamp agrees with relu, and the page has to say so."""
    first_zero, with_relu, with_clamp = autograd_clamp_at_zero.main()
    assert with_relu is None
    assert with_clamp == first_zero + 1


def test_lesson_3_leaves():
    found = autograd_leaf.main()
    assert found == {"x": (False, True, False), "w1": (True, True, True), "h": (True, False, False)}


def test_lesson_3_accumulates(capsys):
    autograd_accumulates.main()
    assert "twice   tensor([4., 8.])" in capsys.readouterr().out


def test_lesson_3_without_zeroing_falls_rises_and_ends_at_nan():
    losses = autograd_no_zero.train(201)
    assert losses[50] < losses[0]
    assert losses[100] > losses[50]
    assert math.isnan(losses[-1])


def test_lesson_4_checks_pass():
    assert custom_function_gradcheck.main() == (True, True, True)


def test_lesson_4_without_clone_is_silently_wrong(recwarn):
    right, careless = custom_function_no_clone.main()
    assert right == [-2, 16]
    assert careless == [0, 16]
    assert not recwarn


def test_lesson_5_weight_shape():
    shape, difference = nn_sequential_weight_shape.main()
    assert shape == (100, 1000)
    assert difference < 1e-5


def test_lesson_5_broadcast_warns_and_gives_2_5():
    with pytest.warns(UserWarning, match="broadcasting"):
        assert nn_sequential_broadcast.main() == (2.5, 0.0)


def test_lesson_5_rebinding_changes_nothing():
    rebound, in_place = nn_sequential_rebind.main()
    assert rebound == 0
    assert in_place > 0


def test_lesson_5_only_the_call_runs_hooks():
    assert nn_sequential_call.main() == 1


def test_lesson_5_zero_grad_sets_none():
    model = nn_sequential.make_model()
    model(torch.ones(1, 1000)).sum().backward()
    model.zero_grad()
    assert all(param.grad is None for param in model.parameters())


def test_lesson_5_small_start():
    loss_randn, loss_linear = nn_sequential_init.main()
    assert loss_randn > 1e7
    assert 500 < loss_linear < 900


def test_lesson_6_adam_is_behind_first_and_ahead_at_the_end():
    x, y = optim.make_data()
    model = optim.make_model()
    adam = optim.train(model, torch.optim.Adam(model.parameters(), lr=optim.learning_rate), x, y)
    x, y = nn_sequential.make_data()
    plain = nn_sequential.train(nn_sequential.make_model(), x, y)
    assert adam[0] == plain[0]
    assert adam[99] > plain[99]
    assert adam[499] < plain[499]


def test_lesson_6_sgd_is_the_update_by_hand():
    one_operation, two_operations = optim_sgd_by_hand.main()
    assert one_operation == 0
    assert 0 < two_operations < 1e-4


def test_lesson_6_forgotten_zero_grad():
    first, with_zero = optim_forgot_zero.train(zero=True)
    _, without_zero = optim_forgot_zero.train(zero=False)
    assert with_zero < 1e-3
    assert 10 < without_zero < first


def test_lesson_6_wrong_order_moves_nothing():
    assert optim_order.main() == (0.0, None)


def test_lesson_7_is_the_network_of_lesson_5():
    assert custom_module_same_as_sequential.main()
    x, y = nn_sequential.make_data()
    by_hand = nn_sequential.train(nn_sequential.make_model(), x, y)
    x, y = custom_module.make_data()
    model = custom_module.TwoLayerNet(1000, 100, 10)
    sgd = torch.optim.SGD(model.parameters(), lr=custom_module.learning_rate)
    assert custom_module.train(model, sgd, x, y) == pytest.approx(by_hand, rel=1e-3)


def test_lesson_8_parameters_and_outputs():
    parameters, outputs = weight_sharing_parameters.main()
    assert parameters == 111_210
    assert len(set(outputs)) == 4
    model = weight_sharing.DynamicNet(1000, 100, 10)
    assert sum(param.numel() for param in model.parameters()) == parameters


def test_lesson_8_loss_is_not_monotone():
    x, y = weight_sharing.make_data()
    model = weight_sharing.DynamicNet(1000, 100, 10)
    sgd = torch.optim.SGD(model.parameters(), lr=weight_sharing.learning_rate, momentum=0.9)
    losses = weight_sharing.train(model, sgd, x, y)
    assert losses[-1] < losses[0] / 100
    assert any(after > before for before, after in itertools.pairwise(losses))


def test_lesson_8_shared_gradient_is_the_sum():
    assert weight_sharing_gradient.main() < 1e-12


def test_lesson_8_depth_zero_leaves_none():
    assert weight_sharing_depth_zero.main() == [False, True, True, True]


def test_lesson_8_randint():
    assert weight_sharing_randint.main() == ([0, 1, 2, 3], [0, 1, 2], True)


def test_mapping_rows_are_equal():
    assert set(mapping.compare()) == set(mapping.ROWS)
    assert mapping.defaults() == ("float64", "torch.float32")


def test_a_wrong_row_of_the_mapping_is_noticed(monkeypatch):
    monkeypatch.setitem(mapping.ROWS, "sum", ("a.sum(axis=0)", "A.sum(dim=1)"))
    with pytest.raises(AssertionError, match="sum"):
        mapping.compare()


def test_mapping_dot_beyond_matrices():
    shapes = mapping_dot.main()
    assert shapes["np.dot"] == (5, 2, 5, 4)
    assert shapes["numpy @"] == shapes["torch @"] == (5, 2, 4)


def test_derivation_relu_at_zero():
    found = relu_at_zero.slopes()
    assert found["torch.relu(x)"] == found["torch.nn.ReLU()(x)"] == 0
    assert found["torch.maximum(x, zero)"] == 0.5
    assert found["x.clamp(min=0)"] == 1, "true of torch 2.13: the page says so"
    assert zero_row.main() == [0, 4, 0]


def test_derivation_formulas_equal_autograd():
    """float64: exact up to rounding."""
    assert elementwise.main() < 1e-12
    assert max(bias_mean_linear.main().values()) < 1e-12
    assert max(layer_norm.main().values()) < 1e-12
    assert max(attention.main().values()) < 1e-12


def test_derivation_kronecker():
    right, wrong, column_major = kronecker.main().values()
    assert max(right, column_major) < 1e-12
    assert wrong > 0.1


def test_derivation_softmax_needs_rows_that_sum_to_one():
    one_hot = torch.eye(3, dtype=torch.float64)[[0, 2, 1, 1, 0]]
    assert softmax_cross_entropy.difference(one_hot) < 1e-12
    assert softmax_cross_entropy.difference(2 * one_hot) > 0.01


def test_derivation_larger_steps_win():
    errors = central_difference.main()
    assert errors["float64"][0] < errors["float64"][1] < errors["float64"][2] < 1e-3
    assert errors["float32"][0] < 0.5 < errors["float32"][2]


def test_derivation_norms():
    assert norms.main() == (5.0, 4.0, 5.0)
