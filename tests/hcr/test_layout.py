from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hcr.layout import Strip, place_line
from recognition.crnn import GlyphReading, LineReading, WordReading

WIDTH, HEIGHT = 400, 300


def word(text: str, start: float, end: float) -> WordReading:
    edges = np.linspace(start, end, len(text) + 1)
    glyphs = tuple(
        GlyphReading(letter, 0.9, left, right)
        for letter, left, right in zip(text, edges[:-1], edges[1:], strict=True)
    )
    return WordReading(text, 0.8, start, end, glyphs)


def reading(*words: WordReading) -> LineReading:
    return LineReading(" ".join(w.text for w in words), 0.8, words, (("x", 0.123456),))


def two_words() -> np.ndarray:
    """Ink of the strip, (40, 200): rows 10 to 30, columns 20 to 80 and 120 to 170."""
    ink = np.zeros((40, 200), bool)
    ink[10:30, 20:80] = True
    ink[10:30, 120:170] = True
    return ink


def strip(ink: np.ndarray, dx: float = 0, dy: float = 0, degrees: float = 0) -> Strip:
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))

    def to_page(points: np.ndarray) -> np.ndarray:
        return points @ np.array([[cos, sin], [-sin, cos]]) + (dx, dy)

    feet = np.array([(0, 30), (ink.shape[1], 30)])
    return Strip(ink, to_page, to_page(feet).tolist(), to_page(feet).tolist(), WIDTH, HEIGHT)


def test_boxes_are_tight_around_the_ink() -> None:
    line = place_line(
        reading(word("ab", 17, 84), word("cde", 118, 173)), strip(two_words(), 100, 50)
    )
    assert line.text == "ab cde"
    assert line.box == (120, 60, 270, 80)
    assert [w.box for w in line.words] == [(120, 60, 180, 80), (220, 60, 270, 80)]
    assert line.baseline == ((100.0, 80.0), (300.0, 80.0))


def test_glyphs_share_their_words_columns() -> None:
    line = place_line(reading(word("ab", 20, 80), word("cde", 120, 170)), strip(two_words()))
    for placed in line.words:
        lefts = [glyph.box[0] for glyph in placed.glyphs]
        rights = [glyph.box[2] for glyph in placed.glyphs]
        assert lefts[0] == placed.box[0]
        assert rights[-1] == placed.box[2]
        assert lefts[1:] == rights[:-1]
    assert [g.text for w in line.words for g in w.glyphs] == list("abcde")


def test_upside_down_page() -> None:
    said = reading(word("a", 20, 80), word("b", 120, 170))
    placed = place_line(said, strip(two_words(), 300, 200, degrees=180))
    assert placed.words[0].box == (220, 170, 280, 190)


@given(st.floats(-15, 15))
def test_boxes_of_a_turned_line_hold_its_ink(degrees: float) -> None:
    here = strip(two_words(), 100, 100, degrees)
    line = place_line(reading(word("ab", 20, 80), word("c", 120, 170)), here)
    corners = here.to_page(np.array([(20, 10), (80, 10), (80, 30), (20, 30)]))
    expected = [*corners.min(axis=0), *corners.max(axis=0)]
    assert np.allclose(line.words[0].box, expected, atol=1.5)


@given(st.floats(-500, 900), st.floats(-500, 900), st.floats(-180, 180))
def test_boxes_lie_on_the_page(dx: float, dy: float, degrees: float) -> None:
    line = place_line(
        reading(word("ab", 20, 80), word("c", 120, 170)), strip(two_words(), dx, dy, degrees)
    )
    cells = [line, *line.words, *line.words[0].glyphs]
    for left, top, right, bottom in (cell.box for cell in cells):
        assert 0 <= left < right <= WIDTH
        assert 0 <= top < bottom <= HEIGHT
    for x, y in (*line.baseline, *line.polygon):
        assert 0 <= x <= WIDTH
        assert 0 <= y <= HEIGHT


def test_word_where_there_is_no_ink_is_as_high_as_the_line() -> None:
    line = place_line(reading(word("ab", 20, 80), word("-", 95, 105)), strip(two_words()))
    left, top, right, bottom = line.words[1].box
    assert (top, bottom) == (10, 30)
    assert left < right


def test_strip_without_ink() -> None:
    line = place_line(reading(word("a", 5, 9)), strip(np.zeros((40, 200), bool)))
    assert line.words[0].text == "a"


def test_confidences_and_alternatives() -> None:
    line = place_line(reading(word("ab", 20, 80)), strip(two_words()))
    assert line.confidence == 0.8
    assert line.words[0].confidence == 0.8
    assert line.words[0].glyphs[0].confidence == 0.9
    assert line.alternatives == (("x", 0.1235),)


@pytest.mark.parametrize(("given", "kept"), [(1.0000001, 1.0), (-1e-9, 0.0)])
def test_rounding_errors_of_confidences(given: float, kept: float) -> None:
    line = place_line(LineReading("a", given, (), ()), strip(two_words()))
    assert line.confidence == kept
