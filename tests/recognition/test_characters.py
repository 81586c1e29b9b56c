from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from recognition.characters import CharacterClassifier, prepare_character
from recognition.network import Network

ALPHABET = "abc"


class Fixed(Network):
    """A network that is the surer of "b" the brighter an image is."""

    def __init__(self, **changed: Any) -> None:
        metadata = {"kind": "characters", "alphabet": ALPHABET, "size": 28, **changed}
        super().__init__(None, metadata, Path("fixed.onnx"))  # type: ignore[arg-type]

    def run(self, batch: np.ndarray) -> np.ndarray:
        assert batch.shape[1:] == (28, 28, 1)
        logits = np.zeros((len(batch), len(ALPHABET)), np.float32)
        logits[:, 1] = 4 * batch.mean(axis=(1, 2, 3))
        return logits


def grey_levels(count: int) -> np.ndarray:
    levels = np.linspace(0, 255, count).astype(np.uint8)
    return np.broadcast_to(levels[:, None, None], (count, 28, 28)).copy()


def test_probabilities_of_more_images_than_a_batch() -> None:
    probabilities = CharacterClassifier(Fixed()).classify(grey_levels(600))
    assert probabilities.shape == (600, 3)
    assert probabilities.dtype == np.float32
    assert np.allclose(probabilities.sum(axis=1), 1, atol=1e-5)
    assert (np.diff(probabilities[:, 1]) >= 0).all()
    assert probabilities[-1, 1] == pytest.approx(np.exp(4) / (np.exp(4) + 2), abs=1e-5)


def test_the_models_temperature_is_applied() -> None:
    sharp = CharacterClassifier(Fixed()).classify(grey_levels(3))
    soft = CharacterClassifier(Fixed(temperature=2.0)).classify(grey_levels(3))
    assert soft[-1, 1] == pytest.approx(np.exp(2) / (np.exp(2) + 2), abs=1e-5)
    assert soft[-1, 1] < sharp[-1, 1]


def test_no_images_are_no_rows() -> None:
    assert CharacterClassifier(Fixed()).classify(grey_levels(0)).shape == (0, 3)


@pytest.mark.parametrize(
    "images",
    [
        np.zeros((28, 28), np.uint8),
        np.zeros((2, 32, 32), np.uint8),
        np.zeros((2, 28, 28, 1), np.uint8),
        np.zeros((2, 28, 28), np.float32),
    ],
)
def test_other_arrays_are_refused(images: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"expected uint8 \(n, 28, 28\)"):
        CharacterClassifier(Fixed()).classify(images)


@pytest.mark.parametrize("changed", [{"alphabet": "a"}, {"alphabet": "aba"}, {"size": 32}])
def test_models_made_otherwise_are_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"fixed\.onnx|repeats"):
        CharacterClassifier(Fixed(**changed))


def drawn(size: float, thickness: int, corner: tuple[int, int], paper: int = 255) -> np.ndarray:
    """A letter on a sheet of 400 x 400 pixels."""
    image = np.full((400, 400), paper, np.uint8)
    at = corner[0], corner[1] + round(22 * size)
    cv2.putText(image, "R", at, cv2.FONT_HERSHEY_SIMPLEX, size, 40, thickness, cv2.LINE_AA)
    return image


def test_prepared_characters_have_the_box_of_emnist() -> None:
    image = prepare_character(drawn(8, 20, (60, 40)))
    assert image.shape == (28, 28)
    assert image.dtype == np.uint8
    assert image.max() >= 250
    rows, columns = (np.flatnonzero((image > 100).any(axis=axis)) for axis in (1, 0))
    assert 21 <= rows[-1] - rows[0] + 1 <= 24
    assert columns[-1] - columns[0] < rows[-1] - rows[0]
    assert rows[0] + rows[-1] == pytest.approx(27, abs=1)
    assert columns[0] + columns[-1] == pytest.approx(27, abs=1)


def test_size_place_and_paper_do_not_matter() -> None:
    large = prepare_character(drawn(8, 20, (60, 40))).astype(float)
    for other in (drawn(2, 5, (300, 10)), drawn(4, 10, (10, 200)), drawn(8, 20, (9, 9), 210)):
        assert np.abs(prepare_character(other) - large).mean() < 6


def test_a_point_and_a_dash_stay_what_they_are() -> None:
    dash = np.full((60, 200), 255, np.uint8)
    dash[28:32, 20:180] = 0
    image = prepare_character(dash)
    assert (image.max(axis=0) > 100).sum() >= 20
    assert (image.max(axis=1) > 100).sum() <= 4
    point = np.full((9, 9), 255, np.uint8)
    point[4, 4] = 0
    assert prepare_character(point)[8:20, 8:20].min() > 120


def test_a_stroke_much_fainter_than_another_stays() -> None:
    # A seven whose bar is a third as dark as its stem must not become a one.
    grey = np.full((60, 50), 255, np.uint8)
    cv2.line(grey, (8, 10), (40, 10), (185,), 3)
    cv2.line(grey, (40, 12), (20, 50), (55,), 3)
    image = prepare_character(grey)
    rows, columns = np.nonzero(image > 40)
    assert columns.max() - columns.min() >= 14
    assert (image[:9, :14] > 40).any()
    assert np.ptp(rows) >= 20


def test_nothing_is_black() -> None:
    assert not prepare_character(np.full((30, 40), 250, np.uint8)).any()


@pytest.mark.parametrize("image", [np.zeros((0, 5), np.uint8), np.zeros((5, 5)), np.zeros(5)])
def test_what_is_no_picture_is_refused(image: np.ndarray) -> None:
    with pytest.raises(ValueError, match="expected a grey uint8 image"):
        prepare_character(image)
