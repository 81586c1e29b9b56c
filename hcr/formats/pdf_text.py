"""Invisible text for the pages of a PDF: every word stretched over its place on the scan.

The font has no strokes, only widths: two empty glyphs half an em wide, ascent 0.8, descent 0.2.
Which character is meant, the font's ToUnicode table says (ISO 32000-1, 9.10.3), so any can be.
"""

from __future__ import annotations

import ctypes
import math
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from importlib.resources import files
from statistics import median

import numpy as np
import numpy.typing as npt
from pypdfium2 import PdfDocument, PdfPage, raw

from hcr.document import Box, Document, Line, Page
from hcr.formats.places import box_on_page, words_of

_ADVANCE = 0.5
# Entries that a block of a ToUnicode table may have.
_BLOCK = 100
# A font's size by the height of its words, most of which have no descender.
_EM = 1.4
# In sizes of the font: the least distance between words, and how far one may stand from its foot.
_GAP = 0.2
_LEVELLED = 0.4
_TABLE = """/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <FFFF>
endcodespacerange
{}endcmap
CMapName currentdict /CMap defineresource pop
end
end
"""
Vector = npt.NDArray[np.float64]


class TextLayer:
    """Writes a document's words onto the pages of `pdf`, which gets the font for them.

    Parameters
    ----------
    pdf
        A PDF under construction.
    document
        What will be written; the font knows no other characters.
    """

    def __init__(self, pdf: PdfDocument, document: Document) -> None:
        lines = [line for page in document.pages for line in page.lines]
        words = [word for line in lines for word in words_of(line)]
        used = sorted({character for word in words for character in _shown(word.text)} | {" "})
        self._pdf = pdf
        self._codes = {character: code for code, character in enumerate(used, 1)}
        self._font = _load_font(pdf, self._codes)

    def write(self, page: Page, sheet: PdfPage) -> None:
        """Write a page's words in reading order, so that a line's words follow each other."""
        to_sheet = _pixels_to_points(page, sheet)
        size = _font_size(page)
        for line in page.lines:
            words = words_of(line)
            boxes = [box_on_page(word.box, page) for word in words]
            places = _place(line, boxes, _direction(line, page), size)
            for index, (word, place) in enumerate(zip(words, places, strict=True), 1):
                text = _shown(word.text)
                matrix = to_sheet @ place @ np.diag([1 / (_ADVANCE * len(text)), 1.0, 1.0])
                # The space tells words apart that stand close together.
                self._insert(sheet, text + (" " if index < len(words) else ""), matrix)

    def _insert(self, sheet: PdfPage, text: str, matrix: Vector) -> None:
        item = raw.FPDFPageObj_CreateTextObj(self._pdf, self._font, 1.0)
        codes = (ctypes.c_uint32 * len(text))(*(self._codes[c] for c in text))
        (a, c, e), (b, d, f) = matrix[:2].tolist()
        done = (
            raw.FPDFText_SetCharcodes(item, codes, len(text))
            and raw.FPDFTextObj_SetTextRenderMode(item, raw.FPDF_TEXTRENDERMODE_INVISIBLE)
            and raw.FPDFPageObj_SetMatrix(item, raw.FS_MATRIX(a, b, c, d, e, f))
        )
        if not done:
            raise RuntimeError(f"pdfium does not take the word {text!r}")
        raw.FPDFPage_InsertObject(sheet, item)


def _font_size(page: Page) -> float:
    """Return the size of a font, in pixels, whose words are as high as most of the page's.

    One size for the whole page: programs that take text out of a PDF go by it when they put words
    into lines and lines into columns.
    """
    heights = []
    for line in page.lines:
        across = 1 - int(np.argmax(np.abs(_direction(line, page))))
        boxes = [box_on_page(word.box, page) for word in words_of(line)]
        heights += [box[across + 2] - box[across] for box in boxes]
    return _EM * max(median(heights), 1) if heights else 1.0


def _place(line: Line, boxes: Sequence[Box], forward: Vector, size: float) -> Iterator[Vector]:
    """Yield the matrices (3, 3) that lay a unit square over the words' places in pixels.

    The squares stand on the baseline, level (or upright, where the page lies on its side) however
    it runs, and as far as they still cover the ink, at one height: the same programs break lines
    and words that rise.
    """
    if not boxes:
        return
    up = np.array([forward[1], -forward[0]])
    axes = np.column_stack([forward, up])
    corners = np.reshape(boxes, (-1, 2, 2)) @ axes
    starts, lows = corners.min(axis=1).T
    ends = corners[:, :, 0].max(axis=1)
    # They take a narrow gap for none: a word ends before the next one begins.
    limits = np.append(starts[1:] - _GAP * size, np.inf)
    ends = np.maximum(np.minimum(ends, limits), starts + np.maximum((ends - starts) / 4, 1.0))
    feet, middle = lows, float(np.median(lows))
    if line.baseline:
        baseline = np.array(line.baseline) @ axes
        baseline = baseline[np.argsort(baseline[:, 0])]
        feet = np.interp((starts + ends) / 2, *baseline.T)
        middle = float(np.interp((starts[0] + ends[-1]) / 2, *baseline.T))
    feet = feet - np.clip(feet - middle, -_LEVELLED * size, _LEVELLED * size)
    for start, end, foot in zip(starts, ends, feet, strict=True):
        columns = [forward * (end - start), up * size, axes @ (start, foot)]
        yield np.vstack([np.column_stack(columns), [0.0, 0.0, 1.0]])


def _direction(line: Line, page: Page) -> Vector:
    """Return the axis, as a step of one pixel, that a line is read along."""
    angle = math.radians(page.skew)
    run = np.array([math.cos(angle), -math.sin(angle)])
    if len(line.baseline) > 1 and line.baseline[0] != line.baseline[-1]:
        run = np.subtract(line.baseline[-1], line.baseline[0])
    axis = int(np.argmax(np.abs(run)))
    direction = np.zeros(2)
    direction[axis] = np.sign(run[axis])
    return direction


def _pixels_to_points(page: Page, sheet: PdfPage) -> Vector:
    """Return the matrix (3, 3) from pixels of the scan to points of a PDF page, turned or not."""
    corners = [(0, 0), (page.width, 0), (0, page.height)]
    origin, right, bottom = (_to_point(page, sheet, *corner) for corner in corners)
    columns = [(right - origin) / page.width, (bottom - origin) / page.height, origin]
    return np.vstack([np.column_stack(columns), [0.0, 0.0, 1.0]])


def _to_point(page: Page, sheet: PdfPage, x: int, y: int) -> Vector:
    found = ctypes.c_double(), ctypes.c_double()
    size = (page.width, page.height)
    if not raw.FPDF_DeviceToPage(sheet, 0, 0, *size, 0, x, y, *map(ctypes.byref, found)):
        raise RuntimeError("pdfium does not say where the page is")
    return np.array([value.value for value in found])


def _shown(text: str) -> str:
    """Return a word as it stands on paper from left to right, only with characters that show."""
    text = "".join(character if character.isprintable() else " " for character in text)
    sides = (unicodedata.bidirectional(character) for character in text)
    first = next((side for side in sides if side in ("L", "R", "AL")), "L")
    return text if first == "L" else text[::-1]


def _load_font(pdf: PdfDocument, codes: dict[str, int]) -> raw.FPDF_FONT:
    entries = [
        f"<{code:04X}> <{character.encode('utf-16-be').hex().upper()}>\n"
        for character, code in codes.items()
    ]
    blocks = [entries[start : start + _BLOCK] for start in range(0, len(entries), _BLOCK)]
    listed = [f"{len(block)} beginbfchar\n{''.join(block)}endbfchar\n" for block in blocks]
    table = _TABLE.format("".join(listed)).encode() + b"\0"
    data = _bytes(_font_file())
    # Two bytes a code: every character is drawn as the empty glyph 1.
    glyphs = _bytes(b"\0\0" + b"\0\1" * len(codes))
    font = raw.FPDFText_LoadCidType2Font(pdf, data, len(data), table, glyphs, len(glyphs))
    if not font:
        raise RuntimeError("pdfium does not take the font")
    return font


def _bytes(data: bytes) -> ctypes.Array[ctypes.c_ubyte]:
    return (ctypes.c_ubyte * len(data)).from_buffer_copy(data)


@lru_cache(maxsize=1)
def _font_file() -> bytes:
    return (files("hcr.formats") / "glyphless.ttf").read_bytes()
