from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from hcr import Line, Page, Word
from hcr.show import colour, encode, overlay


def page(width: int = 1000, height: int = 800, skew: float = 0.0) -> Page:
    words = (Word((100, 100, 400, 180), "été", 0.95), Word((500, 100, 800, 180), "zzz", 0.1))
    outline = ((90.0, 90.0), (810.0, 90.0), (810.0, 190.0), (90.0, 190.0))
    line = Line((100, 100, 800, 180), ((100.0, 170.0), (800.0, 170.0)), "été zzz", 0.5, words)
    bare = Line((100, 300, 400, 380), (), "x", 0.5, (Word((100, 300, 400, 380), "x", 0.7),))
    lines = (line, bare, Line((0, 0, 10, 10), (), "no words", 0.5, (), (), outline))
    return Page(0, width, height, skew, lines)


@pytest.mark.parametrize("skew", [0.0, 2.0, 180.0])
def test_page_and_text_side_by_side(skew: float) -> None:
    image = np.full((800, 1000), 255, np.uint8)
    picture = overlay(image, page(skew=skew))
    assert picture.dtype == np.uint8
    assert picture.shape[0] > 800
    assert 2000 <= picture.shape[1] <= 2010
    text = picture[95:190, picture.shape[1] - 1000 :]
    assert (text[:, 100:400] < 200).any()  # the first word, beside its place
    assert (text[:, 500:800] < 200).any()
    assert (text[:, 850:] == 255).all()
    assert (picture[300:390, picture.shape[1] - 900 :] < 200).any()  # without a baseline too


def test_words_are_tinted_by_confidence() -> None:
    picture = overlay(np.full((800, 1000, 3), 255, np.uint8), page())
    sure, doubtful = picture[110, 120].astype(int), picture[110, 520].astype(int)
    assert sure[1] > sure[0]  # green
    assert doubtful[0] > doubtful[2]  # red
    assert (picture[400, 500] == 255).all()


def test_size_stays_legible_and_handy() -> None:
    large = overlay(np.full((8000, 6000), 255, np.uint8), page(6000, 8000))
    assert large.shape[0] < 2600
    small = overlay(np.full((200, 1000), 255, np.uint8), page(1000, 200))
    assert small.shape[0] >= 200


@pytest.mark.parametrize("shape", [(1, 1), (1, 3000), (3000, 1)])
def test_odd_pages(shape: tuple[int, int]) -> None:
    picture = overlay(np.zeros(shape, np.uint8), Page(0, shape[1], shape[0]))
    assert picture.ndim == 3


def test_the_image_itself_is_not_drawn_on() -> None:
    image = np.full((800, 1000, 3), 255, np.uint8)
    overlay(image, page())
    assert image.min() == 255


def test_colours_fall_into_three() -> None:
    assert colour(1.0) == colour(0.9)
    assert colour(0.89) == colour(0.6)
    assert colour(0.59) == colour(0.0)
    assert len({colour(1.0), colour(0.7), colour(0.0)}) == 3


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp"])
def test_encoded_pictures_are_rgb(suffix: str) -> None:
    red = np.zeros((20, 30, 3), np.uint8)
    red[..., 0] = 255
    image = Image.open(BytesIO(encode(red, suffix))).convert("RGB")
    assert image.size == (30, 20)
    r, g, b = image.getpixel((10, 10))
    assert r > 240
    assert g < 15
    assert b < 15


def test_other_suffixes_are_refused() -> None:
    with pytest.raises(ValueError, match="xyz"):
        encode(np.zeros((2, 2, 3), np.uint8), ".xyz")
