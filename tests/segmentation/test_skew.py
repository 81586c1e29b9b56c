from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segmentation.geometry import invert_affine, transform_points
from segmentation.skew import estimate_orientation, estimate_skew, rotate, rotation_matrix

LINES = (
    "The best of the old letters had been kept",
    "in a tin box, and they tell that the father,",
    "lost his boat, that winter, off the island of",
    "Belle Ile.",
    "It took him half the day to find the light,",
    "hold the tiller and bail, by turns, until the",
    "fishing fleet, all but the last, had landed.",
    "He had little to tell, he liked his bed.",
    "Kettle, fiddle, table, lamp, these he had left",
    "behind, but the little black dog had not",
    "left him.",
)


def page(rules=False, lines=LINES):
    sheet = np.full((1100, 850), 255, np.uint8)
    for place, line in enumerate(lines):
        y = 150 + 70 * place
        cv2.putText(sheet, line, (80, y), cv2.FONT_HERSHEY_SIMPLEX, 0.9, 0, 2, cv2.LINE_AA)
        if rules:
            cv2.line(sheet, (40, y), (810, y), 110, 2)
    return sheet


@pytest.mark.parametrize("rules", [False, True])
@pytest.mark.parametrize("angle", [-14.8, -3.3, 0, 6.2, 14.8])
def test_skew_is_found_to_a_fifth_of_a_degree(angle, rules):
    turned = rotate(page(rules), -angle)
    assert estimate_skew(turned < 160) == pytest.approx(angle, abs=0.2)
    level = rotate(turned, angle)
    assert estimate_skew(level < 160) == pytest.approx(0, abs=0.2)


def test_lines_that_rise_to_the_right_have_positive_skew():
    ink = np.zeros((600, 800), np.bool_)
    for y in range(200, 560, 60):
        cv2.line(ink.view(np.uint8), (50, y), (750, y - 70), 1, 3)
    assert estimate_skew(ink) == pytest.approx(np.degrees(np.arctan(0.1)), abs=0.2)


@pytest.mark.parametrize(("rules", "angle"), [(False, 0), (False, 9), (True, -8)])
@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_page_is_put_upright(turn, rules, angle):
    sheet = rotate(rotate(page(rules), -angle), -turn)
    assert estimate_orientation(sheet < 160) == turn


@pytest.mark.parametrize("lines", [(), ("left him.",), ("fiddle", "tip")])
def test_too_little_writing_is_left_as_it_is(lines):
    ink = page(lines=lines) < 160
    assert estimate_orientation(ink) == 0


@pytest.mark.parametrize("line", [LINES[0], LINES[6]])
@pytest.mark.parametrize("turn", [0, 180])
def test_one_line_is_left_as_it_is(line, turn):
    sheet = rotate(page(lines=[line]), turn)
    assert estimate_orientation(sheet < 160) == 0


@pytest.mark.parametrize("shape", [(1, 1), (40, 900), (900, 40)])
def test_blank_pages_are_level_and_upright(shape):
    ink = np.zeros(shape, np.bool_)
    assert estimate_skew(ink) == 0
    assert estimate_orientation(ink) == 0


@given(st.integers(1, 300), st.integers(1, 300), st.floats(-360, 360))
def test_turned_page_holds_every_corner(width, height, degrees):
    matrix, turned_width, turned_height = rotation_matrix(width, height, degrees)
    corners = [(-0.5, -0.5), (width - 0.5, -0.5), (width - 0.5, height - 0.5), (-0.5, height - 0.5)]
    for x, y in transform_points(corners, matrix):
        assert -0.501 <= x <= turned_width - 0.499
        assert -0.501 <= y <= turned_height - 0.499


@settings(max_examples=30)
@given(st.integers(2, 40), st.integers(2, 40), st.sampled_from([0, 90, 180, 270, -90, 450]))
def test_quarter_turns_move_pixels_exactly_as_the_matrix_says(width, height, degrees):
    image = np.arange(width * height, dtype=np.int64).reshape(height, width) % 251
    turned = rotate(image.astype(np.uint8), degrees)
    matrix, turned_width, turned_height = rotation_matrix(width, height, degrees)
    assert turned.shape == (turned_height, turned_width)
    places = [(x, y) for y in range(height) for x in range(width)]
    for (x, y), (u, v) in zip(places, transform_points(places, matrix), strict=True):
        assert turned[round(v), round(u)] == image[y, x]


def test_points_follow_the_turned_image():
    image = np.full((200, 300), 255, np.uint8)
    cv2.circle(image, (220, 60), 6, 0, -1)
    turned = rotate(image, 12.0)
    matrix, width, height = rotation_matrix(300, 200, 12.0)
    assert turned.shape == (height, width)
    rows, columns = np.nonzero(turned < 128)
    assert transform_points([(220, 60)], matrix)[0] == pytest.approx(
        (columns.mean(), rows.mean()), abs=0.5
    )
    back = transform_points([(columns.mean(), rows.mean())], invert_affine(matrix))
    assert back[0] == pytest.approx((220, 60), abs=0.5)


def test_corners_are_filled_with_paper():
    colour = rotate(np.zeros((50, 80, 3), np.uint8), 20)
    assert colour[0, 0].tolist() == [255, 255, 255]
    ink = rotate(np.ones((50, 80), np.bool_), 20)
    assert ink.dtype == np.bool_
    assert not ink[0, 0]
    assert ink[ink.shape[0] // 2, ink.shape[1] // 2]
