from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentation.slices import ink_slices, stroke_width, upright_slant


def strokes(slant: float, width: int = 4) -> np.ndarray:
    """Long strokes that lean to the right."""
    drawn = np.zeros((80, 400), np.uint8)
    for x in range(60, 340, 40):
        cv2.line(drawn, (round(x - 30 * slant), 70), (round(x + 30 * slant), 10), 1, width)
    return drawn > 0


@pytest.mark.parametrize("slant", [-0.3, 0.0, 0.3, 0.6])
def test_slant(slant: float) -> None:
    assert upright_slant(strokes(slant)) == pytest.approx(slant, abs=0.11)


@pytest.mark.parametrize("width", [3, 5, 9])
def test_stroke_width(width: int) -> None:
    ink = strokes(0.0, width)
    drawn = ink[40].sum() / 7
    assert stroke_width(ink) == pytest.approx(drawn, rel=0.35)


def test_no_ink() -> None:
    ink = np.zeros((20, 30), np.bool_)
    assert stroke_width(ink) == 1.0
    assert upright_slant(ink) == 0.0
    slices, labels = ink_slices(ink, 10.0, 3.0, 0.0)
    assert slices == ()
    assert not labels.any()


def test_a_thin_link_is_cut_and_paper_is_not() -> None:
    ink = np.zeros((60, 140), np.bool_)
    ink[15:45, 10:34] = ink[15:45, 60:84] = ink[15:45, 100:124] = True
    ink[40:43, 34:60] = True
    slices, labels = ink_slices(ink, 30.0, 6.0, 0.0)
    assert labels.max() == len(slices)
    assert np.array_equal(labels > 0, ink)
    assert slices[0].cut == 0.0
    assert any(piece.cut > 0 for piece in slices)
    last = slices[-1]
    assert (last.box.left, last.box.right, last.cut) == (100, 124, 0.0)


@given(st.integers(0, 2**32 - 1), st.floats(-0.5, 0.8))
def test_every_pixel_has_one_slice(seed: int, slant: float) -> None:
    rng = np.random.default_rng(seed)
    ink = cv2.blur(rng.random((30, 90)).astype(np.float32), (5, 5)) < 0.47
    slices, labels = ink_slices(ink, 12.0, 3.0, slant)
    assert not (labels[~ink] > 0).any()
    for number, piece in enumerate(slices, 1):
        rows, columns = np.nonzero(labels == number)
        assert len(rows) == piece.area > 0
        assert (piece.box.left, piece.box.right) == (columns.min(), columns.max() + 1)
        assert (piece.box.top, piece.box.bottom) == (rows.min(), rows.max() + 1)
        assert piece.start < piece.end
