"""Page layouts from ALTO and PAGE files: lines with text, baseline and polygon, words with boxes.

The same facts that segmentation finds in an image, as somebody else has written them down.
"""

from __future__ import annotations

import math
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from pathlib import Path

from segmentation.geometry import Box, Points

MAX_XML_BYTES = 64 * 2**20
# No page is so wide; beyond it sums of coordinates lose pixels, or arrays the size of the page
# do not fit in memory.
_FARTHEST = 1e6


@dataclass(frozen=True)
class LayoutWord:
    """A word and the box around it."""

    text: str
    box: Box


@dataclass(frozen=True)
class LayoutLine:
    """A line of text in pixels of the page image.

    Attributes
    ----------
    text
        As it stands in the file.
    baseline, polygon
        Points (x, y); a baseline from left to right. Empty where the file has none.
    words
        In reading order; empty where the file does not tell words apart.
    """

    text: str
    baseline: Points
    polygon: Points
    words: tuple[LayoutWord, ...] = ()


@dataclass(frozen=True)
class Layout:
    """The lines of a page in the order of the file, and its size in pixels (0 if not given)."""

    width: int
    height: int
    lines: tuple[LayoutLine, ...]


def read_layout(path: Path) -> Layout:
    """Read an ALTO 2 to 4 or PAGE file.

    Lines of ALTO (https://www.loc.gov/standards/alto) without a polygon get their box instead.
    PAGE: Pletschacher and Antonacopoulos 2010, "The PAGE format framework". Lines come in the
    order of the file; a PAGE `ReadingOrder` is not looked at.

    Raises
    ------
    OSError
        If the file cannot be opened.
    ValueError
        If it is neither; the message begins with the path.
    """
    root = _parse(path)
    page = root.find(".//{*}Page")
    kind = root.tag.rpartition("}")[2]
    if page is None or kind not in ("alto", "PcGts"):
        raise ValueError(f"{path}: neither ALTO nor PAGE")
    alto = kind == "alto"
    try:
        read, size = (_alto_line, ("WIDTH", "HEIGHT"))
        if not alto:
            read, size = (_page_line, ("imageWidth", "imageHeight"))
        width, height = (int(_number(page.get(name, "0"))) for name in size)
        lines = [read(node) for node in root.iterfind(".//{*}TextLine")]
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None
    # Transcription tools write a whole line as one ALTO string: such a file knows no words.
    if alto and any(" " in word.text.strip() for line in lines for word in line.words):
        lines = [LayoutLine(line.text, line.baseline, line.polygon) for line in lines]
    return Layout(width, height, tuple(lines))


def _parse(path: Path) -> ElementTree.Element:
    if path.stat().st_size > MAX_XML_BYTES:
        raise ValueError(f"{path}: over {MAX_XML_BYTES >> 20} MiB of XML, refused")
    try:
        return ElementTree.parse(path).getroot()
    # An encoding that Python does not know is a LookupError, one that it cannot use a ValueError.
    except (ElementTree.ParseError, LookupError, ValueError) as error:
        raise ValueError(f"{path}: not well-formed XML ({error})") from None


def _alto_line(node: ElementTree.Element) -> LayoutLine:
    polygon = node.find("./{*}Shape/{*}Polygon")
    strings = node.findall("./{*}String")
    return LayoutLine(
        " ".join(string.get("CONTENT", "") for string in strings),
        _baseline(node.get("BASELINE", "")),
        _points(polygon.get("POINTS", "")) if polygon is not None else _corners(node),
        tuple(
            LayoutWord(string.get("CONTENT", ""), Box.around(_corners(string)))
            for string in strings
            if string.get("WIDTH") and string.get("CONTENT")
        ),
    )


def _page_line(node: ElementTree.Element) -> LayoutLine:
    words = []
    for word in node.iterfind("./{*}Word"):
        corners, text = _child_points(word, "Coords"), _text(word)
        if corners and text:
            words.append(LayoutWord(text, Box.around(corners)))
    baseline = node.find("./{*}Baseline")
    return LayoutLine(
        _text(node),
        _baseline(baseline.get("points", "")) if baseline is not None else (),
        _child_points(node, "Coords"),
        tuple(words),
    )


def _text(node: ElementTree.Element) -> str:
    """Return the transcription of a PAGE element: of several, the one of least index."""
    found = node.findall("./{*}TextEquiv")
    best = min(found, key=lambda equivalent: _number(equivalent.get("index", "0")), default=None)
    return (best.findtext("./{*}Unicode") or "") if best is not None else ""


def _child_points(node: ElementTree.Element, name: str) -> Points:
    child = node.find(f"./{{*}}{name}")
    return _points(child.get("points", "")) if child is not None else ()


def _points(text: str) -> Points:
    """Parse "x,y x,y" (PAGE, ALTO 4) or "x y x y" (as eScriptorium writes ALTO)."""
    numbers = [_number(part) for part in text.replace(",", " ").split()]
    return tuple(zip(numbers[::2], numbers[1::2], strict=False))


def _baseline(text: str) -> Points:
    """Parse a baseline and put it in order: annotators click points out of turn."""
    return tuple(sorted(_points(text)))


def _corners(node: ElementTree.Element) -> Points:
    left, top, width, height = (
        _number(node.get(name, "0")) for name in ("HPOS", "VPOS", "WIDTH", "HEIGHT")
    )
    right, bottom = left + max(width, 0), top + max(height, 0)
    return ((left, top), (right, top), (right, bottom), (left, bottom))


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not abs(value) <= _FARTHEST:
        raise ValueError(f"{text[:40]!r} is no coordinate of a page")
    return value
