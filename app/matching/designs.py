"""Rounds in which nobody meets anybody twice, by arithmetic instead of search: where the number of tables allows it.

People are (column, value), as many columns as a table has seats and as many values as there are tables, numbers of a
finite field. In round m the table b seats, of each column j, the value j·m + b. Two people of different columns meet
exactly once. Where a column itself divides into full tables, one more round seats each column among itself.
"""

from collections.abc import Callable

_POLYNOMIALS = {4: 0b111, 8: 0b1011, 16: 0b10011}


def rounds_by_design(people: int, size: int) -> list[list[list[int]]]:
    """Rounds as tables of numbers below `people`; none where there is no field or the tables are not even enough."""
    tables = -(-people // size)
    field = _field(tables)
    missing = tables * size - people
    if field is None or size > tables or missing > tables:
        return []
    plus, times = field
    found = [
        [
            [person for column in range(size) if (person := column * tables + plus(times(column, m), b)) < people]
            for b in range(tables)
        ]
        for m in range(tables)
    ]
    if not missing and tables % size == 0:
        found.append([list(range(first, first + size)) for first in range(0, people, size)])
    return found


def _field(order: int) -> tuple[Callable[[int, int], int], Callable[[int, int], int]] | None:
    """Plus and times of the field with so many numbers, for primes and small powers of two."""
    if order in _POLYNOMIALS:
        return (lambda one, other: one ^ other), (lambda one, other: _product(one, other, order))
    if order > 1 and all(order % each for each in range(2, int(order**0.5) + 1)):
        return (lambda one, other: (one + other) % order), (lambda one, other: one * other % order)
    return None


def _product(one: int, other: int, order: int) -> int:
    """Of two polynomials over the field of two, modulo one that cannot be divided."""
    result = 0
    while other:
        if other & 1:
            result ^= one
        one <<= 1
        if one & order:
            one ^= _POLYNOMIALS[order]
        other >>= 1
    return result
