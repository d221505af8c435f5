"""Where ReLU lets a hidden value through in lesson 1, before and after the training."""

import contextlib
import io

import numpy as np

from snippets import warmup_numpy


def mask(x, w1):
    """Return one row of "1" (h > 0) and "0" for each sample, from x (N, D_in) and w1 (D_in, H)."""
    return ["".join("01"[int(on)] for on in row) for row in x.dot(w1) > 0]


if __name__ == "__main__":
    x, y, w1, w2 = warmup_numpy.make_data()
    before = mask(x, w1)
    with contextlib.redirect_stdout(io.StringIO()):
        warmup_numpy.train(x, y, w1, w2)
    after = mask(x, w1)
    masks = {"before": before, "after": after}
    changed = int(np.sum([a != b for a, b in zip("".join(before), "".join(after), strict=True)]))
    share = "".join(before).count("1") / len("".join(before))
    print(f"on before {share:.0%}, changed by the training {changed} of {len(''.join(before))}")
