from __future__ import annotations

import numpy as np
import pytest

from training.characters.measures import (
    best_temperature,
    case_key,
    confused_pairs,
    fold,
    look_alike_groups,
    look_alike_key,
    merged_key,
    score,
)
from training.emnist import BYCLASS


def sure(found: list[int], count: int, probability: float = 0.9) -> np.ndarray:
    """Probabilities that choose these classes."""
    rows = np.full((len(found), count), (1 - probability) / (count - 1), np.float32)
    rows[np.arange(len(found)), found] = probability
    return rows


def test_figures_of_a_small_example() -> None:
    truth, found = [0, 0, 0, 0, 1, 1, 2, 2], [0, 0, 0, 1, 1, 0, 2, 2]
    figures = score(sure(found, 4), np.array(truth), "abcd")
    assert figures.accuracy == pytest.approx(6 / 8)
    assert figures.balanced_accuracy == pytest.approx((3 / 4 + 1 / 2 + 1) / 3)
    assert figures.confusion[0].tolist() == [3, 1, 0, 0]
    a, _, _, d = figures.classes
    assert (a.images, a.precision, a.recall) == (4, 3 / 4, 3 / 4)
    assert a.f1 == pytest.approx(3 / 4)
    assert (d.images, d.recall) == (0, 0)
    assert figures.calibration_error == pytest.approx(0.9 - 0.75, abs=1e-6)
    with pytest.raises(ValueError, match="no image"):
        score(sure([], 4), np.array([], np.int64), "abcd")


def test_even_frequencies_favour_the_rare_class() -> None:
    truth = np.array([0] * 8 + [1] * 2)
    rows = np.array([[0.9, 0.1]] * 8 + [[0.6, 0.4]] * 2, np.float32)
    figures = score(rows, truth, "ab")
    assert (figures.accuracy, figures.balanced_accuracy) == (0.8, 0.5)
    assert figures.even_accuracy == 1.0
    assert score(rows, truth, "ab", np.array([0.5, 0.5])).even_accuracy == 0.5


def test_folding_sums_probabilities() -> None:
    rows = np.array([[0.4, 0.3, 0.3]], np.float32)
    folded, labels, names = fold(rows, np.array([2]), "0Cc", case_key)
    assert names == ("0", "C")
    assert labels.tolist() == [1]
    assert folded[0] == pytest.approx([0.4, 0.6])


def test_a_known_kind_leaves_the_others_out() -> None:
    rows = np.array([[0.6, 0.3, 0.1], [0.2, 0.4, 0.4]], np.float32)
    folded, labels, names = fold(
        rows, np.array([0, 2]), "C01", lambda text: text if text.isdigit() else ""
    )
    assert names == ("0", "1")
    assert labels.tolist() == [1]
    assert folded[0] == pytest.approx([0.5, 0.5])


def test_the_views_have_the_classes_that_they_say() -> None:
    assert len({merged_key(c) for c in BYCLASS}) == 47
    assert len({case_key(c) for c in BYCLASS}) == 36
    for group in ("0Oo", "1IliL", "5sS", "2zZ", "aA"):
        assert len({look_alike_key(c) for c in group}) == 1
    assert len({look_alike_key(c) for c in "0152AB"}) == 6
    assert look_alike_groups("01OoAaB") == {"0Oo": [0, 2, 3], "Oo": [2, 3], "Aa": [4, 5]}


def test_confused_pairs_come_most_frequent_first() -> None:
    confusion = np.array([[5, 2, 0], [3, 9, 0], [0, 1, 7]])
    assert confused_pairs(confusion, 2) == [(1, 0, 3), (0, 1, 2)]
    assert len(confused_pairs(confusion, 9)) == 3


def test_temperature_undoes_what_made_the_probabilities_too_sure() -> None:
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 1.5, (4000, 5))
    chances = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    labels = np.array([rng.choice(5, p=row) for row in chances])
    found = best_temperature((2.5 * logits).astype(np.float32), labels)
    assert found == pytest.approx(2.5, rel=0.08)
