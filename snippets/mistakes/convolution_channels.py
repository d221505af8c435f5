"""Conv2d takes pictures with their channels before height and width."""
# raises: RuntimeError

import torch


def main():
    """Send eight pictures with their channels last through a convolution."""
    pictures = torch.randn(8, 28, 28, 3)  # (B, H, W, C)
    layer = torch.nn.Conv2d(3, 16, kernel_size=3)
    return layer(pictures)


if __name__ == "__main__":
    main()
