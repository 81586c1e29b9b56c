"""PAGE 2019-07-15 (Pletschacher and Antonacopoulos 2010): regions, lines, words, glyphs of a page.

A PAGE file holds one page.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement

from hcr.document import Document, Glyph, Line, Page, Word
from hcr.errors import InputError
from hcr.formats.blocks import blocks
from hcr.formats.places import box_on_page, corners, outline, points_on_page, words_of
from hcr.formats.steps import NAME, STEPS, version
from hcr.formats.xml import XSI, number, points_text, to_bytes, xml_text

_NAMESPACE = "http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15"
# PAGE wants to know when the file was made. A file that says so is another one every time, while
# the same scan must give the same bytes (a batch that was interrupted and one that was not).
_UNDATED = "1970-01-01T00:00:00Z"


def render(document: Document) -> bytes:
    """Return a document of one page as a PAGE file.

    The lines' other readings follow as TextEquiv 1, 2, ...; places are whole pixels, what lies
    beside the page is moved onto its edge.

    Raises
    ------
    InputError
        If the document has more pages, or none.
    """
    if len(document.pages) != 1:
        raise InputError(
            document.source,
            f"it has {len(document.pages)} pages and a PAGE file holds one",
            "write files with -o, or choose another format",
        )
    root = Element(
        "PcGts",
        {
            "xmlns": _NAMESPACE,
            "xmlns:xsi": XSI,
            "xsi:schemaLocation": f"{_NAMESPACE} {_NAMESPACE}/pagecontent.xsd",
        },
    )
    _add_metadata(root)
    _add_page(root, document.pages[0], document.source)
    return to_bytes(root)


def _add_metadata(root: Element) -> None:
    metadata = SubElement(root, "Metadata")
    SubElement(metadata, "Creator").text = f"{NAME} {version()}"
    SubElement(metadata, "Created").text = _UNDATED
    SubElement(metadata, "LastChange").text = _UNDATED
    for step in STEPS:
        kind = {"type": "processingStep", "name": step.name, "value": step.description}
        SubElement(metadata, "MetadataItem", kind)


def _add_page(root: Element, page: Page, source: str) -> None:
    image = {
        "imageFilename": xml_text(Path(source).name),
        "imageWidth": str(page.width),
        "imageHeight": str(page.height),
    }
    node = SubElement(root, "Page", image)
    regions = blocks(page)
    if not regions:
        return
    order = SubElement(node, "ReadingOrder")
    group = SubElement(order, "OrderedGroup", id="order")
    for index in range(len(regions)):
        place = {"index": str(index), "regionRef": f"region_{index + 1}"}
        SubElement(group, "RegionRefIndexed", place)
    for index, lines in enumerate(regions, 1):
        _add_region(node, page, lines, f"region_{index}")


def _add_region(parent: Element, page: Page, lines: Sequence[Line], name: str) -> None:
    node = SubElement(parent, "TextRegion", {"id": name, "type": "paragraph"})
    if page.skew:
        # By which it must be turned clockwise to be level; PAGE ends at 180.
        node.set("orientation", number(page.skew if page.skew > -180 else 180))
    points = [point for line in lines for point in outline(line, page)]
    xs, ys = zip(*points, strict=True)
    _add_points(node, "Coords", corners((min(xs), min(ys), max(xs), max(ys))))
    for index, line in enumerate(lines, 1):
        _add_line(node, page, line, f"{name}_line_{index}")
    _add_text(node, "\n".join(line.text for line in lines))


def _add_line(region: Element, page: Page, line: Line, name: str) -> None:
    node = SubElement(region, "TextLine", id=name)
    _add_points(node, "Coords", outline(line, page))
    baseline = points_on_page(line.baseline, page)
    if len(baseline) > 1:
        _add_points(node, "Baseline", baseline)
    for index, word in enumerate(words_of(line), 1):
        _add_word(node, page, word, f"{name}_word_{index}")
    others = [other for other in line.alternatives if other[0] != line.text]
    for rank, (text, confidence) in enumerate([(line.text, line.confidence), *others]):
        _add_text(node, text, confidence, rank if others else None)


def _add_word(line: Element, page: Page, word: Word, name: str) -> None:
    node = SubElement(line, "Word", id=name)
    _add_points(node, "Coords", corners(box_on_page(word.box, page)))
    for index, glyph in enumerate(word.glyphs, 1):
        _add_glyph(node, page, glyph, f"{name}_glyph_{index}")
    _add_text(node, word.text, word.confidence)


def _add_glyph(word: Element, page: Page, glyph: Glyph, name: str) -> None:
    node = SubElement(word, "Glyph", id=name)
    _add_points(node, "Coords", corners(box_on_page(glyph.box, page)))
    _add_text(node, glyph.text, glyph.confidence)


def _add_points(node: Element, tag: str, points: Iterable[tuple[int, int]]) -> None:
    SubElement(node, tag, points=points_text(points))


def _add_text(
    node: Element, text: str, confidence: float | None = None, rank: int | None = None
) -> None:
    equivalent = SubElement(node, "TextEquiv")
    if rank is not None:
        equivalent.set("index", str(rank))
    if confidence is not None:
        equivalent.set("conf", number(confidence))
    SubElement(equivalent, "Unicode").text = xml_text(text)
