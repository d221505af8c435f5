"""Labels as float32, like everything else: cross-entropy wants class numbers."""
# raises: RuntimeError

import torch


def main():
    """Measure four scores for ten classes against labels that are no integers."""
    scores = torch.zeros(4, 10)  # (N, D_out)
    y = torch.tensor([3.0, 1.0, 4.0, 1.0])  # (N,)
    print("scores", tuple(scores.shape), "y", tuple(y.shape), y.dtype)
    return torch.nn.functional.cross_entropy(scores, y)


if __name__ == "__main__":
    main()
