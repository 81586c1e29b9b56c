"""hOCR 1.2 (http://kba.github.io/hocr-spec/1.2/) as XHTML, down to single characters."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from xml.etree.ElementTree import Element, SubElement

from hcr.document import Box, Document, Line, Page, Word
from hcr.formats.blocks import blocks
from hcr.formats.places import box_on_page, outline, points_on_page, words_of
from hcr.formats.steps import NAME, version
from hcr.formats.xml import number, to_bytes_as_is, xml_text

_CAPABILITIES = "ocr_page ocr_carea ocr_par ocr_line ocrx_word ocrx_cinfo ocrp_poly"
# Degrees from which a line counts as turned: its baseline then has no slope to speak of.
_TURNED = 45


def render(document: Document) -> bytes:
    """Return the document as one hOCR file.

    `x_wconf` and `x_confs` are the confidences of words and characters in percent, `textangle` is
    the text's angle, counter-clockwise.
    """
    root = Element("html", {"xmlns": "http://www.w3.org/1999/xhtml"})
    _add_head(root, document)
    body = _inside(root, "body")
    for index, page in enumerate(document.pages, 1):
        _add_page(body, page, document.source, f"page_{index}")
    return to_bytes_as_is(root)


def _add_head(root: Element, document: Document) -> None:
    head = _inside(root, "head")
    _inside(head, "title").text = xml_text(document.source) or "hcr"
    _inside(head, "meta", {"charset": "utf-8"})
    facts = {
        "ocr-system": f"{NAME} {version()}",
        "ocr-capabilities": _CAPABILITIES,
        "ocr-number-of-pages": str(len(document.pages)),
    }
    for name, content in facts.items():
        _inside(head, "meta", {"name": name, "content": content})


def _add_page(body: Element, page: Page, source: str, name: str) -> None:
    image = xml_text(source).replace("\\", "\\\\").replace('"', '\\"')
    title = f'image "{image}"; bbox 0 0 {page.width} {page.height}; ppageno {page.index}'
    node = _inside(body, "div", {"class": "ocr_page", "id": name, "title": title})
    node.text = "\n"  # an empty page must not become <div />, which HTML takes as left open
    for index, lines in enumerate(blocks(page), 1):
        _add_block(node, page, lines, f"{name}_block_{index}")


def _add_block(parent: Element, page: Page, lines: Sequence[Line], name: str) -> None:
    boxes = [box_on_page(line.box, page) for line in lines]
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    title = _bbox((min(lefts), min(tops), max(rights), max(bottoms)))
    area = _inside(parent, "div", {"class": "ocr_carea", "id": name, "title": title})
    paragraph = _inside(area, "p", {"class": "ocr_par", "id": f"{name}_par", "title": title})
    for index, line in enumerate(lines, 1):
        _add_line(paragraph, page, line, f"{name}_line_{index}")


def _add_line(parent: Element, page: Page, line: Line, name: str) -> None:
    box = box_on_page(line.box, page)
    facts = [_bbox(box), *_slope(line, page, box)]
    if page.skew:
        facts.append(f"textangle {number(page.skew)}")
    facts.append("poly " + _spaced(c for point in outline(line, page) for c in point))
    attributes = {"class": "ocr_line", "id": name, "title": "; ".join(facts)}
    node = _inside(parent, "span", attributes)
    words = words_of(line)
    for index, word in enumerate(words, 1):
        element = _add_word(node, page, word, f"{name}_word_{index}")
        element.tail = " " if index < len(words) else None


def _add_word(line: Element, page: Page, word: Word, name: str) -> Element:
    title = f"{_bbox(box_on_page(word.box, page))}; x_wconf {_percent(word.confidence)}"
    node = SubElement(line, "span", {"class": "ocrx_word", "id": name, "title": title})
    if word.text != "".join(glyph.text for glyph in word.glyphs):
        node.text = xml_text(word.text)  # characters that do not make up the word are left out
        return node
    for glyph in (glyph for glyph in word.glyphs if glyph.text):
        box = _spaced(box_on_page(glyph.box, page))
        fact = f"x_bboxes {box}; x_confs {_percent(glyph.confidence)}"
        SubElement(node, "span", {"class": "ocrx_cinfo", "title": fact}).text = xml_text(glyph.text)
    return node


def _slope(line: Line, page: Page, box: Box) -> list[str]:
    """Return the baseline from the box's left bottom corner: slope and height, y down."""
    points = points_on_page(line.baseline, page)
    if len(points) < 2 or abs(page.skew) > _TURNED:
        return []
    (x0, y0), (x1, y1) = min(points), max(points)
    slope = (y1 - y0) / (x1 - x0) if x1 > x0 else 0.0
    at_left = y0 + slope * (box[0] - x0)
    return [f"baseline {number(slope)} {math.floor(at_left - box[3] + 0.5)}"]


def _inside(parent: Element, tag: str, attributes: dict[str, str] | None = None) -> Element:
    """Add an element on a line of its own: white space means nothing here."""
    node = SubElement(parent, tag, attributes or {})
    parent.text = parent.text or "\n"
    node.tail = "\n"
    return node


def _bbox(box: Box) -> str:
    return "bbox " + _spaced(box)


def _spaced(numbers: Iterable[int]) -> str:
    return " ".join(map(str, numbers))


def _percent(confidence: float) -> int:
    return round(100 * confidence)
