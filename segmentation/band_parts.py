"""Drops bands of parts of letters: the ink of a line tells what belongs to it."""

from __future__ import annotations

import numpy as np

from segmentation.assign import InkPixels, pixel_bands, shares_of_bands
from segmentation.band_links import line_pitch
from segmentation.bands import Band

# How far a part of a line's letters lies from its baseline at most: in x-heights where the distance
# between lines is not known, else as a share of that.
NEAR, NEAR_OF_PITCH = 2.3, 0.6
# Tall letters may form a band of their own this many x-heights beyond the end of their line.
BESIDE = 3.0
# A line is at least so many times as long as a part of it.
LONGER = 2.0
# This share of its ink is of letters that reach into the line, or so much ink lies below it there.
TOUCHING, FOOT = 0.35, 0.1


def main_bands(pixels: InkPixels, bands: list[Band], shortest: float) -> list[Band]:
    """Drop short bands that hold mostly tails of other lines' letters.

    Parameters
    ----------
    shortest : float
        Bands of at least this length, in x-heights, stay in any case.
    """
    if len(bands) < 2:
        return bands
    shares = shares_of_bands(pixels, pixel_bands(pixels, bands), len(bands))
    main = shares.argmax(axis=1)
    own = np.zeros(len(bands), dtype=np.int64)
    np.add.at(own, main, shares[np.arange(len(shares)), main])
    total = shares.sum(axis=0)
    return [
        band
        for band, mine, all_ink in zip(bands, own, total, strict=True)
        if band.right - band.left >= shortest * band.x_height or mine > 0.5 * all_ink
    ]


def absorb_parts(pixels: InkPixels, bands: list[Band]) -> list[Band]:
    """Give bands whose letters stand in a longer line beside them to that line.

    A capital or a few ascenders in a row may have a ridge of their own, above the line or beyond
    its end. Their ink reaches down into the line, which that of a word between lines does not.

    Returns
    -------
    list of Band
        The bands that are lines, some of them longer than before.
    """
    pitch = line_pitch(bands)
    kept = sorted(bands, key=lambda band: band.left - band.right)
    for part in kept[::-1]:
        for index, line in enumerate(kept):
            if line.right - line.left < LONGER * (part.right - part.left):
                continue
            reached = _reaching(line, part)
            if _is_beside(part, line, reached, pitch) and _stands_in(pixels, part, line, reached):
                kept[index] = reached
                kept = [band for band in kept if band is not part]
                break
    return kept


def _reaching(line: Band, part: Band) -> Band:
    """Return the line carried on, level, as far as the part reaches."""
    before, after = part.xs[part.xs < line.left], part.xs[part.xs > line.right]
    xs = np.concatenate([before, line.xs, after])
    return Band(xs, line.base_at(xs), line.x_height)


def _is_beside(part: Band, line: Band, reached: Band, pitch: float | None) -> bool:
    unit = line.x_height
    if max(line.left - part.right, part.left - line.right) > BESIDE * unit:
        return False
    apart = abs(float(np.median(reached.base_at(part.xs) - part.base)))
    return apart < (NEAR * unit if pitch is None else NEAR_OF_PITCH * pitch)


def _stands_in(pixels: InkPixels, part: Band, line: Band, reached: Band) -> bool:
    """Whether a part's ink is that of letters in the line, or goes on down to its baseline."""
    in_line = pixel_bands(pixels, [reached]) == 0
    in_part = pixel_bands(pixels, [part]) == 0
    touches = np.zeros(len(pixels.boxes), dtype=bool)
    touches[pixels.label[in_line]] = True
    whole = np.count_nonzero(in_part)
    if np.count_nonzero(touches[pixels.label[in_part]]) > TOUCHING * whole:
        return True
    # Beyond the line's end there is no letter of its own to take for the part's foot.
    xs = pixels.xs[in_line]
    beyond = (xs < line.left - line.x_height) | (xs > line.right + line.x_height)
    below = beyond & (xs >= part.left) & (xs <= part.right)
    return bool(np.count_nonzero(below) > FOOT * whole)
