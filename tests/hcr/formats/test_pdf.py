from __future__ import annotations

import io
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from PIL import Image
from pypdfium2 import raw

from hcr import Document, Line, Page, Reader, Word
from hcr.errors import InputError
from hcr.formats import FORMATS
from tests.hcr.formats.conftest import RIGHT_TO_LEFT

# How PDF pages can be turned, in degrees.
QUARTERS = (0, 90, 180, 270)


def render(document: Document, scan: Path | None = None) -> bytes:
    return FORMATS["pdf"].render(document, scan)


def one_word(width: int, height: int, pages: int = 1) -> Document:
    """Pages with the word "Word7" (7 is the page) in the box 20, 30, 60, 50."""
    return Document(
        "", tuple(Page(n, width, height, lines=(line(f"Word{n}"),)) for n in range(pages))
    )


def line(text: str, box: tuple[int, int, int, int] = (20, 30, 60, 50)) -> Line:
    foot = float(box[3] - 4)
    return Line(box, ((box[0], foot), (box[2], foot)), text, 1.0, (Word(box, text, 1.0),))


@contextmanager
def opened(data: bytes) -> Iterator[pypdfium2.PdfDocument]:
    document = pypdfium2.PdfDocument(data)
    yield document
    document.close()


def picture(data: bytes, index: int, width: int) -> np.ndarray:
    """A page, rendered to so many pixels."""
    with opened(data) as document:
        page = document[index]
        return page.render(scale=width / page.get_width(), rev_byteorder=True).to_numpy().copy()


def difference(data: bytes, index: int, image: np.ndarray) -> float:
    """Mean difference of a rendered page to an image, in grey levels."""
    seen = picture(data, index, image.shape[1])[: image.shape[0], :, :3].astype(float)
    return float(np.abs(seen.mean(axis=2) - image[: len(seen)]).mean())


def word_quads(data: bytes, index: int, letters: int, width: int) -> list[np.ndarray]:
    """Left foot, right foot, left head of words of so many letters, in pixels (x, y)."""
    with opened(data) as document:
        page = document[index]
        scale, height = width / page.get_width(), page.get_height()
        matrices = [
            np.array(item.get_matrix().get()).reshape(3, 2)
            for item in page.get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT])
        ]
    corners = np.array([(0, 0, 1), (0.5 * letters, 0, 1), (0, 1, 1)])  # letters are half an em
    return [scale * ((0, height) + (corners @ matrix) * (1, -1)) for matrix in matrices]


# The text


def test_text_comes_out_in_reading_order(
    document: Document, scan: Path, tmp_path: Path, pdftotext: Callable[..., str]
) -> None:
    path = tmp_path / "x.pdf"
    path.write_bytes(render(document, scan))
    assert pdftotext(path).split() == document.text.split()
    assert pdftotext(path, "-raw").split("\n")[:3] == ["ab cd"] * 3


@pytest.mark.real_model
@pytest.mark.parametrize("name", ["letter_en.jpg", "list_two_columns.jpg"])
def test_text_of_samples_comes_out_line_by_line(
    samples: Path, name: str, tmp_path: Path, pdftotext: Callable[..., str]
) -> None:
    document = Reader().read(samples / name)
    path = tmp_path / "x.pdf"
    path.write_bytes(render(document))
    lines = [line for line in pdftotext(path).splitlines() if line.strip("\f")]
    assert lines == document.text.splitlines()
    assert len(lines) > 20


def test_pages_come_out_in_order(tmp_path: Path, pdftotext: Callable[..., str]) -> None:
    frames = [Image.new("L", (200, 100), 200 + n) for n in range(3)]
    frames[0].save(tmp_path / "x.tif", save_all=True, append_images=frames[1:])
    (tmp_path / "x.pdf").write_bytes(render(one_word(200, 100, 3), tmp_path / "x.tif"))
    assert pdftotext(tmp_path / "x.pdf").split() == ["Word0", "Word1", "Word2"]


def test_any_character_comes_out(tmp_path: Path, pdftotext: Callable[..., str]) -> None:
    text = "é Œ € 😀 Ω ж \x07 &<>()\\ " + "".join(map(chr, range(0x100, 0x1A0)))
    words = text.split()
    lines = tuple(line(word, (20, 40 * n, 180, 40 * n + 30)) for n, word in enumerate(words))
    Image.new("L", (200, 500), "white").save(tmp_path / "x.png")
    document = Document("", (Page(0, 200, 500, lines=lines),))
    (tmp_path / "x.pdf").write_bytes(render(document, tmp_path / "x.png"))
    assert pdftotext(tmp_path / "x.pdf", "-raw").split() == [w for w in words if w != "\x07"]


def test_right_to_left_comes_out_as_read(tmp_path: Path, pdftotext: Callable[..., str]) -> None:
    Image.new("L", (200, 100), "white").save(tmp_path / "x.png")
    document = Document("", (Page(0, 200, 100, lines=(line(RIGHT_TO_LEFT),)),))
    (tmp_path / "x.pdf").write_bytes(render(document, tmp_path / "x.png"))
    assert RIGHT_TO_LEFT in pdftotext(tmp_path / "x.pdf")


def test_words_lie_over_their_ink(document: Document, scan: Path) -> None:
    words = [word for line in document.pages[0].lines for word in line.words]
    quads = word_quads(render(document, scan), 0, 2, 900)
    for word, (foot, end, head) in zip(words, quads, strict=True):
        left, top, right, bottom = word.box
        assert foot[0] == pytest.approx(left, abs=1)
        assert right - 8 <= end[0] <= right + 1  # it ends a little before the next one begins
        assert foot[1] == pytest.approx(bottom, abs=4)
        assert head[1] == pytest.approx(top, abs=16)  # of the font, above that of the ink


@pytest.mark.parametrize(
    ("skew", "expected"),
    [
        (0.0, [(20, 90), (60, 90), (20, 30)]),
        (90.0, [(60, 90), (60, 30), (20, 90)]),
        (180.0, [(60, 30), (20, 30), (60, 90)]),
        (-90.0, [(20, 30), (20, 90), (60, 30)]),
    ],
)
def test_words_follow_turned_pages(
    skew: float, expected: list[tuple[int, int]], tmp_path: Path
) -> None:
    box = (20, 30, 60, 90)
    turned = Line(box, (), "ab", 1.0, (Word(box, "ab", 1.0),))
    Image.new("L", (200, 100), "white").save(tmp_path / "x.png")
    data = render(Document("", (Page(0, 200, 100, skew, (turned,)),)), tmp_path / "x.png")
    ((foot, end, head),) = word_quads(data, 0, 2, 200)
    assert np.allclose([foot, end], expected[:2], atol=0.1)
    rise, whole = head - foot, np.subtract(expected[2], expected[0])
    assert np.allclose(rise / np.linalg.norm(rise), whole / np.linalg.norm(whole), atol=0.01)


@pytest.mark.parametrize(("rise", "apart"), [(20, 0), (200, 88)])
def test_lines_are_levelled_no_further_than_their_ink(
    rise: int, apart: int, tmp_path: Path
) -> None:
    """Words 100 pixels high stand at one height, or at most 0.4 sizes (of 140) from their foot."""
    words = tuple(
        Word((left, foot - 100, left + 100, foot), "ab", 1.0)
        for left, foot in ((100, 500), (800, 500 - rise))
    )
    baseline = ((150.0, 500.0), (850.0, 500.0 - rise))
    leaning = Line((100, 400 - rise, 900, 500), baseline, "ab ab", 1.0, words)
    Image.new("L", (1000, 600), "white").save(tmp_path / "x.png")
    data = render(Document("", (Page(0, 1000, 600, 0.0, (leaning,)),)), tmp_path / "x.png")
    (first, _, _), (second, _, _) = word_quads(data, 0, 2, 1000)
    assert first[1] - second[1] == pytest.approx(apart, abs=1)


def test_text_cannot_be_seen(document: Document, scan: Path) -> None:
    bare = Document(document.source, (replace(document.pages[0], lines=()),))
    with_text, without = (picture(render(each, scan), 0, 900) for each in (document, bare))
    assert (with_text == without).all()


# The scan


def test_hostile_documents(hostile: Document, tmp_path: Path) -> None:
    frames = [Image.new("L", (400, 300), 200)] * 2
    frames[0].save(tmp_path / "x.tif", save_all=True, append_images=frames[1:])
    with opened(render(hostile, tmp_path / "x.tif")) as document:
        assert len(document) == 2
        assert RIGHT_TO_LEFT in document[0].get_textpage().get_text_range()


def test_jpeg_goes_in_as_it_is(samples: Path) -> None:
    jpeg = (samples / "letter_en.jpg").read_bytes()
    data = render(one_word(1240, 1754), samples / "letter_en.jpg")
    assert jpeg in data
    assert len(data) < len(jpeg) + 4000


def test_png_looks_the_same(document: Document, scan: Path) -> None:
    assert difference(render(document, scan), 0, np.array(Image.open(scan))) < 2.5


def test_black_and_white_stays_small_and_sharp(tmp_path: Path) -> None:
    image = Image.new("1", (2000, 3000), 1)
    image.paste(0, (500, 500, 1500, 700))
    image.save(tmp_path / "x.tif", dpi=(200, 200))
    data = render(one_word(2000, 3000), tmp_path / "x.tif")
    assert len(data) < 10_000
    assert difference(data, 0, np.array(image.convert("L"))) < 0.5


def test_upright_by_exif(tmp_path: Path) -> None:
    image = Image.new("RGB", (300, 200), "white")
    image.paste("black", (0, 0, 100, 200))
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned clockwise
    image.save(tmp_path / "x.jpg", exif=exif, quality=95)
    seen = picture(render(one_word(200, 300), tmp_path / "x.jpg"), 0, 200)[:, :, 0]
    assert seen.shape == (300, 200)
    assert seen[:90].max() < 30
    assert seen[110:].min() > 200


@pytest.mark.parametrize("mode", ["CMYK", "RGBA", "P", "I;16"])
def test_other_kinds_of_image(mode: str, tmp_path: Path) -> None:
    path = tmp_path / ("x.jpg" if mode == "CMYK" else "x.png")
    image = Image.new("L", (200, 100), 255)
    image.paste(0, (0, 0, 100, 100))
    if mode == "I;16":
        Image.fromarray(np.array(image).astype(np.uint16) * 257).save(path)
    else:
        image.convert("RGB").convert(mode).save(path)
    assert difference(render(one_word(200, 100), path), 0, np.array(image)) < 3


@pytest.mark.parametrize(
    ("dpi", "width"),
    [(200, 72), (72, 841.89), (None, 841.89), (1, 841.89), (100_000, 841.89)],
)
def test_size_of_the_page(dpi: int | None, width: float, tmp_path: Path) -> None:
    options = {} if dpi is None else {"dpi": (dpi, dpi)}
    Image.new("L", (200, 100), 99).save(tmp_path / "x.png", **options)
    with opened(render(one_word(200, 100), tmp_path / "x.png")) as document:
        assert document[0].get_size() == pytest.approx((width, width / 2), rel=1e-3)


# From PDF


def drawn_pdf(rotation: int, text: str = "") -> bytes:
    """A page of 300 x 200 points, cropped to 250 x 180, black at the left of it."""
    with pypdfium2.PdfDocument.new() as document:
        page = document.new_page(300, 200)
        box = raw.FPDFPageObj_CreateNewRect(40, 10, 60, 180)
        raw.FPDFPageObj_SetFillColor(box, 0, 0, 0, 255)
        raw.FPDFPath_SetDrawMode(box, raw.FPDF_FILLMODE_ALTERNATE, False)
        raw.FPDFPage_InsertObject(page, box)
        if text:
            item = raw.FPDFPageObj_NewTextObj(document, b"Helvetica", 12)
            wide = (text + "\0").encode("utf-16-le")
            raw.FPDFText_SetText(item, (raw.c_ushort * (len(wide) // 2)).from_buffer_copy(wide))
            raw.FPDFPageObj_Transform(item, 1, 0, 0, 1, 150, 100)
            raw.FPDFPage_InsertObject(page, item)
        page.set_cropbox(40, 10, 290, 190)
        page.set_rotation(rotation)
        page.gen_content()
        stream = io.BytesIO()
        document.save(stream)
    return stream.getvalue()


@pytest.mark.parametrize("rotation", QUARTERS)
def test_pages_of_a_pdf_stay(rotation: int, tmp_path: Path) -> None:
    source = drawn_pdf(rotation)
    (tmp_path / "x.pdf").write_bytes(source)
    size = (500, 360) if rotation % 180 == 0 else (360, 500)
    data = render(one_word(*size), tmp_path / "x.pdf")
    assert (picture(data, 0, size[0]) == picture(source, 0, size[0])).all()
    with opened(data) as document:
        kinds = [item.type for item in document[0].get_objects()]
    assert kinds == [raw.FPDF_PAGEOBJ_PATH, raw.FPDF_PAGEOBJ_TEXT]


@pytest.mark.parametrize("rotation", QUARTERS)
def test_words_lie_right_on_turned_and_cropped_pages(
    rotation: int, tmp_path: Path, pdftotext: Callable[..., str]
) -> None:
    (tmp_path / "x.pdf").write_bytes(drawn_pdf(rotation))
    size = (500, 360) if rotation % 180 == 0 else (360, 500)
    (tmp_path / "y.pdf").write_bytes(render(one_word(*size), tmp_path / "x.pdf"))
    found = re.search(
        r"<word (.*)>Word0</word>", pdftotext(tmp_path / "y.pdf", "-bbox", "-cropbox")
    )
    assert found
    left, top, right, bottom = (float(value) for value in re.findall(r'"([^"]+)"', found[1]))
    # Two pixels a point.
    assert (left, right) == pytest.approx((10, 30), abs=1)
    assert top < 20 < bottom


def test_pages_with_text_become_pictures(tmp_path: Path, pdftotext: Callable[..., str]) -> None:
    source = drawn_pdf(0, text="printed")
    (tmp_path / "x.pdf").write_bytes(source)
    data = render(one_word(500, 360), tmp_path / "x.pdf")
    (tmp_path / "y.pdf").write_bytes(data)
    assert pdftotext(tmp_path / "x.pdf").split() == ["printed"]
    assert pdftotext(tmp_path / "y.pdf").split() == ["Word0"]
    assert difference(data, 0, picture(source, 0, 500)[:, :, 0]) < 1.5


# What it is made from


def test_the_same_scan_gives_the_same_bytes(document: Document, scan: Path) -> None:
    first = render(document, scan)
    time.sleep(1.1)  # PDF dates count in seconds
    assert render(document, scan) == first
    with opened(first) as pdf:
        assert pdf.get_metadata_value("CreationDate") == ""


def test_other_scans_give_other_identifiers(scan: Path, tmp_path: Path) -> None:
    identifiers = set()
    for text in ("one", "two"):
        page = Page(0, 900, 700, lines=(line(text),))
        with opened(render(Document("", (page,)), scan)) as pdf:
            identifiers.add(pdf.get_identifier())
    assert len(identifiers) == 2


def test_source_is_the_scan_unless_another_is_named(document: Document) -> None:
    assert render(document) == render(replace(document, source="nowhere"), Path(document.source))
    with pytest.raises(InputError, match="cannot be opened"):
        render(replace(document, source="nowhere.png"))


@pytest.mark.parametrize("source", ["", "a\0b"])
def test_no_scan(document: Document, source: str) -> None:
    with pytest.raises(InputError, match="cannot be opened"):
        render(replace(document, source=source))


def test_another_scan(document: Document, scan: Path, tmp_path: Path) -> None:
    page = document.pages[0]
    (tmp_path / "x.pdf").write_bytes(drawn_pdf(0))
    for wrong in ((replace(page, width=899),), (page, page)):
        with pytest.raises(InputError, match="not the scan that was read"):
            render(Document("", wrong), scan)
    with pytest.raises(InputError, match="not the scan that was read"):
        render(Document("", (page, page)), tmp_path / "x.pdf")


@pytest.mark.parametrize("data", [b"", b"hello", b"%PDF-1.4 broken", b"\x89PNG\r\n\x1a\nbroken"])
def test_scan_that_is_damaged_meanwhile(document: Document, data: bytes, tmp_path: Path) -> None:
    (tmp_path / "x.png").write_bytes(data)
    with pytest.raises(InputError):
        render(document, tmp_path / "x.png")


def test_the_font_has_no_strokes() -> None:
    fonts = pytest.importorskip("fontTools.ttLib", reason="fontTools is not installed")
    from hcr.formats import pdf_text

    font = fonts.TTFont(Path(pdf_text.__file__).with_name("glyphless.ttf"))
    assert font.getGlyphOrder() == [".notdef", "blank"] or font["maxp"].numGlyphs == 2
    assert all(not font["glyf"][name].numberOfContours for name in font.getGlyphOrder())
    assert {advance for advance, _ in font["hmtx"].metrics.values()} == {500}
    assert (font["hhea"].ascent, font["hhea"].descent, font["head"].unitsPerEm) == (800, -200, 1000)
