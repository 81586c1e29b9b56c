"""How high a character reaches and how deep: what tells c from C, p from P, a comma from a quote.

Heights are those of the writing lines that children are taught, in heights of small letters; how
far hands stray from them is allowed for by a normal spread. The two numbers that a line needs, its
baseline and its size, are found as those under which its characters are most probable.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

MARKS = ".,'-"
"""Signs read by their size and place alone: the network knows letters and digits only."""
SPREAD = 0.2
"""Standard deviation of tops and bottoms, in x-heights."""
# Chance that a character stands nowhere near its place.
_STRAY = 0.02
# Sizes and baselines tried, in shares of the first estimate of the x-height.
_STEPS = np.linspace(0.6, 1.4, 11)
_SHIFTS = np.linspace(-0.6, 0.6, 13)
# Share of the network's certainty left to a speck that may be a mark.
_NO_MARK = 0.15


def extent(character: str) -> tuple[float, float]:
    """Return bottom and top of a character over the baseline, in x-heights."""
    if character in "gpqy":
        return -0.75, 1.0
    if character == "j":
        return -0.75, 1.5
    if character in "bdfhkl":
        return 0.0, 1.75
    if character in "it":
        return 0.0, 1.45
    if character.islower():
        return 0.0, 1.0
    return 0.0, 1.5 if character.isdigit() else 1.65


@dataclass(frozen=True)
class WritingLine:
    """The row of a line's baseline and the height of its small letters, in pixels."""

    baseline: float
    x_height: float


def shape_log_probs(line: WritingLine, edges: Floats, alphabet: str) -> Floats:
    """Return how well boxes fit the heights of characters.

    Parameters
    ----------
    line
    edges
        float (n, 2), top and bottom row of each box.
    alphabet
        The characters.

    Returns
    -------
    float64 (n, len(alphabet))
        Log densities, up to a constant; never below that of a stray.
    """
    bottoms, tops = _extents(alphabet)
    high = (line.baseline - edges[:, :1]) / line.x_height - tops
    low = (line.baseline - edges[:, 1:]) / line.x_height - bottoms
    return np.asarray(np.log(_density(high, low)))


def _extents(alphabet: str) -> Floats:
    """Return bottoms and tops of characters, float (2, n)."""
    return np.array([extent(c) for c in alphabet], np.float64).reshape(-1, 2).T


def _density(high: Floats, low: Floats) -> Floats:
    """Return how probable a character is so far from its usual top and bottom; 1 at most."""
    near = np.exp((high**2 + low**2) * (-0.5 / SPREAD**2))
    return np.asarray((1 - _STRAY) * near + _STRAY)


def fit_line(edges: Floats, log_probs: Floats, alphabet: str, x_height: float) -> WritingLine:
    """Find the baseline and size under which a line's characters are most probable.

    Parameters
    ----------
    edges
        float (n, 2), top and bottom row of each character's box; at least one.
    log_probs
        float (n, len(alphabet)), what the network takes them for.
    alphabet
    x_height
        A first estimate of the height of small letters, in pixels.
    """
    usual, seen = float(np.median(edges[:, 1])), np.exp(log_probs)
    bottoms, tops = _extents(alphabet)
    # Axes: size, baseline, box, character.
    unit = (x_height * _STEPS)[:, None, None, None]
    baseline = (usual + x_height * _SHIFTS)[None, :, None, None]
    high = (baseline - edges[:, :1]) / unit - tops
    low = (baseline - edges[:, 1:]) / unit - bottoms
    fits = (_density(high, low) * seen).sum(axis=3)
    # Ties are won by what was expected.
    doubt = 0.5 * abs(_SHIFTS)[None, :] + abs(np.log(_STEPS))[:, None]
    step, shift = np.unravel_index(
        np.argmax(np.log(fits).sum(axis=2) - doubt), (len(_STEPS), len(_SHIFTS))
    )
    return WritingLine(float(usual + x_height * _SHIFTS[shift]), float(x_height * _STEPS[step]))


def mark_probs(line: WritingLine, boxes: Floats) -> Floats:
    """Return the probability that boxes hold each of `MARKS`, from their sizes and places.

    Parameters
    ----------
    line
    boxes
        float (n, 4): left, top, right, bottom.

    Returns
    -------
    float64 (n, len(MARKS))
        All 0 of what is too large for a mark.
    """
    unit = line.x_height
    width, height = (boxes[:, 2] - boxes[:, 0]) / unit, (boxes[:, 3] - boxes[:, 1]) / unit
    low, high = (line.baseline - boxes[:, 3]) / unit, (line.baseline - boxes[:, 1]) / unit
    middle = (low + high) / 2
    flat = (width > 1.8 * height) & (width > 0.25) & (width < 1.5) & (height < 0.4)
    dash = flat & (middle > 0.2) & (middle < 1.0)
    small = ~dash & (width < 0.5) & (height < 0.75) & (width * height < 0.25)
    quote = small & (low > 0.7)
    foot = small & ~quote & (high < 0.55)
    comma = foot & ((low < -0.12) | (height > 0.42))
    dot = foot & ~comma
    chosen = np.column_stack([dot, comma, quote, dash])
    return np.where(chosen, 1 - _NO_MARK, 0.0)


def with_marks(log_probs: Floats, marks: Floats) -> Floats:
    """Join what the network and the marks' places say: float64 (n, characters + marks)."""
    rest = np.maximum(1.0 - marks.sum(axis=1, keepdims=True), 1e-9)
    return np.concatenate([log_probs + np.log(rest), np.log(np.maximum(marks, 1e-9))], axis=1)
