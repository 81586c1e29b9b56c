"""How large the writing on a sheet is, whether its letters stand apart or hang together."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from segmentation.lines import find_lines
from segmentation.writing_size import estimate_pitches, estimate_x_height, weighted_median

X_HEIGHT = 10.5
TEXTS = (
    "quick brown foxes jump over a lazy dog and they go by",
    "many people like to write it on a page of plain words",
    "with pen and ink on our paper as often as they could",
)


def sheet(pitch: int, tails: int | None, rows: int = 14) -> np.ndarray:
    """Draw rows of words, X_HEIGHT high; every so many columns a tail down through the next row."""
    rng = np.random.default_rng(0)
    image = np.zeros((pitch * (rows + 4), 1000), np.uint8)
    for row in range(rows):
        y = (row + 2) * pitch
        cv2.putText(image, TEXTS[row % 3], (40, y), cv2.FONT_HERSHEY_SIMPLEX, 0.7, 255, 2)
        for x in range(60, 940, tails) if tails else ():
            start = int(x + rng.integers(-15, 16))
            cv2.line(image, (start, y - 5), (start - pitch // 3, y + round(1.1 * pitch)), 255, 2)
    return image > 0


def x_height_of(ink: np.ndarray) -> float | None:
    _, _, boxes, _ = cv2.connectedComponentsWithStats(ink.astype(np.uint8))
    return estimate_x_height(ink, boxes[1:])


@pytest.mark.parametrize("tails", [None, 120, 70])
@pytest.mark.parametrize("pitch", [26, 30, 34])
def test_small_letters_are_measured_whatever_hangs_on_them(pitch: int, tails: int | None) -> None:
    assert x_height_of(sheet(pitch, tails)) == pytest.approx(X_HEIGHT, rel=0.35)


@pytest.mark.parametrize("pitch", [30, 40])
def test_rows_that_hang_together_are_found_one_by_one(pitch: int) -> None:
    lines = find_lines(sheet(pitch, 120))
    found = sorted(float(np.mean([y for _, y in line.baseline])) for line in lines)
    rows = [(row + 2) * pitch for row in range(14)]
    assert found == pytest.approx(rows, abs=0.3 * pitch)


def test_the_pitch_is_the_distance_of_the_rows() -> None:
    assert estimate_pitches(sheet(34, None), X_HEIGHT)[0] == pytest.approx(34, rel=0.1)


def test_a_single_row_has_no_pitch_and_specks_no_size() -> None:
    assert estimate_pitches(sheet(34, None, rows=1), X_HEIGHT)[0] is None
    specks = np.zeros((200, 200), bool)
    specks[::20, ::20] = True
    assert x_height_of(specks) is None


def test_half_of_the_weight_lies_below_the_median() -> None:
    assert weighted_median(np.array([3.0, 1.0, 2.0]), np.array([1.0, 1.0, 1.0])) == 2.0
    assert weighted_median(np.array([3.0, 1.0, 2.0]), np.array([9.0, 1.0, 1.0])) == 3.0


def test_rests_of_thick_rules_are_no_small_letters() -> None:
    ink = sheet(60, None, rows=4)
    rests = np.zeros_like(ink)
    for y in range(20, len(ink), 30):
        for x in range(0, 1000, 12):
            rests[y : y + 5, x : x + 4 + x % 5] = True
    assert np.count_nonzero(rests & ~ink) > np.count_nonzero(ink)
    assert x_height_of(ink | (rests & ~ink)) == pytest.approx(x_height_of(ink), rel=0.3)
