"""Strings of EMNIST glyphs in their cells."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from training.cells import cell_text, compose_cells
from training.emnist import GlyphSet
from training.sources import cell_lines
from training.texts import TextSource


@given(seed=st.integers(0, 10_000), longest=st.integers(1, 14))
@settings(max_examples=60, deadline=None)
def test_texts_can_be_set_and_are_no_longer_than_asked(seed: int, longest: int) -> None:
    text = cell_text(TEXTS, longest, np.random.default_rng(seed))
    assert 1 <= len(text) <= longest
    assert text.isascii()
    assert text.isalnum()


TEXTS = TextSource()


def test_every_glyph_is_on_the_line_in_dark_on_paper(glyphs: GlyphSet) -> None:
    for seed in range(20):
        image = compose_cells("MMMMM", glyphs, np.random.default_rng(seed))
        assert image.dtype == np.uint8
        assert image[0].min() == image[-1].min() == 255
        one = compose_cells("M", glyphs, np.random.default_rng(seed))
        # Both are 44 EMNIST pixels high, at a scale of their own.
        inks = [float((line < 128).sum()) / line.shape[0] ** 2 for line in (image, one)]
        assert inks[0] > 3.5 * inks[1]


def test_the_source_makes_lines_as_wide_as_their_text(glyphs: GlyphSet) -> None:
    source, rng = cell_lines(glyphs, TEXTS), np.random.default_rng(1)
    made = [source.draw(rng) for _ in range(40)]
    for image, text in made:
        assert image.shape[1] > 0.15 * len(text) * image.shape[0]
    assert len({text for _, text in made}) > 20
