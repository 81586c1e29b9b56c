"""From a photographed or scanned page to even grey with white paper, and to ink."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

Grey: TypeAlias = npt.NDArray[np.uint8]
Ink: TypeAlias = npt.NDArray[np.bool_]

PAPER = 255

_BLACK = 16
"""Where the paper of a photograph is darker than this, there is nothing to bring out."""


@dataclass(frozen=True)
class EnhanceConfig:
    """How a page is cleaned; greys are on the scale 0 (black) to 255 (paper)."""

    background_side: int = 600
    """Longer side in pixels of the small copy on which the paper is estimated."""
    background_reach: float = 0.05
    """Ink up to this share of the longer side in width does not count as paper."""
    speck_contrast: int = 32
    """A lone pixel this much off its surroundings is salt or pepper."""
    grain: float = 6.0
    """Paper noisier than this (standard deviation) is smoothed."""
    faintest: int = 26
    """Ink must be this much darker than the paper somewhere in each stroke."""
    edge: float = 0.36
    """The edge of a stroke, as a share of the way from paper to the ink's core."""
    speck_area: float = 0.2
    """Ink smaller than this many squared pen widths is dirt; a full stop has about one."""


def to_grey(image: npt.NDArray[np.uint8]) -> Grey:
    """Return one channel in which ink of any colour is dark.

    Parameters
    ----------
    image
        uint8 (h, w) grey or (h, w, 3) RGB.

    Returns
    -------
    uint8 (h, w): the darkest of the channels, so that blue, red or green ink is as dark as black
    ink would be.

    Raises
    ------
    ValueError
        If the array has another type or shape, or no pixels.
    """
    if image.dtype != np.uint8 or not (
        image.ndim == 2 or (image.ndim == 3 and image.shape[2] in (1, 3))
    ):
        raise ValueError(
            f"an image is uint8 of shape (h, w) or (h, w, 3), not {image.dtype} {image.shape}"
        )
    if image.size == 0:
        raise ValueError("the image has no pixels")
    if image.ndim == 2:
        return np.ascontiguousarray(image)
    grey = np.ascontiguousarray(image[:, :, 0])
    for channel in range(1, image.shape[2]):
        grey = np.minimum(grey, image[:, :, channel])
    return grey


def is_inverted(grey: Grey) -> bool:
    """Return whether the page is written bright on dark (a blackboard, a negative).

    Ink is the exception on a page: most of what differs from its surroundings does so in one
    direction. The page counts as inverted when that direction is towards white and the ground is
    dark; a dim photograph of a white page is not.
    """
    small = _shrink(grey, 1000)
    ground = cv2.medianBlur(small, 41)
    darker = cv2.subtract(ground, small)
    brighter = cv2.subtract(small, ground)
    # Small differences are grain, and grain has no direction.
    dark_ink = int(cv2.threshold(darker, 24, 0, cv2.THRESH_TOZERO)[1].sum(dtype=np.int64))
    bright_ink = int(cv2.threshold(brighter, 24, 0, cv2.THRESH_TOZERO)[1].sum(dtype=np.int64))
    return bool(np.median(small) < 128 and bright_ink > 1.5 * dark_ink)


def flatten(grey: Grey, config: EnhanceConfig | None = None) -> Grey:
    """Return the page as if lit evenly: paper 255, shadows gone, ink in proportion.

    The paper behind the ink is estimated by a grey closing on a small copy, which fills the ink
    and keeps the edges of shadows, and the page is divided by it.

    Parameters
    ----------
    grey
        uint8 (h, w), dark ink on bright paper.
    config
        Defaults where None.

    Returns
    -------
    uint8 (h, w)
    """
    config = config or EnhanceConfig()
    small = _shrink(grey, config.background_side)
    reach = max(3, round(max(small.shape) * config.background_reach)) | 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
    paper = cv2.morphologyEx(cv2.medianBlur(small, 3), cv2.MORPH_CLOSE, kernel)
    paper = cv2.medianBlur(paper, 2 * (reach // 5) + 1)  # smooth, and the shadow's edge stays sharp
    height, width = grey.shape
    paper = cv2.resize(paper, (width, height), interpolation=cv2.INTER_LINEAR)
    # Dividing by slightly less than the mean of the paper sends its grain to white.
    flat = np.asarray(cv2.divide(grey, paper, scale=PAPER * 1.02), dtype=np.uint8)
    flat[paper < _BLACK] = PAPER
    return flat


def denoise(grey: Grey, config: EnhanceConfig | None = None) -> Grey:
    """Return the page without salt, pepper and grain; thin strokes and dots stay.

    Lone pixels that stand out against their surroundings take the median of these; a page whose
    paper is grainy all over (a photograph in poor light) is smoothed lightly as well.
    """
    config = config or EnhanceConfig()
    median = cv2.medianBlur(grey, 3)
    off = cv2.absdiff(grey, median)
    _, odd = cv2.threshold(off, config.speck_contrast, 1, cv2.THRESH_BINARY)
    # A pixel of a one pixel wide stroke has two odd neighbours, a speck none or one.
    company = cv2.boxFilter(odd, -1, (3, 3), normalize=False, borderType=cv2.BORDER_CONSTANT)
    _, lone = cv2.threshold(company, 2, 1, cv2.THRESH_BINARY_INV)
    clean = grey.copy()
    cv2.copyTo(median, cv2.bitwise_and(odd, lone), clean)
    if _grain(clean) > config.grain:
        return np.asarray(cv2.GaussianBlur(clean, (3, 3), 0), dtype=np.uint8)
    return clean


def binarize(flat: Grey, config: EnhanceConfig | None = None) -> Ink:
    """Return the ink of an evenly lit page.

    Parameters
    ----------
    flat
        uint8 (h, w) as `flatten` and `denoise` give it: paper about 255.
    config
        Defaults where None.

    Returns
    -------
    bool (h, w), True = ink. The threshold is a share of the way from paper to the ink near by, so
    that pencil beside a felt pen survives; a stroke counts when its core stands out of the grain
    (hysteresis); blots smaller than a full stop of the page's own pen are dropped.
    """
    config = config or EnhanceConfig()
    grain = _grain(flat)
    faintest = max(config.faintest, round(4 * grain))
    limit = _edge_limit(flat, faintest, config.edge)
    return _drop_specks(flat < limit, flat < PAPER - faintest, config.speck_area * (1 + grain / 2))


def stroke_width(ink: Ink) -> float:
    """Return the mean pen width in pixels: twice the area over the perimeter (Crofton formula).

    A page without ink gives 1.0.
    """
    mask = ink.view(np.uint8)
    across = cv2.countNonZero(cv2.absdiff(mask[:, 1:], mask[:, :-1]))
    down = cv2.countNonZero(cv2.absdiff(mask[1:], mask[:-1]))
    perimeter = math.pi / 4 * (across + down)
    return max(1.0, 2 * cv2.countNonZero(mask) / perimeter) if perimeter else 1.0


def _edge_limit(flat: Grey, faintest: int, edge: float) -> Grey:
    """Return for each pixel the grey below which it belongs to the ink near by."""
    near = cv2.erode(flat, np.ones((9, 9), np.uint8))
    levels = np.arange(256)
    limits = PAPER - edge * (PAPER - levels)
    # Not so dark that a grey stroke beside a black one is lost, nor so bright that grain is ink.
    table = np.clip(limits, 170, PAPER - 0.7 * faintest).astype(np.uint8)
    return np.asarray(cv2.LUT(near, table), dtype=np.uint8)


def _drop_specks(wide: Ink, core: Ink, speck_area: float) -> Ink:
    """Return the connected parts of `wide` that reach into `core` and are no specks."""
    mask = wide.view(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    areas = stats[:, cv2.CC_STAT_AREA]
    keep = np.zeros(count, dtype=np.bool_)
    keep[labels[core]] = True
    keep[0] = False
    pen = stroke_width(np.asarray(keep[labels]))
    keep &= areas >= max(2.0, speck_area * pen * pen)
    return np.asarray(keep[labels])


def _grain(grey: Grey) -> float:
    """Return the standard deviation of the paper's grain (Immerkær 1996, robust form).

    The second difference of a strip pattern cancels lines and slopes; its median magnitude is that
    of the paper, since most of a page is paper.
    """
    height, width = grey.shape
    if min(height, width) < 5:
        return 0.0
    step = max(1, height // 400)
    kernel = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], dtype=np.float32)
    # Whole rows in threes keep the neighbourhood; every `step`-th of them is enough.
    rows = np.concatenate([grey[y : y + 3] for y in range(0, height - 2, 3 * step)])
    response = cv2.filter2D(rows, cv2.CV_16S, kernel)[1::3]
    return float(np.median(np.abs(response)) / (0.6745 * 6))


def _shrink(grey: Grey, side: int) -> Grey:
    """Return the page reduced so that its longer side has at most `side` pixels."""
    height, width = grey.shape
    factor = side / max(height, width)
    if factor >= 1:
        return grey
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    return np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
