"""Gives every piece of ink to the line of writing it belongs to."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from segmentation.band_links import line_pitch
from segmentation.bands import Band

# Loose ink belongs to a line up to this distance, in x-heights; letters that are smaller than
# this share of the distance between lines have ascenders and accents as if they were not.
LOOSE, SMALL = 1.6, 0.25
# A component with less ink in another line than this share of what it has in its own holds no
# letter of it: a single one may hang on to a long word.
SOME = 0.05
# With less than this share it holds one if that is so wide and high in the band, in x-heights.
LITTLE, LETTER = 0.2, (1.0, 0.5)


@dataclass(frozen=True)
class InkPixels:
    """The ink pixels of a sheet by connected component.

    Attributes
    ----------
    xs, ys : int32 array (n,)
        Pixels, ys rising.
    label : int32 array (n,)
        Component of each pixel, 0 .. count - 1.
    boxes : int32 array (count, 5)
        Left, top, width, height and area of each component.
    """

    xs: np.ndarray
    ys: np.ndarray
    label: np.ndarray
    boxes: np.ndarray


def ink_pixels(ink: np.ndarray) -> InkPixels:
    """List the ink pixels of a sheet (bool array) with their components."""
    _, labels, boxes, _ = cv2.connectedComponentsWithStats(ink.astype(np.uint8), connectivity=8)
    ys, xs = np.nonzero(ink)
    return InkPixels(
        xs.astype(np.int32), ys.astype(np.int32), labels[ys, xs] - 1, boxes[1:].astype(np.int32)
    )


def without_rules(pixels: InkPixels, height: float) -> InkPixels:
    """Leave out upright rules: components taller than ``height`` and ten times as high as wide.

    A border that leans with the page is wider than its stroke, but hardly a tenth of its height.
    """
    upright = (pixels.boxes[:, 3] > height) & (pixels.boxes[:, 3] > 10 * pixels.boxes[:, 2])
    kept = ~upright[pixels.label]
    return replace(pixels, xs=pixels.xs[kept], ys=pixels.ys[kept], label=pixels.label[kept])


def assign_ink(pixels: InkPixels, bands: list[Band]) -> np.ndarray:
    """Find the line of every ink pixel.

    A component lies whole in one line, unless it holds letters of two: then its pixels go to
    the line whose letters are nearer along the ink (a watershed), which parts touching
    ascenders and descenders where they meet.

    Returns
    -------
    int32 array (n,)
        Index into ``bands`` for each pixel of ``pixels``, -1 = belongs to no line.
    """
    count = len(pixels.boxes)
    if not bands or not count:
        return np.full(len(pixels.xs), -1, dtype=np.int32)
    band_of = pixel_bands(pixels, bands)
    shares = shares_of_bands(pixels, band_of, len(bands))
    order = np.sort(shares, axis=1)
    owner = np.where(order[:, -1] > 0, np.argmax(shares, axis=1), -1).astype(np.int32)
    loose = np.flatnonzero(owner < 0)
    owner[loose] = _nearest_band(pixels.boxes[loose], bands)
    line = owner[pixels.label]
    if len(bands) > 1:
        shared = np.flatnonzero(order[:, -2] > SOME * order[:, -1])
        _split(pixels, band_of, bands, shared, line)
    return line


def shares_of_bands(pixels: InkPixels, band_of: np.ndarray, count: int) -> np.ndarray:
    """Pixels of each component in each band, int64 (components, count)."""
    inside = band_of >= 0
    index = pixels.label[inside] * np.int64(count) + band_of[inside]
    flat = np.bincount(index, minlength=len(pixels.boxes) * count)
    return flat.reshape(len(pixels.boxes), count)


def pixel_bands(pixels: InkPixels, bands: list[Band]) -> np.ndarray:
    """Core band of every ink pixel, -1 between the bands."""
    result = np.full(len(pixels.xs), -1, dtype=np.int32)
    for index, band in enumerate(bands):
        # The rim of the band is left out: the feet of ascenders' loops reach into it.
        rim = 0.1 * band.x_height
        first, last = np.searchsorted(
            pixels.ys, (band.base.min() - band.x_height, band.base.max() + 1)
        )
        xs, ys = pixels.xs[first:last], pixels.ys[first:last]
        above = band.base_at(xs) - ys
        margin = 0.5 * band.x_height
        inside = (above >= rim) & (above <= band.x_height - rim)
        inside &= (xs >= band.left - margin) & (xs <= band.right + margin)
        result[first:last][inside] = index
    return result


def _nearest_band(boxes: np.ndarray, bands: list[Band]) -> np.ndarray:
    """Band of each component that touches none, -1 where all are too far."""
    x = boxes[:, 0] + boxes[:, 2] / 2
    y = boxes[:, 1] + boxes[:, 3] / 2
    costs = np.empty((len(boxes), len(bands)))
    least = SMALL * (line_pitch(bands) or 0.0)
    for index, band in enumerate(bands):
        base, unit = band.base_at(x), max(band.x_height, least)
        above = (base - band.x_height - y) / unit
        below = (y - base) / unit
        aside = np.maximum(band.left - x, x - band.right) / unit
        # Accents and dots stand higher above the letters than commas hang below.
        costs[:, index] = np.maximum(above, 1.5 * below).clip(min=0) + 0.7 * aside.clip(min=0)
    best = np.argmin(costs, axis=1)
    near = costs[np.arange(len(boxes)), best] <= LOOSE
    return np.where(near, best, -1).astype(np.int32)


def _split(
    pixels: InkPixels,
    band_of: np.ndarray,
    bands: list[Band],
    components: np.ndarray,
    line: np.ndarray,
) -> None:
    """Share the pixels of components that hold letters of several lines; changes ``line``."""
    order = np.argsort(pixels.label, kind="stable")
    starts = np.searchsorted(pixels.label[order], np.arange(len(pixels.boxes) + 1))
    for component in components:
        members = order[starts[component] : starts[component + 1]]
        left, top, width, height, _ = pixels.boxes[component]
        xs, ys = pixels.xs[members] - left, pixels.ys[members] - top
        seeds = band_of[members]
        for index in np.unique(seeds[seeds >= 0]):
            if _is_tail(xs, ys, seeds == index, seeds, bands[index].x_height):
                seeds[seeds == index] = -1
        present = np.unique(seeds[seeds >= 0])
        if len(present) == 1:
            line[members] = present[0]
            continue
        markers = np.zeros((height, width), dtype=np.int32)
        markers[ys, xs] = seeds + 1
        mask = np.zeros((height, width), dtype=bool)
        mask[ys, xs] = True
        flat = np.zeros((height, width), dtype=np.uint8)
        from skimage.segmentation import watershed  # 0.2 s to import, and few pages touch

        found = watershed(flat, markers, mask=mask, connectivity=2)[ys, xs] - 1
        line[members] = np.where(found >= 0, found, line[members])


def _is_tail(
    xs: np.ndarray, ys: np.ndarray, inside: np.ndarray, seeds: np.ndarray, x_height: float
) -> bool:
    """Whether the ink in a band is only a stroke that passes through or into it, not letters."""
    share = np.count_nonzero(inside) / max(1, np.bincount(seeds[seeds >= 0]).max())
    wide, high = (np.ptp(places[inside]) / x_height for places in (xs, ys))
    if share < LITTLE:
        return bool(wide < LETTER[0] or high < LETTER[1])
    return bool(share < 0.6 and wide < 0.7)
