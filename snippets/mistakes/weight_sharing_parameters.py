"""How many parameters has a network of random depth? Always the same number."""

import torch

D_in, H, D_out = 1000, 100, 10
seed = 0
dtype = torch.float32


def main():
    """Count the parameters; return the count and the output at each depth."""
    torch.manual_seed(seed)
    # --8<-- [start:count]
    input_linear = torch.nn.Linear(D_in, H)
    middle_linear = torch.nn.Linear(H, H)
    output_linear = torch.nn.Linear(H, D_out)
    model = torch.nn.ModuleList([input_linear, middle_linear, output_linear])
    parameters = sum(param.numel() for param in model.parameters())

    x = torch.randn(1, D_in)  # (1, D_in)
    outputs = []
    for depth in range(4):
        h_relu = input_linear(x).clamp(min=0)  # (1, H)
        for _ in range(depth):
            h_relu = middle_linear(h_relu).clamp(min=0)  # (1, H)
        outputs.append(output_linear(h_relu)[0, 0].item())
        print(f"depth {depth}: {parameters:,} parameters, first output {outputs[-1]:7.4f}")
    # --8<-- [end:count]
    return parameters, outputs


if __name__ == "__main__":
    parameters, outputs = main()
