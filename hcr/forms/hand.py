"""Digits of a form that look alike judged together: whoever fills it writes them all alike.

Where a 1 has an upstroke, a 7 has a bar through its stem; where a 1 is a plain stroke, a 7 is what
elsewhere is a 1, and a 2 with a small hook is no 1 with a foot. A cell by itself does not tell
which it is, the other cells of the form do. The log odds of a cell are taken to lie around one
place if the hand means a 1 and around another, lower, if it means a 7; where these are is unknown,
and is averaged over (empirical Bayes: the distributions below are of hands, not of one hand).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from recognition.confidence import logistic

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class DigitPair:
    """Two digits that may look alike.

    Attributes
    ----------
    first, second
        The digits.
    unclear
        Share of the hands that write the first, or the second, as others write the other.
    """

    first: str
    second: str
    unclear: float


PAIRS = (DigitPair("1", "7", 0.2), DigitPair("1", "2", 0.02), DigitPair("7", "9", 0.02))
"""In the order in which they are judged."""

# Log odds of a 1 against a 7 further out say no more; where a hand's may lie.
_FARTHEST = 8.5
_PLACES = np.linspace(-9.0, 9.0, 37)
# Most hands' digits are clear (their log odds' place and its deviation, both digits alike); where
# they lie in hands of which that cannot be said.
_CLEAR, _CLEAR_DEVIATION = 7.25, 0.8
_UNCLEAR_FIRST, _UNCLEAR_SECOND, _UNCLEAR_DEVIATION = 0.5, -1.5, 3.0
# No hand's two digits lie closer together.
_APART = 3.0
# How one hand's digits scatter: nine in ten narrowly, one widely.
_SCATTER, _WIDE_SCATTER, _WIDE_SHARE = 1.0, 3.0, 0.1


def same_hand(odds: npt.ArrayLike, known: npt.ArrayLike, digits: DigitPair = PAIRS[0]) -> Floats:
    """Return the log odds of each cell in the light of all others.

    Parameters
    ----------
    odds
        (n,), log odds of the first digit against the second by the picture of each cell.
    known
        (n,), log odds by what else is known of a cell: 0 where nothing is.
    digits
        Which two; the ones and the sevens if left out.

    Returns
    -------
    float64 (n,)
        Log odds that take the place of `odds`; what is known of the cell itself is not in them.
    """
    seen = np.clip(np.asarray(odds, np.float64), -_FARTHEST, _FARTHEST)
    prior = np.asarray(known, np.float64)
    if not len(seen):
        return seen
    chance = logistic(prior)[:, None, None]
    fits = _scattered(seen[:, None] - _PLACES)
    first = chance * fits[:, :, None]  # (n, place of the first, place of the second)
    either = first + (1 - chance) * fits[:, None, :]
    weights = _hands(digits.unclear) + np.log(either).sum(axis=0)
    hands = np.exp(weights - weights.max())
    hands /= hands.sum()
    share = np.clip((first / either * hands).sum(axis=(1, 2)), 1e-7, 1 - 1e-7)
    return np.log(share / (1 - share)) - prior


@cache
def _hands(unclear: float) -> Floats:
    """Return the log probability of each place of a hand's two digits, (places, places)."""
    first = _mixture(_CLEAR, _UNCLEAR_FIRST, unclear)
    second = _mixture(-_CLEAR, _UNCLEAR_SECOND, unclear)
    together = first[:, None] * second
    together[_PLACES[:, None] - _PLACES < _APART] = 0.0
    return np.log(np.maximum(together / together.sum(), 1e-300))


def _mixture(clear: float, unclear: float, share: float) -> Floats:
    narrow = _normal(_PLACES - clear, _CLEAR_DEVIATION)
    wide = _normal(_PLACES - unclear, _UNCLEAR_DEVIATION)
    return (1 - share) * narrow + share * wide


def _scattered(distance: Floats) -> Floats:
    narrow, wide = _normal(distance, _SCATTER), _normal(distance, _WIDE_SCATTER)
    return (1 - _WIDE_SHARE) * narrow + _WIDE_SHARE * wide


def _normal(distance: Floats, deviation: float) -> Floats:
    """Return the normal density but for a constant factor."""
    return np.asarray(np.exp(-0.5 * (distance / deviation) ** 2) / deviation)
