"""The only resizing and normalising of a text line, shared by training and reading.

Writing is brought to one size by the spread of its ink, not by the height of the crop: a
line with and one without descenders then look alike to the network (moment-based
normalisation, Kozielski, Forster and Ney, ICFHR 2012).
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

LINE_HEIGHT = 48
# Rows from the centre of the ink to one standard deviation: gives an x-height of about 13.
INK_SPREAD = 6.5
MARGIN = 8
MAX_WIDTH = 4096
# Darkness (of 255) up to which paper and its texture go, and what counts as ink at all.
PAPER_NOISE = 16
FAINTEST_INK = 40


@dataclass(frozen=True)
class PreparedLine:
    """A line in the network's own form.

    Attributes
    ----------
    image
        uint8 (LINE_HEIGHT or the height asked for, w), ink bright on 0. w is 0 where the line
        holds no ink.
    scale
        Output pixels per input pixel.
    offset
        Input column shown by the output's first column.
    """

    image: NDArray[np.uint8]
    scale: float
    offset: float

    def to_source(self, column: float) -> float:
        """Map a column of the prepared image to a column of the image it was made from."""
        return column / self.scale + self.offset


def prepare_line(grey: NDArray[np.uint8], height: int = LINE_HEIGHT) -> PreparedLine:
    """Bring a text line to the network's height, contrast and size of writing.

    Parameters
    ----------
    grey
        uint8 (h, w), dark ink on light paper, one line of text.
    height
        Rows of the result. Networks take LINE_HEIGHT; more rows show the same, larger.

    Returns
    -------
    PreparedLine
        Its image is empty (width 0) when there is no ink.

    Raises
    ------
    ValueError
        If the image is not uint8 with two dimensions.
    """
    if grey.ndim != 2 or grey.dtype != np.uint8:
        raise ValueError(f"a line must be uint8 (h, w), not {grey.dtype} {grey.shape}")
    ink = _stretch_contrast(grey)
    if ink is None or not (ink > FAINTEST_INK).any():
        return PreparedLine(np.zeros((height, 0), np.uint8), 1.0, 0.0)
    written = ink > FAINTEST_INK
    top, bottom = _extent(np.any(written, axis=1))
    left, right = _extent(np.any(written, axis=0))
    ink = _level(ink[top:bottom, left:right])
    centre, spread = _ink_moments(ink)
    scale = min(INK_SPREAD / spread, MAX_WIDTH / (right - left)) * height / LINE_HEIGHT
    image = _resample(ink, centre, scale, height)
    return PreparedLine(image, scale, left - MARGIN / scale)


def _extent(inked: NDArray[np.bool_]) -> tuple[int, int]:
    """Return the first true index and the one after the last."""
    indices = np.flatnonzero(inked)
    return int(indices[0]), int(indices[-1]) + 1


def _stretch_contrast(grey: NDArray[np.uint8]) -> NDArray[np.uint8] | None:
    """Return ink bright on black at full contrast, or None where nothing is written."""
    if grey.size == 0:
        return None
    # All of it depends on the grey level alone: 256 numbers for as many pixels as there are.
    counts = np.bincount(grey.ravel(), minlength=256)
    levels = np.arange(256, dtype=np.float32)
    darkness = np.clip(_percentile(levels, counts, 90) - levels, 0, None)
    inked = np.where(darkness > FAINTEST_INK, counts, 0)
    if inked.sum() < 6:
        return None
    # The darker half of the ink sets full black: faint pencil and felt pen end up alike.
    full = max(_percentile(darkness[::-1], inked[::-1], 75), FAINTEST_INK + 20.0)
    # Faint pencil has little to lose: less of it counts as paper.
    noise = float(np.clip(0.1 * full, PAPER_NOISE / 3, PAPER_NOISE))
    stretched = (darkness - noise) * (255.0 / (full - noise))
    return np.clip(stretched, 0, 255).astype(np.uint8)[grey]


def _percentile(values: NDArray[np.float32], counts: NDArray[np.int64], percent: float) -> float:
    """Return a percentile of rising values that occur so many times, as `numpy.percentile` does."""
    below = np.cumsum(counts)
    place = (below[-1] - 1) * percent / 100
    first, second = np.searchsorted(below, [np.floor(place), np.ceil(place)], side="right")
    low, high = float(values[first]), float(values[second])
    return float(low + (high - low) * (place - np.floor(place)))


def _level(ink: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Shear a long line vertically so that its ink does not climb or fall."""
    height, width = ink.shape
    if width < 5 * height:
        return ink
    rows = np.arange(height, dtype=np.float32)
    weight = ink.sum(axis=0, dtype=np.float32)
    inked = weight > 0
    columns = np.flatnonzero(inked).astype(np.float32)
    centres = (rows @ ink.astype(np.float32))[inked] / weight[inked]
    slope = float(np.polyfit(columns, centres, 1, w=np.sqrt(weight[inked]))[0])
    if abs(slope) * width < 0.05 * height:
        return ink
    rise = slope * width
    grown = height + int(abs(rise)) + 1
    shift = rise if rise > 0 else 0.0
    matrix = np.array([[1, 0, 0], [-slope, 1, shift]], np.float32)
    return np.asarray(cv2.warpAffine(ink, matrix, (width, grown)), np.uint8)


def _ink_moments(ink: NDArray[np.uint8]) -> tuple[float, float]:
    """Return centre and standard deviation of the ink's rows, strays left out."""
    profile = ink.sum(axis=1, dtype=np.float64)
    rows = np.arange(len(profile), dtype=np.float64)
    centre, spread = 0.0, 0.0
    keep = np.ones(len(profile), bool)
    for _ in range(3):
        weight = profile * keep
        total = weight.sum()
        centre = float(weight @ rows / total)
        spread = float(np.sqrt(weight @ (rows - centre) ** 2 / total))
        # Ends of neighbouring lines lie far from the centre of this one.
        keep = np.abs(rows - centre) < 3 * spread + 1
    # A dash or a full stop on its own must not fill the whole height.
    inked = np.flatnonzero(profile)
    least = max((inked[-1] - inked[0] + 1) * 0.14, 1.2 * _stroke_width(ink))
    return centre, max(spread, least)


def _stroke_width(ink: NDArray[np.uint8]) -> float:
    """Return the mean length of runs of ink, along rows or columns, whichever is shorter."""
    written = np.pad(ink > 127, 1)
    area = max(1, int(written.sum()))
    starts = [
        int((written[1:] & ~written[:-1]).sum()),
        int((written[:, 1:] & ~written[:, :-1]).sum()),
    ]
    return area / max(1, *starts)


def _resample(ink: NDArray[np.uint8], centre: float, scale: float, rows: int) -> NDArray[np.uint8]:
    half = rows / 2 / scale
    top, bottom = round(centre - half), round(centre + half)
    bottom = max(bottom, top + 1)
    height, width = ink.shape
    above, below = max(0, -top), max(0, bottom - height)
    inside = ink[max(0, top) : max(0, bottom)]
    window = cv2.copyMakeBorder(inside, above, below, 0, 0, cv2.BORDER_CONSTANT, value=0)
    size = (max(1, round(width * scale)), rows)
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    resized = cv2.resize(window, size, interpolation=method)
    bordered = cv2.copyMakeBorder(resized, 0, 0, MARGIN, MARGIN, cv2.BORDER_CONSTANT, value=0)
    return np.asarray(bordered, np.uint8)
