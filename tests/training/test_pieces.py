"""Pieces of a sample page: where they are cut, what is put together from them."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from recognition.crnn import LineReader
from recognition.metrics import score
from segmentation.cut import cut_line
from segmentation.page import open_sheet, segment
from training.line_store import LineStore
from training.pieces import FAINT, ROWS, PieceSetter, align_line, choose_text, piece_setters
from training.texts import TextSource


@pytest.fixture(scope="module")
def reader() -> LineReader:
    return LineReader.load(languages=())


@pytest.fixture(scope="module")
def letter(samples: Path) -> LineStore:
    """The lines of the sample letter."""
    sheet = open_sheet(cv2.imread(str(samples / "letter_en.jpg"), cv2.IMREAD_COLOR_RGB))
    images = [cut_line(sheet.grey, line).image for line in segment(sheet)]
    texts = (samples / "letter_en.gt.txt").read_text(encoding="utf-8").splitlines()
    return LineStore(images, texts, ["letter"] * len(images))


@pytest.fixture(scope="module")
def setter(letter: LineStore, reader: LineReader) -> PieceSetter:
    (found,) = piece_setters(letter, reader)
    return found


def read(setter: PieceSetter, texts: list[str], reader: LineReader) -> float:
    """Return the CER of composed lines, greedily decoded."""
    rng = np.random.default_rng(5)
    made = [setter.compose(text, rng) for text in texts]
    readings = reader.read([image for image, _ in made])
    pairs = [(text, line.text) for (_, text), line in zip(made, readings, strict=True)]
    return score(pairs).cer


def test_cuts_are_in_order_and_inside_the_line(letter: LineStore, reader: LineReader) -> None:
    for image, text in zip(letter.images, letter.texts, strict=True):
        line = align_line(image, text, reader)
        assert line is not None
        assert line.ink.shape[0] == ROWS
        assert len(line.cuts) == len(line.text) + 1 == len(text) + 1
        assert line.cuts[0] == 0
        assert line.cuts[-1] == line.ink.shape[1]
        assert (np.diff(line.cuts) >= 0).all()


def test_spaces_are_cut_where_nothing_is_written(letter: LineStore, reader: LineReader) -> None:
    empty = []
    for image, text in zip(letter.images, letter.texts, strict=True):
        line = align_line(image, text, reader)
        assert line is not None
        rows = line.ink.sum(axis=0) / 255
        assert np.median(rows) > FAINT
        for place in (k for k, character in enumerate(line.text) if character == " "):
            gap = rows[line.cuts[place] : line.cuts[place + 1]]
            empty.append(len(gap) > 1 and gap.max() < FAINT)
    assert np.mean(empty) > 0.95  # some words touch


def test_words_in_another_order_read_as_such(setter: PieceSetter, reader: LineReader) -> None:
    rng = np.random.default_rng(2)
    lines = [" ".join(setter.own_word(rng) for _ in range(6)) for _ in range(12)]
    # The page itself, as it was written, has 3 %.
    assert read(setter, lines, reader) < 0.1


def test_words_the_page_does_not_have_read_as_such(setter: PieceSetter, reader: LineReader) -> None:
    texts, rng = TextSource(reader.alphabet.characters, ("en",)), np.random.default_rng(3)
    words = (texts.word(rng) for _ in range(2000))
    new = [word for word in words if len(word) > 4 and setter.covers(word)][:60]
    lines = [" ".join(new[k : k + 5]) for k in range(0, len(new), 5)]
    assert len(lines) > 5
    assert read(setter, lines, reader) < 0.25


def test_what_the_page_lacks_is_left_out(setter: PieceSetter) -> None:
    image, text = setter.compose("the ß and", np.random.default_rng(0))
    assert text == "the and"
    assert image.shape[0] == ROWS
    assert not setter.covers("ß")


def test_a_line_is_never_empty_and_the_same_again(setter: PieceSetter) -> None:
    texts = TextSource(languages=("fr",))
    for length in (1, 3, 20, 55):
        made = []
        for _ in range(2):
            rng = np.random.default_rng(length)
            made.append(setter.compose(choose_text(setter, texts, length, rng), rng))
        assert made[0][1] == made[1][1] != ""
        np.testing.assert_array_equal(made[0][0], made[1][0])


def test_a_line_cut_twice_counts_once(
    letter: LineStore, setter: PieceSetter, reader: LineReader
) -> None:
    twice = LineStore(letter.images * 2, letter.texts * 2, letter.groups * 2)
    (found,) = piece_setters(twice, reader)
    assert len(found) == len(setter)


def test_pages_with_next_to_nothing_are_refused(letter: LineStore, reader: LineReader) -> None:
    few = LineStore(letter.images[:1], letter.texts[:1], letter.groups[:1])
    with pytest.raises(ValueError, match="no page with 200 characters"):
        piece_setters(few, reader)


def test_a_text_that_does_not_fit_has_no_pieces(letter: LineStore, reader: LineReader) -> None:
    assert align_line(letter.images[0][:, :40], letter.texts[0], reader) is None
    assert align_line(np.full((50, 200), 255, np.uint8), "text", reader) is None
    assert align_line(letter.images[0], "", reader) is None
