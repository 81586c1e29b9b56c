"""A pen on paper under a scanner: strokes drawn with a random pen, as grey images."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

SUPERSAMPLING = 2
FRACTION_BITS = 4
"""Bits after the point in the coordinates given to OpenCV's drawing functions."""
DOT = np.array([[0, 0], [16, 0]], dtype=np.int32)
WIDEST = 30.0
"""Width over height from which on ink is scaled by its width."""
X_HEIGHT_SHARE = 0.4
"""Usual x-height of ink with ascenders and descenders, as a share of its height."""


@dataclass(frozen=True)
class PenStyle:
    """How a sample is drawn; constant for a writer's line.

    Attributes
    ----------
    width : float
        Stroke width in pixels.
    darkness : float
        1 is black ink, 0 is paper.
    shear : float
        Horizontal shift for one unit up: slant added to the writer's own.
    stretch : float
        Horizontal scale.
    speed : float
        Share of the width that fast strokes lose (0 none).
    grain : float
        Depth of the paper grain in the stroke (pencil, dry ballpoint).
    fade : float
        Depth of slow changes of darkness along the line (pressure).
    gaps : float
        Share of the path where the ballpoint leaves hardly any ink.
    blur : float
        Sigma of the scanner's blur in pixels.
    """

    width: float = 2.5
    darkness: float = 0.85
    shear: float = 0.0
    stretch: float = 1.0
    speed: float = 0.2
    grain: float = 0.0
    fade: float = 0.1
    gaps: float = 0.0
    blur: float = 0.5

    @staticmethod
    def random(rng: np.random.Generator, x_height: float = 25.0) -> PenStyle:
        """Random pen for writing of this x-height (pixels): biro, pencil, ink or felt pen."""
        kind = rng.choice(4, p=(0.5, 0.25, 0.13, 0.12))
        low, high = ((0.06, 0.14), (0.06, 0.15), (0.08, 0.18), (0.15, 0.3))[kind]
        darkness = ((0.55, 0.95), (0.3, 0.75), (0.7, 1.0), (0.7, 1.0))[kind]
        grain = ((0.0, 0.35), (0.2, 0.8), (0.0, 0.15), (0.0, 0.2))[kind]
        return PenStyle(
            width=max(1.1, x_height * rng.uniform(low, high)),
            darkness=rng.uniform(*darkness),
            shear=rng.normal(0.0, 0.15),
            stretch=float(np.exp(rng.normal(0.0, 0.12))),
            speed=rng.uniform(0.0, 0.5) if rng.random() < 0.6 else 0.0,
            grain=rng.uniform(*grain),
            fade=rng.uniform(0.0, 0.4),
            gaps=rng.uniform(0.0, 0.05) if kind == 0 and rng.random() < 0.4 else 0.0,
            blur=rng.uniform(0.2, 0.9),
        )


def render_ink(
    strokes: Sequence[np.ndarray],
    height: float,
    rng: np.random.Generator,
    style: PenStyle | None = None,
    margin: int = 6,
) -> np.ndarray:
    """Draw pen strokes.

    Parameters
    ----------
    strokes : sequence of float (n, 2)
        Pen positions, x right, y down, any unit.
    height : float
        Height of the ink in pixels, from its highest to its lowest point; ink wider than
        thirty times its height is drawn thirty times this wide.
    rng : numpy.random.Generator
    style : PenStyle, optional
        A random one when missing.
    margin : int
        Paper left around the ink, pixels.

    Returns
    -------
    uint8 (h, w)
        Grey, 255 = paper.
    """
    if style is None:
        style = PenStyle.random(rng, height * X_HEIGHT_SHARE)
    lengths = np.array([len(stroke) for stroke in strokes])
    points = np.concatenate(strokes).astype(np.float32)
    points -= points.min(axis=0)
    # A dash has no height to speak of: its width stands in for it.
    wide, high = points.max(axis=0)
    points *= height / max(float(high), float(wide) / WIDEST, 1e-3)
    points[:, 0] = style.stretch * points[:, 0] - style.shear * points[:, 1]
    points, lengths = smooth_path(points, lengths)
    pad = margin + 0.5 * style.width
    points += pad - points.min(axis=0)
    size = np.ceil(points.max(axis=0) + pad).astype(int)
    coverage = _draw(points, lengths, (int(size[1]), int(size[0])), style, rng)
    return develop(coverage, style, rng)


def smooth_path(
    points: np.ndarray, lengths: np.ndarray, spacing: float = 2.0
) -> tuple[np.ndarray, np.ndarray]:
    """Put points between sparse pen positions on a Catmull-Rom spline.

    Parameters
    ----------
    points : float32 (n, 2)
        Positions of all strokes, in pixels.
    lengths : int (n_strokes,)
        Points in each stroke.
    spacing : float
        Mean distance between the points aimed at, in pixels.

    Returns
    -------
    points : float32 (m, 2)
    lengths : int (n_strokes,)
    """
    steps = np.hypot(*np.diff(points, axis=0).T)
    factor = int(np.clip(np.ceil(np.median(steps) / spacing), 1, 6)) if len(steps) else 1
    if factor == 1:
        return points, lengths
    ends = np.cumsum(lengths)
    first = np.repeat(ends - lengths, lengths)
    last = np.repeat(ends - 1, lengths)
    here = np.arange(len(points))
    neighbours = np.stack(
        [np.maximum(here - 1, first), here, np.minimum(here + 1, last), np.minimum(here + 2, last)]
    )
    t = np.arange(factor, dtype=np.float32) / factor
    weights = 0.5 * np.stack(
        [-t + 2 * t**2 - t**3, 2 - 5 * t**2 + 3 * t**3, t + 4 * t**2 - 3 * t**3, t**3 - t**2]
    )
    curve = np.einsum("kf,knd->nfd", weights, points[neighbours])
    curve[ends - 1] = points[ends - 1, None]
    return curve.reshape(-1, 2).astype(np.float32), lengths * factor


def _draw(
    points: np.ndarray,
    lengths: np.ndarray,
    shape: tuple[int, int],
    style: PenStyle,
    rng: np.random.Generator,
) -> np.ndarray:
    """Coverage of the paper by the pen, float32 (h, w) in 0..1."""
    canvas = np.zeros((shape[0] * SUPERSAMPLING, shape[1] * SUPERSAMPLING), dtype=np.uint8)
    thickness = _thickness(points, lengths, style)
    if style.gaps:
        starved = rng.random(len(points)) < style.gaps
        thickness[starved] = 1
    fixed = np.rint(points * (SUPERSAMPLING * 2**FRACTION_BITS)).astype(np.int32)
    # Runs of one thickness; each run ends on the first point of the next of its stroke.
    stroke_start = np.zeros(len(points), dtype=bool)
    stroke_start[np.concatenate([[0], np.cumsum(lengths)[:-1]])] = True
    change = np.flatnonzero(stroke_start | (np.diff(thickness, prepend=thickness[0]) != 0))
    stops = np.append(change[1:], len(points))
    joined = np.append(~stroke_start[change[1:]], False)
    runs: dict[int, list[np.ndarray]] = {}
    for start, stop, more in zip(change.tolist(), stops.tolist(), joined.tolist(), strict=True):
        path = fixed[start : stop + more]
        if len(path) == 1:
            # A pen set down and lifted leaves a dot, but a path of one point leaves nothing.
            path = path + DOT
        runs.setdefault(int(thickness[start]), []).append(path)
    for width, paths in runs.items():
        cv2.polylines(canvas, paths, False, 255, width, cv2.LINE_AA, FRACTION_BITS)
    small = cv2.resize(canvas, shape[::-1], interpolation=cv2.INTER_AREA)
    return small.astype(np.float32) * np.float32(1 / 255)


def _thickness(points: np.ndarray, lengths: np.ndarray, style: PenStyle) -> np.ndarray:
    """Line width at every point in supersampled pixels, thinner where the pen is fast."""
    width = np.full(len(points), style.width * SUPERSAMPLING, dtype=np.float32)
    if style.speed:
        steps = np.zeros(len(points), dtype=np.float32)
        steps[1:] = np.hypot(*np.diff(points, axis=0).T)
        ends = np.cumsum(lengths)
        steps[ends - lengths] = 0.0
        fast = np.convolve(steps, np.full(7, 1 / 7, dtype=np.float32))[3:-3]
        width *= 1.0 + style.speed * (0.7 - np.clip(fast / (fast.mean() + 1e-6), 0.0, 2.0))
    return np.maximum(np.rint(width), 1).astype(np.int64)


def develop(coverage: np.ndarray, style: PenStyle, rng: np.random.Generator) -> np.ndarray:
    """Turn pen coverage into a scanned grey image: grain, fading, blur.

    Parameters
    ----------
    coverage : float32 (h, w)
        0 paper, 1 fully inked.
    style : PenStyle
    rng : numpy.random.Generator

    Returns
    -------
    uint8 (h, w)
        Grey, 255 = paper.
    """
    height, width = coverage.shape
    if style.fade:
        coarse = rng.normal(0.0, 0.5, size=(2, max(2, width // 60))).astype(np.float32)
        slow = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
        coverage = coverage * np.clip(1.0 - style.fade * (0.5 + slow), 0.15, 1.0)
    if style.grain:
        noise = rng.random((height, width), dtype=np.float32)
        grain = cv2.blur(noise, (2, 2)) if style.grain < 0.5 else noise
        coverage = coverage * (1.0 - style.grain * grain)
    if style.blur > 0.25:
        coverage = np.asarray(cv2.GaussianBlur(coverage, (0, 0), style.blur))
    return (255.5 - 255.0 * style.darkness * np.clip(coverage, 0.0, 1.0)).astype(np.uint8)
