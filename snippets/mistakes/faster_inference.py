"""Train on what inference_mode computed."""
# raises: RuntimeError

import torch


def main():
    """Use the first layer in inference mode, and train the second on its results."""
    first, second = torch.nn.Linear(64, 100), torch.nn.Linear(100, 10)
    x = torch.ones(32, 64)  # (N, D_in)
    with torch.inference_mode():
        h = first(x)  # (N, H)
    print("h.is_inference() is", h.is_inference())
    return second(h)  # has to keep h for the gradient of its weight


if __name__ == "__main__":
    main()
