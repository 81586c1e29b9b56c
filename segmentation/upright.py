"""Whether a level page of handwriting stands upright or on its head."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from segmentation.enhance import Ink, stroke_width
from segmentation.geometry import Floats

Ints = npt.NDArray[np.intp]

_COLUMNS = 8
"""The page is cut into this many columns, in which lines are level enough."""

_FEWEST_LINES = 2
"""One line alone says too little, and whoever cuts out one has seen which way is up."""


@dataclass(frozen=True)
class UprightCues:
    """Signs of an upright page; each changes its sign when the page is turned by 180 degrees."""

    baseline: float
    """The lower edge of lines is sharper than the upper one, -1 to 1."""
    ascenders: float
    """More ink just above the bodies of the letters than just below, -1 to 1."""
    margin: float
    """Lines start more evenly than they end: log of the ratio of the spreads."""
    trailing: float
    """Dots, accents and commas have more ink on their left than on their right, -1 to 1."""
    top: float
    """The ink's centre is above the middle of the page, as a share of the height."""

    def log_odds(self) -> float:
        """Return the log odds that the page is upright.

        The weights are those of a logistic regression without constant on the 252 pages (about 200
        writers) of Copiste's training part: 251 of them are told right, and 31 of 31 pages of
        other writers.
        """
        return (
            4.4 * self.baseline
            + 3.4 * self.ascenders
            + 1.25 * self.margin
            + 9.1 * self.trailing
            + 5.6 * self.top
        )


def upright_evidence(ink: Ink) -> float:
    """Return the log odds that a page is upright rather than upside down.

    Parameters
    ----------
    ink
        bool (h, w), True = ink, level and without rules.

    Returns
    -------
    Positive for upright; 0.0 where there are too few lines to tell.
    """
    cues = find_cues(ink)
    return cues.log_odds() if cues else 0.0


def find_cues(ink: Ink) -> UprightCues | None:
    """Return the signs on a page, or None where it holds fewer than two lines."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(ink.view(np.uint8), connectivity=8)
    parts = stats[1:].astype(np.intp)
    pen = stroke_width(ink)
    heights = parts[:, cv2.CC_STAT_HEIGHT]
    letters = heights[heights > 4 * pen]
    if not len(letters):
        return None
    body = float(np.median(letters))
    profiles = _profiles(ink)
    above, below, lines = _beside_lines(profiles, body)
    if lines < _FEWEST_LINES:
        return None
    steps = np.diff(_blur(profiles, 3.0), axis=0)
    amount = ink.sum(axis=1)
    return UprightCues(
        baseline=-_ratio((steps**3).sum(), (abs(steps) ** 3).sum()),
        ascenders=_ratio((above - below).sum(), (above + below).sum()),
        margin=_margin(ink, body),
        trailing=_trailing(ink, parts, pen, body),
        top=float(0.5 - np.average(np.arange(len(amount)), weights=amount) / len(amount)),
    )


def _ratio(part: float, whole: float) -> float:
    return float(part / whole) if whole else 0.0


def _profiles(ink: Ink) -> Floats:
    """Return the ink of each row in each of the page's columns, (rows, columns)."""
    height, width = ink.shape
    step = max(1, width // _COLUMNS)
    count = width // step
    cells = ink[:, : count * step].reshape(height, count, step)
    return cells.sum(axis=2, dtype=np.int32).astype(np.float64)


def _blur(profiles: Floats, rows: float) -> Floats:
    return np.asarray(cv2.GaussianBlur(profiles, (0, 0), sigmaX=0.01, sigmaY=rows))


def _beside_lines(profiles: Floats, body: float) -> tuple[Floats, Floats, int]:
    """Return the ink just above and just below each line of each column, and the most lines."""
    smooth, fine = _blur(profiles, body / 2), _blur(profiles, 1.0)
    reach = int(2 * body)
    inner, outer = int(0.6 * body), int(1.6 * body)
    total = np.cumsum(np.vstack([np.zeros(fine.shape[1]), fine]), axis=0)
    high = smooth > 0.3 * np.percentile(smooth, 98, axis=0)
    peak = np.zeros_like(high)
    peak[1:-1] = (smooth[1:-1] >= smooth[:-2]) & (smooth[1:-1] > smooth[2:])
    rows, columns = np.nonzero(high & peak)
    inside = (rows > reach) & (rows < len(fine) - reach - 1)
    rows, columns = rows[inside], columns[inside]
    above = total[rows - inner, columns] - total[rows - outer, columns]
    below = total[rows + outer + 1, columns] - total[rows + inner + 1, columns]
    return above, below, int(np.bincount(columns).max(initial=0))


def _margin(ink: Ink, body: float) -> float:
    """Return the log of how much more the ends of lines are spread than their starts."""
    step = max(4, int(body))
    starts, ends = [], []
    for top in range(0, ink.shape[0] - step, step):
        columns = np.flatnonzero(ink[top : top + step].any(axis=0))
        if len(columns) > 0.02 * ink.shape[1]:
            start, end = np.percentile(columns, (1, 99))
            starts.append(start)
            ends.append(end)
    if len(starts) < 4:
        return 0.0
    left, right = (np.median(np.abs(side - np.median(side))) for side in (starts, ends))
    return math.log((right + body) / (left + body))


def _trailing(ink: Ink, parts: Ints, pen: float, body: float) -> float:
    """Return the mean balance of ink to the left and right of dots, accents and commas."""
    left, top, width, height, area = parts.T
    dots = (height <= 0.6 * body) & (width <= 0.9 * body) & (area >= 0.5 * pen * pen)
    left, top, right, bottom = (side[dots] for side in (left, top, left + width, top + height))
    sums = cv2.integral(ink.view(np.uint8))
    reach = round(body)

    def inked(first: Ints, last: Ints) -> Floats:
        low = np.clip(top - reach, 0, ink.shape[0])
        high = np.clip(bottom + reach, 0, ink.shape[0])
        first, last = np.clip(first, 0, ink.shape[1]), np.clip(last, 0, ink.shape[1])
        inside = sums[high, last] - sums[low, last] - sums[high, first] + sums[low, first]
        return np.asarray(inside, dtype=np.float64)

    before, after = inked(left - reach, left), inked(right, right + reach)
    balance = (before - after) / (before + after + pen * pen)
    return float(balance.sum() / max(10, len(balance)))
