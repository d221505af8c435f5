"""How large the first gradients of lesson 10 are, as powers of two, without and with a scale."""

import torch

from snippets import devices

LOWEST, HIGHEST = -44, 4


def sizes(factor):
    """Count the first gradients of a multiple of the loss by their size.

    Args:
        factor (float): What the loss is multiplied by; a power of two moves all sizes alike.

    Returns:
        bars (dict): Edges, as powers of two, and the number of gradients between them.
    """
    gradients = devices.first_gradients(torch.float32, factor)  # (101110,)
    powers = gradients[gradients != 0].abs().log2().double().cpu()  # (101110,)
    edges = torch.arange(LOWEST, HIGHEST + 1, 2, dtype=torch.float64)  # (25,)
    counts = torch.histogram(powers, edges).hist  # (24,)
    return {"edges": edges.tolist(), "counts": counts.int().tolist()}


if __name__ == "__main__":
    part = 2.0**-16
    gradients = {"part": sizes(part), "scaled": sizes(part * 2**16)}
    for name, bars in gradients.items():
        pairs = zip(bars["edges"], bars["counts"], strict=False)
        low = sum(count for edge, count in pairs if edge < -24)
        print(f"{name:7s} {low} of {sum(bars['counts'])} below 2 to the -24")
