"""Scanner and camera: the page stays readable, turns the way it says, and is darkened by shadow."""

from __future__ import annotations

import numpy as np

from samples.faults import photograph, scan


def sheet_with_a_bar() -> np.ndarray:
    sheet = np.full((300, 400, 3), 240, dtype=np.float32)
    sheet[148:152, 60:340] = 20
    return sheet


def angle_of_the_bar(image: np.ndarray) -> float:
    rows, columns = np.nonzero(image[..., 0] < 110)
    return float(np.rad2deg(np.arctan(-np.polyfit(columns, rows, 1)[0])))


def test_scan_turns_counter_clockwise() -> None:
    image = scan(sheet_with_a_bar(), np.random.default_rng(0), skew=3.0, specks=0)
    assert image.dtype == np.uint8
    assert abs(angle_of_the_bar(image) - 3) < 0.2


def test_scan_adds_noise_and_specks_but_keeps_the_paper_light() -> None:
    blank = np.full((300, 400, 3), 240, dtype=np.float32)
    image = scan(blank, np.random.default_rng(0), noise=2.0, specks=40)
    assert abs(float(np.median(image)) - 240) < 8
    assert image.min() < 200
    assert image[:40, 100:140].std() > 0.5


def test_photograph_shows_table_sheet_and_shadow() -> None:
    blank = np.full((300, 400, 3), 240, dtype=np.float32)
    image = photograph(blank, np.random.default_rng(0), shadow=0.4)
    assert image[0, 0, 0] < 130
    left, right = image[140:160, 60:100].mean(), image[140:160, 320:360].mean()
    assert right < 0.75 * left
