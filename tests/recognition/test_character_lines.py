from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np
import pytest

from recognition.candidates import CandidateJudge
from recognition.character_lines import CharacterLineReader, path_words
from recognition.characters import CharacterClassifier
from recognition.lattice import LatticePath
from segmentation.characters import SplitLine, split_characters


def written(text: str) -> np.ndarray:
    grey = np.full((90, 36 * len(text) + 60), 255, np.uint8)
    cv2.putText(grey, text, (20, 60), cv2.FONT_HERSHEY_SIMPLEX, 1.6, 20, 4, cv2.LINE_AA)
    return grey


def text_width(text: str) -> int:
    return cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, 1.6, 4)[0][0] if text else 0


@pytest.fixture(scope="module")
def reader() -> CharacterLineReader:
    return CharacterLineReader.load(split_characters, threads=2, languages=["en"])


@pytest.mark.parametrize("text", ["4071 2358", "HOUSE"])
def test_plain_characters_are_read(reader: CharacterLineReader, text: str) -> None:
    (reading,) = reader.read([written(text.replace(" ", "   "))])
    assert reading.text == text
    assert [word.text for word in reading.words] == text.split()
    assert reading.alternatives[0][0] == text
    assert sum(share for _, share in reading.alternatives) == pytest.approx(1.0)
    for word in reading.words:
        assert 0 <= word.confidence <= 1
        assert "".join(glyph.text for glyph in word.glyphs) == word.text
        assert word.start == word.glyphs[0].start < word.end
        assert all(0 <= glyph.confidence <= 1 for glyph in word.glyphs)
    starts = [glyph.start for word in reading.words for glyph in word.glyphs]
    assert starts == sorted(starts)


def test_lines_come_back_in_order(reader: CharacterLineReader) -> None:
    images = [written("HOUSE"), np.full((40, 200), 255, np.uint8), written("1984")]
    assert [reading.text for reading in reader.read(images)] == ["HOUSE", "", "1984"]


def test_cells_decide_on_spaces(reader: CharacterLineReader) -> None:
    grey = written("12 34")
    edges = [20 + text_width("12 34"[:k]) for k in range(6)]
    apart = list(pairwise(edges))
    (reading,) = reader.read_cut([split_characters(grey, cells=apart)])
    assert reading.text == "12 34"
    together = list(pairwise(edges[:3] + edges[4:]))
    (reading,) = reader.read_cut([split_characters(grey, cells=together)])
    assert reading.text == "1234"


def test_a_blot_is_no_crash(reader: CharacterLineReader) -> None:
    rng = np.random.default_rng(3)
    for shape in ((1, 1), (1, 200), (60, 3), (40, 150)):
        image = rng.integers(0, 256, shape).astype(np.uint8)
        (reading,) = reader.read([image])
        assert reading.text == " ".join(word.text for word in reading.words)


def test_what_cuts_lines_is_given(reader: CharacterLineReader) -> None:
    seen: list[np.ndarray] = []

    def cut(grey: np.ndarray) -> SplitLine:
        seen.append(grey)
        return split_characters(grey)

    own = CharacterLineReader(CharacterClassifier.load(), CandidateJudge.load(), cut)
    assert own.read([written("7")])[0].text == "7"
    assert len(seen) == 1


def test_words_of_a_path() -> None:
    path = LatticePath(0.0, (0, 1, 2, 3), tuple("abcd"), (False, True, True, False))
    assert path.line == "ab c d"
    assert path_words(path) == [(0, 2), (2, 3), (3, 4)]
    assert path_words(LatticePath(0.0, (), (), ())) == []
