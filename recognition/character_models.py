"""Regressions that the reading of characters rests on, and their weights.

The weights were fitted by ``python -m benchmarks.fit_lattice`` on lines set from the characters of
UNIPEN's training writers (train_r01_v07, CC BY 4.0), drawn by `benchmarks.printed_lines`: WHOLE and
GAPS on 100 unboxed ones, WORDS on 60 of each layout.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recognition.confidence import logistic

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Logistic:
    """Weighs features to the probability of something.

    Attributes
    ----------
    weights
        One a feature.
    bias
        Added to the weighted sum.
    """

    weights: tuple[float, ...]
    bias: float

    @property
    def inputs(self) -> int:
        """How many features it weighs."""
        return len(self.weights)

    def log_odds(self, features: Floats) -> Floats:
        """Return the log odds, float64 (n,), of features (n, inputs)."""
        return np.asarray(features @ np.array(self.weights) + self.bias, np.float64)

    def probabilities(self, features: Floats) -> Floats:
        """Return the probabilities, float64 (n,), of features (n, inputs)."""
        return logistic(self.log_odds(features))


WHOLE = Logistic(
    (
        1.484, -0.086, -0.171, 1.599, -0.267, 4.954, -1.169, 2.905, -2.854,
        -0.375, 1.942, -6.324, -3.654, -4.58, 3.672, -3.258, -2.896, 0.763,
    ),
    -5.406,
)  # fmt: skip
"""That a candidate is one whole character, from `arcs.candidate_features`."""

GAPS = Logistic((7.066, 0.735, 0.056), -7.367)
"""That a gap is a space, from `character_lines.gap_features`."""

WORDS = Logistic((1.202, 0.267, -0.025, 0.287, 0.226, 0.252, 0.579), -0.625)
"""That a word is right, from `character_lines.word_features`."""
