from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segmentation.enhance import binarize
from segmentation.frames import Place, find_bars, find_places, reading_order
from segmentation.geometry import Box

WIDTH, HEIGHT = 1240, 1754


def page() -> np.ndarray:
    return np.full((HEIGHT, WIDTH), 255, np.uint8)


def boxes(sheet: np.ndarray, left: int, top: int, cells: int, size: int = 40) -> None:
    for number in range(cells):
        x = left + number * size
        cv2.rectangle(sheet, (x, top), (x + size, top + size), 70, 2)


def places(sheet: np.ndarray) -> list[Place]:
    return find_places(sheet < 128)


def write(sheet: np.ndarray, text: str, x: int, y: int) -> None:
    cv2.putText(sheet, text, (x, y), cv2.FONT_HERSHEY_SIMPLEX, 0.9, 40, 2, cv2.LINE_AA)


@settings(max_examples=6)
@given(st.integers(2, 20), st.integers(50, 200), st.integers(50, 1600), st.integers(30, 50))
def test_row_of_boxes(cells: int, left: int, top: int, size: int) -> None:
    sheet = page()
    write(sheet, "Name", left, top - 8)
    boxes(sheet, left, top, cells, size)
    (place,) = places(sheet)
    assert (place.kind, len(place.cells)) == ("boxes", cells)
    found = place.box
    assert (found.left, found.top, found.right, found.bottom) == pytest.approx(
        (left, top, left + cells * size, top + size), abs=3
    )
    assert [cell.left for cell in place.cells] == pytest.approx(
        [left + n * size for n in range(cells)], abs=3
    )


@settings(max_examples=6)
@given(st.integers(3, 12), st.integers(50, 300), st.integers(200, 1600))
def test_open_comb(cells: int, left: int, top: int) -> None:
    sheet, pitch = page(), 40
    right = left + cells * pitch
    cv2.line(sheet, (left, top), (right, top), 70, 2)
    for n in range(cells + 1):
        cv2.line(sheet, (left + n * pitch, top - 16), (left + n * pitch, top), 70, 2)
    (place,) = places(sheet)
    assert (place.kind, len(place.cells)) == ("comb", cells)
    assert (place.box.left, place.box.right) == pytest.approx((left, right), abs=3)
    assert place.box.height > pitch


def test_frame_with_teeth_is_a_comb() -> None:
    sheet = page()
    cv2.rectangle(sheet, (100, 300), (420, 345), 70, 2)
    for n in range(1, 8):
        cv2.line(sheet, (100 + 40 * n, 330), (100 + 40 * n, 345), 70, 2)
    (place,) = places(sheet)
    assert (place.kind, len(place.cells)) == ("comb", 8)


def test_frames_ticks_and_lines() -> None:
    sheet = page()
    write(sheet, "Please tell us about yourself", 100, 80)
    cv2.rectangle(sheet, (100, 200), (900, 260), 70, 2)
    for x in (100, 400):
        cv2.rectangle(sheet, (x, 400), (x + 28, 428), 70, 2)
        write(sheet, "yes", x + 40, 424)
    cv2.line(sheet, (300, 600), (900, 600), 70, 2)
    for x in range(100, 1100, 8):
        cv2.circle(sheet, (x, 800), 1, 70, -1)
    found = places(sheet)
    assert [place.kind for place in found] == ["frame", "tick", "tick", "line", "line"]
    assert (found[3].box.left, found[3].box.right) == pytest.approx((300, 900), abs=3)
    assert (found[4].box.left, found[4].box.right) == pytest.approx((100, 1097), abs=12)


def test_print_alone_is_nothing_to_write_on() -> None:
    sheet = page()
    write(sheet, "HILL BOB DOE 0800 8B", 100, 200)
    write(sheet, "Underlined heading", 100, 400)
    cv2.line(sheet, (95, 410), (480, 410), 40, 2)
    cv2.rectangle(sheet, (100, 600), (330, 660), 70, 2)
    write(sheet, "Office use", 112, 642)
    assert places(sheet) == []


def test_caption_in_the_corner_of_a_frame_leaves_room_to_write() -> None:
    sheet = page()
    cv2.rectangle(sheet, (100, 600), (700, 690), 70, 2)
    cv2.putText(sheet, "Surname", (106, 616), cv2.FONT_HERSHEY_SIMPLEX, 0.5, 40, 1)
    assert [place.kind for place in places(sheet)] == ["frame"]


def test_empty_page_has_no_places() -> None:
    assert places(page()) == []


def test_boxes_apart_are_no_row_but_groups_of_their_own() -> None:
    sheet = page()
    for left, cells in ((100, 2), (260, 2), (420, 4)):
        boxes(sheet, left, 300, cells)
    assert [len(place.cells) for place in places(sheet)] == [2, 2, 4]


def test_places_of_the_sample_form(samples: Path) -> None:
    blank = cv2.imread(str(samples / "form_blank.png"), cv2.IMREAD_GRAYSCALE)
    found = find_places(binarize(np.asarray(blank, np.uint8)))
    assert [(place.kind, len(place.cells)) for place in found] == [
        *(("boxes", 20), ("boxes", 20), ("comb", 8), ("boxes", 5), ("frame", 0)),
        *(("tick", 0), ("tick", 0), ("tick", 0), ("line", 0)),
    ]


def test_reading_order_goes_by_rows() -> None:
    low, left, right = (
        Place("frame", Box(*edges))
        for edges in ((0, 100, 50, 140), (0, 12, 50, 40), (60, 8, 90, 44))
    )
    assert reading_order([low, right, left]) == [left, right, low]


def test_bars() -> None:
    ink = np.zeros((40, 100), bool)
    ink[:, 10:12] = ink[25:, 50:53] = True
    ink[30:34, 60:90] = True
    assert find_bars(ink, 12) == [10.5, 51.0]
    assert find_bars(ink, 30) == [10.5]
