"""Drops bands that are only parts of letters and joins bands of one line."""

from __future__ import annotations

import itertools

import numpy as np

from segmentation.bands import Band


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
    while True:
        pairs = [
            (cost, i, j)
            for (i, first), (j, second) in itertools.permutations(enumerate(joined), 2)
            if (cost := _join_cost(first, second, max_gap)) is not None
        ]
        if not pairs:
            return joined
        _, i, j = min(pairs)
        whole = _join(joined[i], joined[j])
        joined = [band for k, band in enumerate(joined) if k not in (i, j)] + [whole]


def _join_cost(first: Band, second: Band, max_gap: float) -> float | None:
    unit = max(first.x_height, second.x_height)
    gap = (second.left - first.right) / unit
    if second.left <= first.left or second.right <= first.right or not -4 < gap < max_gap:
        return None
    if min(first.x_height, second.x_height) < 0.4 * unit:
        return None
    span = np.linspace(first.right, second.left, 5)
    step = float(np.abs(_extended(first, span) - _extended(second, span)).mean()) / unit
    flat = abs(float(first.base[-1] - second.base[0])) / unit
    off = min(step, flat)
    return off + 0.1 * abs(gap) if off < 0.6 else None


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
    left = first.xs < second.left
    lengths = np.array([first.right - first.left + 1, second.right - second.left + 1])
    heights = np.array([first.x_height, second.x_height])
    return Band(
        np.concatenate([first.xs[left], second.xs]),
        np.concatenate([first.base[left], second.base]),
        float((heights * lengths).sum() / lengths.sum()),
    )
