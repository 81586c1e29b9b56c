from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hcr.forms.pieces import Pieces, find_pieces, match_pieces
from hcr.images import Pixels

REACH = 0.01


@pytest.fixture(scope="module")
def page(blank_image: Pixels) -> Pixels:
    return np.asarray(cv2.resize(blank_image, None, fx=0.4, fy=0.4, interpolation=cv2.INTER_AREA))


@pytest.fixture(scope="module")
def pieces(page: Pixels) -> Pieces:
    return find_pieces(page, REACH)


@settings(max_examples=8)
@given(st.floats(-6, 6), st.floats(-6, 6))
def test_moved_print_is_found_to_a_fraction_of_a_pixel(
    page: Pixels, pieces: Pieces, dx: float, dy: float
) -> None:
    matrix = np.array([[1, 0, dx], [0, 1, dy]])
    moved = cv2.warpAffine(page, matrix, page.shape[::-1], borderValue=255)
    _, moves, found = match_pieces(pieces, np.asarray(moved, np.uint8), REACH)
    assert found > 0.9
    assert np.median(moves, axis=0) == pytest.approx([dx, dy], abs=0.15)


def test_print_further_off_is_not_found(page: Pixels, pieces: Pieces) -> None:
    _, _, found = match_pieces(pieces, np.roll(page, 40, axis=0), REACH)
    assert found < 0.35


@pytest.mark.parametrize("value", [0, 255])
def test_nothing_is_found_on_an_empty_page(page: Pixels, pieces: Pieces, value: int) -> None:
    centres, moves, found = match_pieces(pieces, np.full_like(page, value), REACH)
    assert (centres.shape, moves.shape, found) == ((0, 2), (0, 2), 0.0)


def test_dots_of_a_line_are_no_pieces() -> None:
    page = np.full((800, 600), 255, np.uint8)
    for x in range(60, 540, 7):
        cv2.circle(page, (x, 400), 1, 0, -1)
    cv2.putText(page, "Town", (60, 200), cv2.FONT_HERSHEY_SIMPLEX, 1, 0, 2)
    pieces = find_pieces(page, REACH)
    on_line = abs(pieces.centres[:, 1] - 400) < 10
    # Its ends can be told apart from the rest, its middle cannot.
    assert not (on_line & (pieces.centres[:, 0] > 100) & (pieces.centres[:, 0] < 500)).any()
    assert (~on_line).sum() >= 4


def test_page_without_print_has_no_pieces() -> None:
    assert len(find_pieces(np.full((300, 200), 255, np.uint8), REACH).centres) == 0
