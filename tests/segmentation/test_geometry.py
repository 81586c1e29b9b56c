from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentation.geometry import (
    Box,
    interpolate_baseline,
    invert_affine,
    points_in_polygon,
    sample_polyline,
    share_inside,
    transform_points,
)

SQUARE = ((0, 0), (10, 0), (10, 10), (0, 10))
numbers = st.floats(-1e4, 1e4)
points = st.tuples(numbers, numbers)


@st.composite
def boxes(draw: st.DrawFn) -> Box:
    left, top = draw(st.integers(-99, 99)), draw(st.integers(-99, 99))
    return Box(left, top, left + draw(st.integers(0, 99)), top + draw(st.integers(0, 99)))


@pytest.mark.parametrize("sides", [(1, 0, 0, 1), (0, 1, 1, 0), (0, 0, 1.5, 1)])
def test_impossible_box_is_refused(sides):
    with pytest.raises(ValueError, match="box"):
        Box(*sides)


def test_box_measures():
    box = Box(np.int64(1), 2, 4, 8)
    assert (box.width, box.height, box.area) == (3, 6, 18)
    assert type(box.left) is int


@given(boxes(), boxes())
def test_union_holds_both_and_intersection_is_in_both(one, other):
    union, common = one.union(other), one.intersection(other)
    for box in (one, other):
        assert union.union(box) == union
        if common:
            assert common.union(box) == box
    assert one.iou(other) == other.iou(one)
    assert 0 <= one.iou(other) <= 1


def test_iou():
    assert Box(0, 0, 4, 4).iou(Box(0, 0, 4, 4)) == 1
    assert Box(0, 0, 4, 4).iou(Box(2, 0, 6, 4)) == pytest.approx(1 / 3)
    assert Box(0, 0, 4, 4).iou(Box(4, 0, 8, 4)) == 0


def test_clip_keeps_the_part_inside_the_image():
    assert Box(-5, 2, 50, 60).clip(20, 10) == Box(0, 2, 20, 10)
    assert Box(30, 2, 50, 6).clip(20, 10).area == 0


@given(st.lists(points, min_size=1))
def test_box_around_holds_every_point(many):
    box = Box.around(many)
    assert all(box.left <= x <= box.right and box.top <= y <= box.bottom for x, y in many)


def test_box_around_nothing_is_refused():
    with pytest.raises(ValueError, match="no points"):
        Box.around([])


@given(st.lists(points, min_size=1), st.floats(0.1, 9), st.floats(-3, 3), points)
def test_inverted_map_leads_back(many, scale, angle, shift):
    cos, sin = scale * np.cos(angle), scale * np.sin(angle)
    matrix = [[cos, -sin, shift[0]], [sin, cos, shift[1]]]
    back = transform_points(transform_points(many, matrix), invert_affine(matrix))
    np.testing.assert_allclose(back, many, atol=1e-5)


def test_flattening_map_has_no_inverse():
    with pytest.raises(ValueError, match="inverted"):
        invert_affine([[1, 1, 0], [1, 1, 0]])


@pytest.mark.parametrize("matrix", [np.eye(3), np.eye(2)])
def test_only_2x3_maps_are_taken(matrix):
    with pytest.raises(ValueError, match="2x3"):
        transform_points([(0, 0)], matrix)


def test_points_must_be_pairs():
    with pytest.raises(ValueError, match="pairs"):
        transform_points([(1, 2, 3)], np.eye(2, 3))


def test_baseline_is_flat_beyond_its_ends_and_in_any_order():
    heights = interpolate_baseline([(20, 8), (10, 4)], [0, 10, 15, 20, 99])
    np.testing.assert_allclose(heights, [4, 4, 6, 8, 8])


def test_baseline_takes_the_mean_of_points_in_one_column():
    np.testing.assert_allclose(interpolate_baseline([(5, 0), (5, 4)], [[5], [6]]), [[2], [2]])


def test_baseline_without_points_is_refused():
    with pytest.raises(ValueError, match="at least one point"):
        interpolate_baseline([], [0])


@given(st.lists(points, min_size=2, max_size=6), st.floats(0.5, 500))
def test_samples_lie_in_the_box_of_the_line_close_together(line, step):
    length = np.hypot(*np.diff(line, axis=0).T).sum()
    step = max(step, length / 500)
    samples = sample_polyline(line, step)
    assert len(samples) >= length / step - 1e-6
    low, high = np.min(line, axis=0) - 1e-6, np.max(line, axis=0) + 1e-6
    assert ((samples >= low) & (samples <= high)).all()


def test_points_in_polygon_with_a_notch():
    notched = [(0, 0), (10, 0), (10, 10), (5, 2), (0, 10)]
    inside = points_in_polygon([(5, 1), (5, 5), (1, 5), (9, 5), (11, 5)], notched)
    assert inside.tolist() == [True, False, True, True, False]


def test_share_inside_measures_length_not_points():
    line = [(-10, 5), (-9, 5), (-8, 5), (10, 5)]
    assert share_inside(line, SQUARE) == pytest.approx(0.5, abs=0.05)
    assert share_inside([], SQUARE) == 0
    assert share_inside(line, SQUARE[:2]) == 0
