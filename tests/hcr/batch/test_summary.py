from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from hcr import Document, Line, Page, Word
from hcr.batch.summary import PageSummary, lines_from_json, summarise, thumbnail

BOX = (0, 0, 9, 9)


def line(*words: tuple[str, float], confidence: float) -> Line:
    cells = tuple(Word(BOX, text, sure) for text, sure in words)
    return Line(BOX, (), " ".join(text for text, _ in words), confidence, cells)


def test_page_in_short() -> None:
    lines = (line(("ab", 0.123456), ("c", 1.0), confidence=0.5), line(("defg", 0.25), confidence=1))
    found = summarise(Page(0, 9, 9, lines=lines), b"jpeg")
    assert found.lines == ((("ab", 0.1235), ("c", 1.0)), (("defg", 0.25),))
    assert found.confidence == pytest.approx(0.75)  # both lines have four characters
    assert found.picture == b"jpeg"


def test_page_without_writing_has_no_confidence() -> None:
    assert summarise(Page(0, 9, 9)) == PageSummary((), None)


def test_lines_survive_json() -> None:
    lines = ((('"<é\u2028', 0.5), ("c", 1.0)), ())
    assert lines_from_json(PageSummary(lines, 0.5).lines_json()) == lines


@pytest.mark.parametrize("shape", [(1000, 500), (500, 1000, 3), (1, 1), (4, 9000, 3)])
def test_thumbnail_is_a_small_jpeg_of_the_same_shape(shape: tuple[int, ...]) -> None:
    pixels = np.full(shape, 200, np.uint8)
    picture = Image.open(io.BytesIO(thumbnail(pixels)))
    assert picture.format == "JPEG"
    assert max(picture.size) == min(360, max(shape[:2]))
    if min(shape[:2]) > 100:
        assert picture.width / picture.height == pytest.approx(shape[1] / shape[0], rel=0.01)


def test_thumbnail_keeps_colours() -> None:
    red = np.zeros((50, 50, 3), np.uint8)
    red[:, :, 0] = 255
    r, g, b = Image.open(io.BytesIO(thumbnail(red))).getpixel((25, 25))
    assert r > 200
    assert max(g, b) < 50


def test_summary_is_of_what_reading_gives(page: np.ndarray, recognizer: object) -> None:
    from hcr import Reader

    document: Document = Reader(recognizer=recognizer).read(page)  # type: ignore[arg-type]
    found = summarise(document.pages[0])
    assert found.lines == ((("ab", 0.75), ("cd", 0.75)),) * 3
    assert found.confidence == pytest.approx(0.75)
