"""Lines set from glyphs and from ink: sizes, order, accents and labels."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.emnist import GlyphSet
from training.letterforms import Hand, decompose, extent
from training.signs import draw_mark, draw_sign, is_drawable
from training.synthesis import (
    InkPool,
    compose_characters,
    compose_glyphs,
    compose_words,
    writable,
)
from training.texts import TextConfig, TextSource

LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


def ink_box(grey: np.ndarray) -> tuple[int, int, int, int]:
    return tuple(cv2.boundingRect((grey < 200).astype(np.uint8)))


def test_glyph_lines_have_paper_around_ink(glyphs: GlyphSet) -> None:
    image = compose_glyphs("Bonjour, l'été 1997 !", glyphs, np.random.default_rng(0))
    assert image.dtype == np.uint8
    assert image[0].min() > 200
    assert image[:, 0].min() > 200
    assert image.min() < 150
    assert image.shape[1] > 4 * image.shape[0]


def test_more_text_is_wider(glyphs: GlyphSet, pool: InkPool) -> None:
    for seed in range(5):
        short, long = (
            compose_glyphs(text, glyphs, np.random.default_rng(seed)).shape[1]
            for text in ("nom", "nom et autre nom")
        )
        assert long > 3 * short
        short, long = (
            compose_characters(text, pool, np.random.default_rng(seed)).shape[1]
            for text in ("nom", "nom et autre nom")
        )
        assert long > 3 * short


def test_capitals_stand_higher_than_small_letters(glyphs: GlyphSet) -> None:
    for seed in range(5):
        small, large = (
            ink_box(compose_glyphs(text, glyphs, np.random.default_rng(seed)))[3]
            for text in ("xz", "XZ")
        )
        assert large > 1.15 * small


@pytest.mark.parametrize("source", ["glyphs", "ink"])
def test_accents_add_ink_above(source: str, glyphs: GlyphSet, pool: InkPool) -> None:
    def height(text: str, seed: int) -> int:
        rng = np.random.default_rng(seed)
        line = (
            compose_glyphs(text, glyphs, rng)
            if source == "glyphs"
            else compose_characters(text, pool, rng)
        )
        return ink_box(line)[3]

    taller = [height("éàô", seed) > height("eao", seed) for seed in range(9)]
    assert sum(taller) >= 8
    deeper = [height("ç", seed) > height("c", seed) for seed in range(9)]
    assert sum(deeper) >= 8


def test_what_cannot_be_written_is_refused(glyphs: GlyphSet, pool: InkPool) -> None:
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match="日"):
        compose_glyphs("日", glyphs, rng)
    with pytest.raises(ValueError, match="日"):
        compose_characters("日", pool, rng)


def test_writable_knows_letters_accents_and_signs() -> None:
    asked = frozenset("abé ç(€œ日x")
    assert writable(frozenset("abceo"), asked) == frozenset("abé ç(€œ")


def test_empty_text_is_paper(glyphs: GlyphSet, pool: InkPool) -> None:
    rng = np.random.default_rng(0)
    assert compose_glyphs(" ", glyphs, rng).min() == 255
    assert compose_characters("", pool, rng).min() == 255


def test_words_of_a_line_are_one_writers(pool: InkPool) -> None:
    rng = np.random.default_rng(3)
    seen = set()
    for _ in range(30):
        image, text = compose_words(pool, rng, length=20)
        letters = {c for c in text if c.isalpha() and c != "é"}
        assert letters <= set("onehusad") or letters <= set("TWOXYZ")
        assert set(text) <= set(LETTERS + " .,;:!?()é")
        assert 19 <= len(text) < 40
        assert image.min() < 200
        seen.update(letters)
    assert {"T", "h"} <= seen


def test_words_come_with_codes_of_the_alphabet(pool: InkPool) -> None:
    texts = TextSource(LETTERS, config=TextConfig(vocabulary=500))
    rng = np.random.default_rng(4)
    lines = [compose_words(pool, rng, texts)[1] for _ in range(60)]
    assert any(c.isdigit() for line in lines for c in line)
    assert all(line == " ".join(line.split()) for line in lines)


def test_the_same_generator_sets_the_same_line(glyphs: GlyphSet, pool: InkPool) -> None:
    one, two = (compose_glyphs("été", glyphs, np.random.default_rng(7)) for _ in range(2))
    np.testing.assert_array_equal(one, two)
    one, two = (compose_words(pool, np.random.default_rng(7))[0] for _ in range(2))
    np.testing.assert_array_equal(one, two)


@settings(max_examples=25)
@given(st.text(alphabet=LETTERS + " .,-_'«»()éèçœÉ", min_size=1, max_size=12), st.integers(0, 999))
def test_any_writable_text_gives_an_image(
    glyphs: GlyphSet, pool: InkPool, text: str, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    for image in (compose_glyphs(text, glyphs, rng), compose_characters(text, pool, rng)):
        assert image.dtype == np.uint8
        assert 10 < image.shape[0] < 250
        assert image.shape[1] < 150 * (len(text) + 1)
        assert (image.min() < 240) == bool(text.strip())


def test_signs_and_marks_are_drawn_in_their_place() -> None:
    rng = np.random.default_rng(0)
    for sign in ".,;:!?'\"()«»€@#%&-_":
        assert is_drawable(sign)
        points = np.concatenate(draw_sign(sign, rng))
        bottom, top = extent(sign) if sign not in "«»€" else (0.0, 1.5)
        assert bottom - 0.5 < points[:, 1].min() < points[:, 1].max() < top + 0.6
    for letter in "éèêëñåě":
        assert np.concatenate(draw_mark(decompose(letter)[1], rng))[:, 1].min() > -0.2
    assert np.concatenate(draw_mark(decompose("ç")[1], rng))[:, 1].max() < 0.2


def test_acute_and_grave_lean_apart() -> None:
    rng = np.random.default_rng(1)
    slopes = {
        mark: [float(np.diff(draw_mark(mark, rng)[0][:, 1])[0]) for _ in range(60)]
        for mark in "\u0301\u0300"
    }
    assert np.mean(slopes["\u0301"]) > 0.1
    assert np.mean(slopes["\u0300"]) > 0.1
    sideways = {
        mark: [float(np.diff(draw_mark(mark, rng)[0][:, 0])[0]) for _ in range(60)]
        for mark in "\u0301\u0300"
    }
    assert np.mean(sideways["\u0301"]) > 0.1
    assert np.mean(sideways["\u0300"]) < -0.1


def test_a_hand_keeps_letters_in_order_of_height() -> None:
    for seed in range(20):
        hand = Hand.random(np.random.default_rng(seed))
        assert hand.extent("x") == (0.0, 1.0)
        assert hand.extent("l")[1] > hand.extent("x")[1]
        assert hand.extent("g")[0] < 0 < hand.extent("A")[1]
        assert hand.space > 2 * hand.gap


def test_struck_out_words_are_not_in_the_text(
    pool: InkPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same words are written; with every one a struck-out one more, there is more ink."""
    plain = [compose_words(pool, np.random.default_rng(seed), length=12) for seed in range(4)]
    monkeypatch.setattr("training.synthesis.STRUCK_OUT", 1.0)
    struck = [compose_words(pool, np.random.default_rng(seed), length=12) for seed in range(4)]
    wide = sum(image.shape[1] / image.shape[0] for image, _ in struck)
    assert wide > 1.5 * sum(image.shape[1] / image.shape[0] for image, _ in plain)
    assert max(len(text) for _, text in struck) < 30
