"""PDF pages to arrays, through pypdfium2."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pypdfium2
from pypdfium2 import raw

from hcr.errors import InputError
from hcr.images import ImagesConfig, Pixels, decoding

_POINTS_PER_INCH = 72
# A page larger than A3 (in square inches) is most likely a photograph to which a program gave a
# size of its own: it is not enlarged beyond the photograph's pixels.
_LARGE_PAGE = 195
_COVERING = 0.8


def render_pages(stream: BinaryIO, path: Path, config: ImagesConfig) -> Iterator[Pixels]:
    """Render the pages of a PDF, one after the other.

    pdfium is not safe for threads: do not render in several threads at a time.

    Yields
    ------
    uint8 array (h, w, 3), RGB, at `config.pdf_dpi`; a photograph on an outsize page keeps its own
    pixels.

    Raises
    ------
    InputError
        If the PDF is encrypted, damaged, without pages, or has a page that is too large.
    """
    with decoding(path):
        document = _open(stream, path)
    try:
        with decoding(path):
            count = len(document)
        if not count:
            raise InputError(path, "the PDF has no pages", "scan or export it again")
        for index in range(count):
            with decoding(path):
                pixels = _render(document, index, path, config)
            yield pixels
    finally:
        document.close()


def _open(stream: BinaryIO, path: Path) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(stream)
    except pypdfium2.PdfiumError as error:
        if error.err_code in (raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY):
            raise InputError(
                path, "the PDF is encrypted", "save a copy without a password"
            ) from None
        raise InputError(path, "the PDF is damaged", "scan or export it again") from None


def _render(
    document: pypdfium2.PdfDocument, index: int, path: Path, config: ImagesConfig
) -> Pixels:
    page = document[index]
    try:
        dpi = _resolution(page, path, index, config)
        width, height = (side / _POINTS_PER_INCH * dpi for side in page.get_size())
        config.check_size(width, height, path, index)
        bitmap = page.render(scale=dpi / _POINTS_PER_INCH, rev_byteorder=True)
        try:
            return np.array(bitmap.to_numpy()[:, :, :3])
        finally:
            bitmap.close()
    finally:
        page.close()


def _resolution(page: pypdfium2.PdfPage, path: Path, index: int, config: ImagesConfig) -> float:
    """Return the dpi to render a page at; refuse pictures too large to be decoded."""
    dpi = float(config.pdf_dpi)
    page_width, page_height = (side / _POINTS_PER_INCH for side in page.get_size())
    for image in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE]):
        width, height = image.get_px_size()
        config.check_size(width, height, path, index)
        left, bottom, right, top = image.get_bounds()
        area = abs((right - left) * (top - bottom)) / _POINTS_PER_INCH**2
        page_area = page_width * page_height
        if page_area > _LARGE_PAGE and area > _COVERING * page_area:
            # By area, so that a turned page needs no care.
            dpi = min(dpi, (width * height / area) ** 0.5)
    return dpi
