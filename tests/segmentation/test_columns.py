from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from segmentation.columns import find_zones
from segmentation.page import open_sheet, segment


def page(rows: list[tuple[int, int, str]]) -> np.ndarray:
    """Draw texts at (x, y); True = ink."""
    image = np.zeros((1300, 1000), np.uint8)
    for x, y, text in rows:
        cv2.putText(image, text, (x, y), cv2.FONT_HERSHEY_SIMPLEX, 1.0, 255, 3)
    return image > 0


HEIGHTS = range(250, 1200, 75)


def test_two_columns_under_a_heading() -> None:
    rows = [(250, 120, "A heading over both of them")]
    rows += [(60, y, "the left column") for y in HEIGHTS]
    rows += [(560, y + 20, "and the right one") for y in HEIGHTS]
    zones = find_zones(page(rows))
    assert len(zones) == 3
    heading, left, right = zones
    assert heading.bottom < 250
    assert left.right == right.left
    assert 330 < left.right < 560


@pytest.mark.parametrize(
    "cells",
    [
        (["a line that goes over the whole page as usual"]),
        (["12.01", "1001", "Rent", "12.50"]),
        (["Name:", "written into a long field here"]),
    ],
)
def test_running_text_tables_and_forms_are_one_zone(cells: list[str]) -> None:
    places = np.linspace(40, 960, len(cells), endpoint=False).astype(int)
    if len(cells) == 2:
        places = np.array([40, 250])
    rows = [(int(x), y, text) for y in HEIGHTS for x, text in zip(places, cells, strict=True)]
    assert len(find_zones(page(rows))) == 1


def test_blank_sheets_are_one_zone() -> None:
    (zone,) = find_zones(np.zeros((300, 200), bool))
    assert (zone.width, zone.height) == (200, 300)
    assert len(find_zones(np.zeros((0, 0), bool))) == 1


def test_the_sample_list_is_read_column_by_column(samples: Path) -> None:
    image = cv2.imread(str(samples / "list_two_columns.jpg"), cv2.IMREAD_COLOR_RGB)
    lefts = [line.baseline[0][0] for line in segment(open_sheet(image))]
    truth = (samples / "list_two_columns.gt.txt").read_text(encoding="utf-8").splitlines()
    assert len(lefts) == len(truth)
    middle = image.shape[1] / 2
    assert [left > middle for left in lefts] == sorted(left > middle for left in lefts)
