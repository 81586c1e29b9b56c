from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentation.characters import printed_share, split_characters

FONT = cv2.FONT_HERSHEY_SIMPLEX


def written(text: str, gap: int = 8) -> tuple[np.ndarray, list[tuple[int, int, int, int]]]:
    """Draw characters one after the other; return the line and the box of each one's ink."""
    grey, boxes, at = np.full((90, 60 * len(text) + 40), 255, np.uint8), [], 20
    for character in text:
        if character == " ":
            at += 40
            continue
        one = np.full_like(grey, 255)
        cv2.putText(one, character, (at, 60), FONT, 1.5, 20, 4, cv2.LINE_AA)
        rows, columns = np.nonzero(one < 128)
        boxes.append((columns.min(), rows.min(), columns.max() + 1, rows.max() + 1))
        grey = np.minimum(grey, one)
        at = int(columns.max()) + gap
    return grey, boxes


def corners(candidate) -> tuple[int, int, int, int]:
    box = candidate.box
    return box.left, box.top, box.right, box.bottom


@pytest.mark.parametrize("text", ["HOLD", "words", "3480 17", "quiz jet"])
def test_every_character_is_a_candidate(text: str) -> None:
    grey, boxes = written(text)
    found = [corners(candidate) for candidate in split_characters(grey).candidates]
    for box in boxes:
        assert any(np.allclose(box, other, atol=3) for other in found), box


def test_a_dot_belongs_to_its_stem() -> None:
    grey, _ = written("i")
    (piece,) = split_characters(grey).slices
    assert piece.box.height > 30


def test_touching_letters_are_cut_where_they_touch() -> None:
    grey = np.full((90, 200), 255, np.uint8)
    cv2.circle(grey, (60, 45), 20, 20, 4, cv2.LINE_AA)
    cv2.circle(grey, (104, 45), 20, 20, 4, cv2.LINE_AA)
    assert cv2.connectedComponents((grey < 128).astype(np.uint8))[0] == 2  # the paper and one blot
    for x in (12, 150, 170):  # upright letters beside it
        cv2.line(grey, (x, 25), (x, 65), 20, 4, cv2.LINE_AA)
    found = [corners(candidate) for candidate in split_characters(grey).candidates]
    for left, right in ((38, 82), (82, 126)):
        assert any(abs(box[0] - left) <= 5 and abs(box[2] - right) <= 5 for box in found)


def test_the_picture_of_a_candidate_is_its_own_ink() -> None:
    grey, _ = written("LJ", gap=1)
    line = split_characters(grey)
    for candidate in line.candidates:
        picture = line.picture(candidate)
        inked = int((picture < 128).sum())
        left, top, right, bottom = corners(candidate)
        assert 0 < inked <= int((grey[top:bottom, left:right] < 128).sum())
    whole = sum(int((line.picture(c) < 128).sum()) for c in line.candidates if c.end - c.first == 1)
    assert whole == pytest.approx(int((grey < 128).sum()), rel=0.05)


def test_slanted_letters_stand_apart_along_the_slant() -> None:
    upright, _ = written("HIHIH", gap=6)
    matrix = np.array([[1, -0.5, 45], [0, 1, 0]], np.float64)
    size = (upright.shape[1] + 45, upright.shape[0])
    slanted = cv2.warpAffine(upright, matrix, size, borderValue=(255,))
    pieces = split_characters(slanted).slices
    starts = [piece.start for piece in pieces if piece.cut == 0]
    assert len(starts) == 5
    assert (np.asarray(split_characters(slanted).gaps) > -1).all()


def test_cells_hold_one_character_each() -> None:
    grey, boxes = written("A1 Z", gap=30)
    edges = [0, (boxes[0][2] + boxes[1][0]) // 2, boxes[1][2] + 5, boxes[2][0] - 5, grey.shape[1]]
    line = split_characters(grey, cells=list(pairwise(edges)))
    assert line.cells == (0, 1, 3)
    assert len(line.candidates) == 3
    for candidate, box in zip(line.candidates, boxes, strict=True):
        assert np.allclose(corners(candidate), box, atol=2)


def test_nothing_written() -> None:
    for cells in (None, [(0, 50), (50, 100)]):
        line = split_characters(np.full((40, 100), 255, np.uint8), cells=cells)
        assert line.slices == line.candidates == ()


@pytest.mark.parametrize("grey", [np.zeros((5, 5)), np.zeros((5, 5, 3), np.uint8)])
def test_no_line_image(grey: np.ndarray) -> None:
    with pytest.raises(ValueError, match="a line must be"):
        split_characters(grey)


def test_ink_of_another_size() -> None:
    with pytest.raises(ValueError, match="differ"):
        split_characters(np.zeros((5, 5), np.uint8), np.zeros((5, 6), np.bool_))


@given(st.integers(0, 2**32 - 1), st.floats(0.0, 0.4))
def test_any_ink_gives_a_lattice(seed: int, share: float) -> None:
    """From the first piece to the last leads a path of single pieces; runs follow each other."""
    rng = np.random.default_rng(seed)
    ink = cv2.blur(rng.random((30, 120)).astype(np.float32), (5, 3)) < 0.3 + share
    grey = np.where(ink, 30, 255).astype(np.uint8)
    line = split_characters(grey, ink)
    count = len(line.slices)
    spans = [(c.first, c.end) for c in line.candidates]
    assert {(k, k + 1) for k in range(count)} <= set(spans)
    assert all(0 <= first < end <= count for first, end in spans)
    assert len(line.gaps) == max(0, count - 1)
    assert sum(piece.area for piece in line.slices) <= ink.sum()
    for candidate in line.candidates:
        left, top, right, bottom = corners(candidate)
        for piece in line.slices[candidate.first : candidate.end]:
            assert left <= piece.box.left < piece.box.right <= right
            assert top <= piece.box.top < piece.box.bottom <= bottom
        assert (line.picture(candidate) < 128).any()


def test_share_of_letters_that_stand_apart() -> None:
    grey, _ = written("HOLD words")
    assert printed_share(grey < 128) > 0.8
    joined = grey.copy()
    joined[50:54, 20:-60] = 20
    assert printed_share(joined < 128) < 0.2
    assert printed_share(np.zeros((30, 30), np.bool_)) == 0.0
