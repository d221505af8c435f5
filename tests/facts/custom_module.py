"""What `lessons/custom_module` says."""

import torch

from snippets.answers import custom_module as answers


def answer_3_a_tensor_that_is_only_assigned_is_in_neither_list():
    """A tensor that is only assigned is in neither list, and `.to` leaves it in its dtype."""
    module = torch.nn.Module()
    module.mean = torch.zeros(2)
    assert not list(module.parameters())
    assert not module.state_dict()
    assert module.to(torch.float64).mean.dtype == torch.float32


def answer_3_state_dict_brings_the_scale_of_the_training_inputs():
    """A model that loads the state_dict scales as the model from which it comes."""
    first, second = (answers.Rescale(torch.tensor([[0.0], [size]])) for size in (2.0, 50.0))
    x = torch.tensor([[3.0]])
    assert not torch.equal(first(x), second(x))
    second.load_state_dict(first.state_dict())
    assert torch.equal(first(x), second(x))
