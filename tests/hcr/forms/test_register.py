from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hcr.forms.register import Blank, MismatchError, Registered, register
from hcr.forms.warp import map_points
from hcr.images import Pixels, load

from .conftest import scanned

# A quarter of the sample's pixels: A4 at 100 dpi.
HALF = 0.5


@pytest.fixture(scope="module")
def small_image(blank_image: Pixels) -> Pixels:
    return np.asarray(cv2.resize(blank_image, None, fx=HALF, fy=HALF, interpolation=cv2.INTER_AREA))


@pytest.fixture(scope="module")
def small(small_image: Pixels) -> Blank:
    return Blank.of(small_image)


def error(registered: Registered, matrix: np.ndarray, shape: tuple[int, ...]) -> float:
    """Return the largest error on the page, in pixels of the scan."""
    height, width = shape[:2]
    places = np.array([(x, y) for x in np.linspace(0, width, 7) for y in np.linspace(0, height, 7)])
    off = map_points(registered.matrix, places) - map_points(matrix, places)
    return float(np.linalg.norm(off, axis=1).max())


@settings(max_examples=5)
@given(
    st.floats(-12, 12),
    st.floats(0.7, 1.4),
    st.tuples(st.floats(-25, 25), st.floats(-25, 25)),
    st.tuples(st.floats(-0.08, 0.08), st.floats(-0.08, 0.08)),
)
def test_random_homographies_are_recovered_within_two_pixels(
    small: Blank,
    small_image: Pixels,
    degrees: float,
    scale: float,
    shift: tuple[float, float],
    tilt: tuple[float, float],
) -> None:
    scan, matrix = scanned(small_image, degrees, scale, shift, tilt)
    assert error(register(small, scan), matrix, small_image.shape) < 2


@pytest.mark.parametrize("degrees", [90, 180, -88])
def test_scan_may_lie_any_way_round(small: Blank, small_image: Pixels, degrees: float) -> None:
    scan, matrix = scanned(small_image, degrees)
    assert error(register(small, scan), matrix, small_image.shape) < 1


def test_filled_scan_in_shadow_with_noise_and_a_torn_corner(
    blank: Blank, filled_image: Pixels
) -> None:
    clean = register(blank, filled_image)
    height, width = filled_image.shape[:2]
    scan, matrix = scanned(filled_image, 2.5, 0.98)
    corner = np.array([(0, 0), (0.32 * width, 0), (0, 0.32 * height)])  # 5 % of the page
    cv2.fillPoly(scan, [np.rint(map_points(matrix, corner)).astype(np.int32)], (15, 15, 15))
    shade = 1 - 0.4 / (1 + np.exp(-np.linspace(-12, 9, scan.shape[1])))
    noise = np.random.default_rng(1).normal(0, 6, scan.shape)
    dirty = np.clip(scan * shade[:, None] + noise, 0, 255).astype(np.uint8)
    found = register(blank, dirty)
    assert error(found, matrix @ clean.matrix, blank.grey.shape) < 1.5
    assert 0.7 < found.found < 1


def test_result_has_the_blank_s_extent_at_about_the_scan_s_resolution(
    small: Blank, small_image: Pixels
) -> None:
    height, width = small_image.shape
    for scale, expected in ((0.97, 1.0), (1.9, 2.0)):
        scan, _ = scanned(small_image, 1.0, scale)
        assert register(small, scan).grey.shape == (
            round(height * expected),
            round(width * expected),
        )


def test_laid_scan_shows_the_print_where_the_blank_does(blank: Blank, filled_image: Pixels) -> None:
    registered = register(blank, filled_image)
    assert registered.grey.shape == blank.grey.shape
    printed = blank.grey < 100
    assert registered.ink[printed].mean() > 0.85
    near = cv2.dilate(printed.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    assert 0.001 < registered.ink[~near].mean() < 0.01  # the writing


def test_paper_pulled_unevenly_is_set_right(small: Blank, small_image: Pixels) -> None:
    height, width = small_image.shape
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    uneven = cv2.remap(small_image, x, y + 3 * np.sin(y / 120), cv2.INTER_LINEAR, borderValue=255)
    printed = small.grey < 100
    assert (uneven[printed] < 160).mean() < 0.6
    assert register(small, uneven).ink[printed].mean() > 0.85


def test_negative_is_turned_positive(small: Blank, small_image: Pixels) -> None:
    registered = register(small, np.asarray(255 - small_image, np.uint8))
    assert np.median(registered.grey) == 255


@pytest.mark.parametrize("name", ["form.jpg", "letter_en.jpg", "amounts.jpg", "line.png"])
def test_other_pages_are_refused(samples: Path, small: Blank, name: str) -> None:
    with pytest.raises(MismatchError, match=r"not the form|of the form"):
        register(small, next(load(samples / name)))


def test_other_version_of_the_form_is_refused(small: Blank, small_image: Pixels) -> None:
    other = small_image.copy()
    other[220:720], other[720:760] = small_image[260:760], 255
    other[760:1100] = np.roll(small_image[760:1100], 60, axis=1)
    with pytest.raises(MismatchError, match="of the blank's print is found"):
        register(small, other)


def test_half_a_form_is_refused(small: Blank, small_image: Pixels) -> None:
    with pytest.raises(MismatchError, match=r"shows only \d\d% of the form"):
        register(small, small_image[: small_image.shape[0] * 2 // 3])


@pytest.mark.parametrize("shape", [(1, 1), (3, 2000), (300, 200), (300, 200, 3)])
@pytest.mark.parametrize("value", [0, 255])
def test_empty_images_are_refused(small: Blank, shape: tuple[int, ...], value: int) -> None:
    with pytest.raises(MismatchError):
        register(small, np.full(shape, value, np.uint8))


def test_noise_is_refused(small: Blank) -> None:
    noise = np.random.default_rng(2).integers(0, 255, (900, 700), dtype=np.uint8)
    with pytest.raises(MismatchError):
        register(small, noise)


def test_blank_without_print_cannot_be_recognised() -> None:
    page = np.full((800, 600), 255, np.uint8)
    cv2.rectangle(page, (100, 100), (500, 300), 0, 2)
    with pytest.raises(ValueError, match="too little print"):
        Blank.of(page)
