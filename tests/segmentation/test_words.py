from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentation.words import snap_spans, split_words, x_height


def written(text: str, size: float = 2.0) -> np.ndarray:
    """Draw a line with OpenCV's pen font; True = ink."""
    (width, height), below = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, size, 3)
    image = np.zeros((height + below + 20, width + 20), np.uint8)
    cv2.putText(image, text, (10, height + 10), cv2.FONT_HERSHEY_SIMPLEX, size, 255, 3)
    return image > 0


@pytest.mark.parametrize("size", [0.8, 2.0, 4.0])
@pytest.mark.parametrize("text", ["one two three", "a b c d", "together", "il y a 12 ans"])
def test_words_are_split_at_the_spaces(text: str, size: float) -> None:
    assert len(split_words(written(text.replace(" ", "  "), size))) == len(text.split())


def test_no_ink_no_words() -> None:
    assert split_words(np.zeros((20, 50), bool)) == []
    assert split_words(np.zeros((20, 0), bool)) == []


def test_edges_move_to_the_gap() -> None:
    ink = written("alpha  beta")
    (a0, a1), (b0, b1) = split_words(ink)
    shifted = [(a0 + 9.0, a1 - 14.0), (b0 + 11.0, b1 - 7.0)]
    assert snap_spans(shifted, ink) == [(a0, a1), (b0, b1)]


def test_words_that_touch_are_cut_where_the_ink_is_thin() -> None:
    ink = np.zeros((30, 100), bool)
    ink[5:25, 5:45] = ink[5:25, 55:95] = True
    ink[14:16, 45:55] = True
    (first, second) = snap_spans([(4, 44), (56, 96)], ink)
    assert 45 <= first[1] <= second[0] <= 55


def test_x_height_follows_the_size_of_writing() -> None:
    small, large = x_height(written("nnnn", 1.0)), x_height(written("nnnn", 3.0))
    assert large / small == pytest.approx(3, rel=0.2)


@given(
    st.integers(1, 120),
    st.integers(0, 2**32 - 1),
    st.lists(st.tuples(st.floats(-20, 150), st.floats(-20, 150)), max_size=12),
)
def test_spans_keep_order_and_never_overlap(
    width: int, seed: int, raw: list[tuple[float, float]]
) -> None:
    ink = np.random.default_rng(seed).random((8, width)) < 0.2
    spans = sorted((min(pair), max(pair)) for pair in raw)
    snapped = snap_spans(spans, ink)
    assert len(snapped) == len(spans)
    edges = [edge for span in snapped for edge in span]
    assert edges == sorted(edges)
    assert all(0 <= edge <= width for edge in edges)
    if len(spans) <= width:
        assert all(start < end for start, end in snapped)
