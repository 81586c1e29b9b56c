from __future__ import annotations

import numpy as np
import pytest

from recognition.alphabet import LINE_ALPHABET
from recognition.prepare import INK_SPREAD, prepare_line
from training.emnist import GlyphSet
from training.ink import InkSet
from training.sources import (
    InkLines,
    LineSource,
    character_lines,
    glyph_lines,
    word_lines,
)
from training.synthesis import InkPool
from training.texts import TextSource


@pytest.fixture(scope="module")
def texts() -> TextSource:
    return TextSource(LINE_ALPHABET.characters)


@pytest.fixture(params=["ink", "words", "characters", "glyphs"])
def source(
    request: pytest.FixtureRequest, pool: InkPool, glyphs: GlyphSet, texts: TextSource
) -> LineSource:
    if request.param == "ink":
        return InkLines(pool.ink, pool.ink.select(("7",), LINE_ALPHABET.characters))
    if request.param == "words":
        return word_lines(pool, texts)
    if request.param == "characters":
        return character_lines(pool, texts, LINE_ALPHABET)
    return glyph_lines(glyphs, texts, LINE_ALPHABET)


def test_every_source_makes_readable_lines(source: LineSource) -> None:
    rng = np.random.default_rng(1)
    for _ in range(12):
        image, text = source.draw(rng)
        assert image.dtype == np.uint8
        assert LINE_ALPHABET.covers(text)
        assert text.strip() == text != ""
        assert prepare_line(image).image.shape[1] > 0


def test_the_same_random_numbers_make_the_same_line(source: LineSource) -> None:
    made = []
    for _ in range(2):
        rng = np.random.default_rng(7)
        made.append(source.draw(rng))
    assert made[0][1] == made[1][1]
    assert np.array_equal(made[0][0], made[1][0])


def test_ink_that_is_too_wide_is_left_out() -> None:
    zigzag = np.stack([np.arange(20), 400 * (np.arange(20) % 2)], axis=1)
    points = np.concatenate([zigzag * (step, 1) for step in (20, 200)]).astype(np.int16)
    ends, names = np.array([0, 20, 40]), np.array(["7", "7"])
    ink = InkSet(points, ends, np.arange(3), ("short", "long"), np.array([1, 1]), names)
    rng = np.random.default_rng(0)

    def drawn(widest: float) -> set[str]:
        source = InkLines(ink, np.arange(2), widest)
        return {source.draw(rng)[1] for _ in range(40)}

    between = INK_SPREAD * 1000 / zigzag[:, 1].std()
    assert drawn(between) == {"short"}
    assert drawn(10 * between) == {"short", "long"}
