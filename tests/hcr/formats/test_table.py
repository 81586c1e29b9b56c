from __future__ import annotations

import csv
import io

from hcr import Document, Line, Page, Word
from hcr.formats import FORMATS

HEADER = ["source", "page", "line", "word", "text", "confidence", "left", "top", "right", "bottom"]
LINE = Line(
    (0, 0, 9, 9), (), 'a,"b c', 0.5, (Word((1, 2, 3, 4), 'a,"b', 0.25), Word((5, 6, 7, 8), "c", 1))
)
WHOLE = Line((0, 1, 2, 3), (), "not\tdivided", 0.5)
DOCUMENT = Document("x, y.png", (Page(0, 9, 9), Page(1, 9, 9, lines=(LINE, WHOLE))))


def test_csv_has_a_row_a_word() -> None:
    data = FORMATS["csv"].render(DOCUMENT).decode("utf-8")
    assert list(csv.reader(io.StringIO(data, newline=""))) == [
        HEADER,
        ["x, y.png", "2", "1", "1", 'a,"b', "0.25", "1", "2", "3", "4"],
        ["x, y.png", "2", "1", "2", "c", "1", "5", "6", "7", "8"],
        ["x, y.png", "2", "2", "1", "not\tdivided", "0.5", "0", "1", "2", "3"],
    ]


def test_tsv_has_no_quotes() -> None:
    rows = FORMATS["tsv"].render(DOCUMENT).decode("utf-8").splitlines()
    assert rows[0].split("\t") == HEADER
    assert rows[1].split("\t")[4] == 'a,"b'
    assert rows[3].split("\t")[4] == "not divided"
    assert {row.count("\t") for row in rows} == {9}


def test_no_words_leave_the_header(hostile: Document) -> None:
    for name in ("csv", "tsv"):
        empty = FORMATS[name].render(Document("x", hostile.pages[1:]))
        assert empty == FORMATS[name].header
        assert len(empty.splitlines()) == 1


def test_second_document_comes_without_header() -> None:
    data = FORMATS["csv"].render(DOCUMENT)
    assert FORMATS["csv"].following(data) == data[len(FORMATS["csv"].header) :]
