"""Other views of writing lose nothing of it and turn it the way they say."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hcr.forms.views import PLAIN, View, seen


def bar(height: int, width: int) -> np.ndarray:
    picture = np.full((height + 8, width + 8), 255, np.uint8)
    picture[4:-4, 4:-4] = 0
    return picture


def ink(picture: np.ndarray) -> float:
    return float((255.0 - picture).sum() / 255)


@given(
    st.integers(12, 60), st.integers(12, 60), st.floats(-30, 30), st.floats(-0.5, 0.5),
    st.floats(0.7, 1.4),
)  # fmt: skip
def test_no_ink_is_lost(
    height: int, width: int, degrees: float, slant: float, factor: float
) -> None:
    view = View(degrees, slant, factor)
    warped = seen(bar(height, width), view)
    assert warped.dtype == np.uint8
    assert ink(warped) == pytest.approx(height * width * factor, rel=0.05)
    assert min(warped[edge].min() for edge in (0, -1, (slice(None), 0), (slice(None), -1))) > 200


def test_the_plain_view_is_the_picture() -> None:
    picture = bar(20, 10)
    assert seen(picture, PLAIN) is picture


def columns(picture: np.ndarray, row: int) -> float:
    return float(np.flatnonzero(picture[row] < 128).mean())


def test_views_turn_clockwise_and_slant_to_the_left() -> None:
    post = bar(60, 6)
    for view, to_the_right in ((View(degrees=15), True), (View(slant=0.3), False)):
        warped = seen(post, view)
        assert (columns(warped, 14) > columns(warped, -14)) == to_the_right
    assert seen(post, View(width=2.0)).shape == (68, 28)
