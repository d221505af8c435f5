"""A letter that is missing, or stands alone, is summed without an error."""

import torch


def main():
    """Return scores of one query and one key, for two heads of two features."""
    # --8<-- [start:specs]
    q = torch.tensor([[1, 2], [3, 4]])  # (heads, D_head)
    k = torch.tensor([[5, 6], [7, 8]])  # (heads, D_head)

    scores = torch.einsum("hd,hd->h", q, k)  # (heads,)
    no_head = torch.einsum("hd,hd->", q, k)  # ()
    typo = torch.einsum("hd,he->h", q, k)  # (heads,)
    # --8<-- [end:specs]
    return {"scores": scores.tolist(), "no_head": no_head.tolist(), "typo": typo.tolist()}


if __name__ == "__main__":
    found = main()
    for name, numbers in found.items():
        print(f"{name:8s}{numbers}")
