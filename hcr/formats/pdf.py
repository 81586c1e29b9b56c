"""Searchable PDF: the scan as it is, and over it what was read, invisible and in its place.

pdfium writes it, which already reads PDF here. It is not safe for threads.
"""

from __future__ import annotations

import hashlib
import io
import re
from pathlib import Path

from pypdfium2 import PdfDocument

from hcr.document import Document
from hcr.formats.pdf_sheets import add_sheets
from hcr.formats.pdf_text import TextLayer

_DATE = re.compile(rb"/CreationDate\(D:[^()]*\)")
_IDENTIFIER = re.compile(rb"/ID\[<[0-9A-F]{32}><[0-9A-F]{32}>\]")


def render(document: Document, scan: Path | None = None) -> bytes:
    """Return the document as a PDF with one page a page.

    Parameters
    ----------
    document
        What was read.
    scan
        The file it was read from, if that is not where `document.source` says.

    Raises
    ------
    InputError
        If the scan cannot be read or is not the one that was read.
    """
    pdf = PdfDocument.new()
    try:
        layer = TextLayer(pdf, document)
        sheets = add_sheets(pdf, scan or Path(document.source), document.pages)
        for page, sheet in zip(document.pages, sheets, strict=True):
            layer.write(page, sheet)
            sheet.gen_content()
            sheet.close()
        stream = io.BytesIO()
        pdf.save(stream)
    finally:
        pdf.close()
    return _timeless(stream.getvalue())


def _timeless(data: bytes) -> bytes:
    """Take out the time and the random identifier: the same scan must give the same bytes.

    The length stays, so that the file's table of offsets still holds.
    """
    data = _DATE.sub(lambda date: b" " * len(date[0]), data, count=1)
    trailer = data.rindex(b"trailer")
    digest = hashlib.sha256(data[:trailer]).hexdigest()[:32].upper().encode()
    end = _IDENTIFIER.sub(b"/ID[<%b><%b>]" % (digest, digest), data[trailer:])
    return data[:trailer] + end
