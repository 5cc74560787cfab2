"""Readable ranges of numbers: `2,000 - 2,100`, rather than equal parts with endless fractions.

A range includes its lower end but not its upper one. All have the same width, 1, 2 or 5 times a power of ten,
and start at a multiple of it, so zero is never inside a range.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from decimal import Context, Decimal
from itertools import pairwise

from attrs import frozen

from mixpanel_export.sandbox.reports.tally import Number

__all__ = ["Ranges", "ranges"]

# Precise enough to be exact for any two doubles, even 1e308 and 1e-308.
_CONTEXT = Context(prec=700)
_READABLE = (1, 2, 5)


@frozen
class Ranges:
    """Adjacent ranges, in order.

    Attributes:
        labels: the text of each range.
        edges: the start of each range, and the end of the last one.
    """

    labels: tuple[str, ...]
    edges: Sequence[Number]

    def label_of(self, number: Number) -> str:
        """Return the range of one of the numbers the ranges were computed for."""
        return self.labels[min(bisect_right(self.edges, number), len(self.labels)) - 1]


def ranges(numbers: Sequence[Number], most: int) -> Ranges:
    """Return the narrowest readable ranges that cover the numbers, at most `most` of them.

    For numbers on both sides of zero there are at least two. Ranges of integers begin and end at integers.
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
    # Via text, 0.29 stays 0.29 rather than the double slightly below it.
    return Decimal(int(number)) if number == int(number) else Decimal(str(number))


def _widths(narrowest: Decimal, whole: bool) -> Iterator[Decimal]:
    """Yield readable widths in ascending order, starting near `narrowest`."""
    exponent = narrowest.adjusted() if narrowest else 0
    exponent = max(exponent, 0) if whole else exponent
    while True:
        for digit in _READABLE:
            yield Decimal(digit).scaleb(exponent)
        exponent += 1


def _multiple(number: Decimal, width: Decimal) -> int:
    """Return the number of whole widths between zero and the number, rounded down."""
    quotient, rest = _CONTEXT.divmod(number, width)
    return int(quotient) - (rest < 0)
