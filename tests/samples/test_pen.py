"""The pen: text lands where it is put, and nothing breaks at the edge of the sheet."""

from __future__ import annotations

import numpy as np

from samples.pen import SCALE, Fonts, Hand, Pen


def pen(width: int = 400, height: int = 120, seed: int = 3) -> Pen:
    return Pen(width, height, Fonts(None), np.random.default_rng(seed))


def bounds(ink: np.ndarray) -> tuple[float, float, float, float]:
    rows, columns = np.nonzero(ink > 0.5)
    return tuple(np.array([columns.min(), rows.min(), columns.max(), rows.max()]) / SCALE)


def test_line_stands_on_its_baseline_and_ends_where_it_says() -> None:
    sheet = pen()
    end = sheet.write("hammer", 50, 80, Hand("any", 40, wander=0.01, jitter=0.001))
    left, top, right, bottom = bounds(sheet.ink)
    assert abs(left - 50) < 6
    assert abs(bottom - 80) < 4
    assert 40 < top < 60
    assert left < right <= end


def test_slant_leans_to_the_right() -> None:
    upright, leaning = pen(), pen()
    upright.write("l", 50, 80, Hand("any", 40, wander=0, jitter=0))
    leaning.write("l", 50, 80, Hand("any", 40, wander=0, jitter=0, slant=0.5))
    assert bounds(leaning.ink)[2] > bounds(upright.ink)[2] + 8


def test_comb_puts_one_letter_into_each_cell() -> None:
    sheet = pen()
    sheet.comb("H I", 20, 80, 60, Hand("any", 36))
    inked = [sheet.ink[:, (20 + 60 * n) * SCALE : (80 + 60 * n) * SCALE].max() for n in range(3)]
    assert [value > 0.5 for value in inked] == [True, False, True]


def test_no_two_letters_are_alike() -> None:
    sheet = pen()
    sheet.comb("aa", 0, 80, 100, Hand("any", 40))
    assert not np.array_equal(sheet.ink[:, : 100 * SCALE], sheet.ink[:, 100 * SCALE : 200 * SCALE])


def test_text_may_run_off_the_sheet() -> None:
    sheet = pen(width=60, height=30)
    sheet.write("Wanderung", -30, 10, Hand("any", 40))
    assert sheet.ink.shape == (30 * SCALE, 60 * SCALE)
    assert sheet.ink.max() > 0.5
