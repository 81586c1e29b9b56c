"""The scan's pages as pages of a new PDF, without loss wherever that can be."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

import numpy as np
from PIL import Image
from pypdfium2 import PdfDocument, PdfImage, PdfMatrix, PdfPage

from hcr import images
from hcr.document import Page
from hcr.errors import InputError
from hcr.images import ImagesConfig, Pixels, decoding

_POINTS_PER_INCH = 72
# What a file gives as its resolution when nobody measured one is 72 or 96; fax has 98 at least.
_LEAST_DPI, _MOST_DPI = 97, 2400
# A picture without resolution fills the height or width of A4; no PDF page is above 200 inches.
_A4_HEIGHT = 841.89
_LONGEST_SIDE = 14400
_QUALITY = 90
_EXIF_ORIENTATION = 0x0112


def add_sheets(pdf: PdfDocument, scan: Path, pages: Sequence[Page]) -> Iterator[PdfPage]:
    """Add the pages of a scan to `pdf`, one after the other, and yield them.

    A PDF's pages are taken over as they are; those with text of their own (which would be there
    twice) become pictures. A JPEG file goes in as it is, black and white as CCITT group 4, any
    other picture as JPEG.

    Raises
    ------
    InputError
        If the scan cannot be read, or has other pages than those that were read.
    """
    try:
        stream = scan.open("rb")
    except (OSError, ValueError) as error:
        problem = f"the scan cannot be opened ({getattr(error, 'strerror', error)})"
        raise InputError(scan, problem, "a searchable PDF needs the file that was read") from None
    with stream:
        is_pdf = b"%PDF-" in stream.read(1024)
        stream.seek(0)
        add = _add_from_pdf if is_pdf else _add_images
        yield from add(pdf, scan, stream, pages)


def _add_from_pdf(
    pdf: PdfDocument, scan: Path, stream: BinaryIO, pages: Sequence[Page]
) -> Iterator[PdfPage]:
    with decoding(scan):
        source = PdfDocument(stream)
    try:
        _check(scan, len(source) == len(pages))
        for index, page in enumerate(pages):
            with decoding(scan):
                sheet = _take_over(pdf, source, index, page)
            yield sheet
    finally:
        source.close()


def _take_over(pdf: PdfDocument, source: PdfDocument, index: int, page: Page) -> PdfPage:
    sheet = source[index]
    try:
        if not _has_text(sheet):
            pdf.import_pages(source, [index])
            return pdf[len(pdf) - 1]
        size = sheet.get_size()
        bitmap = sheet.render(scale=page.width / size[0], rev_byteorder=True)
        return _add_picture(pdf, np.array(bitmap.to_numpy()[:, :, :3]), size)
    finally:
        sheet.close()


def _has_text(sheet: PdfPage) -> bool:
    text = sheet.get_textpage()
    try:
        return bool(text.get_text_range().strip())
    finally:
        text.close()


def _add_images(
    pdf: PdfDocument, scan: Path, stream: BinaryIO, pages: Sequence[Page]
) -> Iterator[PdfPage]:
    with decoding(scan), Image.open(stream) as image:
        dpi = image.info.get("dpi")
        is_plain = (
            image.format == "JPEG"
            and image.mode in ("L", "RGB")
            and image.getexif().get(_EXIF_ORIENTATION, 1) == 1
        )
        whole = image.size
    sizes = [_size_in_points(page, dpi) for page in pages]
    if is_plain:
        _check(scan, [(page.width, page.height) for page in pages] == [whole])
        yield _add_jpeg(pdf, scan.read_bytes(), sizes[0])
        return
    count = 0
    for pixels in images.load(scan, ImagesConfig(max_megapixels=math.inf)):
        _check(scan, count < len(pages))
        _check(scan, pixels.shape[:2] == (pages[count].height, pages[count].width))
        yield _add_picture(pdf, pixels, sizes[count])
        count += 1
    _check(scan, count == len(pages))


def _check(scan: Path, is_same: bool) -> None:
    if not is_same:
        raise InputError(
            scan, "it is not the scan that was read: its pages differ", "read it again"
        )


def _size_in_points(page: Page, dpi: tuple[float, float] | None) -> tuple[float, float]:
    if dpi and all(_LEAST_DPI <= value <= _MOST_DPI for value in dpi):
        width, height = (
            side * _POINTS_PER_INCH / value
            for side, value in zip((page.width, page.height), dpi, strict=True)
        )
        if max(width, height) <= _LONGEST_SIDE:
            return float(width), float(height)
    scale = _A4_HEIGHT / max(page.width, page.height)
    return page.width * scale, page.height * scale


def _add_picture(pdf: PdfDocument, pixels: Pixels, size: tuple[float, float]) -> PdfPage:
    picture = Image.fromarray(pixels)
    data = io.BytesIO()
    if pixels.ndim == 2 and bool(((pixels == 0) | (pixels == 255)).all()):
        dpi = tuple(n * _POINTS_PER_INCH / s for n, s in zip(picture.size, size, strict=True))
        bits = picture.convert("1", dither=Image.Dither.NONE)
        bits.save(data, "PDF", dpi=dpi)  # as CCITT group 4, which pdfium cannot write
        with PdfDocument(data.getvalue()) as single:
            pdf.import_pages(single)
        return pdf[len(pdf) - 1]
    picture.save(data, "JPEG", quality=_QUALITY)
    return _add_jpeg(pdf, data.getvalue(), size)


def _add_jpeg(pdf: PdfDocument, data: bytes, size: tuple[float, float]) -> PdfPage:
    sheet = pdf.new_page(*size)
    picture = PdfImage.new(pdf)
    picture.load_jpeg(io.BytesIO(data), inline=True)
    picture.set_matrix(PdfMatrix().scale(*size))
    sheet.insert_obj(picture)
    return sheet
