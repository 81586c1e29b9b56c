"""How sure a value is, and whether somebody has to look at it.

The constants are those that ``python -m benchmarks.forms --train`` prints: copies of the sample
form, filled with ink that neither the networks nor the benchmark's own copies have seen, scanned
and read. They belong to the models that read; another model needs them fitted again. (80 copies,
registered as scans are; the fee with the pattern ``[0-9]{1,3}[.][0-9]{2}``.)
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from hcr.forms.evidence import Evidence

TICK_WEIGHTS = (12.67, 5.86)
"""Of the features of `hcr.forms.choice.tick_features`."""
TICK_BIAS = -5.82


@dataclass(frozen=True)
class Calibration:
    """Makes a probability of the features of an evidence.

    Attributes
    ----------
    weights, bias
        Of a logistic function of `Evidence.features`.
    thresholds
        For each of `PRECISIONS` the least confidence with which, on the training copies, so large
        a share of the values was right.
    """

    weights: tuple[float, float]
    bias: float
    thresholds: tuple[float, ...]

    def confidence(self, evidence: Evidence) -> float:
        """Return the probability that the value is right, 0 to 1; 0 if it cannot be."""
        if evidence.share <= 0:
            return 0.0
        pairs = zip(self.weights, evidence.features, strict=True)
        weighed = self.bias + sum(weight * feature for weight, feature in pairs)
        return 1 / (1 + math.exp(-min(max(weighed, -30.0), 30.0)))


PRECISIONS = (0.95, 0.98, 0.99, 0.995)
CALIBRATIONS = {
    "name": Calibration((0.786, -0.291), 0.376, (0.4733, 0.8449, 0.9355, 0.9734)),
    "digits": Calibration((0.36, 32.601), 4.53, (0.1612, 0.1612, 0.876, 0.9125)),
    "amount": Calibration((0.939, 1.333), 1.428, (0.681, 0.922, 0.9732, 0.9928)),
    "choice": Calibration((1.0, 0.0), 0.0, (0.6743, 0.6743, 0.6743, 0.6743)),
    "text": Calibration((1.101, -1.998), -0.005, (1.0, 1.0, 1.0, 1.0)),
}
"""By how a field is read, see `group_of`."""
EMPTY = 0.99
"""Confidence that a field in which no ink is found is empty."""


def group_of(field_type: str, in_cells: bool, constrained: bool) -> str:
    """Return by which calibration a field is judged.

    Types that the training copies lack, or in which too few were misread to fit anything, go with
    the nearest.
    """
    if field_type == "choice":
        return "choice"
    if not in_cells:
        return "amount" if constrained else "text"
    return "digits" if field_type in ("digits", "date", "amount") else "name"


def threshold(group: str, precision: float) -> float:
    """Return the confidence under which a value is to be reviewed.

    Parameters
    ----------
    group
        From `group_of`.
    precision
        Share of the values not reviewed that shall be right. The next higher of `PRECISIONS`
        counts; over the highest, everything is to be reviewed.
    """
    for known, least in zip(PRECISIONS, CALIBRATIONS[group].thresholds, strict=True):
        if known >= precision:
            return least
    return math.inf
