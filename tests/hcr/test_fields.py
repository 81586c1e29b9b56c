"""Fields in boxes on whole pages, read with a stand-in for the line network."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from hcr.line_readers import Both, LineImage
from hcr.reader import Reader
from recognition.crnn import LineReading


class Recorder(Both):
    """Reads nothing, and keeps what it is given."""

    def __init__(self) -> None:
        self.lines: list[LineImage] = []

    def read(self, lines) -> list[LineReading]:  # type: ignore[no-untyped-def]
        self.lines += lines
        return [LineReading("", 1.0, (), ()) for _ in lines]


def form_page(text: str, boxed: bool) -> np.ndarray:
    image = Image.new("L", (1240, 900), 248)
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(52)
    for row, words in enumerate(("some plain words that stand on paper", "and more of them here")):
        draw.text((100, 120 + 120 * row), words, fill=30, font=font)
    for cell, character in enumerate(text):
        left = 120 + 62 * cell
        if boxed:
            draw.rectangle((left, 500, left + 62, 580), outline=90, width=2)
        draw.text((left + 18, 508), character, fill=30, font=font)
    return np.array(image)


@pytest.mark.parametrize("boxed", [True, False])
def test_a_boxed_field_comes_with_its_cells(boxed: bool) -> None:
    recorder = Recorder()
    Reader(lines=recorder).read(form_page("BD42 KLM", boxed))
    fields = [line for line in recorder.lines if line.cells]
    assert len(fields) == boxed
    for field in fields:
        assert field.cells is not None
        assert len(field.cells) == 8
        columns = [field.ink[:, round(a) + 3 : round(b) - 3].any() for a, b in field.cells]
        assert columns == [True] * 4 + [False] + [True] * 3
