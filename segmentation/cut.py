"""Cuts one text line out of a sheet and straightens it along its baseline."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np

from segmentation.geometry import Point, Points
from segmentation.textline import TextLine

PAPER = 255
# The polygon is widened by this many pixels so that strokes on its edge are not shaved.
MARGIN = 2
# Polygon edges are cut into steps of this length: a straight edge bends with the baseline.
EDGE_STEP = 8.0


@dataclass(frozen=True)
class CutLine:
    """A line image whose baseline is one straight row.

    Attributes
    ----------
    image : uint8 array (h, w)
        Grey, 255 = paper, also outside the line's polygon. One column is one sheet pixel in x.
    baseline_row : float
        Row of the baseline in ``image``; it may lie outside when the polygon does.
    left : int
        Sheet x of column 0.
    heights : float32 array (w,)
        Sheet y of the baseline under every column.
    """

    image: np.ndarray
    baseline_row: float
    left: int
    heights: np.ndarray

    def to_sheet(self, points: Iterable[Point]) -> Points:
        """Map points of the cut, (x, y) as (column, row), back to sheet pixels."""
        given = np.array(list(points), dtype=np.float64).reshape(-1, 2)
        columns = np.arange(len(self.heights))
        base = np.interp(given[:, 0], columns, self.heights)
        xs = given[:, 0] + self.left
        ys = given[:, 1] - self.baseline_row + base
        return tuple(zip(xs.tolist(), ys.tolist(), strict=True))


def cut_line(grey: np.ndarray, line: TextLine) -> CutLine:
    """Cut a line along its baseline, with paper outside its polygon.

    Rows follow ``y - baseline_y(x)``; columns run from the polygon's left to its right end.
    Truth lines and found lines go through here alike, so a model sees both the same way.

    Parameters
    ----------
    grey : uint8 array (h, w)
        Sheet, 255 = paper.
    line : TextLine
        Baseline and polygon in pixels of ``grey``.

    Returns
    -------
    CutLine

    Raises
    ------
    ValueError
        If ``grey`` is not a uint8 grey image or the polygon lies beside it.
    """
    if grey.ndim != 2 or grey.dtype != np.uint8:
        raise ValueError("cut_line needs a grey image: uint8, two dimensions")
    polygon = np.asarray(line.polygon, dtype=np.float64)
    left = max(math.floor(polygon[:, 0].min()), 0)
    right = min(math.ceil(polygon[:, 0].max()) + 1, grey.shape[1])
    if right <= left or polygon[:, 1].max() < 0 or polygon[:, 1].min() >= grey.shape[0]:
        raise ValueError("the line's polygon lies outside the sheet")
    heights = _baseline_heights(line.baseline, left, right)
    edges = _follow_baseline(_dense_edges(polygon), heights, left)
    top = math.floor(edges[:, 1].min()) - MARGIN
    bottom = math.ceil(edges[:, 1].max()) + MARGIN + 1
    rows = np.arange(top, bottom, dtype=np.float32)
    map_y = rows[:, None] + heights[None, :]
    map_x = np.broadcast_to(np.arange(left, right, dtype=np.float32), map_y.shape)
    image = cv2.remap(
        grey,
        np.ascontiguousarray(map_x),
        map_y,
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=PAPER,
    )
    image[_outside(edges - (0, top), image.shape)] = PAPER
    return CutLine(image=image, baseline_row=float(-top), left=left, heights=heights)


def _baseline_heights(baseline: Points, left: int, right: int) -> np.ndarray:
    """Smoothed baseline y for every column, float32 (right - left,).

    Beyond its ends the line goes on with its overall slope: the last segment alone may be
    short and steep.
    """
    points = np.asarray(sorted(baseline), dtype=np.float64)
    xs, ys = points[:, 0], points[:, 1]
    columns = np.arange(left, right, dtype=np.float64)
    span = xs[-1] - xs[0]
    slope = (ys[-1] - ys[0]) / span if span >= 1 else 0.0
    beyond = columns - np.clip(columns, xs[0], xs[-1])
    heights = (np.interp(columns, xs, ys) + slope * beyond).astype(np.float32)
    if len(points) < 3:
        return heights
    # Corners of a polyline would show as kinks in the letters: average over a short stretch,
    # on the residual from the overall slope so that the ends stay where they are.
    trend = (slope * columns).astype(np.float32)
    width = max(3, (right - left) // 30) | 1
    rest = cv2.blur((heights - trend)[None, :], (width, 1), borderType=cv2.BORDER_REPLICATE)
    return rest[0] + trend


def _dense_edges(polygon: np.ndarray) -> np.ndarray:
    """Polygon with extra points so that no edge is longer than EDGE_STEP, float64 (n, 2)."""
    following = np.roll(polygon, -1, axis=0)
    lengths = np.abs(following - polygon).max(axis=1)
    counts = np.maximum(1, np.ceil(lengths / EDGE_STEP)).astype(int)
    index = np.repeat(np.arange(len(polygon)), counts)
    step = np.arange(len(index)) - np.repeat(np.cumsum(counts) - counts, counts)
    share = (step / counts[index])[:, None]
    return polygon[index] + (following[index] - polygon[index]) * share


def _follow_baseline(points: np.ndarray, heights: np.ndarray, left: int) -> np.ndarray:
    """Sheet points as (column, y - baseline_y) pairs, float64 (n, 2)."""
    columns = points[:, 0] - left
    base = np.interp(columns, np.arange(len(heights)), heights)
    return np.column_stack([columns, points[:, 1] - base])


def _outside(edges: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """True outside the polygon widened by MARGIN, bool of ``shape``."""
    mask = np.zeros(shape, dtype=np.uint8)
    corners = np.rint(edges).astype(np.int32)
    cv2.fillPoly(mask, [corners], 1)
    cv2.polylines(mask, [corners], True, 1, thickness=2 * MARGIN + 1)
    return mask == 0
