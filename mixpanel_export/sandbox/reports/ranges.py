"""Ranges of numbers that people can read: `2,000 - 2,100`, in place of equal parts with endless fractions.

Every range includes its lower end and not its upper one. All are equally wide, 1, 2 or 5 times a power of
ten, and begin at a multiple of their width, so that zero is never inside one.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from decimal import Context, Decimal
from itertools import pairwise

from attrs import frozen

from mixpanel_export.sandbox.reports.tally import Number

__all__ = ["Ranges", "ranges"]

# Wide enough to be exact for any two doubles, of which one may be 1e308 and the other 1e-308.
_CONTEXT = Context(prec=700)
_READABLE = (1, 2, 5)


@frozen
class Ranges:
    """Adjacent ranges, in order.

    Attributes:
        labels: how each is written.
        edges: where each begins, and where the last one ends.
    """

    labels: tuple[str, ...]
    edges: Sequence[Number]

    def label_of(self, number: Number) -> str:
        """The range of one of the numbers that the ranges were made for."""
        return self.labels[min(bisect_right(self.edges, number), len(self.labels)) - 1]


def ranges(numbers: Sequence[Number], most: int) -> Ranges:
    """The narrowest readable ranges that cover the numbers, at most so many of them.

    There are two where one was asked for but numbers are on both sides of zero. Whole numbers get ranges
    that begin and end at whole numbers.
    """
    if not numbers:
        return Ranges((), ())
    low, high = _decimal(min(numbers)), _decimal(max(numbers))
    most = max(most, 2) if low < 0 <= high else most
    whole = all(number == int(number) for number in numbers)
    width, first, last = next(
        (width, first, last)
        for width in _widths(_CONTEXT.subtract(high, low) / most, whole)
        if (last := _multiple(high, width)) - (first := _multiple(low, width)) < most
    )
    edges = [_CONTEXT.multiply(width, Decimal(index)) for index in range(first, last + 2)]
    places = max(0, -int(width.as_tuple().exponent))
    return Ranges(
        labels=tuple(f"{start:,.{places}f} - {end:,.{places}f}" for start, end in pairwise(edges)),
        edges=[float(edge) if places else int(edge) for edge in edges],
    )


def _decimal(number: Number) -> Decimal:
    # By way of text, 0.29 is 0.29 and not the double a little below it.
    return Decimal(int(number)) if number == int(number) else Decimal(str(number))


def _widths(narrowest: Decimal, whole: bool) -> Iterator[Decimal]:
    """Readable widths, ascending, from near `narrowest` on."""
    exponent = narrowest.adjusted() if narrowest else 0
    exponent = max(exponent, 0) if whole else exponent
    while True:
        for digit in _READABLE:
            yield Decimal(digit).scaleb(exponent)
        exponent += 1


def _multiple(number: Decimal, width: Decimal) -> int:
    """How many whole widths lie between zero and the number, rounded down."""
    quotient, rest = _CONTEXT.divmod(number, width)
    return int(quotient) - (rest < 0)
