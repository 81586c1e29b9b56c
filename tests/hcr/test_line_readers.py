from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from hcr.line_readers import Both, ByCharacter, ByLine, LineImage
from recognition.crnn import LineReading, WordReading
from segmentation.characters import SplitLine


class Says:
    """Reads every line as one word over all its columns."""

    def __init__(self, text: str, confidence: float) -> None:
        self.text, self.confidence = text, confidence
        self.asked = 0

    def read(self, images: Sequence[np.ndarray]) -> list[LineReading]:
        return [self._reading(image.shape[1]) for image in images]

    def read_cut(self, lines: Sequence[SplitLine]) -> list[LineReading]:
        return [self._reading(line.grey.shape[1]) for line in lines]

    def _reading(self, width: int) -> LineReading:
        self.asked += 1
        word = WordReading(self.text, self.confidence, 0.0, float(width), ())
        return LineReading(self.text, self.confidence, (word,), ())


def line(joined: bool, cells: bool = False) -> LineImage:
    """Strokes that stand apart, or are joined up."""
    grey = np.full((60, 300), 255, np.uint8)
    for x in range(20, 280, 25):
        grey[20:50, x : x + 4] = 20
    if joined:
        grey[45:50, 20:280] = 20
    edges = tuple((float(x), float(x + 25)) for x in range(10, 285, 25)) if cells else None
    return LineImage(grey, grey < 128, edges)


def test_one_reader_alone() -> None:
    lines = [line(False), line(True)]
    assert [r.text for r in ByLine(Says("a", 0.5)).read(lines)] == ["a", "a"]
    assert [r.text for r in ByCharacter(Says("b", 0.5)).read(lines)] == ["b", "b"]  # type: ignore[arg-type]


@pytest.mark.parametrize(("sure", "text", "agreement"), [(0.999, "b", False), (0.2, "a", False)])
def test_the_better_of_two(sure: float, text: str, agreement: bool) -> None:
    (reading,) = Both(Says("a", 0.5), lambda: Says("b", sure)).read([line(False)])  # type: ignore[arg-type]
    assert reading.text == text
    assert reading.words[0].agreement is agreement


def test_joined_writing_is_read_as_a_whole_only() -> None:
    characters = Says("b", 0.999)
    both = Both(Says("a", 0.5), lambda: characters)  # type: ignore[arg-type]
    (reading,) = both.read([line(True)])
    assert (reading.text, characters.asked) == ("a", 0)
    assert reading.words[0].agreement is None
    both.read([line(True, cells=True)])
    assert characters.asked == 1


def test_characters_are_loaded_when_a_line_needs_them() -> None:
    loaded = []

    def load() -> Says:
        loaded.append(True)
        return Says("b", 0.5)

    both = Both(Says("a", 0.5), load)  # type: ignore[arg-type]
    both.read([line(True)])
    assert not loaded
    both.read([line(False)])
    both.read([line(False)])
    assert len(loaded) == 1


def test_no_lines() -> None:
    assert Both(Says("a", 0.5), lambda: Says("b", 0.5)).read([]) == []  # type: ignore[arg-type]
