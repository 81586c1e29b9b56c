from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from hcr import HcrError, Reader, ReaderConfig
from hcr.errors import InputError, ModelError

BASES = (150, 300, 450)


def test_page_is_found_and_read(recognizer, page: np.ndarray) -> None:
    (found,) = Reader(recognizer=recognizer).read(page).pages
    assert (found.index, found.width, found.height) == (0, 900, 700)
    assert abs(found.skew) < 0.5
    assert [line.text for line in found.lines] == ["ab cd"] * 3
    for line, base in zip(found.lines, BASES, strict=True):
        left, top, right, bottom = line.box
        assert abs(left - 100) < 8
        assert abs(right - 704) < 12
        assert abs(top - (base - 26)) < 8
        assert abs(bottom - base) < 8
        assert all(abs(y - base) < 10 for _, y in line.baseline)
        assert len(line.polygon) >= 3
        first, second = line.words
        assert abs(first.box[0] - 100) < 8
        assert first.box[2] <= second.box[0]
        assert abs(second.box[0] - 440) < 8
        assert len(first.glyphs) == 2


def test_lines_are_cut_dark_on_white(recognizer, page: np.ndarray) -> None:
    Reader(recognizer=recognizer).read(page)
    assert len(recognizer.images) == 3
    for image in recognizer.images:
        assert image.dtype == np.uint8
        assert image.ndim == 2
        assert np.median(image) > 240
        assert image.min() < 100


def test_white_on_black_reads_the_same(recognizer, page: np.ndarray) -> None:
    reader = Reader(recognizer=recognizer)
    (dark,) = reader.read(255 - page).pages
    (light,) = reader.read(page).pages
    assert [line.text for line in dark.lines] == ["ab cd"] * 3
    for one, other in zip(dark.lines, light.lines, strict=True):
        assert np.allclose(one.box, other.box, atol=4)


def test_upside_down_page_gives_boxes_of_the_input(recognizer, page: np.ndarray) -> None:
    turned = np.ascontiguousarray(np.rot90(page, 2))
    (found,) = Reader(recognizer=recognizer).read(turned).pages
    boxes = sorted(line.box for line in found.lines)
    for box, base in zip(sorted(boxes, key=lambda b: b[1]), (250, 400, 550), strict=True):
        assert np.allclose(box, (196, base, 800, base + 26), atol=12)


def test_blank_page_is_an_empty_result(recognizer, blank_file: Path) -> None:
    document = Reader(recognizer=recognizer).read(blank_file)
    assert document.source == str(blank_file)
    assert document.pages[0].lines == ()
    assert document.text == ""


def test_lines_that_read_as_nothing_are_dropped(recognizer, page: np.ndarray) -> None:
    recognizer.text = ""
    assert Reader(recognizer=recognizer).read(page).pages[0].lines == ()


def test_colour_and_grey_read_the_same(recognizer, page: np.ndarray) -> None:
    reader = Reader(recognizer=recognizer)
    assert reader.read(np.repeat(page[:, :, None], 3, axis=2)) == reader.read(page)


def test_pages_of_a_file(recognizer, tmp_path: Path, page: np.ndarray) -> None:
    path = tmp_path / "a.tif"
    first, blank = Image.fromarray(page), Image.new("L", (300, 400), 250)
    first.save(path, save_all=True, append_images=[blank, first])
    document = Reader(recognizer=recognizer).read(path)
    assert [found.index for found in document.pages] == [0, 1, 2]
    assert [len(found.lines) for found in document.pages] == [3, 0, 3]
    assert (document.pages[1].width, document.pages[1].height) == (300, 400)


def test_pages_come_with_their_images(recognizer, page_file: Path, page: np.ndarray) -> None:
    ((image, found),) = Reader(recognizer=recognizer).read_pages(page_file)
    assert np.array_equal(image, page)
    assert len(found.lines) == 3


@pytest.mark.parametrize("size", [(1, 1), (1, 500), (500, 1), (3, 3), (20, 2000)])
def test_tiny_images_are_no_crash(recognizer, size: tuple[int, int]) -> None:
    rng = np.random.default_rng(3)
    reader = Reader(recognizer=recognizer)
    line_reader = Reader(ReaderConfig(level="line"), recognizer=recognizer)
    for image in (np.zeros(size, np.uint8), rng.integers(0, 256, size).astype(np.uint8)):
        assert reader.read(image).pages[0].width == size[1]
        assert line_reader.read(image).pages[0].height == size[0]


def test_line(recognizer, page: np.ndarray) -> None:
    image = page[110:170]
    line = Reader(recognizer=recognizer).read_line(image)
    assert line.text == "ab cd"
    assert np.allclose(line.box, (100, 14, 704, 40), atol=8)
    assert abs(line.words[1].box[0] - 440) < 8
    assert [abs(y - 40) < 6 for _, y in line.baseline] == [True, True]


def test_line_white_on_black(recognizer, page: np.ndarray) -> None:
    line = Reader(recognizer=recognizer).read_line(255 - page[110:170])
    assert line.text == "ab cd"
    assert np.median(recognizer.images[0]) > 240


def test_thick_letter_in_a_small_image_is_still_ink(recognizer) -> None:
    image = np.full((60, 60), 250, np.uint8)
    image[15:50, 20:40] = 10
    line = Reader(recognizer=recognizer).read_line(image)
    assert np.allclose(line.box, (20, 15, 40, 50), atol=2)


def test_empty_line(recognizer) -> None:
    line = Reader(recognizer=recognizer).read_line(np.full((40, 300), 255, np.uint8))
    assert line.text == ""
    assert line.words == ()


def test_level_line_reads_an_image_as_one_line(recognizer, page: np.ndarray) -> None:
    reader = Reader(ReaderConfig(level="line"), recognizer=recognizer)
    (found,) = reader.read(page[110:170]).pages
    assert [line.text for line in found.lines] == ["ab cd"]
    assert reader.read(np.full((40, 300), 255, np.uint8)).pages[0].lines == ()


def test_array_that_is_no_image(recognizer) -> None:
    with pytest.raises(ValueError, match="an image"):
        Reader(recognizer=recognizer).read(np.zeros((3, 3)))


def test_file_that_is_no_image(recognizer, tmp_path: Path) -> None:
    with pytest.raises(InputError):
        Reader(recognizer=recognizer).read(tmp_path / "no.png")


@pytest.mark.real_model
def test_model_that_is_no_model(tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    path.write_bytes(b"no model")
    for name in (path, tmp_path / "missing.onnx"):
        with pytest.raises(ModelError, match=str(name)) as caught:
            Reader(ReaderConfig(model=name))
        assert isinstance(caught.value, HcrError)
        assert len(str(caught.value).splitlines()) == 1
