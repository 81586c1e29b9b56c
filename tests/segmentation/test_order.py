from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from segmentation.order import reading_order
from segmentation.textline import TextLine


def line(left: float, right: float, y: float, slope: float = 0.0) -> TextLine:
    ends = (left, y), (right, y + slope * (right - left))
    top, bottom = (min(p[1] for p in ends) - 30, max(p[1] for p in ends) + 10)
    return TextLine(ends, ((left, top), (right, top), (right, bottom), (left, bottom)))


@given(st.integers(0, 999), st.floats(-0.03, 0.03))
def test_rows_of_several_pieces(seed: int, slope: float) -> None:
    rows = [
        [line(50, 900, 100, slope)],
        [line(50, 300, 160, slope), line(480, 900, 160 + slope * 430, slope)],
        [line(50, 200, 220, slope), line(300, 450, 220 + slope * 250, slope)],
        [line(60, 880, 280, slope)],
    ]
    expected = [piece for row in rows for piece in row]
    shuffled = random.Random(seed).sample(expected, len(expected))
    assert reading_order(shuffled) == expected


def test_nothing_stays_nothing() -> None:
    assert reading_order([]) == []
