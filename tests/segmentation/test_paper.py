from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from segmentation.paper import blank_outside, find_paper

CORNERS = ((150.0, 120.0), (880.0, 60.0), (960.0, 1180.0), (90.0, 1240.0))


def photograph(paper: int, table: int, shadow: float = 0.0) -> np.ndarray:
    """Draw a sheet with writing on a table, one side of it in shadow."""
    image = np.full((1400, 1050, 3), table, np.uint8)
    cv2.fillConvexPoly(image, np.array(CORNERS, np.int32), (paper, paper, paper - 10))
    for row in range(250, 1100, 90):
        cv2.putText(image, "a line of words", (230, row), 0, 2, (40, 40, 60), 4)
    dark = 1 - shadow * np.linspace(0, 1, 1050)[None, :, None]
    noise = np.random.default_rng(0).normal(0, 4, image.shape)
    return np.clip(image * dark + noise, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("shadow", [0.0, 0.5])
def test_the_corners_of_a_sheet_on_a_table(shadow: float) -> None:
    found = find_paper(photograph(225, 80, shadow))
    assert found is not None
    distances = [min(np.hypot(x - a, y - b) for a, b in CORNERS) for x, y in found]
    assert max(distances) < 25


def test_a_scan_has_no_table() -> None:
    page = np.full((1400, 1000), 250, np.uint8)
    for row in range(100, 1300, 90):
        cv2.putText(page, "a line of words", (60, row), 0, 2, 30, 4)
    assert find_paper(page) is None
    assert find_paper(np.full((1400, 1000), 250, np.uint8)) is None
    assert find_paper(255 - page) is None


def test_a_dark_block_on_a_page_is_not_a_table() -> None:
    page = np.full((1400, 1000), 245, np.uint8)
    page[:300] = 60
    assert find_paper(page) is None


def test_scanned_samples_are_paper_from_edge_to_edge(samples: Path) -> None:
    for path in samples.glob("*.jpg"):
        image = cv2.imread(str(path), cv2.IMREAD_COLOR_RGB)
        assert (find_paper(image) is not None) == (path.stem == "photo_shadow"), path


def test_only_the_outside_is_blanked() -> None:
    grey = np.full((1400, 1050), 100, np.uint8)
    blank_outside(grey, CORNERS)
    assert grey[20, 20] == grey[1390, 1000] == 255
    assert grey[700, 500] == grey[200, 250] == 100
