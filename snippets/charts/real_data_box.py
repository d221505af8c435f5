"""The trained network of lesson 9 for the page, its weights rounded to two bytes each."""

import base64
import struct

import torch

from snippets.charts import real_data_pictures


def packed(numbers):
    """Round the numbers of a tensor to multiples of a scale, and write them as text.

    Returns:
        packed (dict): `scale`, and `numbers` in base64: two bytes each, the lower one first.
    """
    scale = numbers.abs().max().item() / 32767
    whole = (numbers.flatten() / scale).round().int().tolist()
    return {
        "scale": scale,
        "numbers": base64.b64encode(struct.pack(f"<{len(whole)}h", *whole)).decode(),
    }


def layers_of(model):
    """Return the linear layers of a network, packed."""
    return [
        {name: packed(numbers.detach()) for name, numbers in layer.named_parameters()}
        for layer in model
        if isinstance(layer, torch.nn.Linear)
    ]


def samples_of(model, test_set, count):
    """Return the first pictures of the test set with their scores."""
    with torch.no_grad():
        scores = model(test_set.x[:count])  # (count, D_out)
    return [
        real_data_pictures.picture(test_set, i, str(test_set.y[i].item()))
        | {"scores": [round(score, 4) for score in scores[i].tolist()]}
        for i in range(count)
    ]


if __name__ == "__main__":
    model, _, test_set, _ = real_data_pictures.trained()
    box = {"layers": layers_of(model), "samples": samples_of(model, test_set, 12)}
    letters = sum(len(part["numbers"]) for layer in box["layers"] for part in layer.values())
    print("letters that hold the network:", letters)
