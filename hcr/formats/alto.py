"""ALTO 4.2 (https://www.loc.gov/standards/alto/): blocks, lines, words and glyphs of all pages."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement

from hcr.document import Box, Document, Glyph, Line, Page, Word
from hcr.formats.blocks import blocks
from hcr.formats.places import box_on_page, corners, outline, points_on_page, words_of
from hcr.formats.steps import CREATOR, NAME, STEPS, version
from hcr.formats.xml import XSI, number, points_text, to_bytes, xml_text

_NAMESPACE = "http://www.loc.gov/standards/alto/ns-v4#"
_SCHEMA = "http://www.loc.gov/standards/alto/v4/alto-4-2.xsd"


def render(document: Document) -> bytes:
    """Return the document as one ALTO file.

    WC and GC are the confidences of words and glyphs, ROTATION is the text's angle,
    counter-clockwise. Places are in pixels; what lies beside the page is moved onto its edge.
    """
    root = Element(
        "alto",
        {
            "xmlns": _NAMESPACE,
            "xmlns:xsi": XSI,
            "xsi:schemaLocation": f"{_NAMESPACE} {_SCHEMA}",
            "SCHEMAVERSION": "4.2",
        },
    )
    _describe(root, document)
    layout = SubElement(root, "Layout")
    for index, page in enumerate(document.pages or (Page(0, 1, 1),), 1):  # ALTO wants one
        _add_page(layout, page, f"page_{index}")
    return to_bytes(root)


def _describe(root: Element, document: Document) -> None:
    description = SubElement(root, "Description")
    SubElement(description, "MeasurementUnit").text = "pixel"
    image = SubElement(description, "sourceImageInformation")
    SubElement(image, "fileName").text = xml_text(Path(document.source).name)
    for step in STEPS:
        processing = SubElement(description, "Processing", ID=step.name)
        SubElement(processing, "processingCategory").text = step.category
        SubElement(processing, "processingStepDescription").text = step.description
        software = SubElement(processing, "processingSoftware")
        SubElement(software, "softwareCreator").text = CREATOR
        SubElement(software, "softwareName").text = NAME
        SubElement(software, "softwareVersion").text = version()


def _add_page(layout: Element, page: Page, name: str) -> None:
    size = {"WIDTH": str(page.width), "HEIGHT": str(page.height)}
    place = str(page.index + 1)
    node = SubElement(layout, "Page", {"ID": name, "PHYSICAL_IMG_NR": place, **size})
    space = SubElement(node, "PrintSpace", {"HPOS": "0", "VPOS": "0", **size})
    for index, lines in enumerate(blocks(page), 1):
        _add_block(space, page, lines, f"{name}_block_{index}")


def _add_block(space: Element, page: Page, lines: Sequence[Line], name: str) -> None:
    points = [point for line in lines for point in outline(line, page)]
    xs, ys = zip(*points, strict=True)
    box = (min(xs), min(ys), max(xs), max(ys))
    block = SubElement(space, "TextBlock", {"ID": name, **_place(box)})
    if page.skew:
        block.set("ROTATION", number(page.skew))
    _add_polygon(block, corners(box))
    for index, line in enumerate(lines, 1):
        _add_line(block, page, line, f"{name}_line_{index}")


def _add_line(block: Element, page: Page, line: Line, name: str) -> None:
    node = SubElement(block, "TextLine", {"ID": name, **_place(box_on_page(line.box, page))})
    baseline = points_on_page(line.baseline, page)
    if baseline:
        node.set("BASELINE", points_text(baseline))
    _add_polygon(node, outline(line, page))
    before: Box | None = None
    for index, word in enumerate(words_of(line), 1):
        box = box_on_page(word.box, page)
        if before:
            SubElement(node, "SP", _gap(before, box))
        _add_word(node, page, word, f"{name}_word_{index}")
        before = box


def _add_word(line: Element, page: Page, word: Word, name: str) -> None:
    place = _place(box_on_page(word.box, page))
    content = {"CONTENT": xml_text(word.text), "WC": number(word.confidence)}
    node = SubElement(line, "String", {"ID": name, **content, **place})
    _add_polygon(node, corners(box_on_page(word.box, page)))
    for index, glyph in enumerate(word.glyphs, 1):
        if len(glyph.text) == 1:  # as the schema has it
            _add_glyph(node, page, glyph, f"{name}_glyph_{index}")


def _add_glyph(word: Element, page: Page, glyph: Glyph, name: str) -> None:
    place = _place(box_on_page(glyph.box, page))
    content = {"CONTENT": xml_text(glyph.text), "GC": number(glyph.confidence)}
    SubElement(word, "Glyph", {"ID": name, **content, **place})


def _add_polygon(node: Element, points: Sequence[tuple[int, int]]) -> None:
    shape = SubElement(node, "Shape")
    SubElement(shape, "Polygon", POINTS=points_text(points))


def _place(box: Box) -> dict[str, str]:
    left, top, right, bottom = box
    sides = {"HPOS": left, "VPOS": top, "WIDTH": right - left, "HEIGHT": bottom - top}
    return {name: str(value) for name, value in sides.items()}


def _gap(before: Box, after: Box) -> dict[str, str]:
    """Return the place of the space between two words; nothing wide where they overlap."""
    left, right = before[2], max(before[2], after[0])
    return {"HPOS": str(left), "VPOS": str(after[1]), "WIDTH": str(right - left)}
