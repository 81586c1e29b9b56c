from __future__ import annotations

import keras
import numpy as np
import pytest

from training.characters.loss import OpenLabelCrossEntropy, open_label_accuracy

CLASSES = ("0", "C", "c", "Cc")
LOGITS = np.log(np.array([[0.2, 0.5, 0.3], [0.2, 0.5, 0.3], [0.7, 0.2, 0.1]], np.float32))
TARGETS = np.eye(4, dtype=np.float32)[[1, 3, 3]]


def losses(offset: np.ndarray | None = None) -> np.ndarray:
    loss = OpenLabelCrossEntropy(CLASSES, offset)
    return np.asarray(keras.ops.convert_to_numpy(loss.call(TARGETS, LOGITS)))


def test_an_open_label_has_the_probability_of_its_characters() -> None:
    assert losses() == pytest.approx(-np.log([0.5, 0.8, 0.3]), abs=1e-5)


def test_an_offset_stands_for_other_frequencies() -> None:
    wanted = np.array([0.2, 0.5, 0.3]) * [2, 1, 1]
    wanted /= wanted.sum()
    found = losses(np.log([2.0, 1.0, 1.0]))
    assert found[:2] == pytest.approx(-np.log([wanted[1], wanted[1] + wanted[2]]), abs=1e-5)


def test_accuracy_counts_either_character_of_an_open_label() -> None:
    accuracy = open_label_accuracy(CLASSES)(TARGETS, LOGITS)
    assert np.asarray(keras.ops.convert_to_numpy(accuracy)).tolist() == [1, 1, 0]


def test_without_open_labels_it_is_cross_entropy() -> None:
    loss = OpenLabelCrossEntropy(("0", "1", "2"))
    found = keras.ops.convert_to_numpy(loss.call(np.eye(3, dtype=np.float32), LOGITS))
    assert np.asarray(found) == pytest.approx(-np.diag(LOGITS), abs=1e-5)
