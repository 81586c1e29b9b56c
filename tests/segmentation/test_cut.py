from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentation.cut import cut_line
from segmentation.textline import TextLine


def box_line(left: float, top: float, right: float, bottom: float, base: float) -> TextLine:
    corners = ((left, top), (right, top), (right, bottom), (left, bottom))
    return TextLine(((left, base), (right, base)), corners)


def test_a_level_line_keeps_its_pixels() -> None:
    grey = np.random.default_rng(1).integers(0, 255, (120, 300), dtype=np.uint8)
    cut = cut_line(grey, box_line(40, 30, 240, 80, 70))
    row = round(cut.baseline_row)
    inside = cut.image[row - 40 : row + 11, :201]
    np.testing.assert_array_equal(inside, grey[30:81, 40:241])


def test_a_bent_line_is_straightened() -> None:
    xs = np.arange(20, 380)
    heights = 100 + 25 * np.sin(xs / 120)
    grey = np.full((200, 400), 255, np.uint8)
    for x, y in zip(xs, heights, strict=True):
        grey[round(y) - 2 : round(y) + 3, x] = 0
    baseline = tuple((float(x), float(y)) for x, y in zip(xs[::6], heights[::6], strict=True))
    upper = tuple((x, y - 30) for x, y in baseline)
    lower = tuple((x, y + 20) for x, y in reversed(baseline))
    cut = cut_line(grey, TextLine(baseline, upper + lower))
    rows = [np.flatnonzero(column < 128).mean() for column in cut.image.T[5:-5]]
    assert max(rows) - min(rows) < 3
    assert np.mean(rows) == pytest.approx(cut.baseline_row, abs=1)


def test_neighbours_outside_the_polygon_are_paper() -> None:
    grey = np.zeros((200, 300), np.uint8)
    line = TextLine(
        ((50, 100), (250, 100)), ((50, 60), (250, 60), (250, 110), (150, 80), (50, 110))
    )
    cut = cut_line(grey, line)
    column = cut.image[:, 100]
    below = round(cut.baseline_row - 100 + 90)
    assert column[round(cut.baseline_row - 100 + 70)] == 0
    assert (column[below:] == 255).all()
    assert (cut.image[below + 12 : below + 18, 3:10] == 0).all()


def test_a_line_that_leaves_the_sheet_is_filled_with_paper() -> None:
    grey = np.zeros((50, 100), np.uint8)
    cut = cut_line(grey, box_line(-20, -15, 60, 40, 30))
    row = round(cut.baseline_row)
    assert cut.left == 0
    assert (cut.image[: row - 30] == 255).all()
    assert (cut.image[row - 30 : row, :60] == 0).all()


@given(
    st.floats(-0.2, 0.2),
    st.lists(st.tuples(st.floats(0, 200), st.floats(-40, 40)), min_size=1, max_size=5),
)
def test_points_come_back_to_where_they_were(
    slope: float, points: list[tuple[float, float]]
) -> None:
    ends = ((50.0, 150.0), (250.0, 150.0 + 200 * slope))
    polygon = (*((x, y - 60) for x, y in ends), *((x, y + 60) for x, y in ends[::-1]))
    cut = cut_line(np.full((320, 300), 255, np.uint8), TextLine(ends, polygon))
    given_points = [(x, y + cut.baseline_row) for x, y in points]
    for (x, y), (sheet_x, sheet_y) in zip(points, cut.to_sheet(given_points), strict=True):
        assert sheet_x == pytest.approx(x + 50)
        assert sheet_y == pytest.approx(150 + slope * x + y, abs=0.01)


def test_what_cannot_be_cut_is_refused() -> None:
    grey = np.full((50, 100), 255, np.uint8)
    with pytest.raises(ValueError, match="outside"):
        cut_line(grey, box_line(200, 10, 260, 30, 25))
    with pytest.raises(ValueError, match="uint8"):
        cut_line(grey > 0, box_line(10, 10, 60, 30, 25))
    with pytest.raises(ValueError, match="three"):
        TextLine(((0, 0), (1, 0)), ((0, 0), (1, 0)))
