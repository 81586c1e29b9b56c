"""Puts lines of writing into reading order."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from segmentation.geometry import interpolate_baseline
from segmentation.textline import TextLine


def reading_order(lines: Sequence[TextLine]) -> list[TextLine]:
    """Order the lines of one zone: from top to bottom, pieces of one row from left to right.

    Two lines are in one row if neither is above the other where they face each other: their
    baselines, carried on, are closer than half the lower one's height.

    Parameters
    ----------
    lines
        Lines of one column or of an undivided sheet, in any order.

    Returns
    -------
    list of TextLine
    """
    waiting = sorted(lines, key=_middle)
    ordered: list[TextLine] = []
    while waiting:
        row = [waiting.pop(0)]
        for line in list(waiting):
            if all(_in_one_row(line, other) for other in row):
                row.append(line)
                waiting.remove(line)
        ordered += sorted(row, key=lambda line: line.baseline[0][0])
    return ordered


def _middle(line: TextLine) -> float:
    return float(np.mean([y for _, y in line.baseline]))


def _in_one_row(first: TextLine, second: TextLine) -> bool:
    left, right = sorted((first, second), key=lambda line: line.baseline[0][0])
    end, start = left.baseline[-1][0], right.baseline[0][0]
    if start < end:
        return False
    between = [(end + start) / 2]
    heights = [
        float(interpolate_baseline(line.baseline, np.array(between))[0]) for line in (left, right)
    ]
    tall = min(np.ptp([y for _, y in line.polygon]) for line in (left, right))
    return abs(heights[0] - heights[1]) < tall / 2
