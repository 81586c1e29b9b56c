"""How sure a value is, and whether somebody has to look at it.

The constants are those that ``python -m benchmarks.forms --train --words 0.5`` prints: copies of
the sample form, filled with ink that neither the networks nor the benchmark's own copies have seen,
scanned and read. They belong to the models that read; another model needs them fitted again. (400
copies; the fee with the pattern ``[0-9]{1,3}[.][0-9]{2}``; half of the free texts are lines as they
were written, half are words in any order.)
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from hcr.forms.evidence import Evidence

TICK_WEIGHTS = (27.28, 22.18)
"""Of the features of `hcr.forms.choice.tick_features`."""
TICK_BIAS = -8.14


@dataclass(frozen=True)
class Calibration:
    """Makes a probability of the features of an evidence.

    Attributes
    ----------
    weights, bias
        Of a logistic function of `Evidence.features`.
    least_fit
        What fits worse is something that the training copies do not hold, and never sure.
    """

    weights: tuple[float, float, float]
    bias: float
    least_fit: float

    def confidence(self, evidence: Evidence) -> float:
        """Return the probability that the value is right, 0 to 1; 0 if it cannot be."""
        if evidence.share <= 0 or evidence.fit < self.least_fit:
            return 0.0
        pairs = zip(self.weights, evidence.features, strict=True)
        weighed = self.bias + sum(weight * feature for weight, feature in pairs)
        return 1 / (1 + math.exp(-min(max(weighed, -30.0), 30.0)))


CALIBRATIONS = {
    "choice": Calibration((1.0, 0.0, 0.0), 0.0, 0.0),
    "name": Calibration((1.417, 0.0, 0.0), -0.539, -2.4),
    "digits": Calibration((1.036, 3.678, 0.0), 1.585, -0.78),
    "amount": Calibration((1.04, 1.059, 0.0), 0.595, -3.18),
    "text": Calibration((0.831, 0.0, 2.177), -0.435, -43.87),
}
"""By how a field is read, see `group_of`."""
PRECISIONS = (0.95, 0.98, 0.99, 0.995)
THRESHOLDS = (0.3174, 0.7489, 0.9241, 0.9674)
"""For each of `PRECISIONS` the least confidence with which, on all fields of the training copies,
so large a share of the values was right, with three standard deviations to spare, and could be
expected to be."""
EMPTY = 0.99
"""Confidence that a field in which no ink is found is empty."""


def group_of(field_type: str, in_cells: bool, constrained: bool) -> str:
    """Return by which calibration a field is judged.

    Types that the training copies lack go with the nearest.
    """
    if field_type == "choice":
        return "choice"
    if not in_cells:
        return "amount" if constrained else "text"
    return "digits" if field_type in ("digits", "date", "amount") else "name"


def threshold(precision: float) -> float:
    """Return the confidence under which a value is to be reviewed, whatever the field.

    One for all fields asks the fewest reviews for a table of which so large a share is right: of
    fields that are hard to read less is right than of others, and less goes without review.

    Parameters
    ----------
    precision
        Share of the values not reviewed that shall be right. The next higher of `PRECISIONS`
        counts; over the highest, everything is to be reviewed.
    """
    for known, least in zip(PRECISIONS, THRESHOLDS, strict=True):
        if known >= precision:
            return least
    return math.inf
