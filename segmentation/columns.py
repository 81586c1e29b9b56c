"""Finds columns of text, so that lines do not run across the gutter between them."""

from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt

from segmentation.geometry import Box, true_runs
from segmentation.writing_size import estimate_x_height

Cells = npt.NDArray[np.bool_]

# The search runs on a sheet of this many pixels on its longer side, in cells of half an x-height.
SIDE = 800
CELLS_PER_X_HEIGHT = 2
CELL_INK = 0.06
# In x-heights: the narrowest gutter, the shortest stretch of columns.
GUTTER, STRETCH = 2.5, 12.0
# The stretch of columns takes up at least this share of the written height.
TALLEST_SHARE = 0.45
# A column has at least this share of the written width (narrower ones make a table, which is
# read row by row), and ink in at least this share of its rows; its lines fill it this far.
COLUMN_WIDTH, COLUMN_ROWS, COLUMN_FILL = 0.2, 0.3, 0.35
MOST_COLUMNS = 3


def find_zones(ink: npt.NDArray[np.bool_]) -> list[Box]:
    """Divide a sheet where it is written in columns.

    Parameters
    ----------
    ink
        bool (h, w), a level sheet.

    Returns
    -------
    list of Box
        Zones in reading order: what stands above the columns, the columns from left to right,
        what stands below. The whole sheet where there are no columns.
    """
    height, width = ink.shape
    whole = [Box(0, 0, width, height)]
    cells, size = _cells(ink) if ink.size else (None, 0.0)
    if cells is None:
        return whole
    rows = np.flatnonzero(cells.any(axis=1))
    cuts = _blank_rows(cells, int(rows[0]), int(rows[-1]) + 1)
    least = max(STRETCH * CELLS_PER_X_HEIGHT, TALLEST_SHARE * (cuts[-1] - cuts[0]))
    spans = [(top, bottom) for top in cuts for bottom in cuts if bottom - top >= least]
    for top, bottom in sorted(spans, key=lambda span: span[0] - span[1]):
        gutters = _gutters(cells[top:bottom])
        if gutters:
            return _boxes(top, bottom, gutters, cuts, size, width, height)
    return whole


def _cells(ink: npt.NDArray[np.bool_]) -> tuple[Cells | None, float]:
    """Return which cells hold ink (None without writing) and their size in pixels of the sheet."""
    scale = min(1.0, SIDE / max(1, *ink.shape))
    size = (max(1, round(ink.shape[1] * scale)), max(1, round(ink.shape[0] * scale)))
    small = cv2.resize(ink.astype(np.uint8) * 255, size, interpolation=cv2.INTER_AREA)
    _, _, boxes, _ = cv2.connectedComponentsWithStats((small > 100).astype(np.uint8))
    unit = estimate_x_height(small > 100, boxes[1:])
    if unit is None:
        return None, 0.0
    cell = unit / CELLS_PER_X_HEIGHT
    grid = (max(1, round(size[0] / cell)), max(1, round(size[1] / cell)))
    cells = np.asarray(cv2.resize(small, grid, interpolation=cv2.INTER_AREA) > CELL_INK * 255)
    return (cells if cells.any() else None), cell / scale


def _blank_rows(cells: Cells, first: int, end: int) -> list[int]:
    """Return the rows between lines where the sheet can be divided, with its first and last."""
    blank = ~np.any(cells[first:end], axis=1)
    return [first, *((a + b) // 2 + first for a, b in true_runs(blank)), end]


def _gutters(cells: Cells) -> list[tuple[int, int]]:
    """Return the gutters [start, end) of a stretch of columns; none where it is not one."""
    columns = np.flatnonzero(cells.any(axis=0))
    if not len(columns):
        return []
    left, right = int(columns[0]), int(columns[-1]) + 1
    # A speck in the gutter does not close it.
    free = cells[:, left:right].sum(axis=0) <= 0.015 * len(cells)
    wide = [
        (a + left, b + left) for a, b in true_runs(free) if b - a >= GUTTER * CELLS_PER_X_HEIGHT
    ]
    edges = [left, *(edge for gutter in wide for edge in gutter), right]
    blocks = [cells[:, a:b] for a, b in zip(edges[::2], edges[1::2], strict=True)]
    columnar = all(_is_column(block, right - left) for block in blocks)
    return wide if columnar and 2 <= len(blocks) <= MOST_COLUMNS else []


def _is_column(block: Cells, written_width: int) -> bool:
    inked = block[block.any(axis=1)]
    if block.shape[1] < COLUMN_WIDTH * written_width or len(inked) < COLUMN_ROWS * len(block):
        return False
    reach = block.shape[1] - np.argmax(inked[:, ::-1], axis=1) - np.argmax(inked, axis=1)
    return bool(np.median(reach) >= COLUMN_FILL * block.shape[1])


def _boxes(
    top: int,
    bottom: int,
    gutters: list[tuple[int, int]],
    cuts: list[int],
    size: float,
    width: int,
    height: int,
) -> list[Box]:
    upper = 0 if top == cuts[0] else min(height, round(top * size))
    lower = height if bottom == cuts[-1] else min(height, round(bottom * size))
    middles = [round((a + b) / 2 * size) for a, b in gutters]
    columns = [Box(a, upper, b, lower) for a, b in pairwise([0, *middles, width])]
    above, below = Box(0, 0, width, upper), Box(0, lower, width, height)
    return [zone for zone in (above, *columns, below) if zone.bottom > zone.top]
