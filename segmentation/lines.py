"""Finds the lines of writing on a clean, level sheet of ink."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from segmentation.assign import InkPixels, assign_ink, ink_pixels, without_rules
from segmentation.band_links import drop_fragments, join_bands
from segmentation.band_parts import absorb_parts, main_bands
from segmentation.bands import Band, find_band
from segmentation.geometry import transform_points
from segmentation.outline import outline
from segmentation.ridges import drop_shadows, link_ridges, smear, trace_ridges
from segmentation.textline import TextLine
from segmentation.writing_size import estimate_x_height, weighted_median

# Pieces of ink in one x-height of the line are a letter when together they are this high, in
# x-heights, and have this share of the usual ink.
BROKEN_HEIGHT, BROKEN_INK = 0.6, 0.4
# Pale words make a line so many times as long at most.
BROKEN_LENGTH = 2.0


@dataclass(frozen=True)
class LinesConfig:
    """How lines are found; lengths in x-heights (the height of a small letter).

    Attributes
    ----------
    shadow : float
        Ridges nearer than this to a stronger one are its ascenders or descenders.
    gap : float
        Pieces further apart than this are different lines.
    height : float
        Ink less tall than this makes no line: dashes, dots, rests of rules.
    short : float
        Shorter lines must be more than tails of other lines' letters.
    stray : float
        Small ink beyond a line's last letter belongs to it up to this distance.
    tall : float
        A single stroke taller than this is no writing.
    side : int
        Sheets are reduced to this many pixels on the longer side.
    """

    shadow: float = 1.1
    gap: float = 12.0
    height: float = 0.6
    short: float = 12.0
    stray: float = 2.5
    tall: float = 5.0
    side: int = 2400


def find_lines(ink: np.ndarray, config: LinesConfig | None = None) -> list[TextLine]:
    """Find the lines of writing of a sheet.

    The ink is smeared along the writing; its ridges, linked, run through the lines. Each ridge
    gets a core band (baseline and x-height) from the profile of the ink around it, each piece of
    ink the line whose band it touches, and touching lines part where their letters meet.

    Parameters
    ----------
    ink : bool array (h, w)
        True = ink, rules removed, skew within a few degrees.
    config : LinesConfig, optional

    Returns
    -------
    list of TextLine
        In sheet pixels, in no particular order; empty on a blank sheet.

    Raises
    ------
    ValueError
        If ``ink`` is not a bool array of two dimensions.
    """
    if ink.ndim != 2 or ink.dtype != np.bool_:
        raise ValueError("find_lines needs ink: bool, two dimensions")
    if not ink.any():
        return []
    config = config or LinesConfig()
    scale = min(1.0, config.side / max(1, *ink.shape))
    if scale < 1:
        lines = _find(_reduce(ink, scale), config)
        shift = 0.5 / scale - 0.5
        back = np.array([[1 / scale, 0, shift], [0, 1 / scale, shift]])
        return [
            TextLine(transform_points(t.baseline, back), transform_points(t.polygon, back))
            for t in lines
        ]
    return _find(ink, config)


def _reduce(ink: np.ndarray, scale: float) -> np.ndarray:
    size = (max(1, round(ink.shape[1] * scale)), max(1, round(ink.shape[0] * scale)))
    grey = cv2.resize(ink.astype(np.uint8) * 255, size, interpolation=cv2.INTER_AREA)
    # Below one half, so that thin strokes do not break.
    return np.asarray(grey > 100)


def _find(ink: np.ndarray, config: LinesConfig) -> list[TextLine]:
    pixels = ink_pixels(ink)
    unit = estimate_x_height(ink, pixels.boxes)
    if unit is None:
        return []
    pixels = without_rules(pixels, config.tall * unit)
    bands = _find_bands(ink, pixels, unit, config)
    if not bands:
        return []
    lengths = np.array([band.right - band.left for band in bands])
    measured = weighted_median(np.array([band.x_height for band in bands]), lengths)
    measured = min(max(measured, 0.85 * unit), 1.3 * unit)
    if abs(measured / unit - 1) > 0.15:
        bands = _find_bands(ink, pixels, measured, config)
    bands = absorb_parts(pixels, bands)
    bands = main_bands(pixels, bands, config.short)
    line_of = assign_ink(pixels, bands)
    order = np.argsort(line_of, kind="stable")
    starts = np.searchsorted(line_of[order], np.arange(len(bands) + 1))
    lines = []
    for index, band in enumerate(bands):
        members = order[starts[index] : starts[index + 1]]
        members = members[_near_writing(pixels, members, band, config)]
        if _is_writing(pixels, members, band.x_height, config):
            lines.append(_text_line(pixels.xs[members], pixels.ys[members], band))
    return lines


def _find_bands(ink: np.ndarray, pixels: InkPixels, unit: float, config: LinesConfig) -> list[Band]:
    smeared, scale = smear(ink, unit)
    pieces = trace_ridges(smeared, scale, unit)
    pieces = drop_shadows(pieces, config.shadow * unit)
    linked = link_ridges(pieces, unit, config.gap * unit)
    linked = drop_shadows(linked, config.shadow * unit)
    bands = (find_band(ridge, pixels.xs, pixels.ys, unit) for ridge in linked)
    found = [band for band in bands if band is not None]
    return join_bands(drop_fragments(found), config.gap)


def _near_writing(
    pixels: InkPixels, members: np.ndarray, band: Band, config: LinesConfig
) -> np.ndarray:
    """Pixels of a line without the specks and rests of rules beyond its ends, bool."""
    xs, unit = pixels.xs[members], band.x_height
    tall = pixels.boxes[pixels.label[members], 3] >= config.height * unit
    if not tall.any():
        return np.zeros(len(xs), dtype=bool)
    reach = config.stray * unit
    near = _is_within(xs, xs[tall], reach)
    if near.all():
        return near
    above = band.base_at(xs) - pixels.ys[members]
    letters = tall | _is_broken_letter(xs, above, unit, tall)
    # Where more is in pieces than not, it is no pale word at the end of a line.
    if np.ptp(xs[letters]) > BROKEN_LENGTH * np.ptp(xs[tall]):
        return near
    return _is_within(xs, xs[letters], reach)


def _is_within(xs: np.ndarray, letters: np.ndarray, reach: float) -> np.ndarray:
    return np.asarray((xs >= letters.min() - reach) & (xs <= letters.max() + reach))


def _is_broken_letter(
    xs: np.ndarray, above: np.ndarray, unit: float, tall: np.ndarray
) -> np.ndarray:
    """Whether pixels belong to pale letters in pieces: as high and as full as others, bool."""
    cell = ((xs - xs.min()) / unit).astype(int)
    count = int(cell.max()) + 1
    core = (above > -0.25 * unit) & (above < 1.25 * unit)
    high, low = np.full(count, -np.inf), np.full(count, np.inf)
    np.maximum.at(high, cell[core], above[core])
    np.minimum.at(low, cell[core], above[core])
    ink = np.bincount(cell[core], minlength=count)
    full = np.median(ink[np.unique(cell[tall])])
    lettered = (high - low >= BROKEN_HEIGHT * unit) & (ink >= BROKEN_INK * full)
    # A word has more than one; specks that meet by chance have not.
    company = np.convolve(lettered, np.ones(3, dtype=int))[1:-1] >= 2
    return np.asarray((lettered & company)[cell])


def _is_writing(
    pixels: InkPixels, members: np.ndarray, x_height: float, config: LinesConfig
) -> bool:
    """Whether a line is more than a rest of an upright rule."""
    if not len(members):
        return False
    width, height = np.ptp(pixels.xs[members]), np.ptp(pixels.ys[members])
    return bool(width > 0.5 * x_height or height < config.tall * x_height)


def _text_line(xs: np.ndarray, ys: np.ndarray, band: Band) -> TextLine:
    left, right = float(xs.min()), float(xs.max())
    inner = band.xs[(band.xs > left) & (band.xs < right)]
    at = np.concatenate([[left], inner, [right]])
    baseline = tuple(zip(at.tolist(), band.base_at(at).tolist(), strict=True))
    return TextLine(baseline, outline(xs, ys, band))
