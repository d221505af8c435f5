"""A tensor that requires grad does not become a numpy array by itself."""
# raises: RuntimeError

import torch


def main():
    """Detach a tensor and convert it; then try without detaching."""
    # --8<-- [start:convert]
    w = torch.tensor([1.0, 2.0], requires_grad=True)
    print("detached:", w.detach().numpy())
    w.numpy()
    # --8<-- [end:convert]


if __name__ == "__main__":
    main()
