from __future__ import annotations

import cv2
import numpy as np

from recognition.arcs import candidate_boxes, candidate_features
from recognition.candidates import CandidateJudge
from recognition.character_models import WHOLE, Logistic
from segmentation.characters import split_characters

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def seen(characters: str) -> np.ndarray:
    """What a network says that wavers between a few characters."""
    chances = np.full(len(ALPHABET), 1e-6)
    chances[[ALPHABET.index(c) for c in characters]] = 1 / len(characters)
    return np.log(chances / chances.sum()).astype(np.float32)


def written(text: str) -> np.ndarray:
    grey = np.full((90, 50 * len(text) + 60), 255, np.uint8)
    cv2.putText(grey, text, (20, 60), cv2.FONT_HERSHEY_SIMPLEX, 1.6, 20, 4, cv2.LINE_AA)
    return grey


def test_doubt_among_look_alikes_is_no_doubt() -> None:
    line = split_characters(written("HOLD"))
    count = len(line.candidates)
    odds = {
        characters: WHOLE.log_odds(
            candidate_features(
                line, np.zeros(count), np.tile(seen(characters), (count, 1)), ALPHABET
            )
        )
        for characters in ("O", "0Oo", "OHW")
    }
    assert np.allclose(odds["O"], odds["0Oo"], atol=1e-3)
    assert (odds["OHW"] < odds["O"]).all()


def test_whole_letters_are_likelier_than_pairs() -> None:
    line = split_characters(written("HOLD"))
    log_probs = np.tile(seen("O"), (len(line.candidates), 1))
    judged = CandidateJudge.load().log_odds(line)
    features = candidate_features(line, judged, log_probs, ALPHABET)
    assert features.shape == (len(line.candidates), WHOLE.inputs)
    assert np.isfinite(features).all()
    odds = WHOLE.log_odds(features)
    boxes = candidate_boxes(line)
    columns = np.flatnonzero((written("HOLD") < 128).any(axis=0))
    letters = np.split(columns, np.flatnonzero(np.diff(columns) > 1) + 1)
    assert len(letters) == 4
    whole = [
        any(abs(left - run[0]) < 4 and abs(right - 1 - run[-1]) < 4 for run in letters)
        for left, _, right, _ in boxes
    ]
    assert sum(whole) >= 4
    assert odds[whole].mean() > odds[np.invert(whole)].mean() + 2


def test_a_regression_weighs_its_inputs() -> None:
    model = Logistic((1.0, -2.0), 0.5)
    features = np.array([[0.0, 0.0], [2.0, 0.25], [900.0, 0.0]])
    assert model.inputs == 2
    assert model.log_odds(features).tolist() == [0.5, 2.0, 900.5]
    chances = model.probabilities(features)
    assert np.allclose(chances, [0.62246, 0.8808, 1.0], atol=1e-4)
    assert ((chances > 0) & (chances <= 1)).all()
