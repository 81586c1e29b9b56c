"""Faults of writing, paper and scanner laid over a line image, to widen what training sees.

Elastic distortion after Simard et al. 2003; the rest is what scans show.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

import cv2
import numpy as np

from training.faults import (
    PAPER,
    Grey,
    add_neighbour,
    add_noise,
    add_rule,
    add_specks,
    as_grey,
    coarsen,
    compress,
    ink_level,
    tint_paper,
    wear_off,
)

# Share of the changed strokes that a marker draws, and what it adds, in heights of the line.
_MARKERS = 0.15
_MARKER_GROWTH = (0.03, 0.07)


@dataclass(frozen=True)
class AugmentConfig:
    """Chance of each fault, 0 never to 1 always, and how far the gradual ones go.

    Attributes
    ----------
    warp : float
        Slant, rotation, stretch and elastic distortion, done in one step.
    slant, rotation, stretch, elastic : float
        Spread (standard deviation) of the slant (horizontal shift for one up), of the angle
        in degrees, of the logarithm of the stretch, and of the displacement in pixels on a
        line 64 pixels high.
    thickness, fade, rule, neighbour, blur, noise, jpeg, low_resolution, background, crop,
    specks, texture, wear : float
        Chances: strokes made thicker or thinner, ink faded, leftover of a ruled line, strokes
        of the lines above and below, blur, noise, JPEG artefacts, coarse scan, paper that is
        not white, edges cut or widened, dirt, grain in the strokes, spots without ink.
    """

    warp: float = 0.85
    slant: float = 0.2
    rotation: float = 0.9
    stretch: float = 0.17
    elastic: float = 1.5
    thickness: float = 0.4
    fade: float = 0.3
    rule: float = 0.25
    neighbour: float = 0.25
    blur: float = 0.25
    noise: float = 0.3
    jpeg: float = 0.15
    low_resolution: float = 0.15
    background: float = 0.15
    crop: float = 0.6
    specks: float = 0.1
    texture: float = 0.2
    wear: float = 0.3


def augment_line(
    grey: Grey,
    rng: np.random.Generator,
    config: AugmentConfig | None = None,
    neighbour: Grey | None = None,
) -> Grey:
    """Return a line image with random faults; its text stays the same.

    Parameters
    ----------
    grey : uint8 (h, w)
        255 = paper.
    rng : numpy.random.Generator
    config : AugmentConfig, optional
    neighbour : uint8 (h, w), optional
        Another line image, whose strokes may reach in from above or below; a piece of the line
        itself when missing.

    Returns
    -------
    uint8 (h, w)
        Grey, 255 = paper; the size may differ from that of the input.

    Raises
    ------
    ValueError
        When the image is not a two-dimensional uint8 array with pixels in it.
    """
    if grey.ndim != 2 or grey.dtype != np.uint8 or grey.size == 0:
        raise ValueError(f"expected a grey uint8 image, got {grey.dtype} {grey.shape}")
    config = config or AugmentConfig()

    def happens(chance: float) -> bool:
        return bool(rng.random() < chance)

    image = grey
    if happens(config.warp):
        image = warp(image, rng, config)
    if happens(config.crop):
        image = jitter_edges(image, rng)
    if happens(config.thickness):
        image = change_thickness(image, rng)
    if happens(config.texture):
        image = roughen(image, rng)
    if happens(config.wear):
        image = wear_off(image, rng)
    if happens(config.fade):
        image = fade_ink(image, rng)
    if happens(config.neighbour):
        image = add_neighbour(image, grey if neighbour is None else neighbour, rng)
    if happens(config.rule):
        image = add_rule(image, rng)
    if happens(config.specks):
        image = add_specks(image, rng)
    if happens(config.background):
        image = tint_paper(image, rng)
    if happens(config.low_resolution):
        image = coarsen(image, rng)
    if happens(config.blur):
        image = as_grey(cv2.GaussianBlur(image, (0, 0), rng.uniform(0.4, 1.3)))
    if happens(config.noise):
        image = add_noise(image, rng)
    if happens(config.jpeg):
        image = compress(image, rng)
    return image


def warp(grey: Grey, rng: np.random.Generator, config: AugmentConfig) -> Grey:
    """Slant, rotate, stretch and bend a line in one interpolation."""
    height, width = grey.shape
    slant = rng.normal(0.0, config.slant)
    angle = np.deg2rad(rng.normal(0.0, config.rotation))
    across, down = np.exp(rng.normal(0.0, config.stretch, size=2) * (1.0, 0.6))
    corners = np.array([[0, 0], [width, 0], [0, height], [width, height]], dtype=np.float64)
    matrix = np.array(
        [[across * np.cos(angle), -slant * down], [across * np.sin(angle), down]], dtype=np.float64
    )
    moved = corners @ matrix.T
    reach = config.elastic * height / 64.0
    low, high = moved.min(axis=0) - reach, moved.max(axis=0) + reach
    new_width, new_height = (int(v) for v in np.ceil(high - low))
    back = np.linalg.inv(matrix)
    affine = np.column_stack([back, back @ low])
    if config.elastic <= 0:
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        size = (new_width, new_height)
        return as_grey(cv2.warpAffine(grey, affine, size, flags=flags, borderValue=(PAPER,)))
    # The displacement is drawn on a coarse grid and made smooth between.
    step = rng.uniform(0.4, 1.2) * new_height
    grid = (max(3, int(new_width / step) + 2), max(3, int(new_height / step) + 2))
    coarse = rng.normal(0.0, reach, size=(grid[1], grid[0], 2)).astype(np.float32)
    field = cv2.resize(coarse, (new_width, new_height), interpolation=cv2.INTER_CUBIC)
    xs = np.arange(new_width, dtype=np.float32)[None]
    ys = np.arange(new_height, dtype=np.float32)[:, None]
    a = affine.astype(np.float32)
    field[..., 0] += a[0, 0] * xs + (a[0, 1] * ys + a[0, 2])
    field[..., 1] += a[1, 0] * xs + (a[1, 1] * ys + a[1, 2])
    x, y = np.ascontiguousarray(field[..., 0]), np.ascontiguousarray(field[..., 1])
    return as_grey(
        cv2.remap(
            grey, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=(PAPER,)
        )
    )


def change_thickness(grey: Grey, rng: np.random.Generator) -> Grey:
    """Make strokes a little thicker or thinner, now and then as thick as a marker's."""
    if rng.random() < _MARKERS:
        side = max(3, round(rng.uniform(*_MARKER_GROWTH) * len(grey)))
        return as_grey(cv2.erode(grey, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))))
    kernel = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
    changed = cv2.erode(grey, kernel) if rng.random() < 0.5 else cv2.dilate(grey, kernel)
    # Thin strokes must not vanish: mix with what was there.
    share = rng.uniform(0.2, 0.9) if changed.mean() < grey.mean() else rng.uniform(0.2, 0.6)
    return as_grey(cv2.addWeighted(changed, share, grey, 1.0 - share, 0.0))


def roughen(grey: Grey, rng: np.random.Generator) -> Grey:
    """Let the paper's grain show through the strokes, as with a pencil."""
    depth = rng.uniform(0.1, 0.6)
    grain = rng.random(grey.shape, dtype=np.float32)
    soft = cv2.blur(grain, (2, 2)) if rng.random() < 0.5 else grain
    ink = (PAPER - grey.astype(np.float32)) * (1.0 - depth * soft)
    return np.asarray(255.5 - ink).astype(np.uint8)


def fade_ink(grey: Grey, rng: np.random.Generator) -> Grey:
    """Lighten the ink, evenly or more here than there."""
    level = rng.uniform(0.35, 1.0)
    if rng.random() < 0.5:
        ink = cv2.convertScaleAbs(cv2.bitwise_not(grey), alpha=level)
        return as_grey(cv2.bitwise_not(ink))
    height, width = grey.shape
    coarse = rng.uniform(level * 0.7, 1.0, size=(2, max(2, width // 80))).astype(np.float32)
    slow = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR)
    return (255.5 - (PAPER - grey.astype(np.float32)) * slow).astype(np.uint8)


def jitter_edges(grey: Grey, rng: np.random.Generator) -> Grey:
    """Widen or narrow the paper around the ink; ink is shaved at most a little."""
    height, width = grey.shape
    dark = grey < ink_level(grey)
    rows, columns = np.flatnonzero(dark.any(axis=1)), np.flatnonzero(dark.any(axis=0))
    if not len(rows):
        return grey
    box = (rows[0], rows[-1] + 1, columns[0], columns[-1] + 1)
    shave = 0.05 * (box[1] - box[0])
    top, bottom = rng.uniform(-shave, 0.3 * height, size=2)
    left, right = rng.uniform(0.0, 0.6 * height, size=2)
    cut = (
        int(max(0.0, box[0] - top)), ceil(min(height, box[1] + bottom)),
        int(max(0.0, box[2] - left)), ceil(min(width, box[3] + right)),
    )  # fmt: skip
    image = grey[cut[0] : cut[1], cut[2] : cut[3]]
    pads = (
        int(max(0.0, top - box[0])), int(max(0.0, box[1] + bottom - height)),
        int(max(0.0, left - box[2])), int(max(0.0, box[3] + right - width)),
    )  # fmt: skip
    return as_grey(cv2.copyMakeBorder(image, *pads, cv2.BORDER_CONSTANT, value=(PAPER,)))
