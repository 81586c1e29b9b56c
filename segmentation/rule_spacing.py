"""Where the even spacing of ruled paper foretells a rule."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from segmentation.geometry import Floats


def missing_lines(lines: list[tuple[float, float]], width: int) -> list[tuple[float, float]]:
    """Return the lines that are missing between evenly spaced ones.

    Parameters
    ----------
    lines
        (row at the left edge, slope) of the rules found.
    width
        Width of the page in pixels.

    Returns
    -------
    (row at the left edge, slope) in each gap that is a whole multiple of the usual one; nothing
    where there is no usual gap.
    """
    if len(lines) < 4:
        return []
    levels = np.array(sorted(lines, key=lambda line: line[0] + line[1] * width / 2))
    gaps = np.diff(levels[:, 0] + levels[:, 1] * width / 2)
    pitch = _pitch(gaps)
    if pitch is None:
        return []
    found: list[tuple[float, float]] = []
    for (above, below), gap in zip(pairwise(levels), gaps, strict=True):
        count = round(gap / pitch)
        if count > 1 and abs(gap / pitch - count) < 0.15:
            for place in np.arange(1, count) / count:
                y, slope = (1 - place) * above + place * below
                found.append((float(y), float(slope)))
    return found


def _pitch(gaps: Floats) -> float | None:
    """Return the spacing of which most gaps are a whole multiple, or None."""
    best, most = None, 0.6 * len(gaps)
    for gap in np.unique(np.round(gaps[gaps > 12])):
        multiples = gaps / gap
        regular = (abs(multiples - np.round(multiples)) < 0.06 * multiples) & (multiples > 0.9)
        plain = np.count_nonzero(regular & (multiples < 1.1))
        if plain >= 2 and np.count_nonzero(regular) >= most:
            best, most = float(np.median(gaps[abs(multiples - 1) < 0.1])), regular.sum()
    return best
