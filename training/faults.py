"""Faults that paper, page and scanner add to a line image."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]

PAPER = 255


def as_grey(image: Any) -> Grey:
    """The image as the grey type: OpenCV's own type hints are wider."""
    return np.asarray(image, dtype=np.uint8)


def ink_level(grey: Grey) -> int:
    """Grey below which a pixel is ink, halfway faint strokes of this image included."""
    darkest = int(grey.min())
    return PAPER - max(12, (PAPER - darkest) // 3)


def add_neighbour(grey: Grey, other: Grey, rng: np.random.Generator) -> Grey:
    """Let the strokes of another line reach in from above, below or both."""
    image = grey.copy()
    height = len(image)
    rows = np.flatnonzero(other.min(axis=1) < ink_level(other))
    if not len(rows):
        return image
    first, last = int(rows[0]), int(rows[-1]) + 1
    above, below = ((True, False), (False, True), (True, True))[rng.integers(3)]
    # Mostly the tips of descenders above and of ascenders below.
    if above:
        strip = other[max(first, last - _reach(height, rng)) : last]
        window, strip = _place(image, strip, rng)
        np.minimum(window[: len(strip)], strip[:height], out=window[: len(strip)])
    if below:
        strip = other[first : min(last, first + _reach(height, rng))]
        window, strip = _place(image, strip, rng)
        np.minimum(window[-len(strip) :], strip[-height:], out=window[-len(strip) :])
    return image


def _reach(height: int, rng: np.random.Generator) -> int:
    """Rows by which a neighbouring line reaches in."""
    return 2 + int(height * rng.uniform(0.03, 0.2))


def _place(image: Grey, strip: Grey, rng: np.random.Generator) -> tuple[Grey, Grey]:
    """Columns of the image, and as much of the strip (repeated as needed) for them."""
    height, width = image.shape
    start, stop = 0, width
    # Only bits of the neighbour are left by the cut.
    if rng.random() < 0.6:
        start = int(rng.integers(0, width))
        stop = min(width, start + 1 + int(rng.uniform(0.5, 5.0) * height))
    columns = (int(rng.integers(strip.shape[1])) + np.arange(stop - start)) % strip.shape[1]
    return image[:, start:stop], strip[:height, columns]


def add_rule(grey: Grey, rng: np.random.Generator) -> Grey:
    """Leave a piece of a ruled line, solid, dotted or broken, mostly near the baseline."""
    image = grey.copy()
    height, width = image.shape
    level = int(rng.integers(90, 225))
    rows = np.flatnonzero(image.min(axis=1) < ink_level(image))
    low = int(rows[-1]) if len(rows) else height - 1
    base = rng.uniform(0.68, 1.02) * low
    if rng.random() < 0.15:
        base = rng.uniform(0.0, 0.3) * height
    slope = rng.normal(0.0, 0.004)
    xs = np.arange(0, width + 40, 40)
    ys = base + slope * (xs - width / 2) + rng.normal(0.0, 0.25, size=len(xs))
    points = np.rint(np.stack([xs, ys], axis=1) * 16).astype(np.int32)
    canvas = np.full_like(image, PAPER)
    thickness = 1 if rng.random() < 0.7 else 2
    cv2.polylines(canvas, [points], False, (level,), thickness, cv2.LINE_AA, 4)
    kind = rng.random()
    columns = np.arange(width)
    if kind < 0.3:
        period = int(rng.integers(3, 12))
        canvas[:, columns % period >= max(1, period // 2)] = PAPER
    elif kind < 0.75:
        # Rule removal leaves pieces, most of them beside strokes.
        pieces = cv2.resize(
            rng.random((1, max(2, width // 25)), dtype=np.float32), (width, 1),
            interpolation=cv2.INTER_LINEAR,
        )  # fmt: skip
        canvas[:, pieces[0] > rng.uniform(0.3, 0.7)] = PAPER
    return as_grey(np.minimum(image, canvas))


def add_specks(grey: Grey, rng: np.random.Generator) -> Grey:
    """Put a few small specks of dirt on the paper."""
    image = grey.copy()
    height, width = image.shape
    count = int(rng.integers(1, 12))
    ys, xs = rng.integers(0, height, size=count), rng.integers(0, width, size=count)
    for x, y in zip(xs.tolist(), ys.tolist(), strict=True):
        image[y : y + int(rng.integers(1, 3)), x : x + int(rng.integers(1, 3))] = rng.integers(
            40, 200
        )
    return image


def wear_off(grey: Grey, rng: np.random.Generator) -> Grey:
    """Rub off the ink in a few spots, up to whole letters: what is left must tell the rest.

    The text is not changed, so that the network learns to read letters by their neighbours
    (after the masked spans of HTR-VT, Li et al. 2025).
    """
    height, width = grey.shape
    worn = np.zeros((height, width), np.uint8)
    for _ in range(1 + int(rng.poisson(width / (8.0 * height)))):
        middle = (int(rng.integers(width)), int(rng.integers(height)))
        axes = (
            1 + int(height * rng.uniform(0.05, 0.35)),
            1 + int(height * rng.uniform(0.05, 0.35)),
        )
        cv2.ellipse(worn, middle, axes, rng.uniform(0, 180), 0, 360, (PAPER,), -1, cv2.LINE_AA)
    return as_grey(np.maximum(grey, worn))


def tint_paper(grey: Grey, rng: np.random.Generator) -> Grey:
    """Give the paper a tone of its own, with a slow change and sometimes texture."""
    height, width = grey.shape
    darkest = rng.uniform(0.75, 0.98)
    coarse = rng.uniform(darkest, 1.0, size=(2, max(2, width // 150))).astype(np.float32)
    tone = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR)
    if rng.random() < 0.4:
        grain = rng.normal(0.0, 0.05, size=(height // 2 + 1, width // 2 + 1)).astype(np.float32)
        tone = tone + cv2.resize(grain, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.clip(grey * tone, 0, 255).astype(np.uint8)


def coarsen(grey: Grey, rng: np.random.Generator) -> Grey:
    """Scan at a low resolution: down, and up again."""
    height, width = grey.shape
    scale = rng.uniform(min(0.9, max(0.35, 22.0 / height)), 0.95)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
    return as_grey(cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR))


def add_noise(grey: Grey, rng: np.random.Generator) -> Grey:
    """Add the sensor's noise; most scanners leave plain paper white."""
    noise = rng.standard_normal(grey.shape, dtype=np.float32)
    noise *= rng.uniform(2.0, 14.0)
    noise += grey
    noisy = np.clip(noise, 0, 255).astype(np.uint8)
    if rng.random() < 0.5:
        noisy[grey == PAPER] = PAPER
    return noisy


def compress(grey: Grey, rng: np.random.Generator) -> Grey:
    """Go through JPEG at a low quality."""
    quality = int(rng.integers(20, 75))
    done, data = cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not done:
        raise ValueError(f"no JPEG of an image of {grey.shape}")
    return as_grey(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE))
