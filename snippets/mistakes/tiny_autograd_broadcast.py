"""The gradient of an array that was broadcast has the wrong shape until it is summed."""
# raises: ValueError

import numpy as np


def main():
    """Try to update a bias with the gradient of the array that it was broadcast to."""
    # --8<-- [start:update]
    x, b = np.ones((4, 3)), np.zeros(3)
    y = x + b  # (4, 3): each row got a copy of b
    grad_y = np.ones_like(y)  # (4, 3)
    b -= 0.1 * grad_y.sum(axis=0)  # (3,)
    print("summed over the copies:", b)
    b -= 0.1 * grad_y
    # --8<-- [end:update]


if __name__ == "__main__":
    main()
