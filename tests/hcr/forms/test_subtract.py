from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hcr.forms.subtract import print_shown, subtract

SIDE = 2000
SHAPE = (120, 400)


def blank_print() -> np.ndarray:
    """A box, a caption below it."""
    page = np.full(SHAPE, 255, np.uint8)
    cv2.rectangle(page, (20, 20), (380, 80), 60, 2)
    cv2.line(page, (200, 20), (200, 80), 60, 2)
    cv2.putText(page, "Town", (30, 108), cv2.FONT_HERSHEY_SIMPLEX, 0.7, 60, 2)
    return page


def moved(page: np.ndarray, dx: float, dy: float) -> np.ndarray:
    matrix = np.array([[1, 0, dx], [0, 1, dy]])
    return np.asarray(cv2.warpAffine(page, matrix, page.shape[::-1], borderValue=255), np.uint8)


def strokes(*lines: tuple[tuple[int, int], tuple[int, int]]) -> np.ndarray:
    page = np.full(SHAPE, 255, np.uint8)
    for start, end in lines:
        cv2.line(page, start, end, 40, 4, cv2.LINE_AA)
    return page


def apart(scan: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return subtract(scan, scan < 140, blank_print() < 140, SIDE)


@settings(max_examples=30)
@given(st.floats(-1.3, 1.3), st.floats(-1.3, 1.3))
def test_print_goes_even_where_it_lies_a_pixel_off(dx: float, dy: float) -> None:
    grey, ink = apart(moved(blank_print(), dx, dy))
    assert not ink.any()
    assert (grey > 240).all()


@settings(max_examples=30)
@given(st.integers(60, 180), st.integers(-25, 25), st.floats(-1.2, 1.2), st.floats(-1.2, 1.2))
def test_stroke_across_a_printed_line_stays_in_one_piece(
    x: int, slant: int, dx: float, dy: float
) -> None:
    pen = strokes(((x + slant, 40), (x, 98 if x > 110 else 88)))
    scan = np.minimum(moved(blank_print(), dx, dy), pen)
    grey, ink = apart(scan)
    written = pen < 140
    count, _ = cv2.connectedComponents(ink.view(np.uint8))
    assert count == 2
    assert ink[written].mean() > 0.9
    assert (ink & ~cv2.dilate(written.view(np.uint8), np.ones((5, 5))).view(np.bool_)).sum() < 12
    assert (grey[~written] > 100).mean() > 0.99


def test_stroke_along_a_printed_line_is_seen_where_it_thickens_it() -> None:
    # The foot of an E sits on the lower edge of the box.
    pen = strokes(((100, 40), (100, 77)), ((100, 77), (140, 77)))
    _, ink = apart(np.minimum(blank_print(), pen))
    assert ink[74:78, 100:140].any(axis=0).mean() > 0.95
    # No line is left where nobody wrote.
    assert not ink[:, 150:].any()


def test_writing_off_the_print_is_left_as_it_is() -> None:
    pen = strokes(((60, 35), (90, 65)), ((90, 35), (60, 65)))
    scan = np.minimum(blank_print(), pen)
    grey, ink = apart(scan)
    inside = np.s_[28:72, 30:190]
    assert np.array_equal(grey[inside], scan[inside])
    assert np.array_equal(ink[inside], scan[inside] < 140)


def test_inputs_are_left_alone_and_must_be_of_one_shape() -> None:
    scan = blank_print()
    before = scan.copy()
    apart(scan)
    assert np.array_equal(scan, before)
    with pytest.raises(ValueError, match="differ"):
        subtract(scan, scan < 140, np.zeros((3, 3), bool), SIDE)


def test_share_of_the_print_that_a_scan_shows() -> None:
    printed = blank_print() < 140
    half = printed.copy()
    half[:, 200:] = False
    assert print_shown(printed, printed, SIDE) == 1
    assert 0.3 < print_shown(half, printed, SIDE) < 0.8
    assert print_shown(np.zeros_like(printed), printed, SIDE) == 0
    assert print_shown(printed, np.zeros_like(printed), SIDE) == 1
