from __future__ import annotations

import math

import cv2
import numpy as np
import pytest

from segmentation.geometry import points_in_polygon, share_inside
from segmentation.lines import find_lines
from segmentation.textline import TextLine

Row = tuple[str, int, int, float]

TEXTS = (
    "quick brown foxes jump over",
    "the lazy dog and they go by",
    "many people like to write",
    "a page of plain words here",
    "with pen and ink on paper",
)


def written(rows: list[Row], shape: tuple[int, int] = (700, 1100)) -> np.ndarray:
    """Draw (text, x, baseline y, size) rows; True = ink. The x-height is about 15 * size."""
    image = np.zeros(shape, np.uint8)
    for text, x, y, size in rows:
        cv2.putText(image, text, (x, y), cv2.FONT_HERSHEY_SIMPLEX, size, 255, 3)
    return image > 0


def paragraph(pitch: int = 90, size: float = 1.5) -> list[Row]:
    return [(text, 60, 120 + pitch * index, size) for index, text in enumerate(TEXTS)]


def by_height(lines: list[TextLine]) -> list[TextLine]:
    return sorted(lines, key=lambda line: np.mean([y for _, y in line.baseline]))


def share_of_ink(line: TextLine, ink: np.ndarray) -> float:
    ys, xs = np.nonzero(ink)
    points = np.column_stack([xs, ys])[:: max(1, len(xs) // 2000)].astype(np.float64)
    return float(points_in_polygon(points, line.polygon).mean())


@pytest.mark.parametrize("pitch", [60, 90, 130])
def test_every_row_is_one_line_with_all_its_ink(pitch: int) -> None:
    rows = paragraph(pitch)
    lines = by_height(find_lines(written(rows, (900, 1100))))
    assert len(lines) == len(rows)
    for line, row in zip(lines, rows, strict=True):
        own = written([row], (900, 1100))
        assert share_of_ink(line, own) > 0.98
        heights = [y for _, y in line.baseline]
        assert np.median(heights) == pytest.approx(row[2], abs=5)
        assert share_inside(line.baseline, line.polygon) > 0.98


def test_rows_keep_their_own_slope_and_bend() -> None:
    ink = written(paragraph(110), (800, 1100)).astype(np.uint8)
    ys, xs = np.indices(ink.shape, dtype=np.float32)
    # Slopes from level at the top to one in sixteen at the bottom, all gently bent.
    shift = (xs - 550) * ys / 800 / 16 + 12 * np.sin(xs / 350)
    bent = cv2.remap(ink, xs, ys + shift.astype(np.float32), cv2.INTER_NEAREST) > 0
    lines = by_height(find_lines(bent))
    assert len(lines) == len(TEXTS)
    falls = [line.baseline[-1][1] - line.baseline[0][1] for line in lines]
    assert falls[-1] < falls[0] - 15


def test_wide_gaps_stay_within_a_line() -> None:
    rows = [*paragraph(), ("total", 60, 600, 1.5), ("12.50", 420, 600, 1.5)]
    assert len(find_lines(written(rows))) == len(TEXTS) + 1


def test_touching_lines_are_parted_between_their_letters() -> None:
    rows = paragraph()
    upper, lower = written(rows[:1]), written(rows[1:2])
    ink = written(rows)
    bridge = np.zeros_like(ink)
    bridge[115:190, 300:304] = True  # a descender that runs into an ascender
    lines = by_height(find_lines(ink | bridge))
    assert len(lines) == len(rows)
    assert share_of_ink(lines[0], upper) > 0.97
    assert share_of_ink(lines[1], lower) > 0.97
    assert share_of_ink(lines[0], lower) < 0.03
    assert share_of_ink(lines[1], upper) < 0.03


def test_a_letter_that_hangs_on_to_a_long_word_above_stays_in_its_line() -> None:
    rows = [("illimited inheritance", 60, 120, 1.5), ("M our scarf was there", 60, 210, 1.5)]
    upper, letter = written(rows[:1]), written([("M", 60, 210, 1.5)])
    joined = np.zeros_like(upper)
    joined[117:120, 60:560] = True  # running hand: the word above is in one piece
    joined[117:190, 75:78] = True  # one of its tails runs into the letter
    lines = by_height(find_lines(written(rows) | joined))
    assert len(lines) == len(rows)
    assert share_of_ink(lines[1], letter) > 0.95
    assert share_of_ink(lines[0], letter) < 0.05
    assert share_of_ink(lines[0], upper) > 0.97


def test_writing_of_different_sizes() -> None:
    rows = [("Headline", 60, 120, 3.0), *((t, x, y + 150, s) for t, x, y, s in paragraph(70, 1.2))]
    lines = by_height(find_lines(written(rows, (800, 1100))))
    assert len(lines) == len(rows)
    assert share_of_ink(lines[0], written(rows[:1], (800, 1100))) > 0.97


@pytest.mark.parametrize("text", ["word", "7", "one short line"])
def test_images_of_a_single_line(text: str) -> None:
    (line,) = find_lines(written([(text, 30, 80, 2.0)], (110, 600)))
    assert share_of_ink(line, written([(text, 30, 80, 2.0)], (110, 600))) > 0.98


def test_large_sheets_give_coordinates_of_the_sheet() -> None:
    rows = [(text, x * 4, y * 4, 6.0) for text, x, y, _ in paragraph()]
    ink = cv2.dilate(written(rows, (2800, 4400)).astype(np.uint8), np.ones((9, 9))) > 0
    lines = by_height(find_lines(ink))
    assert len(lines) == len(rows)
    for line, row in zip(lines, rows, strict=True):
        assert share_of_ink(line, written([row], (2800, 4400))) > 0.98


@pytest.mark.parametrize("shape", [(0, 0), (1, 1), (5, 900), (700, 1100)])
def test_blank_sheets_have_no_lines(shape: tuple[int, int]) -> None:
    assert find_lines(np.zeros(shape, bool)) == []


def test_specks_and_rests_of_rules_are_no_lines() -> None:
    ink = written(paragraph())
    places = np.random.default_rng(3).integers(0, (700, 1100), (60, 2))
    for y, x in places:
        ink[y : y + 2, x : x + 2] = True
    ink[650, 60:1000:7] = True
    ink[20:680, 20:23] = True
    assert len(find_lines(ink)) == len(TEXTS)


def test_wholly_inked_sheets_do_no_harm() -> None:
    for line in find_lines(np.ones((300, 300), bool)):
        assert all(math.isfinite(value) for point in line.polygon for value in point)


def test_grey_images_are_refused() -> None:
    with pytest.raises(ValueError, match="bool"):
        find_lines(np.zeros((10, 10), np.uint8))  # type: ignore[arg-type]


def test_a_pale_word_in_pieces_stays_at_the_start_of_its_line() -> None:
    rows = paragraph()
    word = written([("sung", 60, 120, 1.5)])
    word[::7] = word[1::7] = False
    ink = written([("brown foxes jump over", 260, 120, 1.5), *rows[1:]])
    lines = by_height(find_lines(ink | word))
    assert len(lines) == len(rows)
    assert share_of_ink(lines[0], word) > 0.95


def test_a_leaning_border_is_in_no_line() -> None:
    border = np.zeros((700, 1100), np.uint8)
    cv2.line(border, (1050, 0), (1075, 699), 1, 3)
    lines = find_lines(written(paragraph()) | (border > 0))
    assert len(lines) == len(TEXTS)
    assert max(share_of_ink(line, border > 0) for line in lines) < 0.02


@pytest.mark.parametrize("up", [38, 42])
def test_small_letters_far_apart_keep_their_high_accents(up: int) -> None:
    ink = written([(text, x, y, 0.9) for text, x, y, _ in paragraph(110)])
    accent = np.zeros_like(ink)
    accent[333 - up : 337 - up, 300:330] = True
    assert max(share_of_ink(line, accent) for line in find_lines(ink | accent)) > 0.95
