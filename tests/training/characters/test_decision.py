from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.characters.decision import decision_weights


def test_without_evenness_nothing_changes() -> None:
    assert decision_weights(np.array([0.5, 0.3, 0.2]), "7Cc", 0.0).tolist() == [1, 1, 1]


def test_full_evenness_makes_classes_equally_frequent() -> None:
    frequencies = np.array([0.8, 0.12, 0.05, 0.03])
    weighted = frequencies * decision_weights(frequencies, "7Cca", 1.0)
    # C and c are one of three classes, and as frequent among themselves as before.
    assert weighted == pytest.approx([1 / 3, 1 / 3 * 12 / 17, 1 / 3 * 5 / 17, 1 / 3])


@given(
    shares=st.lists(st.floats(0.01, 1), min_size=3, max_size=3),
    evenness=st.floats(0, 1),
    seed=st.integers(0, 1000),
)
def test_the_weighted_best_maximises_the_mixture(
    shares: list[float], evenness: float, seed: int
) -> None:
    frequencies = np.array(shares) / np.sum(shares)
    rows = np.random.default_rng(seed).dirichlet(np.ones(3), 50)
    # What choosing a class adds, in the mean, to accuracy and to balanced accuracy.
    gain = (1 - evenness) * rows + evenness * rows / (3 * frequencies)
    chosen = (rows * decision_weights(frequencies, "123", evenness)).argmax(axis=1)
    assert gain[np.arange(50), chosen] == pytest.approx(gain.max(axis=1))


@pytest.mark.parametrize("evenness", [-0.1, 1.5])
def test_other_values_are_refused(evenness: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        decision_weights(np.array([0.5, 0.5]), "ab", evenness)
