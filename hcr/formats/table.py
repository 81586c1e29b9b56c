"""Tables of words for spreadsheets (CSV) and for pipes (TSV): one row a word, with its place."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

from hcr.document import Document
from hcr.formats.places import words_of

COLUMNS = (
    *("source", "page", "line", "word", "text", "confidence"),
    *("left", "top", "right", "bottom"),
)
_BREAKS = re.compile(r"[\t\r\n]")


def header(delimiter: str) -> bytes:
    """Return the line of column names."""
    return f"{delimiter.join(COLUMNS)}\n".encode()


def render_csv(document: Document) -> bytes:
    """Return the words as RFC 4180 CSV in UTF-8; pages, lines and words count from 1."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(_rows(document))
    return header(",") + text.getvalue().encode("utf-8")


def render_tsv(document: Document) -> bytes:
    """Return the words with tabs in between and no quoting, for `cut` and `awk`.

    Tabs and line breaks within a text become spaces.
    """
    rows = ("\t".join(_BREAKS.sub(" ", str(cell)) for cell in row) for row in _rows(document))
    return header("\t") + "".join(f"{row}\n" for row in rows).encode("utf-8")


def _rows(document: Document) -> Iterator[tuple[str | int | float, ...]]:
    for page in document.pages:
        for number, line in enumerate(page.lines, 1):
            for place, word in enumerate(words_of(line), 1):
                position = (document.source, page.index + 1, number, place)
                yield (*position, word.text, word.confidence, *word.box)
