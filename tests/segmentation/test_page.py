from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from segmentation.geometry import transform_points
from segmentation.page import open_sheet, segment
from segmentation.skew import rotation_matrix


def sample(samples: Path, name: str) -> np.ndarray:
    return np.asarray(cv2.imread(str(samples / f"{name}.jpg"), cv2.IMREAD_COLOR_RGB), np.uint8)


def turned(image: np.ndarray, degrees: float) -> np.ndarray:
    height, width = image.shape[:2]
    matrix, wide, high = rotation_matrix(width, height, degrees)
    # The paper goes on beyond the edge, as on a scanner whose lid is of its colour.
    return cv2.warpAffine(image, matrix, (wide, high), borderMode=cv2.BORDER_REPLICATE)


@pytest.mark.parametrize(
    "name",
    ["letter_en", "letter_fr", "notes_ruled", "photo_shadow", "board", "list_two_columns"],
)
def test_as_many_lines_as_are_written(samples: Path, name: str) -> None:
    truth = (samples / f"{name}.gt.txt").read_text(encoding="utf-8").splitlines()
    assert len(segment(open_sheet(sample(samples, name)))) == len(truth)


@pytest.mark.parametrize("degrees", [-9.0, 4.0, 90.0, 180.0, 270.0])
def test_turned_pages_are_put_upright_and_level(samples: Path, degrees: float) -> None:
    image = sample(samples, "letter_en")
    upright = segment(open_sheet(image))
    sheet = open_sheet(turned(image, degrees))
    lines = segment(sheet)
    assert len(lines) == len(upright)
    # Back in the pixels of the turned image, the first baseline lies where it was turned to.
    height, width = image.shape[:2]
    matrix, _, _ = rotation_matrix(width, height, degrees)
    original = open_sheet(image).to_input(upright[0].baseline)
    expected = np.array(transform_points(original, matrix)).mean(axis=0)
    found = np.array(sheet.to_input(lines[0].baseline)).mean(axis=0)
    assert np.hypot(*(found - expected)) < 25


def test_without_deskew_the_pixels_stay(samples: Path) -> None:
    image = turned(sample(samples, "board"), 5.0)
    sheet = open_sheet(image, deskew=False)
    assert sheet.grey.shape == sheet.ink.shape == image.shape[:2]
    assert np.array_equal(sheet.matrix, np.eye(2, 3))
    assert (sheet.skew, sheet.orientation) == (0.0, 0)


def test_white_on_black_becomes_dark_on_paper(samples: Path) -> None:
    sheet = open_sheet(sample(samples, "board"))
    assert np.median(sheet.grey) > 240
    assert 0.005 < sheet.ink.mean() < 0.2


@pytest.mark.parametrize("value", [0, 128, 255])
def test_a_blank_page_has_no_lines(value: int) -> None:
    assert segment(open_sheet(np.full((900, 700), value, np.uint8))) == []


@pytest.mark.parametrize("shape", [(1, 1), (3, 400), (400, 3), (40, 60)])
def test_tiny_images_do_no_harm(shape: tuple[int, int]) -> None:
    noise = np.random.default_rng(0).integers(0, 256, shape).astype(np.uint8)
    segment(open_sheet(noise))


def test_a_negative_in_colour_gives_the_same_sheet(samples: Path) -> None:
    image = sample(samples, "letter_fr")
    image[..., 0] = np.minimum(image[..., 0] + 12, 255)  # no channel is the darkest everywhere
    assert np.array_equal(open_sheet(255 - image).grey, open_sheet(image).grey)


def test_a_coarse_scan_has_the_same_lines(samples: Path) -> None:
    image = sample(samples, "letter_en")
    coarse = np.asarray(cv2.resize(image, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA))
    fine_sheet, coarse_sheet = open_sheet(image), open_sheet(coarse)
    fine, found = segment(fine_sheet), segment(coarse_sheet)
    assert len(found) == len(fine)
    for one, other in zip(fine, found, strict=True):
        middle = np.mean(fine_sheet.to_input(one.baseline), axis=0)
        assert np.allclose(
            2 * np.mean(coarse_sheet.to_input(other.baseline), axis=0), middle, atol=25
        )


@pytest.mark.parametrize("shape", [(20, 3000), (60, 4000), (2, 900), (4000, 30)])
def test_long_narrow_strips_with_writing_do_no_harm(shape: tuple[int, int]) -> None:
    strip = np.full(shape, 240, np.uint8)
    strip[shape[0] // 2 :, :: max(2, shape[1] // 40)] = 20
    for deskew in (True, False):
        assert open_sheet(strip, deskew=deskew).ink.ndim == 2
