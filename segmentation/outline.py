"""Draws the polygon around the ink of one line of writing."""

from __future__ import annotations

import cv2
import numpy as np

from segmentation.bands import Band
from segmentation.geometry import Points

# Width of the outline's columns and its margin around the ink, in x-heights.
COLUMN = 0.25
MARGIN = 0.15
# The polygon reaches at least this far below the baseline.
BELOW = 0.3


def outline(xs: np.ndarray, ys: np.ndarray, band: Band) -> Points:
    """Return a polygon, single-valued in x, around the ink and the band's baseline.

    Parameters
    ----------
    xs, ys : int array (n,)
        Ink pixels of the line, n >= 1, ys rising.
    band : Band
        Core band of the line; the polygon always holds it between the outermost ink.
    """
    column = max(1.0, COLUMN * band.x_height)
    margin = max(2.0, MARGIN * band.x_height)
    left = float(xs.min())
    count = int((xs.max() - left) / column) + 1
    index = ((xs - left) / column).astype(int)
    edges = left + np.arange(count + 1) * column
    base = band.base_at((edges[:-1] + edges[1:]) / 2)
    top = base - band.x_height
    bottom = base + BELOW * band.x_height
    # ys rise, so the last write to a column is its lowest ink, and backwards its highest.
    ink_top, ink_bottom = top.copy(), bottom.copy()
    ink_top[index[::-1]] = ys[::-1]
    ink_bottom[index] = ys
    top, bottom = np.minimum(top, ink_top), np.maximum(bottom, ink_bottom)
    # Neighbouring columns share their reach so that the outline keeps clear of slanted strokes.
    kernel = np.ones((1, 3), dtype=np.uint8)
    top = cv2.erode(top[None, :], kernel)[0] - margin
    bottom = cv2.dilate(bottom[None, :], kernel)[0] + margin
    edges[0] -= margin
    edges[-1] = xs.max() + 1 + margin
    upper = np.column_stack([np.repeat(edges, 2)[1:-1], np.repeat(top, 2)])
    lower = np.column_stack([np.repeat(edges, 2)[1:-1], np.repeat(bottom, 2)])[::-1]
    points = np.concatenate([upper, lower])
    points = cv2.approxPolyDP(points.astype(np.float32)[:, None, :], 0.08 * band.x_height, True)
    return tuple((float(x), float(y)) for x, y in points[:, 0, :])
