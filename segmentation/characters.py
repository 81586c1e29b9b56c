"""Cuts a line into slices of at most one character each, and joins them to candidate characters.

Over-segmentation (Casey and Lecolinet 1996, "A survey of methods and strategies in character
segmentation", section 3): connected components first; those above one another are one slice, as
the dot and the stem of an i; wide ones are cut where the ink is thin. A recognizer chooses among
the candidates, which are runs of neighbouring slices.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import cv2
import numpy as np
import numpy.typing as npt

from segmentation.geometry import Box
from segmentation.slices import PAPER, Slice, ink_slices, stroke_width, upright_slant
from segmentation.words import x_height

Grey = npt.NDArray[np.uint8]
Ink = npt.NDArray[np.bool_]


LETTER_WIDTH = 1.7
"""Few letters are wider than so many x-heights."""
WHOLE_SHARE = 0.8
"""A piece of ink that lies in one cell by so much of it belongs to it as a whole."""


@dataclass(frozen=True)
class CharactersConfig:
    """What a candidate may be; lengths in x-heights.

    Attributes
    ----------
    widest
        Widest candidate of more than one slice.
    most_slices
        Slices in a candidate.
    widest_gap
        Widest gap inside a candidate.
    darkness
        Share of the ink's usual darkness from which a pixel is ink, where no ink is given.
    """

    widest: float = 2.6
    most_slices: int = 5
    widest_gap: float = 0.45
    darkness: float = 0.4


@dataclass(frozen=True)
class Candidate:
    """Neighbouring slices ``[first, end)`` that may be one character.

    Attributes
    ----------
    box
        In pixels of the line.
    width, gap
        Its width and its widest inner gap, measured along the slant of the writing, in pixels.
    """

    first: int
    end: int
    box: Box
    width: float
    gap: float


@dataclass(frozen=True, eq=False)
class SplitLine:
    """A line cut into slices.

    Attributes
    ----------
    grey
        uint8 (h, w).
    slices
        Left to right.
    candidates
        In the order of their first slices, shorter ones first.
    unit
        Height of small letters, estimated, in pixels.
    pen
        Width of the strokes in pixels.
    cells
        Of a line in boxes or on a comb, the number of the cell that each slice stands in.
    labels
        int32 (h, w), the number of the slice of each pixel, from 1; 0 is none.
    """

    grey: Grey
    slices: tuple[Slice, ...]
    candidates: tuple[Candidate, ...]
    unit: float
    pen: float
    cells: tuple[int, ...] | None = None
    labels: npt.NDArray[np.int32] = field(
        default_factory=lambda: np.zeros((0, 0), np.int32), repr=False
    )

    @cached_property
    def gaps(self) -> npt.NDArray[np.float64]:
        """Gap between each slice and the next, along the slant, in pixels; negative: overlap."""
        starts = np.array([s.start for s in self.slices[1:]], np.float64)
        ends = np.maximum.accumulate([s.end for s in self.slices])[:-1]
        return starts - ends

    def picture(self, candidate: Candidate) -> Grey:
        """Return the grey picture of a candidate's own ink, uint8; all else is paper."""
        box = candidate.box
        rows = slice(max(0, box.top - 2), box.bottom + 2)
        columns = slice(max(0, box.left - 2), box.right + 2)
        labels = self.labels[rows, columns]
        own = (labels > candidate.first) & (labels <= candidate.end)
        # The soft edge of a stroke is no ink, yet belongs to it.
        edge = cv2.dilate(own.view(np.uint8), np.ones((3, 3), np.uint8)).view(np.bool_)
        return np.where(edge & ((labels == 0) | own), self.grey[rows, columns], PAPER)


def split_characters(
    grey: Grey,
    ink: Ink | None = None,
    cells: Sequence[tuple[float, float]] | None = None,
    config: CharactersConfig | None = None,
) -> SplitLine:
    """Cut a line into slices and candidate characters.

    Parameters
    ----------
    grey
        uint8 (h, w), dark on light, one straightened line.
    ink
        bool (h, w), True = ink; found in `grey` where missing.
    cells
        Columns of the cells of a line in boxes or on a comb, which are one character each;
        rules taken out of the ink.
    config
        Defaults where None.

    Returns
    -------
    SplitLine
        Without slices where there is no ink.

    Raises
    ------
    ValueError
        If the two arrays do not fit, or the image is not grey uint8.
    """
    if grey.ndim != 2 or grey.dtype != np.uint8:
        raise ValueError(f"a line must be uint8 (h, w), not {grey.dtype} {grey.shape}")
    config = config or CharactersConfig()
    ink = dark_pixels(grey, config.darkness) if ink is None else ink
    if ink.shape != grey.shape:
        raise ValueError(f"ink {ink.shape} and line {grey.shape} differ")
    unit, pen = x_height(ink), stroke_width(ink)
    if cells is not None:
        return _split_cells(grey, ink, cells, (unit, pen))
    slices, labels = ink_slices(ink, unit, pen, upright_slant(ink))
    candidates = tuple(_candidates(slices, unit, config))
    return SplitLine(grey, slices, candidates, unit, pen, None, labels)


def dark_pixels(grey: Grey, share: float) -> Ink:
    """Return the pixels at least so dark, as a share of ink's usual darkness; bool (h, w)."""
    if not grey.size:
        return np.zeros(grey.shape, np.bool_)
    darkness = np.clip(np.percentile(grey, 90) - grey, 0, 255)
    strong = darkness[darkness > 40]
    if not len(strong):
        return np.zeros(grey.shape, np.bool_)
    return np.asarray(darkness > max(24.0, share * float(np.percentile(strong, 75))))


def _candidates(slices: Sequence[Slice], unit: float, config: CharactersConfig) -> list[Candidate]:
    found = []
    for first in range(len(slices)):
        start, end, box, gap = slices[first].start, slices[first].end, slices[first].box, 0.0
        found.append(Candidate(first, first + 1, box, end - start, gap))
        for last in range(first + 1, min(first + config.most_slices, len(slices))):
            following = slices[last]
            gap = max(gap, following.start - end)
            start, end = min(start, following.start), max(end, following.end)
            if end - start > config.widest * unit or gap > config.widest_gap * unit:
                break
            box = box.union(following.box)
            found.append(Candidate(first, last + 1, box, end - start, gap))
    return found


def _split_cells(
    grey: Grey, ink: Ink, cells: Sequence[tuple[float, float]], sizes: tuple[float, float]
) -> SplitLine:
    """Make one slice of what is in each cell."""
    unit, pen = sizes
    labels = _cell_labels(ink, cells)
    least = max(3.0, (0.5 * pen) ** 2)
    kept = [cell for cell in range(1, len(cells) + 1) if np.count_nonzero(labels == cell) >= least]
    numbers = np.zeros(len(cells) + 1, np.int32)
    numbers[kept] = np.arange(1, len(kept) + 1)
    labels = numbers[labels]
    slices = tuple(_whole_slice(labels == k + 1) for k in range(len(kept)))
    candidates = tuple(
        Candidate(k, k + 1, s.box, s.end - s.start, 0.0) for k, s in enumerate(slices)
    )
    return SplitLine(grey, slices, candidates, unit, pen, tuple(c - 1 for c in kept), labels)


def _cell_labels(ink: Ink, cells: Sequence[tuple[float, float]]) -> npt.NDArray[np.int32]:
    """Return the number of the cell of each pixel of ink, from 1.

    A piece of ink goes to the cell that holds most of it, unless letters touch across a bar.
    """
    inner = [start for start, _ in cells[1:]]
    columns = 1 + np.searchsorted(inner, np.arange(ink.shape[1]) + 0.5, side="right")
    _, parts, stats, _ = cv2.connectedComponentsWithStats(ink.view(np.uint8), connectivity=8)
    labels = np.zeros(ink.shape, np.int32)
    for part, (left, top, width, height, area) in enumerate(stats.tolist()):
        if part == 0:
            continue
        window = np.s_[top : top + height, left : left + width]
        own, cell = parts[window] == part, columns[left : left + width]
        shares = np.bincount(cell, weights=own.sum(axis=0))
        whole = shares.max() >= WHOLE_SHARE * area
        places = np.full(own.shape, shares.argmax()) if whole else np.tile(cell, (height, 1))
        labels[window][own] = places[own]
    return labels


def _whole_slice(own: Ink) -> Slice:
    rows, columns = np.flatnonzero(own.any(axis=1)), np.flatnonzero(own.any(axis=0))
    box = Box(int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)
    return Slice(box, float(box.left), float(box.right), 0.0, int(own.sum()))


def printed_share(ink: Ink) -> float:
    """Return the share of a line's ink, by width, in pieces no wider than letters, 0 to 1.

    Near 1 where letters stand apart, low where they are joined up. Marks and specks do not count.

    Parameters
    ----------
    ink
        bool (h, w), one line.
    """
    _, _, stats, _ = cv2.connectedComponentsWithStats(ink.view(np.uint8), connectivity=8)
    widths, heights = stats[1:, cv2.CC_STAT_WIDTH], stats[1:, cv2.CC_STAT_HEIGHT]
    unit = x_height(ink)
    letters = heights > 0.5 * unit
    total = float(widths[letters].sum())
    return float(widths[letters & (widths <= LETTER_WIDTH * unit)].sum()) / total if total else 0.0
