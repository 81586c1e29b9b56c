from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recognition.combine import combine
from recognition.crnn import GlyphReading, LineReading, WordReading


def line(*words: tuple[str, float, float, float]) -> LineReading:
    """A reading of words: text, confidence, start, end."""
    made = tuple(
        WordReading(text, sure, start, end, tuple(GlyphReading(c, sure, start, end) for c in text))
        for text, sure, start, end in words
    )
    text = " ".join(word.text for word in made)
    return LineReading(text, 0.5, made, ((text, 0.6),))


def test_the_surer_word_is_taken() -> None:
    first = line(("the", 0.9, 0, 30), ("h0use", 0.2, 40, 90))
    second = line(("tne", 0.3, 0, 31), ("house", 0.95, 41, 92))
    read = combine(first, second, margin=1.0)
    assert read.text == "the house"
    assert [word.agreement for word in read.words if word.agreement is not None] == [False] * 2
    assert read.words[1].start == 41
    assert read.alternatives == ()


def test_a_margin_keeps_the_first() -> None:
    first, second = line(("cat", 0.5, 0, 30)), line(("cut", 0.7, 0, 30))
    assert combine(first, second, margin=1.0).text == "cat"
    assert combine(first, second, margin=0.0).text == "cut"


def test_a_word_of_a_line_read_badly_is_not_taken() -> None:
    first = line(("14", 0.3, 0, 20), ("March", 0.99, 40, 90), ("2024", 0.98, 110, 150))
    second = line(("H", 0.87, 0, 20), ("Tnanh2024", 0.32, 40, 150))
    read = combine(first, second)
    assert read.text == "14 March 2024"
    assert [word.agreement for word in read.words] == [False] * 3
    assert combine(line(("14", 0.3, 0, 20)), line(("H", 0.87, 0, 20))).text == "H"


def test_agreement_is_told_and_nothing_changed() -> None:
    first, second = line(("cat", 0.5, 0, 30)), line(("cat", 0.9, 2, 33))
    read = combine(first, second)
    (word,) = read.words
    assert word.agreement is True
    assert (read.text, read.confidence, read.alternatives) == ("cat", 0.5, first.alternatives)


def test_words_that_are_split_differently_are_one_group() -> None:
    first = line(("to", 0.3, 0, 20), ("day", 0.3, 22, 60), ("is", 0.9, 80, 95))
    second = line(("today", 0.97, 0, 60), ("is", 0.8, 80, 95))
    read = combine(first, second, margin=1.0)
    assert read.text == "today is"
    assert [getattr(word, "agreement", None) for word in read.words] == [False, True]


def test_what_only_one_has_seen() -> None:
    first = line(("a", 0.9, 0, 10), ("b", 0.9, 50, 60))
    second = line(("a", 0.9, 0, 10), ("x", 0.99, 25, 30))
    read = combine(first, second)
    assert read.text == "a b"
    assert [getattr(word, "agreement", None) for word in read.words] == [True, None]


def test_empty_readings() -> None:
    empty, one = LineReading("", 1.0, (), ()), line(("a", 0.9, 0, 10))
    assert combine(one, empty) == one
    assert combine(empty, empty) == empty
    assert combine(empty, one, margin=1.0).text == "a"
    assert combine(empty, one, margin=5.0).text == ""


@st.composite
def readings(draw: st.DrawFn) -> LineReading:
    words, at = [], 0.0
    for _ in range(draw(st.integers(0, 5))):
        start = at + draw(st.floats(0, 30))
        at = start + draw(st.floats(1, 40))
        words.append((draw(st.sampled_from("abc")), draw(st.floats(0, 1)), start, at))
    return line(*words)


@given(readings(), readings(), st.floats(-3, 3))
def test_any_two_readings(first: LineReading, second: LineReading, margin: float) -> None:
    """Every word is from one of the two; an endless margin changes no text."""
    read = combine(first, second, margin)
    texts = {(w.text, w.start, w.end) for w in (*first.words, *second.words)}
    assert {(w.text, w.start, w.end) for w in read.words} <= texts
    assert read.text == " ".join(word.text for word in read.words)
    assert 0 <= read.confidence <= 1
    if first.words:
        assert combine(first, second, float("inf")).text == first.text
        assert len(combine(first, second, float("inf")).words) == len(first.words)


@pytest.mark.parametrize("sure", [0.0, 1.0])
def test_certain_words(sure: float) -> None:
    assert combine(line(("a", sure, 0, 10)), line(("b", sure, 0, 10)), 0.5).text == "a"


def test_cells_say_where_spaces_are_and_how_many_characters() -> None:
    first = line(("L", 0.9, 0, 10), ("N", 0.9, 30, 40), ("M1ILL", 0.99, 80, 160))
    second = line(("IN", 0.5, 0, 42), ("MILL", 0.4, 80, 160))
    read = combine(first, second, margin=2.0, in_cells=True)
    assert read.text == "LN MILL"
    assert [(word.start, word.end) for word in read.words] == [(0, 42), (80, 160)]
    assert combine(first, second, margin=2.0).text == first.text


def test_words_spaced_anew_need_no_other_change() -> None:
    read = combine(line(("a", 0.9, 0, 9), ("b", 0.9, 20, 30)), line(("ab", 0.5, 0, 30)), 2.0, True)
    assert (read.text, len(read.words)) == ("ab", 1)
    assert read.words[0].text == "".join(glyph.text for glyph in read.words[0].glyphs)


def test_in_cells_only_what_the_cells_hold_counts() -> None:
    first = line(("1", 0.99, 0, 8), ("87", 0.9, 20, 60))
    second = line(("87", 0.5, 22, 58), ("6", 0.3, 90, 99))
    assert combine(first, second, 2.0, in_cells=True).text == "87 6"
    assert combine(first, second, 2.0).text == "1 87"


def test_capitals_are_told_in_cells() -> None:
    first, second = line(("cops", 0.99, 0, 60)), line(("COPS", 0.5, 0, 60))
    assert combine(first, second, 2.0, in_cells=True).text == "COPS"
    assert combine(first, second, 2.0).text == "cops"


@pytest.mark.parametrize("text", ["ab", "ax"])
def test_characters_are_where_the_second_saw_them(text: str) -> None:
    second = LineReading(
        text,
        0.5,
        (
            WordReading(
                text,
                0.5,
                2,
                30,
                (GlyphReading(text[0], 0.5, 2, 11), GlyphReading(text[1], 0.5, 19, 30)),
            ),
        ),
        (),
    )
    (word,) = combine(line(("ab", 0.9, 0, 30)), second).words
    assert word.text == "ab"
    assert [glyph.text for glyph in word.glyphs] == ["a", "b"]
    assert [(glyph.start, glyph.end) for glyph in word.glyphs] == [(2, 11), (19, 30)]
    assert all(glyph.confidence == 0.9 for glyph in word.glyphs)
