from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hcr.forms.warp import Shifts, lay, map_points

numbers = st.floats(-50, 50)


@given(numbers, numbers, st.floats(0.5, 2))
def test_points_are_mapped_there_and_back(x: float, y: float, scale: float) -> None:
    matrix = np.array([[scale, 0.1, 3], [-0.1, scale, -7], [1e-4, 2e-4, 1]])
    there = map_points(matrix, np.array([(x, y)]))
    back = map_points(np.linalg.inv(matrix), there)
    assert back == pytest.approx(np.array([(x, y)]), abs=1e-6)


def test_identity_at_the_same_size_changes_nothing() -> None:
    page = np.random.default_rng(0).integers(0, 255, (60, 40), dtype=np.uint8)
    assert np.array_equal(lay(page, np.eye(3), page.shape, page.shape), page)


def test_enlarged_page_has_its_corners_in_the_corners() -> None:
    page = np.full((60, 40), 255, np.uint8)
    page[:6, :6] = page[-6:, -6:] = 0
    large = lay(page, np.eye(3), page.shape, (120, 80))
    assert (large[1:11, 1:11] < 20).all()
    assert (large[-11:-1, -11:-1] < 20).all()
    assert (large[:, 40:][:60] > 230).all()


def test_there_is_paper_where_the_scan_shows_nothing() -> None:
    page = np.zeros((50, 50), np.uint8)
    moved = lay(page, np.array([[1.0, 0, 20], [0, 1, 0], [0, 0, 1]]), page.shape, page.shape)
    assert (moved[:, :29] == 0).all()
    assert (moved[:, 31:] == 255).all()


@settings(max_examples=20)
@given(st.floats(-4, 4), st.floats(-4, 4))
def test_moves_that_agree_shift_the_page_by_so_much(dx: float, dy: float) -> None:
    shape = (400, 300)
    places = np.stack(np.meshgrid(np.arange(10.0, 300, 20), np.arange(10.0, 400, 20)), -1)
    centres = places.reshape(-1, 2)
    shifts = Shifts.none(shape)
    for _ in range(6):  # what is left after a round is moved in the next
        seen = shifts.grid.reshape(-1, 2).mean(axis=0)
        moves = np.broadcast_to(np.array([dx, dy]) - seen, centres.shape)
        shifts = shifts.moved(centres, moves)
    assert abs(shifts.grid[5:-5, 5:-5] - (dx, dy)).max() < 0.1


def test_move_that_no_other_knows_of_is_left_out() -> None:
    centres = np.array([(x, y) for x in range(50, 300, 50) for y in range(50, 400, 50)], float)
    moves = np.zeros_like(centres)
    moves[7] = (9, -9)
    assert abs(Shifts.none((400, 300)).moved(centres, moves).grid).max() == 0


def test_without_pieces_nothing_moves() -> None:
    moved = Shifts.none((400, 300)).moved(np.zeros((0, 2)), np.zeros((0, 2)))
    assert abs(moved.grid).max() == 0
