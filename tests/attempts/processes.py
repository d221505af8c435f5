"""Answers that are likely: wrong ones, each with words that the check must say, and right ones."""

import itertools
import math

import torch


def mean_of_means(gradients, counts):
    return sum(gradients) / len(gradients)


def mean_of_those_with_samples(gradients, counts):
    some = [gradient for gradient, count in zip(gradients, counts, strict=True) if count]
    return sum(some) / len(some)


def in_place(gradients, counts):
    for gradient, count in zip(gradients, counts, strict=True):
        gradient *= count
    return sum(gradients) / sum(counts)


def adds_up_in_the_first(gradients, counts):
    total = gradients[0]
    total *= counts[0]
    for gradient, count in zip(gradients[1:], counts[1:], strict=True):
        total += gradient * count
    return total / sum(counts)


def with_tensordot(gradients, counts):
    weights = torch.tensor(counts, dtype=torch.float32) / sum(counts)
    return torch.tensordot(weights, torch.stack(gradients), dims=1)


def in_a_loop(gradients, counts):
    total = torch.zeros_like(gradients[0])
    for rank in range(len(counts)):
        total += gradients[rank] * counts[rank]
    return total / sum(counts)


def step_by_step(gradients, counts):
    mean, seen = gradients[0].clone(), counts[0]
    for gradient, count in zip(gradients[1:], counts[1:], strict=True):
        seen += count
        mean = mean + (gradient - mean) * (count / seen)
    return mean


def in_blocks(count, size, rank, drop_last):
    each = count // size if drop_last else math.ceil(count / size)
    return [number % count for number in range(rank * each, (rank + 1) * each)]


def without_padding(count, size, rank, drop_last):
    end = count // size * size if drop_last else count
    return list(range(rank, end, size))


def padded_with_the_last(count, size, rank, drop_last):
    each = count // size if drop_last else math.ceil(count / size)
    return [min(number, count - 1) for number in range(rank, each * size, size)]


def padded_once(count, size, rank, drop_last):
    indices = list(range(count))
    if drop_last:
        indices = indices[: count // size * size]
    else:
        indices += indices[: -count % size]
    return indices[rank::size]


def always_one_round_less(count, size, rank, drop_last):
    each = math.ceil(count / size) - 1 if drop_last else math.ceil(count / size)
    return [number % count for number in range(rank, each * size, size)]


def with_cycle(count, size, rank, drop_last):
    total = count // size * size if drop_last else -(-count // size) * size
    return list(itertools.islice(itertools.cycle(range(count)), rank, total, size))


def by_a_long_list(count, size, rank, drop_last):
    rounds, rest = divmod(count, size)
    if rest and not drop_last:
        rounds += 1
    long = list(range(count)) * size
    return long[: rounds * size][rank::size]


def one_by_one(count, size, rank, drop_last):
    share, number = [], rank
    while number < count or (not drop_last and number - rank < count):
        if drop_last and number - rank + size > count:
            break
        share.append(number % count)
        number += size
    return share


def without_adam(numbers, size, sharded):
    return sum(4 * numbers // (size if n in sharded else 1) for n in ("parameters", "gradients"))


def all_or_nothing(numbers, size, sharded):
    return 16 * numbers // (size if sharded else 1)


def adam_keeps_one(numbers, size, sharded):
    names = ("parameters", "gradients", "Adam")
    return sum(4 * numbers // (size if name in sharded else 1) for name in names)


def for_all_processes(numbers, size, sharded):
    parts = {"parameters": 4, "gradients": 4, "Adam": 8}
    return sum(numbers * held * (1 if n in sharded else size) for n, held in parts.items())


def with_ifs(numbers, size, sharded):
    total = 0
    total += 4 * numbers if "parameters" not in sharded else 4 * numbers // size
    total += 4 * numbers if "gradients" not in sharded else 4 * numbers // size
    total += 8 * numbers if "Adam" not in sharded else 8 * numbers // size
    return total


def by_subtraction(numbers, size, sharded):
    weight = {"parameters": 1, "gradients": 1, "Adam": 2}
    saved = sum(weight[name] for name in sharded) * numbers * 4 * (size - 1) // size
    return 16 * numbers - saved


def in_float(numbers, size, sharded):
    weight = {"parameters": 1, "gradients": 1, "Adam": 2}
    return sum(4 * numbers * w / (size if n in sharded else 1) for n, w in weight.items())


def those_behind_wait(calls):
    return min(calls), [rank for rank, number in enumerate(calls) if number == min(calls)]


def the_busiest_waits(calls):
    least, most = min(calls), max(calls)
    return least, [rank for rank, number in enumerate(calls) if number == most > least]


def all_finish(calls):
    return max(calls), [rank for rank, number in enumerate(calls) if number > min(calls)]


def compared_with_the_first(calls):
    return min(calls), [rank for rank, number in enumerate(calls) if number > calls[0]]


def only_the_ranks(calls):
    return [rank for rank, number in enumerate(calls) if number > min(calls)]


def a_set(calls):
    return min(calls), {rank for rank, number in enumerate(calls) if number > min(calls)}


def in_rounds(calls):
    left, finished = list(calls), 0
    while all(left):
        left = [number - 1 for number in left]
        finished += 1
    return finished, [rank for rank in range(len(left)) if left[rank]]


def with_sorted(calls):
    finished = sorted(calls)[0]
    ranks = []
    for rank in range(len(calls)):
        if calls[rank] != finished:
            ranks.append(rank)
    return finished, ranks


def backwards(calls):
    least = min(calls)
    return (least, [rank for rank in reversed(range(len(calls))) if calls[rank] - least])


WRONG = {
    "whole_gradient": [
        (mean_of_means, "counts [3, 1]: each mean counts"),
        (mean_of_those_with_samples, "counts [3, 1]: each mean counts"),
        (in_place, "the gradients that you were given have changed"),
        (adds_up_in_the_first, "the gradients that you were given have changed"),
        (" / sum(counts)", "", "counts [4, 4]: two equal parts"),
        (" / sum(counts)", " / len(counts)", "counts [4, 4]"),
        (".sum(dim=0)", ".sum()", "the shape is ()"),
        (
            "return torch.stack(weighted).sum(dim=0) / sum(counts)",
            "return weighted",
            "return a tensor, not a list",
        ),
    ],
    "my_share": [
        (in_blocks, "deal in turns"),
        (without_padding, "the last round goes on from the beginning"),
        (padded_with_the_last, "the last round goes on from the beginning"),
        (padded_once, "once more from the beginning is not enough"),
        (always_one_round_less, "nothing is left over"),
        ("count // size if drop_last else ", "", "drop_last=True"),
        (
            "return [number % count for number in range(rank, each * size, size)]",
            "return range(rank, each * size, size)",
            "return a list, not a range",
        ),
    ],
    "bytes_per_process": [
        (without_adam, "it should be 16000, not 8000"),
        (adam_keeps_one, "it should be 16000, not 12000"),
        (all_or_nothing, "Adam's state alone"),
        (for_all_processes, "what is not sharded is whole in each"),
        ("if name in sharded", "if name not in sharded", "what is not sharded is whole"),
        ('"gradients": 4 * numbers', '"gradients": 0', "it should be 16000, not 12000"),
        (
            "return sum(held // size if name in sharded else held for name, held in whole.items())",
            "return whole",
            "return a number, not a dict",
        ),
    ],
    "waiting": [
        (those_behind_wait, "the ranks [] wait, not [0, 1]"),
        (the_busiest_waits, "both with calls too many wait"),
        (all_finish, "2 finish, not 3"),
        (compared_with_the_first, "the ranks [0] wait, not []"),
        (only_the_ranks, "return two things"),
        (a_set, "the ranks that wait belong in a list"),
        ("finished = min(calls)", "finished = max(min(calls), 1)", "0 finish, not 1"),
    ],
}

RIGHT = {
    "whole_gradient": [with_tensordot, in_a_loop, step_by_step],
    "my_share": [with_cycle, by_a_long_list, one_by_one],
    "bytes_per_process": [with_ifs, by_subtraction, in_float],
    "waiting": [in_rounds, with_sorted, backwards],
}
