from __future__ import annotations

import numpy as np
import pytest

from training.characters.ink import draw_character, ink_characters
from training.ink import InkSet, load_unipen

STROKES = {
    "1": [[(100, 0), (100, 400)]],
    "L": [[(0, 0), (0, 400), (250, 400)]],
    "l": [[(0, 0), (0, 400)]],
    "t": [[(100, 0), (100, 400)], [(0, 120), (200, 120)]],
}
CLASSES = ("1", "L", "l", "t", "Ll")


@pytest.fixture(scope="module")
def ink(tmp_path_factory: pytest.TempPathFactory) -> InkSet:
    """Ten samples of each character, a word and a full stop."""
    samples = [("1a" if c == "1" else "1b" if c.isupper() else "1c", c) for c in STROKES] * 10
    samples += [("7", "tL"), ("1d", ".")]
    drawn = [STROKES.get(label, STROKES["1"]) for _, label in samples]
    strokes = [np.array(points) for parts in drawn for points in parts]
    path = tmp_path_factory.mktemp("ink") / "ink.npz"
    np.savez(
        path,
        deltas=np.concatenate([np.diff(s, axis=0, prepend=0) for s in strokes]).astype(np.int16),
        stroke_lengths=np.array([len(s) for s in strokes]),
        strokes_per_sample=np.array([len(parts) for parts in drawn]),
        label=np.array([label for _, label in samples]),
        writer=np.zeros(len(samples), np.int32),
        category=np.array([category for category, _ in samples]),
    )
    return load_unipen(path)


def test_characters_come_as_often_as_asked(ink: InkSet) -> None:
    shares = np.array([0.5, 0.25, 0.25, 0.0])
    drawn = ink_characters(ink, CLASSES, shares, 12, np.random.default_rng(0))
    assert drawn.classes == CLASSES
    assert drawn.counts.tolist() == [6, 3, 3, 0, 0]
    # No sample is drawn more than three times, and each time with another pen.
    drawn = ink_characters(ink, CLASSES, shares, 100, np.random.default_rng(0))
    assert drawn.counts.tolist() == [30, 25, 25, 0, 0]
    assert len(np.unique(drawn.images, axis=0)) == 80


def test_each_label_is_on_the_image_that_it_names(ink: InkSet) -> None:
    drawn = ink_characters(ink, CLASSES, np.full(4, 0.25), 40, np.random.default_rng(0))
    assert drawn.images.shape == (40, 28, 28)
    assert drawn.images.dtype == np.uint8
    for label, character in enumerate(drawn.alphabet):
        shown = drawn.images[drawn.labels == label].astype(float)
        widths = (shown > 100).any(axis=1).sum(axis=1)
        # The foot of an L and the bar of a t are wide, single strokes but slanted.
        assert (widths.mean() > 11) == (character in "Lt"), character
        below = shown[:, 18:].sum() / shown.sum()
        assert (below > 0.4) == (character == "L"), character


def test_no_two_pens_are_the_same(ink: InkSet) -> None:
    rng = np.random.default_rng(0)
    images = [draw_character(ink.strokes(0), rng).astype(float) for _ in range(6)]
    assert min(np.abs(one - images[0]).mean() for one in images[1:]) > 2
    again = draw_character(ink.strokes(0), np.random.default_rng(0))
    np.testing.assert_array_equal(again, images[0])


def test_ink_without_the_alphabet_is_refused(ink: InkSet) -> None:
    with pytest.raises(ValueError, match="no single character"):
        ink_characters(ink, ("x", "y"), np.full(2, 0.5), 10, np.random.default_rng(0))
