"""Finds the sheet of paper in a photograph, so that the table around it is not read."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from segmentation.geometry import Points

# The search runs on a picture of this many pixels on its longer side.
SIDE = 480
# A sheet covers at least this share of the picture, and at most so much (a scan has no table).
SMALLEST, LARGEST = 0.2, 0.97
# Each side of the sheet must be brighter inside than outside by so many grey levels, along at
# least this share of its length.
STEP, STEP_SHARE = 12.0, 0.7
# Pixels (of the small picture) on either side of an edge where brightness is compared.
REACH = 5
# Share of the sheet's size that its rim takes up.
RIM = 0.015


def find_paper(image: npt.NDArray[np.uint8]) -> Points | None:
    """Find the four corners of a sheet that lies on something darker.

    Parameters
    ----------
    image
        uint8 (h, w) grey or (h, w, 3) RGB.

    Returns
    -------
    tuple of four (x, y), or None
        Corners in pixels of the image; None for a scan, which is paper from edge to edge, and
        wherever the outline is not clear.
    """
    height, width = image.shape[:2]
    scale = SIDE / max(height, width)
    if scale >= 1:
        return None
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    # Writing closed over: the sheet is to be one even patch.
    bright = cv2.GaussianBlur(_brightness(small), (5, 5), 0)
    closed = cv2.morphologyEx(bright, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))
    best, best_step = None, STEP
    for mask in _masks(closed):
        corners = _quadrilateral(mask)
        if corners is None:
            continue
        step = _weakest_side(closed, corners)
        if step > best_step:
            best, best_step = corners, step
    if best is None:
        return None
    return tuple((float(x) / scale, float(y) / scale) for x, y in best)


def blank_outside(grey: npt.NDArray[np.uint8], corners: Points) -> None:
    """Turn what lies around a sheet of paper into paper, in place.

    Parameters
    ----------
    grey
        uint8 (h, w), 255 = paper.
    corners
        Of the sheet; a narrow rim within them, where its edge casts a shadow, goes too.
    """
    outline = np.asarray(corners, np.float64)
    centre = outline.mean(axis=0)
    inner = centre + (outline - centre) * (1 - RIM)
    inside = np.zeros(grey.shape, np.uint8)
    cv2.fillConvexPoly(inside, np.rint(inner).astype(np.int32), 1)
    grey[inside == 0] = 255


def _brightness(small: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    if small.ndim == 2:
        return small
    # Wood and skin are redder than paper: the darkest channel parts them best.
    return np.asarray(small.min(axis=2), np.uint8)


def _masks(bright: npt.NDArray[np.uint8]) -> list[npt.NDArray[np.uint8]]:
    """Bright areas at several limits: under a shadow no single one fits the whole sheet."""
    otsu, _ = cv2.threshold(bright, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    limits = {round(otsu * share) for share in (0.55, 0.7, 0.85, 1.0, 1.1)}
    masks = [np.asarray(bright > limit, np.uint8) for limit in sorted(limits)]
    edges = cv2.dilate(cv2.Canny(bright, 20, 60), np.ones((3, 3), np.uint8))
    return [*masks, np.asarray(edges == 0, np.uint8)]


def _quadrilateral(mask: npt.NDArray[np.uint8]) -> npt.NDArray[np.float64] | None:
    """Return the corners (4, 2) around the largest area, if four straight sides fit it."""
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    if not contours:
        return None
    hull = cv2.convexHull(max(contours, key=cv2.contourArea))
    area = cv2.contourArea(hull)
    if not SMALLEST * mask.size < area < LARGEST * mask.size:
        return None
    around = cv2.arcLength(hull, True)
    for tolerance in (0.02, 0.03, 0.05, 0.08):
        corners = cv2.approxPolyDP(hull, tolerance * around, True).reshape(-1, 2)
        if len(corners) == 4:
            fits = cv2.contourArea(corners.astype(np.float32)) > 0.9 * area
            return corners.astype(np.float64) if fits else None
    return None


def _weakest_side(bright: npt.NDArray[np.uint8], corners: npt.NDArray[np.float64]) -> float:
    """Return how much brighter the inside is than the outside, on the side where it is least.

    Sides on the border of the picture, where the sheet goes on, do not count; a sheet with
    fewer than two others is no sheet on a table.
    """
    height, width = bright.shape
    centre = corners.mean(axis=0)
    steps = []
    for start, end in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        along = start + np.linspace(0.08, 0.92, 60)[:, None] * (end - start)
        normal = np.array([start[1] - end[1], end[0] - start[0]])
        normal *= REACH / max(float(np.hypot(*normal)), 1e-6)
        if normal @ (centre - (start + end) / 2) < 0:
            normal = -normal
        if _at_border(along - normal, width, height):
            continue
        difference = _values(bright, along + normal) - _values(bright, along - normal)
        steps.append(float(np.quantile(difference, 1 - STEP_SHARE)))
    return min(steps) if len(steps) >= 2 else 0.0


def _at_border(points: npt.NDArray[np.float64], width: int, height: int) -> bool:
    outside = (points < 0).any(axis=1) | (points[:, 0] > width - 1) | (points[:, 1] > height - 1)
    return bool(outside.mean() > 0.5)


def _values(
    bright: npt.NDArray[np.uint8], points: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    height, width = bright.shape
    columns = np.clip(np.rint(points[:, 0]).astype(int), 0, width - 1)
    rows = np.clip(np.rint(points[:, 1]).astype(int), 0, height - 1)
    return bright[rows, columns].astype(np.float64)
