"""Words of a line, from the gaps in its ink: gaps are judged by the writer's own."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from segmentation.geometry import true_runs

Span = tuple[float, float]
Columns = tuple[int, int]

# A gap between words is at least and at most so wide, in x-heights, whatever the writer's gaps.
NARROWEST, WIDEST = 0.35, 1.1
# How much a gap loses for each x-height between it and the place where it is expected.
DISTANCE_COST = 0.5


def split_words(ink_line: npt.NDArray[np.bool_]) -> list[Columns]:
    """Split a line at its wide gaps.

    The gaps of a line fall into two groups, within words and between them; the limit is where
    Otsu's criterion (Otsu 1979) parts their logarithms, held within bounds in x-heights.

    Parameters
    ----------
    ink_line
        bool (h, w), one straightened line, True = ink.

    Returns
    -------
    list of (start, end)
        Columns of the words, left to right; empty without ink.
    """
    runs = true_runs(np.any(ink_line, axis=0))
    if not runs:
        return []
    gaps = np.array([after[0] - before[1] for before, after in pairwise(runs)], np.float64)
    limit = _gap_limit(gaps, x_height(ink_line))
    words, start = [], runs[0][0]
    for gap, (before, after) in zip(gaps, pairwise(runs), strict=True):
        if gap >= limit:
            words.append((start, before[1]))
            start = after[0]
    return [*words, (start, runs[-1][1])]


def snap_spans(spans: Sequence[Span], ink_line: npt.NDArray[np.bool_]) -> list[Columns]:
    """Move the edges of words to the gaps between them.

    Parameters
    ----------
    spans
        Approximate columns [start, end) of each word, left to right, as a recognizer gives them.
    ink_line
        bool (h, w), the line that they are on.

    Returns
    -------
    list of (start, end)
        As many spans, in the same order, within the line, none empty unless the line is narrower
        than the number of words, none overlapping.
    """
    width = ink_line.shape[1]
    inked = np.any(ink_line, axis=0)
    density = ink_line.sum(axis=0)
    unit = x_height(ink_line)
    cuts = [_cut(left, right, inked, density, unit) for left, right in pairwise(spans)]
    columns = np.flatnonzero(inked)
    first, last = (int(columns[0]), int(columns[-1]) + 1) if len(columns) else (0, width)
    starts = [first, *(after for _, after in cuts)]
    ends = [*(before for before, _ in cuts), last]
    return _in_order(list(zip(starts[: len(spans)], ends[: len(spans)], strict=True)), width)


def x_height(ink_line: npt.NDArray[np.bool_]) -> float:
    """Estimate the height of small letters from the spread of the ink's rows, in pixels."""
    profile = ink_line.sum(axis=1).astype(np.float64)
    if not profile.any():
        return 1.0
    rows = np.arange(len(profile))
    centre = profile @ rows / profile.sum()
    return max(2.0 * float(np.sqrt(profile @ (rows - centre) ** 2 / profile.sum())), 1.0)


def _gap_limit(gaps: npt.NDArray[np.float64], unit: float) -> float:
    logs = np.sort(np.log(gaps))
    if len(logs) < 2 or logs[0] == logs[-1]:
        return NARROWEST * unit * 2
    # Between-class variance of every split into a lower and an upper group.
    below = np.arange(1, len(logs))
    sums = np.cumsum(logs)[:-1]
    means = sums / below, (logs.sum() - sums) / (len(logs) - below)
    best = int(np.argmax(below * (len(logs) - below) * (means[1] - means[0]) ** 2))
    limit = float(np.exp((logs[best] + logs[best + 1]) / 2))
    return float(np.clip(limit, NARROWEST * unit, WIDEST * unit))


def _cut(
    left: Span,
    right: Span,
    inked: npt.NDArray[np.bool_],
    density: npt.NDArray[np.int64],
    unit: float,
) -> Columns:
    """Return where the left word ends and the right one starts."""
    expected = (left[1] + right[0]) / 2
    low = int(np.clip((left[0] + left[1]) / 2, 0, len(inked)))
    high = int(np.clip((right[0] + right[1]) / 2 + 1, low, len(inked)))
    gaps = [(a + low, b + low) for a, b in true_runs(~inked[low:high])]
    if gaps:
        return max(gaps, key=lambda gap: _gap_value(gap, expected, unit))
    if high <= low:
        return int(np.clip(expected, 0, len(inked))), int(np.clip(expected, 0, len(inked)))
    cost = density[low:high] + np.abs(np.arange(low, high) - expected) / unit
    place = low + int(np.argmin(cost))
    return place, place


def _gap_value(gap: Columns, expected: float, unit: float) -> float:
    nearest = min(max(expected, gap[0]), gap[1])
    return (gap[1] - gap[0]) / unit - DISTANCE_COST * abs(nearest - expected) / unit


def _in_order(spans: list[Columns], width: int) -> list[Columns]:
    """Push spans apart where they meet, so that every word keeps a column of its own."""
    ordered: list[Columns] = []
    at = 0
    for index, (start, end) in enumerate(spans):
        # The words still to come need a column each.
        limit = max(width - (len(spans) - index - 1), at)
        start = min(max(start, at), max(limit - 1, at))
        at = min(max(end, start + 1), limit)
        ordered.append((start, at))
    return ordered
