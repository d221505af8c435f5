"""A text longer than the context: there is no row for the place behind it."""
# raises: IndexError

import torch

T, D = 64, 4

if __name__ == "__main__":
    # --8<-- [start:long]
    places = torch.nn.Embedding(T, D)
    i = list(range(70))  # a text of 70 characters
    print(places(torch.arange(len(i[-T:]))).shape)
    places(torch.arange(len(i)))
    # --8<-- [end:long]
