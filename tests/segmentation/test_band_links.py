from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentation.band_links import join_bands, line_pitch
from segmentation.bands import Band


def band(
    left: float, right: float, base: float, end: float | None = None, unit: float = 20
) -> Band:
    xs = np.linspace(left, right, 60)
    return Band(xs, np.linspace(base, base if end is None else end, 60), unit)


def page(pitch: float = 80, count: int = 5) -> list[Band]:
    return [band(100, 1500, 100 + pitch * index) for index in range(count)]


@pytest.mark.parametrize("span", [(500, 900), (100, 1500), (1200, 1700), (20, 400)])
def test_bands_along_the_same_letters_are_one(span: tuple[float, float]) -> None:
    lines = page()
    joined = join_bands([*lines, band(*span, 264)], 12)
    assert len(joined) == len(lines)
    longest = max(joined, key=lambda line: line.right - line.left)
    assert longest.left == min(100, span[0])
    assert longest.right == max(1500, span[1])


def test_a_piece_that_ends_in_a_tall_loop_is_joined_to_the_next() -> None:
    lines = page()
    xs = np.linspace(100, 800, 60)
    lifted = np.where(xs > 740, 260 - (xs - 740) / 60 * 28, 260.0)
    pieces = [Band(xs, lifted, 20), band(750, 1500, 260)]
    joined = join_bands([*lines[:2], *lines[3:], *pieces], 12)
    assert len(joined) == len(lines)


@given(st.floats(0.75, 3), st.floats(100, 1400), st.floats(60, 700))
def test_bands_half_a_line_apart_stay_apart(pitch: float, left: float, length: float) -> None:
    lines = page(pitch * 40)
    between = band(left, left + length, 100 + pitch * 60)
    assert len(join_bands([*lines, between], 12)) == len(lines) + 1


def test_pitch_is_the_distance_of_facing_lines() -> None:
    assert line_pitch(page(72)) == pytest.approx(72)
    assert line_pitch([*page(72), band(300, 900, 108)]) == pytest.approx(72, abs=36)
    assert line_pitch(page(72, 3)) is None
    assert line_pitch([band(1600 * i, 1600 * i + 900, 50 * i) for i in range(6)]) is None
