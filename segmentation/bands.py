"""Finds the core band (baseline and x-height) of a line of writing along its ridge."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from segmentation.ridges import Ridge

# Steps of the sampled band, in x-heights.
STEP = 0.5
# Windows of the smoothing of ridges and baselines, in x-heights.
STIFF, SMOOTH = 12.0, 6.0


@dataclass(frozen=True)
class Band:
    """The zone of the small letters of one line, sampled at rising xs (sheet pixels).

    Attributes
    ----------
    xs, base : float64 array (n,)
        Baseline y at every x.
    x_height : float
        Height of the small letters above the baseline.
    """

    xs: np.ndarray
    base: np.ndarray
    x_height: float

    @property
    def left(self) -> float:
        """First column."""
        return float(self.xs[0])

    @property
    def right(self) -> float:
        """Last column."""
        return float(self.xs[-1])

    def base_at(self, xs: np.ndarray | float) -> np.ndarray:
        """Baseline y at xs, level beyond the ends."""
        return np.interp(xs, self.xs, self.base)


def find_band(ridge: Ridge, ink_xs: np.ndarray, ink_ys: np.ndarray, unit: float) -> Band | None:
    """Fit the core band of the ink around a ridge.

    Rows of ink relative to the ridge fill up at the x-height and empty at the baseline: the
    steepest edges of that profile are the band, whatever ascenders and descenders do.

    Parameters
    ----------
    ridge : Ridge
    ink_xs, ink_ys : int array (n,)
        Ink pixels of the sheet, ink_ys rising.
    unit : float
        Expected x-height in pixels.

    Returns
    -------
    Band or None
        None where the ridge has no ink beside it.
    """
    reach = 2.0 * unit
    step = STEP * unit
    windows = max(1, int((ridge.right - ridge.left) / step) + 1)
    centres = np.minimum(ridge.left + (np.arange(windows) + 0.5) * step, ridge.right)
    # Capitals and digits lift the ridge: only its stiff course counts.
    strength = np.interp(centres, ridge.xs, ridge.strength)
    course = smooth_course(centres, ridge.at(centres), strength, STIFF * unit, unit)
    first, last = np.searchsorted(ink_ys, (course.min() - reach, course.max() + reach))
    xs, ys = ink_xs[first:last], ink_ys[first:last]
    inside = (xs >= ridge.left) & (xs <= ridge.right)
    xs, ys = xs[inside], ys[inside]
    rows = ys - np.interp(xs, centres, course)
    near = np.abs(rows) < reach
    xs, rows = xs[near], rows[near]
    if not len(xs):
        return None
    row_step = max(unit / 16, 0.5)
    depth = int(2 * reach / row_step) + 1
    index = ((xs - ridge.left) / step).astype(int) * depth + ((rows + reach) / row_step).astype(int)
    counts = np.bincount(index, minlength=windows * depth)[: windows * depth]
    profile = counts.reshape(windows, depth).astype(np.float32)
    # Thick blobs must not outvote letters.
    profile = np.sqrt(profile)
    whole = cv2.GaussianBlur(profile.sum(axis=0)[None, :], (0, 0), 0.12 * unit / row_step)[0]
    top, bottom = _edges(whole, unit / row_step)
    base, certainty = _local_base(profile, bottom, unit / row_step)
    offset = base * row_step - reach
    base = smooth_course(centres, course + offset, certainty, SMOOTH * unit, 0.3 * unit)
    x_height = float(np.clip((bottom - top) * row_step, 0.6 * unit, 1.8 * unit))
    return Band(centres, base, x_height)


def smooth_course(
    xs: np.ndarray, ys: np.ndarray, weights: np.ndarray, reach: float, spread: float
) -> np.ndarray:
    """Smooth a course by robust local straight lines (LOESS, Cleveland 1979).

    Parameters
    ----------
    xs, ys, weights : float64 array (n,)
    reach : float
        Standard deviation of the gaussian window in x.
    spread : float
        Points off by more than this count less and less.

    Returns
    -------
    float64 array (n,), the smoothed ys.
    """
    kernel = np.exp(-0.5 * ((xs[:, None] - xs[None, :]) / reach) ** 2)
    trust = np.asarray(weights, dtype=np.float64) + 1e-9
    smooth = ys
    for _ in range(3):
        share = kernel * trust
        share /= share.sum(axis=1, keepdims=True)
        mean_x, mean_y = share @ xs, share @ ys
        variance = share @ xs**2 - mean_x**2
        covariance = share @ (xs * ys) - mean_x * mean_y
        # A short line says little about its slope: pages are level by now.
        slope = covariance / (variance + (0.3 * reach) ** 2)
        smooth = mean_y + slope * (xs - mean_x)
        trust = (weights + 1e-9) / (1 + ((ys - smooth) / spread) ** 2)
    return smooth


def _edges(profile: np.ndarray, unit: float) -> tuple[int, int]:
    """Rows of the steepest rise and the steepest fall around the ridge."""
    slope = np.gradient(profile)
    middle = len(profile) // 2
    low, high = round(0.15 * unit), round(1.1 * unit)
    bottom = middle + low + int(np.argmin(slope[middle + low : middle + high]))
    top = middle - high + int(np.argmax(slope[middle - high : middle - low]))
    return top, bottom


def _local_base(profile: np.ndarray, bottom: int, unit: float) -> tuple[np.ndarray, np.ndarray]:
    """Row of the baseline in every window and how clear it is."""
    # A stretch of about six letters has a profile of its own; shorter ones follow letters.
    local = cv2.GaussianBlur(
        profile, (0, 0), sigmaX=0.12 * unit, sigmaY=2.5 / STEP, borderType=cv2.BORDER_REFLECT
    )
    slope = -np.gradient(local, axis=1)
    span = max(2, round(0.5 * unit))
    offsets = np.arange(max(bottom - span, 0), min(bottom + span + 1, profile.shape[1]))
    # The edge of the whole line is the likeliest place.
    prior = np.exp(-0.5 * ((offsets - bottom) / (0.35 * unit)) ** 2)
    score = np.maximum(slope[:, offsets], 0) * prior
    return offsets[np.argmax(score, axis=1)].astype(np.float64), score.max(axis=1)
