"""What was read: Document, Page, Line, Word and Glyph, and their JSON form."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

Box: TypeAlias = tuple[int, int, int, int]
Point: TypeAlias = tuple[float, float]


@dataclass(frozen=True)
class Glyph:
    """One character.

    Attributes
    ----------
    box
        (left, top, right, bottom) in pixels of the input image, right and bottom exclusive.
    text
        The character as read.
    confidence
        Probability, 0 to 1, that the character is right.
    """

    box: Box
    text: str
    confidence: float

    def __post_init__(self) -> None:
        _check_box(self.box)
        _check_confidence(self.confidence)


@dataclass(frozen=True)
class Word:
    """One word.

    Attributes
    ----------
    box, text
    confidence
        Probability that the whole word is right.
    glyphs
        Its characters.
    alternatives
        Other readings of a doubtful word with their probabilities, best first.
    agreement
        Whether the line network and the reader of characters say the same; None where only one
        of them has read the word.
    """

    box: Box
    text: str
    confidence: float
    glyphs: tuple[Glyph, ...] = ()
    alternatives: tuple[tuple[str, float], ...] = ()
    agreement: bool | None = None

    def __post_init__(self) -> None:
        _check_box(self.box)
        _check_confidence(self.confidence)
        for _, confidence in self.alternatives:
            _check_confidence(confidence)


@dataclass(frozen=True)
class Line:
    """One line of writing.

    Attributes
    ----------
    box
        Smallest box around the line's ink, pixels of the input image.
    baseline
        (x, y) points the letters stand on, in reading direction.
    text
        The line as read; never empty in what `Reader.read` returns.
    confidence
        Mean of the words' confidences, weighted by their lengths: the share of the characters
        that may be expected to stand in words read rightly.
    words
        The words in reading order.
    alternatives
        The most probable readings of the whole line, each with the probability that the line
        says exactly this.
    polygon
        Outline of the line, (x, y) points; may be empty.
    """

    box: Box
    baseline: tuple[Point, ...]
    text: str
    confidence: float
    words: tuple[Word, ...] = ()
    alternatives: tuple[tuple[str, float], ...] = ()
    polygon: tuple[Point, ...] = ()

    def __post_init__(self) -> None:
        _check_box(self.box)
        _check_confidence(self.confidence)
        for _, confidence in self.alternatives:
            _check_confidence(confidence)


@dataclass(frozen=True)
class Page:
    """One page.

    Attributes
    ----------
    index
        Place in the document, from 0.
    width, height
        Size of the input image in pixels.
    skew
        Angle of the text in the input image: degrees by which it rises to the right; near 180 or
        -180 on a page that is upside down, near 90 or -90 on one that lies on its side.
    lines
        In reading order.
    """

    index: int
    width: int
    height: int
    skew: float = 0.0
    lines: tuple[Line, ...] = ()

    def __post_init__(self) -> None:
        if self.index < 0 or self.width < 1 or self.height < 1:
            raise ValueError(
                f"no page has index {self.index} and {self.width} x {self.height} pixels"
            )

    @property
    def text(self) -> str:
        """The lines' text, a line feed after each."""
        return "".join(f"{line.text}\n" for line in self.lines)


@dataclass(frozen=True)
class Document:
    """One input file: its path as given (empty for an array) and its pages in order."""

    source: str
    pages: tuple[Page, ...] = ()

    @property
    def text(self) -> str:
        """The pages' text, separated by form feeds."""
        return "\f".join(page.text for page in self.pages)

    def to_dict(self) -> dict[str, Any]:
        """Return the document as DESIGN.md's JSON object, made of dicts and lists.

        `polygon` and `alternatives` are added to a line that has them, `alternatives` and
        `agreement` to a word.
        """
        return {"source": self.source, "pages": [_page_dict(page) for page in self.pages]}

    def to_json(self) -> str:
        """Return the document as one line of JSON (no line feed)."""
        return json.dumps(self.to_dict(), ensure_ascii=False, allow_nan=False)

    @classmethod
    def from_dict(cls, data: Any) -> Document:
        """Return the document that `to_dict` wrote.

        Raises
        ------
        ValueError
            If a key is missing or a value is not of the documented kind; the message names it.
        """
        from hcr.parse import document_of

        return document_of(data)

    @classmethod
    def from_json(cls, text: str | bytes) -> Document:
        """Return the document that `to_json` wrote.

        Raises
        ------
        ValueError
            If `text` is not JSON or not such a document.
        """
        try:
            data = json.loads(text)
        except RecursionError:
            raise ValueError("the JSON is nested too deep to be a document") from None
        return cls.from_dict(data)


def source_name(path: str | Path) -> str:
    """Return `path` as text that any encoder takes: bytes that are no UTF-8 are replaced."""
    return os.fsencode(path).decode("utf-8", "replace")


def _check_box(box: Box) -> None:
    if len(box) != 4 or not all(isinstance(edge, int) for edge in box):
        raise ValueError(f"a box is (left, top, right, bottom) in whole pixels, not {box}")
    left, top, right, bottom = box
    if right < left or bottom < top:
        raise ValueError(f"the box {box} ends before it begins")


def _check_confidence(confidence: float) -> None:
    if not 0.0 <= confidence <= 1.0:
        raise ValueError(f"a confidence lies between 0 and 1, not at {confidence}")


def _page_dict(page: Page) -> dict[str, Any]:
    return {
        "index": page.index,
        "width": page.width,
        "height": page.height,
        "skew": page.skew,
        "lines": [_line_dict(line) for line in page.lines],
    }


def _line_dict(line: Line) -> dict[str, Any]:
    data: dict[str, Any] = {
        "text": line.text,
        "confidence": line.confidence,
        "box": list(line.box),
        "baseline": [list(point) for point in line.baseline],
        "words": [_word_dict(word) for word in line.words],
    }
    if line.polygon:
        data["polygon"] = [list(point) for point in line.polygon]
    if line.alternatives:
        data["alternatives"] = [list(alternative) for alternative in line.alternatives]
    return data


def _word_dict(word: Word) -> dict[str, Any]:
    data = _cell_dict(word) | {"glyphs": [_cell_dict(glyph) for glyph in word.glyphs]}
    if word.alternatives:
        data["alternatives"] = [list(alternative) for alternative in word.alternatives]
    if word.agreement is not None:
        data["agreement"] = word.agreement
    return data


def _cell_dict(cell: Word | Glyph) -> dict[str, Any]:
    return {"text": cell.text, "confidence": cell.confidence, "box": list(cell.box)}
