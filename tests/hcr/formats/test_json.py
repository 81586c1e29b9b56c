from __future__ import annotations

from hcr import Document, Line, Page
from hcr.formats import FORMATS


def test_one_line_that_reads_back() -> None:
    line = Line((0, 0, 1, 1), ((0.0, 1.0),), "a\nç", 0.5)
    document = Document("x", (Page(0, 9, 9, lines=(line,)),))
    data = FORMATS["json"].render(document)
    assert data.count(b"\n") == 1
    assert data.endswith(b"\n")
    assert "ç" in data.decode("utf-8")
    assert Document.from_json(data) == document
