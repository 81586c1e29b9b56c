from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recognition.prepare import FAINTEST_INK, LINE_HEIGHT, MARGIN, prepare_line


def written(text: str, size: float = 2.0, ink: int = 30, pad: int = 20) -> np.ndarray:
    """Draw a line with OpenCV's pen font, dark on white."""
    thickness = max(1, round(2 * size))
    font = cv2.FONT_HERSHEY_SIMPLEX
    (width, height), below = cv2.getTextSize(text, font, size, thickness)
    image = np.full((height + below + 2 * pad, width + 2 * pad), 255, np.uint8)
    cv2.putText(image, text, (pad, pad + height), font, size, ink, thickness, cv2.LINE_AA)
    return image


def test_every_size_of_writing_comes_out_alike() -> None:
    small, large = (prepare_line(written("minimum", size)).image for size in (1.0, 4.0))
    assert small.shape[0] == large.shape[0] == LINE_HEIGHT
    assert abs(small.shape[1] - large.shape[1]) <= 0.06 * large.shape[1]


def test_faint_and_black_ink_come_out_alike() -> None:
    faint, black = (prepare_line(written("pencil", ink=ink)).image for ink in (190, 0))
    assert abs(faint.shape[1] - black.shape[1]) <= 0.05 * black.shape[1]
    assert abs(float(faint.mean()) - float(black.mean())) < 10


def test_paper_around_the_line_changes_nothing() -> None:
    near, far = (prepare_line(written("margin", pad=pad)).image for pad in (10, 120))
    assert np.abs(near.astype(int) - far.astype(int)).mean() < 6


def test_a_rising_line_is_levelled() -> None:
    level = written("one two three four five six seven", pad=60)
    height, width = level.shape
    slope = np.array([[1, 0, 0], [-0.02, 1, 0.02 * width / 2]], np.float32)
    rising = cv2.warpAffine(level, slope, (width, height), borderValue=255)
    ink = prepare_line(rising).image.astype(float)
    inked = np.flatnonzero(ink.sum(axis=0))
    centres = (np.arange(LINE_HEIGHT) @ ink[:, inked]) / ink[:, inked].sum(axis=0)
    assert abs(np.polyfit(inked, centres, 1)[0]) < 0.004


@pytest.mark.parametrize(
    "empty",
    [
        np.full((40, 200), 255, np.uint8),
        np.full((40, 200), 90, np.uint8),
        np.zeros((0, 0), np.uint8),
        np.full((40, 200), 255 - FAINTEST_INK // 2, np.uint8),
    ],
)
def test_no_ink_gives_an_empty_image(empty: np.ndarray) -> None:
    assert prepare_line(empty).image.shape == (LINE_HEIGHT, 0)


def test_a_dash_alone_stays_a_dash() -> None:
    image = np.full((60, 100), 255, np.uint8)
    image[30:33, 40:60] = 20
    ink = prepare_line(image).image > 127
    assert 2 <= ink.any(axis=1).sum() <= LINE_HEIGHT / 2


def test_columns_map_back_to_the_source() -> None:
    image = written("a" + " " * 8 + "b", size=3.0)
    prepared = prepare_line(image)
    inked = np.flatnonzero((prepared.image > 127).any(axis=0))
    source = np.flatnonzero((image < 128).any(axis=0))
    assert prepared.to_source(float(inked[0])) == pytest.approx(source[0], abs=4)
    assert prepared.to_source(float(inked[-1])) == pytest.approx(source[-1], abs=4)
    assert not prepared.image[:, : MARGIN - 1].any()


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 90), st.integers(1, 400), st.integers(0, 2**32 - 1))
def test_any_image_is_prepared(height: int, width: int, seed: int) -> None:
    image = np.random.default_rng(seed).integers(0, 256, (height, width)).astype(np.uint8)
    prepared = prepare_line(image).image
    assert prepared.shape[0] == LINE_HEIGHT
    assert prepared.dtype == np.uint8


@pytest.mark.parametrize("bad", [np.zeros((4, 4, 3), np.uint8), np.zeros((4, 4), np.float32)])
def test_refuses_what_is_not_a_grey_image(bad: np.ndarray) -> None:
    with pytest.raises(ValueError, match="must be uint8"):
        prepare_line(bad)
