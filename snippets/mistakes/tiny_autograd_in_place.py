"""A number that is changed after the forward pass: the gradient uses the new value."""

import numpy as np


def main():
    """Print what comes back through a product before and after one factor is changed."""
    # --8<-- [start:change]
    a, b = np.array(2.0), np.array(3.0)
    product = a * b

    def send_back(grad):
        return grad * b, grad * a  # the gradients for a and for b

    before = [float(grad) for grad in send_back(1.0)]
    b += 97
    after = [float(grad) for grad in send_back(1.0)]
    # --8<-- [end:change]
    print("product ", product)
    print("before  ", before)
    print("after   ", after)
    return before, after


if __name__ == "__main__":
    before, after = main()
