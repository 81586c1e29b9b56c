from __future__ import annotations

import string
from pathlib import Path

import cv2
import numpy as np
import pytest

from hcr import CharacterReader
from hcr.errors import ModelError
from recognition.characters import prepare_character

EASY = "23478AEFGHKNRTabdeh"


def printed(character: str) -> np.ndarray:
    image = np.full((120, 120), 255, np.uint8)
    cv2.putText(image, character, (30, 90), cv2.FONT_HERSHEY_SIMPLEX, 3, 0, 9, cv2.LINE_AA)
    return prepare_character(image)


@pytest.fixture(scope="module")
def reader() -> CharacterReader:
    return CharacterReader(threads=1)


def test_the_alphabet_is_emnists(reader: CharacterReader) -> None:
    assert reader.alphabet == string.digits + string.ascii_uppercase + string.ascii_lowercase


def test_plain_characters_are_read(reader: CharacterReader) -> None:
    images = np.stack([printed(character) for character in EASY])
    probabilities = reader.classify(images)
    assert probabilities.shape == (len(EASY), 62)
    assert np.allclose(probabilities.sum(axis=1), 1, atol=1e-4)
    found = "".join(reader.alphabet[k] for k in probabilities.argmax(axis=1))
    right = sum(a == b for a, b in zip(found, EASY, strict=True))
    assert right >= len(EASY) - 3, found


def test_top_is_sorted_and_of_the_length_asked(reader: CharacterReader) -> None:
    images = np.stack([printed("O"), printed("7")])
    for best, row in zip(reader.top(images, 4), reader.classify(images), strict=True):
        assert len(best) == 4
        probabilities = [probability for _, probability in best]
        assert probabilities == sorted(probabilities, reverse=True)
        assert probabilities[0] == pytest.approx(float(row.max()))
        assert row[reader.alphabet.index(best[0][0])] == row.max()
    assert len(reader.top(images, 100)[0]) == 62


def test_other_arrays_are_refused(reader: CharacterReader) -> None:
    with pytest.raises(ValueError, match=r"expected uint8 \(n, 28, 28\)"):
        reader.classify(np.zeros((3, 28, 28)))  # type: ignore[arg-type]


def test_a_model_that_is_none_is_one_line(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.onnx"
    wrong.write_bytes(b"no model")
    for path in (wrong, tmp_path / "missing.onnx"):
        with pytest.raises(ModelError) as caught:
            CharacterReader(path)
        assert str(caught.value).startswith(f"{path}: ")
        assert "\n" not in str(caught.value)
