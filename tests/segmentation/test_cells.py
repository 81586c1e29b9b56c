from __future__ import annotations

import cv2
import numpy as np
import pytest

from segmentation.cells import open_cells

PITCH, TOP, BOTTOM, LEFT = 60, 20, 95, 30


def field(text: str, kind: str, apart: int = 0, thickness: int = 2) -> np.ndarray:
    """Draw a text in boxes or on a comb, a character a cell, on paper with some noise."""
    width = 2 * LEFT + PITCH * len(text)
    grey = np.full((120, max(width, 1200)), 240, np.uint8)
    for cell, character in enumerate(text):
        x = LEFT + cell * PITCH
        if kind == "boxes":
            cv2.rectangle(grey, (x, TOP), (x + PITCH - apart, BOTTOM), 90, thickness)
        elif kind == "comb":
            cv2.line(grey, (x, BOTTOM), (x + PITCH, BOTTOM), 90, 2)
            cv2.line(grey, (x, BOTTOM - 25), (x, BOTTOM), 90, 2)
            cv2.line(grey, (x + PITCH, BOTTOM - 25), (x + PITCH, BOTTOM), 90, 2)
        cv2.putText(grey, character, (x + 14, 80), cv2.FONT_HERSHEY_SIMPLEX, 1.4, 30, 4)
    noise = np.random.default_rng(5).normal(0, 3, grey.shape)
    return np.clip(grey + noise, 0, 255).astype(np.uint8)


@pytest.mark.parametrize(("kind", "apart"), [("boxes", 0), ("boxes", 14), ("comb", 0)])
def test_one_cell_a_character(kind: str, apart: int) -> None:
    text = "AB 12CO"
    found = open_cells(field(text, kind, apart))
    assert found is not None
    assert len(found.cells) == len(text)
    for cell, (start, _) in enumerate(found.cells):
        assert abs(start - (LEFT + cell * PITCH)) <= max(4, apart + 2)


@pytest.mark.parametrize("apart", [4, 5, 6, 7, 8])
def test_boxes_so_close_that_their_sides_run_together(apart: int) -> None:
    text = "AB 12CO"
    grey = cv2.GaussianBlur(field(text, "boxes", apart, thickness=5), (0, 0), 1.2)
    found = open_cells(grey)
    assert found is not None
    assert len(found.cells) == len(text)
    for cell, (start, _) in enumerate(found.cells):
        assert abs(start - (LEFT + cell * PITCH)) <= apart + 2
    assert not found.ink[:, LEFT + 2 * PITCH + 4 : LEFT + 3 * PITCH - apart - 4].any()


@pytest.mark.parametrize("kind", ["boxes", "comb"])
def test_the_frame_goes_and_the_letters_stay(kind: str) -> None:
    found = open_cells(field("AB 12CO", kind))
    assert found is not None
    rows = np.flatnonzero(found.ink.any(axis=1))
    assert rows[0] > TOP + 2
    assert rows[-1] < BOTTOM - 2
    letters = field("AB 12CO", "none") < 130
    assert found.ink.sum() == pytest.approx(letters.sum(), rel=0.1)
    assert (found.ink & letters).sum() > 0.9 * letters.sum()
    empty = slice(LEFT + 2 * PITCH + 4, LEFT + 3 * PITCH - 4)
    assert not found.ink[:, empty].any()
    assert (found.grey[:, empty] > 200).all()


def test_writing_beside_the_field_is_not_lost() -> None:
    grey = field("AB 12COD", "boxes")
    cv2.putText(grey, "name", (LEFT + 8 * PITCH + 40, 80), cv2.FONT_HERSHEY_SIMPLEX, 1.4, 30, 4)
    assert open_cells(grey) is None
    inside = open_cells(grey, (0, LEFT + 8 * PITCH + 10))
    assert inside is not None
    assert not inside.ink[:, LEFT + 8 * PITCH + 20 :].any()


@pytest.mark.parametrize("text", ["THE HILL IS TILED", "plain words"])
def test_writing_without_a_frame(text: str) -> None:
    grey = np.full((120, 1200), 240, np.uint8)
    cv2.putText(grey, text, (20, 80), cv2.FONT_HERSHEY_SIMPLEX, 1.8, 30, 4)
    assert open_cells(grey) is None
    cv2.line(grey, (10, 90), (1150, 90), 90, 2)  # a ruled line under it is no field
    assert open_cells(grey) is None


@pytest.mark.parametrize("shape", [(1, 1), (40, 1), (1, 300), (60, 400)])
def test_paper(shape: tuple[int, int]) -> None:
    assert open_cells(np.full(shape, 250, np.uint8)) is None


@pytest.mark.parametrize("row", range(1, 8))
def test_a_bar_near_the_top_of_the_line(row: int) -> None:
    grey = np.full((60, 1200), 240, np.uint8)
    grey[row : row + 2] = 60
    grey[:, 40:1160:60] = 60
    assert open_cells(grey) is None
