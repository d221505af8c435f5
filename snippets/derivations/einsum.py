"""einsum by its definition, and its gradients as einsums, beside those of PyTorch."""

import itertools
import string

import torch

SPECS = [
    "ij,jk->ik",  # matrix product
    "ij->ji",  # transpose
    "ij->i",  # row sums
    "ii->",  # trace
    "ii->i",  # diagonal
    "ij,ij->ij",  # product entry by entry
    "i,j->ij",  # outer product
    "i,ij,j->",  # bilinear form
    "bij,bjk->bik",  # a product for each sample
    "bij,jk->bik",  # the same matrix for all samples
    "ij,jk->k",  # i stands in one operand alone
    "iij,jk->ik",  # i stands twice in one operand
    "bthd,bshd->bhts",  # scores of several heads
]
sizes = dict(zip("bijkthds", range(2, 10), strict=True))  # all different
seed = 0
dtype = torch.float64


# --8<-- [start:definition]
def read(spec):
    """Return the letters of each operand, and those of the output."""
    left, output = spec.split("->")
    return left.split(","), output


def by_definition(spec, *operands):
    """Return what torch.einsum returns, computed by loops."""
    terms, output = read(spec)
    sizes = {}
    for term, operand in zip(terms, operands, strict=True):
        sizes.update(zip(term, operand.shape, strict=True))
    result = torch.zeros([sizes[letter] for letter in output], dtype=operands[0].dtype)
    for values in itertools.product(*map(range, sizes.values())):
        at = dict(zip(sizes, values, strict=True))  # a value for each letter
        product = 1
        for term, operand in zip(terms, operands, strict=True):
            product *= operand[tuple(at[letter] for letter in term)]
        result[tuple(at[letter] for letter in output)] += product
    return result


# --8<-- [end:definition]


# --8<-- [start:swap]
def swap(spec, number):
    """Return the spec of the gradient for one operand, and what it takes besides.

    Args:
        spec (str): What the forward pass computes, such as "ij,jk->ik".
        number (int): Which operand, counted from 0.

    Returns:
        swapped (str): Takes the gradient for the output, the other operands, then the rest.
        identities (list[str]): Pairs of letters; each takes an identity matrix.
        ones (list[str]): Letters; each takes a vector of ones.
    """
    others, output = read(spec)
    own = others.pop(number)
    unused = iter(sorted(set(string.ascii_lowercase) - set(spec)))
    names, identities = "", []
    for letter in own:
        name = next(unused) if letter in names else letter
        if name != letter:
            identities.append(letter + name)
        names += name
    known = "".join([output, *others, *identities])
    ones = [letter for letter in names if letter not in known]
    return ",".join([output, *others, *identities, *ones]) + "->" + names, identities, ones


# --8<-- [end:swap]


# --8<-- [start:backward]
def backward(spec, operands, g):
    """Return the gradient for each operand; g is that for the output."""
    gradients = []
    for number, term in enumerate(read(spec)[0]):
        swapped, identities, ones = swap(spec, number)
        others = [*operands[:number], *operands[number + 1 :]]
        size = dict(zip(term, operands[number].shape, strict=True))
        others += [torch.eye(size[pair[0]], dtype=g.dtype) for pair in identities]
        others += [torch.ones(size[letter], dtype=g.dtype) for letter in ones]
        gradients.append(torch.einsum(swapped, g, *others))
    return gradients


# --8<-- [end:backward]


def compare(spec):
    """Return the largest differences of result and gradients from those of PyTorch."""
    torch.manual_seed(seed)
    terms, _ = read(spec)
    operands = [
        torch.randn([sizes[letter] for letter in term], dtype=dtype, requires_grad=True)
        for term in terms
    ]
    result = torch.einsum(spec, *operands)
    g = torch.randn(result.shape, dtype=dtype)
    exact = torch.autograd.grad(result, operands, g)
    with torch.no_grad():
        forward = (by_definition(spec, *operands) - result).abs().max().item()
        pairs = zip(backward(spec, operands, g), exact, strict=True)
        return forward, max((ours - theirs).abs().max().item() for ours, theirs in pairs)


def main():
    """Return for each spec the largest differences, of the result and of the gradients."""
    largest = {}
    for spec in SPECS:
        largest[spec] = compare(spec)
        specs = [swap(spec, number)[0] for number in range(len(read(spec)[0]))]
        print(f"{spec:16s} {max(largest[spec]):.0e}  {'   '.join(specs)}")
    return largest


if __name__ == "__main__":
    largest = main()
