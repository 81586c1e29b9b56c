"""Drops bands that are only parts of letters and joins bands of one line."""

from __future__ import annotations

import itertools

import numpy as np

from segmentation.bands import Band

# Lines are at least this long, in x-heights, when their distance counts.
LONG = 12.0
# Fewer long lines have no usual distance; it is measured at so many places across the page.
FEWEST, PLACES = 4, 24
# Pieces of one line stand on one baseline to within this many x-heights, or this much of the
# distance between lines: tall loops at a piece's end lift it, more so where the letters are small.
STEP, STEP_OF_PITCH = 0.6, 0.3
# Bands so far apart where the second starts, in x-heights, need no closer look.
FAR = 4.0


def line_pitch(bands: list[Band]) -> float | None:
    """Return the usual distance between one long line and the next below, None where unknown."""
    long = [band for band in bands if band.right - band.left >= LONG * band.x_height]
    if len(long) < FEWEST:
        return None
    xs = np.linspace(min(band.left for band in long), max(band.right for band in long), PLACES)
    heights = np.full((len(long), PLACES), np.nan)
    for row, band in zip(heights, long, strict=True):
        inside = (xs >= band.left) & (xs <= band.right)
        row[inside] = band.base_at(xs[inside])
    falls = np.diff(np.sort(heights, axis=0), axis=0)  # NaN comes last
    falls = falls[falls > 1.5 * float(np.median([band.x_height for band in long]))]
    return float(np.median(falls)) if falls.size else None


def drop_fragments(bands: list[Band]) -> list[Band]:
    """Drop short bands that lie among the ascenders or descenders of a longer one."""
    return [
        band
        for band in bands
        if not any(_is_fragment(band, other) for other in bands if other is not band)
    ]


def _is_fragment(short: Band, long: Band) -> bool:
    unit = long.x_height
    length, other = short.right - short.left, long.right - long.left
    if length > 5 * unit or length >= other:
        return False
    overlap = min(short.right, long.right + unit) - max(short.left, long.left - unit)
    if overlap < 0.6 * length:
        return False
    above = float(np.mean(long.base_at(short.xs) - short.base)) / unit
    # Beside a real line the bar of a T lies farther off than the halves of a ringed number.
    return -1.6 < above < 2.3 if 3 * length <= other else -1.6 < above < 1.6


def join_bands(bands: list[Band], max_gap: float) -> list[Band]:
    """Join bands that stand on one baseline, nearest first.

    Parameters
    ----------
    bands : list of Band
    max_gap : float
        Widest gap within a line, in x-heights.
    """
    joined = list(bands)
    pitch = line_pitch(bands) or 0.0
    while True:
        pairs = [
            (cost, i, j)
            for (i, first), (j, second) in itertools.permutations(enumerate(joined), 2)
            if (cost := _join_cost(first, second, max_gap, pitch)) is not None
        ]
        if not pairs:
            return joined
        _, i, j = min(pairs)
        whole = _join(joined[i], joined[j])
        joined = [band for k, band in enumerate(joined) if k not in (i, j)] + [whole]


def _join_cost(first: Band, second: Band, max_gap: float, pitch: float) -> float | None:
    unit = max(first.x_height, second.x_height)
    gap = (second.left - first.right) / unit
    if second.left < first.left or gap >= max_gap:
        return None
    if min(first.x_height, second.x_height) < 0.4 * unit:
        return None
    if gap < 0 and abs(float(first.base_at(second.left)) - float(second.base[0])) > FAR * unit:
        return None
    limit = max(STEP, STEP_OF_PITCH * pitch / unit) if gap < 0 else STEP
    span = np.linspace(second.left, min(first.right, second.right), 9)
    if gap < -4 or second.right <= first.right:
        # Two bands along the same letters are one, however far.
        off = float(np.median(np.abs(first.base_at(span) - second.base_at(span)))) / unit
        return off if off < STEP else None
    span = np.linspace(first.right, second.left, 5)
    step = float(np.abs(_extended(first, span) - _extended(second, span)).mean()) / unit
    flat = abs(float(first.base[-1] - second.base[0])) / unit
    off = min(step, flat)
    return off + 0.1 * abs(gap) if off < limit else None


def _extended(band: Band, xs: np.ndarray) -> np.ndarray:
    """Baseline at xs, beyond the ends with the slope of the last stretch."""
    inner = band.base_at(xs)
    if len(band.xs) < 12:
        return inner
    stretch = min(len(band.xs), 30)
    for end, part in ((band.left, slice(0, stretch)), (band.right, slice(-stretch, None))):
        slope = np.polyfit(band.xs[part], band.base[part], 1)[0]
        beyond = xs < end if end == band.left else xs > end
        inner = np.where(beyond, inner + slope * (xs - end), inner)
    return inner


def _join(first: Band, second: Band) -> Band:
    if second.right <= first.right:
        return first
    left = first.xs < second.left
    lengths = np.array([first.right - first.left + 1, second.right - second.left + 1])
    heights = np.array([first.x_height, second.x_height])
    return Band(
        np.concatenate([first.xs[left], second.xs]),
        np.concatenate([first.base[left], second.base]),
        float((heights * lengths).sum() / lengths.sum()),
    )
