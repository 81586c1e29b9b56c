"""What is written in each cell of a row of boxes or of a comb, writing across the borders whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
import numpy.typing as npt

from hcr.forms.darken import darkened
from hcr.forms.picture import FieldPicture
from hcr.images import Pixels
from segmentation.geometry import Box

Ink = npt.NDArray[np.bool_]

# A connected stroke belongs to one cell if so much of it lies there; else it is cut at the border.
_WHOLE = 0.65
# What was cut off and does not come within this share of a cell's width around its middle only
# overshoots the border: it stays with the stroke that it was cut off from.
_CORE = 0.5
# A stroke that one cell has whole is cut at the border after all where the next cell would be empty
# and so much of the stroke lies there: this share of its ink and of its height, this share of the
# cell's width.
_MUCH_INK, _MUCH_HEIGHT, _MUCH_WIDTH = 0.2, 0.5, 0.4
# Strokes and specks smaller than this share of a cell's area are dirt.
_DIRT = 0.003
# Paper around what is cut out, relative to the height of a cell.
_MARGIN = 0.1


def cell_pictures(picture: FieldPicture) -> list[Pixels | None]:
    """Return what is written in each cell of a field.

    Parameters
    ----------
    picture
        With cells.

    Returns
    -------
    list of uint8 (h, w) or None
        One for each cell: dark on white, faint writing darkened, the strokes of other cells left
        out, a margin of paper around; None where nothing is written.
    """
    owner = cell_owners(picture)
    shown = replace(picture, grey=darkened(picture.grey, owner >= 0))
    return [_cut(shown, owner, number) for number in range(len(picture.cells))]


def cell_owners(picture: FieldPicture) -> npt.NDArray[np.int32]:
    """Return for each pixel of the picture the cell whose ink it is, -1 for none; int32 (h, w)."""
    height, width = picture.ink.shape
    columns = _columns(picture.cells, width)
    cores = _cores(picture.cells, width)
    owner = np.full((height, width), -1, np.int32)
    smallest = _DIRT * np.mean([cell.area for cell in picture.cells])
    top = min(cell.top for cell in picture.cells)
    bottom = max(cell.bottom for cell in picture.cells)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(
        picture.ink.astype(np.uint8), connectivity=8
    )
    for label in range(1, count):
        x, y, w, h, area = stats[label].tolist()
        if y + h <= top or y >= bottom or area < max(3.0, smallest):
            continue  # of a neighbouring line, or dirt
        mask = labels[y : y + h, x : x + w] == label
        across = slice(x, x + w)
        owner[y : y + h, across][mask] = _owners(mask, columns[across], cores[across])
    _share_with_empty(owner, labels, columns, cores, [cell.width for cell in picture.cells])
    return owner


def _share_with_empty(
    owner: npt.NDArray[np.int32],
    labels: npt.NDArray[np.int32],
    columns: npt.NDArray[np.int32],
    cores: Ink,
    widths: Sequence[float],
) -> None:
    """Give cells without ink, in place, what lies in them of two characters that touch."""
    for cell in np.setdiff1d(np.arange(len(widths)), owner).tolist():
        here = (columns == cell) & (owner >= 0)
        for label in np.unique(labels[here]).tolist():
            stroke = labels == label
            part = stroke & here
            if _is_much(part, stroke, widths[cell]) and part[:, cores].any():
                owner[part] = cell


def _is_much(part: Ink, stroke: Ink, width: float) -> bool:
    """Tell whether a part of a stroke is more than an overshoot into a cell of this width."""
    _, _, wide, high = cv2.boundingRect(part.astype(np.uint8))
    _, _, _, whole = cv2.boundingRect(stroke.astype(np.uint8))
    much_ink = part.sum() >= _MUCH_INK * stroke.sum()
    return bool(much_ink and high >= _MUCH_HEIGHT * whole and wide >= _MUCH_WIDTH * width)


def _columns(cells: tuple[Box, ...], width: int) -> npt.NDArray[np.int32]:
    """Return the number of the nearest cell for each column; int32 (width,)."""
    middles = np.array([(cell.left + cell.right) / 2 for cell in cells])
    borders = (middles[1:] + middles[:-1]) / 2
    return np.searchsorted(borders, np.arange(width) + 0.5).astype(np.int32)


def _cores(cells: tuple[Box, ...], width: int) -> Ink:
    """Tell which columns lie near the middle of a cell; bool (width,)."""
    inside = np.zeros(width, np.bool_)
    for cell in cells:
        middle, reach = (cell.left + cell.right) / 2, _CORE * cell.width / 2
        inside[max(0, round(middle - reach)) : max(0, round(middle + reach))] = True
    return inside


def _owners(mask: Ink, columns: npt.NDArray[np.int32], cores: Ink) -> npt.NDArray[np.int32]:
    """Return the cell of each pixel of a connected stroke: one for all, or where each lies."""
    of_pixels = np.broadcast_to(columns, mask.shape)[mask]
    counts = np.bincount(of_pixels)
    best = int(counts.argmax())
    if counts[best] >= _WHOLE * len(of_pixels):
        return np.full(len(of_pixels), best, np.int32)
    owner = np.where(mask, columns, np.int32(-1))
    for cell in np.flatnonzero(counts).tolist():
        for part in _parts(owner == cell):
            if not part[:, cores].any():
                owner[part] = _beside(part, owner, cell)
    return owner[mask]


def _parts(mask: Ink) -> list[Ink]:
    """Return the connected parts of a mask."""
    count, labels = cv2.connectedComponents(mask.astype(np.uint8), connectivity=8)
    return [labels == label for label in range(1, count)]


def _beside(part: Ink, owner: npt.NDArray[np.int32], cell: int) -> int:
    """Return the cell whose ink touches a part of a cell's ink; the same cell where none does."""
    near = cv2.dilate(part.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    touching = owner[near & (owner >= 0) & (owner != cell)]
    return int(np.bincount(touching).argmax()) if len(touching) else cell


def _cut(picture: FieldPicture, owner: npt.NDArray[np.int32], number: int) -> Pixels | None:
    """Return one cell's strokes on white."""
    mine = owner == number
    rows, columns = np.flatnonzero(mine.any(axis=1)), np.flatnonzero(mine.any(axis=0))
    if not len(rows):
        return None
    margin = max(3, round(_MARGIN * picture.cells[number].height))
    window = (
        slice(max(0, rows[0] - margin), rows[-1] + 1 + margin),
        slice(max(0, columns[0] - margin), columns[-1] + 1 + margin),
    )
    # Faint parts that are no ink for the mask stay; only what belongs to others goes.
    others = ((owner >= 0) & ~mine)[window].astype(np.uint8)
    near_others = cv2.dilate(others, np.ones((5, 5), np.uint8)) > 0
    near_mine = cv2.dilate(mine[window].astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    kept = np.where(near_others & ~near_mine, np.uint8(255), picture.grey[window])
    return np.pad(kept, margin, constant_values=255)
