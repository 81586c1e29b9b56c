from __future__ import annotations

import cv2
import numpy as np
import pytest

from segmentation.assign import ink_pixels
from segmentation.band_parts import absorb_parts
from segmentation.bands import Band

PITCH, UNIT = 90, 12


def band(left: float, right: float, base: float, unit: float = UNIT) -> Band:
    xs = np.linspace(left, right, 40)
    return Band(xs, np.full(40, float(base)), unit)


def page(rows: int = 5) -> tuple[np.ndarray, list[Band]]:
    """Draw rows of small letters; return the ink, uint8, and their bands."""
    ink = np.zeros((600, 1100), np.uint8)
    bases = [120 + PITCH * row for row in range(rows)]
    for base in bases:
        cv2.putText(ink, "a new rose was ours" * 2, (150, base), 0, 0.75, 1, 2)
    xs = np.flatnonzero(ink.any(axis=0))
    return ink, [band(xs[0], xs[-1], base) for base in bases]


def draw(ink: np.ndarray, text: str, x: int, base: int, size: float) -> tuple[int, int]:
    """Draw large letters; return the columns they take."""
    alone = np.zeros_like(ink)
    cv2.putText(alone, text, (x, base), 0, size, 1, 3)
    ink |= alone
    xs = np.flatnonzero(alone.any(axis=0))
    return int(xs[0]), int(xs[-1])


@pytest.mark.parametrize("text", ["R", "ll"])
@pytest.mark.parametrize("broken", [False, True])
def test_tall_letters_beyond_a_lines_end_are_its_own(text: str, broken: bool) -> None:
    ink, bands = page()
    line = bands[2]
    left, right = draw(ink, text, int(line.right) + 25, 300, 2.2)
    if broken:  # as pale ink is, where a rule was taken out of it
        ink[276:279, left : right + 1] = 0
    part = band(left, right, 270, 20)
    kept = absorb_parts(ink_pixels(ink > 0), [*bands, part])
    assert len(kept) == len(bands)
    assert max(other.right for other in kept) == pytest.approx(right)
    assert all(other.left == pytest.approx(line.left) for other in kept)


def test_ascenders_above_a_line_are_its_own() -> None:
    ink, bands = page()
    left, right = draw(ink, "llll", 400, 300, 2.2)
    assert len(absorb_parts(ink_pixels(ink > 0), [*bands, band(left, right, 268)])) == len(bands)


@pytest.mark.parametrize("x", [400, 840])
def test_words_between_lines_stay_lines(x: int) -> None:
    ink, bands = page()
    left, right = draw(ink, "new", x, 260, 0.75)
    inserted = band(left, right, 260)
    kept = absorb_parts(ink_pixels(ink > 0), [*bands, inserted])
    assert any(other is inserted for other in kept)
    assert len(kept) == len(bands) + 1


def test_a_short_last_line_that_touches_a_descender_stays() -> None:
    ink, bands = page()
    left, right = draw(ink, "ours", 200, 120 + 5 * PITCH, 0.75)
    ink[470:565, left + 5 : left + 8] = 1
    last = band(left, right, 120 + 5 * PITCH)
    kept = absorb_parts(ink_pixels(ink > 0), [*bands, last])
    assert any(other is last for other in kept)
