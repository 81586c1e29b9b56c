from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import training.characters.teacher
from recognition.characters import CharacterClassifier
from recognition.network import Network
from training.characters.data import CharacterSet
from training.characters.feed import CharacterFeed, FeedConfig
from training.characters.teacher import opinions

CHANCES = {"one.onnx": [0.8, 0.1, 0.1], "two.onnx": [0.2, 0.4, 0.4], "digits.onnx": [0.5, 0.5]}
FREQUENCIES = {"one.onnx": [0.5, 0.25, 0.25], "two.onnx": [0.5, 0.25, 0.25]}


class Opinionated(Network):
    """A network that always says the same."""

    def run(self, batch: np.ndarray) -> np.ndarray:
        return np.tile(np.log(CHANCES[self.path.name]).astype(np.float32), (len(batch), 1))


@pytest.fixture(autouse=True)
def readers(monkeypatch: pytest.MonkeyPatch) -> None:
    def load(path: Path, threads: int = 1) -> CharacterClassifier:
        alphabet = "0Oo"[: len(CHANCES[path.name])]
        metadata = {"kind": "characters", "alphabet": alphabet, "size": 28}
        if path.name in FREQUENCIES:
            metadata["frequencies"] = dict(zip("0Oo", FREQUENCIES[path.name], strict=True))
        return CharacterClassifier(Opinionated(None, metadata, path))  # type: ignore[arg-type]

    monkeypatch.setattr(training.characters.teacher.CharacterClassifier, "load", load)


IMAGES = np.zeros((5, 28, 28), np.uint8)
ONE, TWO = Path("one.onnx"), Path("two.onnx")


def test_opinions_are_the_mean_of_all_teachers() -> None:
    held = opinions([ONE, TWO], IMAGES, "0Oo", np.array([0.5, 0.25, 0.25]))
    assert held.shape == (5, 3)
    assert held[4] == pytest.approx([0.5, 0.25, 0.25], abs=2e-3)
    assert held.sum(axis=1) == pytest.approx(1, abs=2e-3)


def test_opinions_are_changed_for_the_frequencies_of_the_training() -> None:
    held = opinions([ONE], IMAGES, "0Oo", np.array([0.25, 0.5, 0.25]))
    expected = np.array([0.4, 0.2, 0.1]) / 0.7
    assert held[0] == pytest.approx(expected, abs=2e-3)


def test_teachers_of_other_characters_are_refused() -> None:
    with pytest.raises(ValueError, match=r"digits\.onnx: reads other characters"):
        opinions([ONE, Path("digits.onnx")], IMAGES, "0Oo", np.full(3, 1 / 3))


def test_the_feed_mixes_labels_with_opinions() -> None:
    labels = np.array([0, 1, 2, 3])
    data = CharacterSet(np.zeros((4, 28, 28), np.uint8), labels, ("0", "O", "o", "Oo"))
    held = np.array([[0.5, 0.5, 0.0], [0.0, 0.5, 0.5], [0.5, 0.25, 0.25]], np.float16)
    feed = CharacterFeed(data, FeedConfig(batch_size=4, trust=0.4), opinions=held)
    _, targets, _ = feed[0]
    rows = targets[targets.argmax(axis=1).argsort()]
    assert rows[0] == pytest.approx([0.8, 0.2, 0, 0], abs=1e-3)
    assert rows[1] == pytest.approx([0, 0.8, 0.2, 0], abs=1e-3)
    assert rows[2] == pytest.approx([0.2, 0.1, 0.7, 0], abs=1e-3)
    # The fourth image has no opinion.
    assert rows[3] == pytest.approx([0, 0, 0, 1])
