from __future__ import annotations

from hcr import Document, Line, Page
from hcr.formats import FORMATS


def page(index: int, *texts: str) -> Page:
    lines = tuple(Line((0, 0, 1, 1), (), text, 0.5) for text in texts)
    return Page(index, 9, 9, lines=lines)


def test_lines_and_pages() -> None:
    document = Document("x", (page(0, "çà", "b"), page(1), page(2, "c")))
    assert FORMATS["txt"].render(document) == "çà\nb\n\f\fc\n".encode()


def test_blank_page_is_empty() -> None:
    assert FORMATS["txt"].render(Document("x", (page(0),))) == b""
