"""Paragraphs: which lines that follow each other on a page belong together."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from hcr.document import Line, Page
from hcr.formats.places import words_of

# A paragraph ends where the step to the next line is this many times the page's usual one.
_GAP = 1.6


def blocks(page: Page) -> list[tuple[Line, ...]]:
    """Return the page's lines that have words, in reading order, divided into paragraphs.

    A new one begins where the next line stands beside or above its predecessor (the next column),
    has nothing of it above itself, or is further away than lines of this page usually are.
    """
    lines = [line for line in page.lines if words_of(line)]
    if not lines:
        return []
    places = [_Place.of(line, page.skew) for line in lines]
    steps = [below.level - above.level for above, below in pairwise(places)]
    downward = [step for step in steps if step > 0]
    longest = _GAP * median(downward) if downward else 0.0
    found: list[list[Line]] = [[lines[0]]]
    for line, (above, below), step in zip(lines[1:], pairwise(places), steps, strict=True):
        overlap = min(above.end, below.end) - max(above.start, below.start)
        if 0 < step <= longest and overlap > 0:
            found[-1].append(line)
        else:
            found.append([line])
    return [tuple(block) for block in found]


@dataclass(frozen=True)
class _Place:
    """Where a line is once the page is level: from start to end, and how far down."""

    start: float
    end: float
    level: float

    @classmethod
    def of(cls, line: Line, skew: float) -> _Place:
        left, top, right, bottom = line.box
        x, y = (left + right) / 2, (top + bottom) / 2
        # Text that rises to the right by `skew` runs along (cos, -sin), as y points down.
        cos, sin = math.cos(math.radians(skew)), math.sin(math.radians(skew))
        middle, level = x * cos - y * sin, x * sin + y * cos
        half = abs((right - left) * cos) / 2 + abs((bottom - top) * sin) / 2
        return cls(middle - half, middle + half, level)
