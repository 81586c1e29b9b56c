"""Images made ready: cut above the first line, and into lines."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from hcr.bench.item import prepare
from hcr.bench.truth import Truth, read_truth
from hcr.errors import InputError
from segmentation.layout_files import LayoutLine


@pytest.fixture
def truth(truth_folder: Path) -> Truth:
    return read_truth(truth_folder)[0][0]


def test_the_file_itself_is_read(truth: Truth, tmp_path: Path) -> None:
    item = prepare(truth, tmp_path)
    assert (item.image, item.truth, item.top) == (truth.image, truth, 0)


def test_a_header_is_cut_off_and_all_places_move(truth: Truth, tmp_path: Path) -> None:
    whole, item = prepare(truth, tmp_path), prepare(truth, tmp_path, cut_header=True)
    assert item.top == 110
    with Image.open(item.image) as image:
        assert (np.asarray(image) == whole.pixels[110:]).all()
    first = item.truth.lines[0]
    assert first.baseline == ((100, 40), (706, 40))
    assert first.words[0].box.top == 14
    # The same ink is cut for each line as without.
    for path, other in zip(item.line_images, whole.line_images, strict=True):
        assert path.read_bytes() == other.read_bytes()


def test_lines_are_cut_out_with_paper_around_them(truth: Truth, tmp_path: Path) -> None:
    item = prepare(truth, tmp_path)
    assert len(item.line_images) == 3
    for path in item.line_images:
        with Image.open(path) as image:
            pixels = np.asarray(image)
        assert 30 < pixels.shape[0] < 60
        assert abs(pixels.shape[1] - 616) < 10
        assert pixels.min() < 50


@pytest.mark.parametrize(
    ("line", "usable"),
    [
        (LayoutLine("a", (), ((0, 0), (90, 0), (90, 40), (0, 40))), True),
        (LayoutLine("a", (), ((-500, 0), (5000, 0), (5000, 40), (-500, 40))), True),
        (LayoutLine(" ", (), ((0, 0), (90, 0), (90, 40), (0, 40))), False),
        (LayoutLine("a", ((0, 9), (9, 9)), ()), False),
        (LayoutLine("a", (), ((0, 0), (90, 0), (90, 1), (0, 1))), False),
        (LayoutLine("a", (), ((5000, 0), (5090, 0), (5090, 40), (5000, 40))), False),
    ],
)
def test_lines_without_a_text_or_place_are_left_out(
    truth: Truth, tmp_path: Path, line: LayoutLine, usable: bool
) -> None:
    item = prepare(replace(truth, lines=(line,)), tmp_path)
    assert len(item.lines) == len(item.line_images) == usable


def test_a_damaged_image_is_one_error(truth: Truth, tmp_path: Path) -> None:
    truth.image.write_bytes(truth.image.read_bytes()[:200])
    with pytest.raises(InputError, match=r"p1\.png"):
        prepare(truth, tmp_path)
