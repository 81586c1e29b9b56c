"""Output formats: one renderer a module, found by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from hcr.formats import alto, hocr, json, md, page, table, txt

if TYPE_CHECKING:
    from hcr.document import Document


@dataclass(frozen=True)
class Format:
    """An output format.

    Attributes
    ----------
    suffix
        Of the files, with the dot.
    make
        Turns a document, read from the file at a path, into a file's bytes.
    separator
        Goes between documents on standard output; None: they cannot follow each other there.
    header
        What files begin with; only the first on standard output does.
    is_binary
        Whether a terminal cannot show it.
    has_one_page
        Whether a file holds a single page.
    """

    suffix: str
    make: Callable[[Document, Path], bytes]
    separator: bytes | None = b""
    header: bytes = b""
    is_binary: bool = False
    has_one_page: bool = False

    def render(self, document: Document, scan: Path | None = None) -> bytes:
        """Return a document as the bytes of one file.

        Parameters
        ----------
        document
            What was read.
        scan
            The file it was read from, if that is not where `document.source` says.

        Raises
        ------
        InputError
            If the document has several pages and a file holds one, or the scan, where the format
            shows it, cannot be read any more.
        """
        return self.make(document, scan or Path(document.source))

    def render_files(self, document: Document, scan: Path | None = None) -> tuple[bytes, ...]:
        """Return a document as the bytes of as many files as it takes; mostly one.

        `hcr.batch.plan.page_target` names them. Parameters and errors are those of `render`.
        """
        parts = [document]
        if self.has_one_page:
            parts = [replace(document, pages=(page,)) for page in document.pages]
        return tuple(self.render(part, scan) for part in parts)

    def following(self, data: bytes) -> bytes:
        """Return the bytes of a document as they follow another one's on standard output."""
        return (self.separator or b"") + data.removeprefix(self.header)


def _of_text(render: Callable[[Document], bytes]) -> Callable[[Document, Path], bytes]:
    """Return a renderer that needs no scan in the form of one that does."""
    return lambda document, _: render(document)


def _render_pdf(document: Document, scan: Path) -> bytes:
    from hcr.formats import pdf  # pdfium is slow to import

    return pdf.render(document, scan)


FORMATS = {
    "txt": Format(".txt", _of_text(txt.render), separator=b"\f"),
    "md": Format(".md", _of_text(md.render), separator=b"\n---\n\n"),
    "json": Format(".json", _of_text(json.render)),
    "csv": Format(".csv", _of_text(table.render_csv), header=table.header(",")),
    "tsv": Format(".tsv", _of_text(table.render_tsv), header=table.header("\t")),
    "hocr": Format(".hocr", _of_text(hocr.render), separator=None),
    "alto": Format(".alto.xml", _of_text(alto.render), separator=None),
    "page": Format(".page.xml", _of_text(page.render), separator=None, has_one_page=True),
    "pdf": Format(".pdf", _render_pdf, separator=None, is_binary=True),
}
