"""Regressions that the reading of characters rests on, and their weights.

The weights were fitted by ``python -m benchmarks.fit_lattice`` on lines set from the characters of
those of UNIPEN's training writers (train_r01_v07, CC BY 4.0) that `recognition.candidates` has not
seen: WHOLE and GAPS on 150 unboxed ones, WORDS on 100 of each layout.
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
        -0.8, -0.84, -0.086, 0.079, 0.027, 0.776, -0.188, 0.54, -0.894,
        -0.038, 0.332, 0.908, -7.973, -1.348, 1.825, -0.406, -0.289, 0.145,
        0.887,
    ),
    -1.645,
)  # fmt: skip
"""That a candidate is one whole character, from `arcs.candidate_features`."""

GAPS = Logistic((7.301, 1.565, -4.43), -7.949)
"""That a gap is a space, from `character_lines.gap_features`."""

WORDS = Logistic((2.631, -0.161, 0.092, 0.237, 0.17, 0.4, 0.503), -0.238)
"""That a word is right, from `character_lines.word_features`."""
