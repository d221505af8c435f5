"""Tensors on two devices do not meet; the device "meta" shows it on any computer."""
# raises: RuntimeError

import torch


def main():
    """Subtract targets on one device from predictions on another."""
    # --8<-- [start:meet]
    y = torch.ones(64, 10)
    y_pred = torch.ones(64, 10, device="meta")  # a shape and a dtype, but no numbers
    print(y.device, y_pred.device)
    error = y_pred - y
    # --8<-- [end:meet]
    return error


if __name__ == "__main__":
    main()
