"""numpy knows the CPU only: what is on a different device has to come back first."""
# raises: TypeError

import torch


def main():
    """Make arrays of a tensor on the CPU and of one on the device meta."""
    x = torch.ones(2, 3)  # (2, 3)
    print(x.numpy().shape)
    return x.to("meta").numpy()


if __name__ == "__main__":
    main()
