"""Variations of character images: turned, sheared, zoomed, shifted, bent, thinner or thicker."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

SIZE = 28
_GRID = 5
"""Corners of the grid, along each side, on which the bending is drawn."""


@dataclass(frozen=True)
class CharacterAugmentConfig:
    """How far images are varied. There are no flips: they would make other characters.

    Attributes
    ----------
    rotation, shear, zoom, shift, elastic
        Spreads (standard deviations) of the angle in degrees, of the horizontal shift for one
        up, of the logarithm of width and height, of the move in pixels, and of the bending in
        pixels (Simard et al. 2003).
    stroke
        Chance of thinner or thicker strokes.
    """

    rotation: float = 6.0
    shear: float = 0.1
    zoom: float = 0.06
    shift: float = 0.7
    elastic: float = 0.5
    stroke: float = 0.2


def augment_characters(
    images: NDArray[np.uint8],
    rng: np.random.Generator,
    config: CharacterAugmentConfig | None = None,
) -> NDArray[np.uint8]:
    """Return varied copies.

    Parameters
    ----------
    images
        uint8 (n, 28, 28), white on black.
    rng
        Draws the variations.
    config
        How far they go.

    Returns
    -------
    uint8 (n, 28, 28)
    """
    config = config or CharacterAugmentConfig()
    places = _places(len(images), rng, config)
    changes = rng.random(len(images)) < config.stroke
    thicker, depth = rng.random(len(images)) < 0.5, rng.uniform(0.2, 0.7, len(images))
    varied = np.empty_like(images)
    for k, image in enumerate(images):
        moved = cv2.remap(image, places[k, ..., 0], places[k, ..., 1], cv2.INTER_LINEAR)
        if changes[k]:
            moved = _change_stroke(np.asarray(moved, np.uint8), bool(thicker[k]), float(depth[k]))
        varied[k] = moved
    return varied


def _places(
    count: int, rng: np.random.Generator, config: CharacterAugmentConfig
) -> NDArray[np.float32]:
    """Where each pixel of the new images is taken from, float32 (n, 28, 28, 2) of (x, y)."""
    angle = np.deg2rad(rng.normal(0, config.rotation, count))
    shear = rng.normal(0, config.shear, count)
    across, down = np.exp(rng.normal(0, config.zoom, (2, count)))
    matrix = np.empty((count, 2, 2))
    matrix[:, 0, 0], matrix[:, 0, 1] = across * np.cos(angle), -np.sin(angle) + shear
    matrix[:, 1, 0], matrix[:, 1, 1] = np.sin(angle), down * np.cos(angle)
    middle = (SIZE - 1) / 2
    steps = np.arange(SIZE) - middle
    grid = np.stack(np.meshgrid(steps, steps), axis=-1)
    places = np.einsum("nij,yxj->nyxi", matrix, grid, optimize=True)
    places += middle + rng.normal(0, config.shift, (count, 1, 1, 2))
    bends = rng.normal(0, config.elastic, (count, _GRID, _GRID, 2))
    smooth = _SMOOTH
    places += np.einsum("yi,nijc,xj->nyxc", smooth, bends, smooth, optimize=True)
    return places.astype(np.float32)


def _smoothing() -> NDArray[np.float64]:
    """Weights of the grid's corners for each row of pixels, float64 (28, _GRID)."""
    corners = np.linspace(0, SIZE - 1, _GRID)
    spread = (corners[1] - corners[0]) * 0.6
    weights = np.exp(-0.5 * ((np.arange(SIZE)[:, None] - corners) / spread) ** 2)
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


_SMOOTH = _smoothing()


def _change_stroke(image: NDArray[np.uint8], thicker: bool, depth: float) -> NDArray[np.uint8]:
    kernel = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
    changed = cv2.dilate(image, kernel) if thicker else cv2.erode(image, kernel)
    # Thin strokes must not vanish: mix with what was there.
    return np.asarray(cv2.addWeighted(changed, depth, image, 1 - depth, 0), np.uint8)
