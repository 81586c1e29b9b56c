"""Whether confidences mean what they say: calibration error, diagram, precision for coverage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hcr.bench.scoring import Judged
from recognition.confidence import (
    Bin,
    accepted_at_precision,
    expected_calibration_error,
    reliability,
)

PRECISIONS = (0.95, 0.99)
_CURVE_POINTS = 200


@dataclass(frozen=True)
class Reliability:
    """Of the words of a level.

    Attributes
    ----------
    words, right
        How many there are, and the share that is right.
    error
        Expected calibration error.
    bins
        The reliability diagram.
    curve
        (coverage, precision): the share of words of at least some confidence, and the share of
        them that is right; by growing coverage.
    accepted
        For each of `PRECISIONS` the largest share of words a threshold accepts at that precision.
    """

    words: int
    right: float
    error: float
    bins: tuple[Bin, ...]
    curve: tuple[tuple[float, float], ...]
    accepted: tuple[float, ...]


def measure(words: Sequence[Judged]) -> Reliability | None:
    """Measure the confidences of words; None if there are none."""
    if not words:
        return None
    sure = np.array([word.confidence for word in words])
    right = np.array([word.right for word in words])
    return Reliability(
        len(words),
        float(right.mean()),
        expected_calibration_error(sure, right),
        tuple(reliability(sure, right)),
        _curve(sure, right),
        tuple(accepted_at_precision(sure, right, p).share for p in PRECISIONS),
    )


def _curve(sure: np.ndarray, right: np.ndarray) -> tuple[tuple[float, float], ...]:
    order = np.argsort(-sure, kind="stable")
    sure, right = sure[order], right[order]
    # Words of equal confidence go together.
    ends = np.flatnonzero(np.append(sure[1:] < sure[:-1], True))
    precision = np.cumsum(right)[ends] / (ends + 1)
    coverage = (ends + 1) / len(sure)
    step = max(1, len(ends) // _CURVE_POINTS)
    kept = np.unique(np.append(np.arange(0, len(ends), step), len(ends) - 1))
    return tuple(zip(coverage[kept].tolist(), precision[kept].tolist(), strict=True))
