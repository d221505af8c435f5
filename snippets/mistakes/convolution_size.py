"""With a stride, the size of the output does not tell that of the input."""
# raises: RuntimeError

import torch
from torch.nn.functional import conv1d, conv_transpose1d

seed = 0


def main():
    """Compare the gradient for x with a transposed convolution of another size."""
    torch.manual_seed(seed)
    x, w = torch.randn(1, 1, 6, requires_grad=True), torch.randn(1, 1, 3)  # (1, 1, N), (1, 1, K)
    y = conv1d(x, w, stride=2)  # (1, 1, M)
    y.sum().backward()
    g = torch.ones_like(y)  # (1, 1, M)
    grad_x = conv_transpose1d(g, w, stride=2)  # (1, 1, 5)
    return grad_x - x.grad


if __name__ == "__main__":
    main()
