"""Slices of a line's ink: connected components, joined above one another, cut where thin."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt

from segmentation.geometry import Box, true_runs

PAPER = np.uint8(255)
Ink = npt.NDArray[np.bool_]
Labels = npt.NDArray[np.int32]

STEEPEST = 0.8
"""Strongest slant looked for, as run over rise."""
DOUBT = 0.2
"""Share of the projections' evenness that a slant of 1 must gain to be believed."""
NARROWEST = 0.22
"""A piece cut off is at least so wide, in x-heights."""
THIN = 1.7
"""Ink of so many stroke widths, counted down a column, may be cut."""
DENT = 3.2
"""So much may be where the ink beside it is deeper, as where two round letters touch."""
OVERLAP, SIDE_BY_SIDE = 0.55, 0.85
"""Pieces that share so much of the narrower one's width are above one another; the latter where
both are tall and at one height, as neighbouring letters are."""


@dataclass(frozen=True)
class Slice:
    """A piece of a line, a character or less.

    Attributes
    ----------
    box
        In pixels of the line.
    start, end
        Columns along the slant of the writing, in pixels.
    cut
        Height of the ink cut through on its left side, in stroke widths; 0 beside paper.
    area
        Pixels of ink.
    """

    box: Box
    start: float
    end: float
    cut: float
    area: int


@dataclass
class _Piece:
    """Pixels of one piece: rows and columns in the line, and columns along the slant."""

    rows: npt.NDArray[np.intp]
    columns: npt.NDArray[np.intp]
    upright: npt.NDArray[np.float64]
    cut: float = 0.0

    @property
    def span(self) -> tuple[float, float]:
        return float(self.upright.min()), float(self.upright.max()) + 1.0

    @property
    def height(self) -> float:
        return float(self.rows.max() - self.rows.min() + 1)


def stroke_width(ink: Ink) -> float:
    """Return the usual width of the strokes in pixels: twice the area over the outline."""
    area = int(ink.sum())
    if not area:
        return 1.0
    padded = np.pad(ink, 1)
    outline = int((padded[1:] != padded[:-1]).sum()) + int((padded[:, 1:] != padded[:, :-1]).sum())
    # An outline counted along pixel edges is 4 / pi times too long on the average.
    return max(1.0, 2.0 * area / (outline * np.pi / 4))


def upright_slant(ink: Ink) -> float:
    """Return how far the writing leans to the right, as run over rise.

    The slant is that under which the columns' ink is most uneven (the spread of the projection,
    as Bozinovic and Srihari 1989 and many since do).
    """
    rows, columns = np.nonzero(ink)
    if len(rows) < 20:
        return 0.0
    lift = rows.mean() - rows
    width = ink.shape[1] + int(2 * STEEPEST * ink.shape[0]) + 3
    shift = int(STEEPEST * ink.shape[0]) + 1
    best, best_power = 0.0, -1.0
    for slant in np.arange(-0.4, STEEPEST + 0.01, 0.1):
        places = np.rint(columns - slant * lift).astype(np.intp) + shift
        counts = np.bincount(np.clip(places, 0, width - 1), minlength=width).astype(np.float64)
        power = float(counts @ counts) * (1.0 - DOUBT * abs(float(slant)))
        if power > best_power:
            best, best_power = float(slant), power
    return round(best, 2)


def ink_slices(ink: Ink, unit: float, pen: float, slant: float) -> tuple[tuple[Slice, ...], Labels]:
    """Cut a line's ink into slices.

    Parameters
    ----------
    ink
        bool (h, w).
    unit, pen
        Height of small letters and width of the strokes in pixels.
    slant
        Run over rise.

    Returns
    -------
    slices
        Left to right.
    labels
        int32 (h, w), number of the slice of each pixel, from 1; 0 is none.
    """
    joined = _joined(_components(ink, pen, slant), unit)
    pieces = [piece for group in joined for piece in _cut(group, unit, pen)]
    pieces.sort(key=lambda piece: sum(piece.span))
    labels = np.zeros(ink.shape, np.int32)
    slices = []
    for number, piece in enumerate(pieces, 1):
        labels[piece.rows, piece.columns] = number
        left, top = int(piece.columns.min()), int(piece.rows.min())
        box = Box(left, top, int(piece.columns.max()) + 1, int(piece.rows.max()) + 1)
        slices.append(Slice(box, *piece.span, piece.cut, len(piece.rows)))
    return tuple(slices), labels


def _components(ink: Ink, pen: float, slant: float) -> list[_Piece]:
    """Return the connected pieces of ink that are more than a speck."""
    count, parts = cv2.connectedComponents(ink.view(np.uint8), connectivity=8)
    rows, columns = np.nonzero(parts)
    numbers = parts[rows, columns]
    order = np.argsort(numbers, kind="stable")
    rows, columns = rows[order], columns[order]
    middle = rows.mean() if len(rows) else 0.0
    upright = columns - slant * (middle - rows)
    bounds = np.searchsorted(numbers[order], np.arange(1, count + 1))
    least = max(3.0, 0.4 * pen**2)
    return [
        _Piece(rows[a:b], columns[a:b], upright[a:b])
        for a, b in pairwise(bounds.tolist())
        if b - a >= least
    ]


def _joined(pieces: list[_Piece], unit: float) -> list[_Piece]:
    """Join pieces that stand above one another: dots, accents, strokes of a broken letter."""
    groups: list[_Piece] = []
    for piece in sorted(pieces, key=lambda p: p.span):
        start, end = piece.span
        # Only what lies little further left can overlap so much; lines have few pieces a column.
        for k in range(len(groups) - 1, max(-1, len(groups) - 4), -1):
            other_start, other_end = groups[k].span
            shared = min(end, other_end) - max(start, other_start)
            level = min(piece.height, groups[k].height, _shared_rows(piece, groups[k]))
            least = SIDE_BY_SIDE if level > 0.6 * unit else OVERLAP
            if shared >= least * min(end - start, other_end - other_start):
                groups[k] = _merged(groups[k], piece)
                break
        else:
            groups.append(piece)
    return groups


def _shared_rows(one: _Piece, other: _Piece) -> float:
    return float(min(one.rows.max(), other.rows.max()) - max(one.rows.min(), other.rows.min()) + 1)


def _merged(one: _Piece, other: _Piece) -> _Piece:
    return _Piece(
        np.concatenate([one.rows, other.rows]),
        np.concatenate([one.columns, other.columns]),
        np.concatenate([one.upright, other.upright]),
        one.cut,
    )


def _cut(piece: _Piece, unit: float, pen: float) -> list[_Piece]:
    """Cut a wide piece along the slant where little ink is in the way."""
    start, end = piece.span
    if end - start < 2 * NARROWEST * unit:
        return [piece]
    places = np.floor(piece.upright - start).astype(np.intp)
    counts = np.bincount(places).astype(np.float64)
    smooth = np.convolve(np.pad(counts, 1, mode="edge"), (0.25, 0.5, 0.25), mode="valid")
    at = _valleys(smooth, pen, max(2, round(NARROWEST * unit)))
    if not at:
        return [piece]
    numbers = np.searchsorted(at, places, side="right")
    cut = [0.0, *(max(0.05, smooth[k] / pen) for k in at)]
    return [
        _Piece(piece.rows[own], piece.columns[own], piece.upright[own], cut[k])
        for k in range(len(at) + 1)
        if (own := numbers == k).any()
    ]


def _valleys(counts: npt.NDArray[np.float64], pen: float, apart: int) -> list[int]:
    """Return columns to cut at: one in each stretch of thin ink, both ends of a long one, dents.

    All are so far apart, and from the ends.
    """
    inside = np.zeros(len(counts), np.bool_)
    inside[apart : len(counts) - apart] = True
    places: list[int] = []
    for start, end in true_runs((counts <= THIN * pen) & inside):
        thin = counts[start:end] <= counts[start:end].min() + 0.1 * pen
        lowest = start + int(np.median(np.flatnonzero(thin)))
        places += [lowest] if end - start < 3 * apart else [start + 1, lowest, end - 2]
    near = max(2, round(pen / 2))
    for k in np.flatnonzero(inside & (counts > THIN * pen) & (counts <= DENT * pen)).tolist():
        before, after = counts[max(0, k - 2 * apart) : k], counts[k + 1 : k + 1 + 2 * apart]
        is_lowest = counts[k] == counts[max(0, k - near) : k + near + 1].min()
        if is_lowest and counts[k] + 0.8 * pen <= min(before.max(), after.max()):
            places.append(k)
    chosen: list[int] = []
    for k in sorted(places, key=lambda k: (round(float(counts[k]) / pen, 1), k)):
        if all(abs(k - other) >= apart for other in chosen):
            chosen.append(k)
    return sorted(chosen)
