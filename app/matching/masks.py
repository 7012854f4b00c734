"""Sets of people as one number, whose bit p stands for person p: to ask who is in two of them is one `&`."""

from collections.abc import Iterator


def mask(numbers: Iterator[int]) -> int:
    result = 0
    for number in numbers:
        result |= 1 << number
    return result


def bits(remaining: int) -> Iterator[int]:
    while remaining:
        low = remaining & -remaining
        yield low.bit_length() - 1
        remaining ^= low
