from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from xml.etree.ElementTree import Element, fromstring

import pytest
from hypothesis import given, settings

from hcr import Document
from hcr.formats import FORMATS
from tests.hcr.test_document import documents


@pytest.fixture
def root(document: Document) -> Element:
    return fromstring(FORMATS["hocr"].render(document))


def of_class(root: Element, name: str) -> list[Element]:
    return root.findall(f".//*[@class='{name}']")


def facts(node: Element) -> dict[str, str]:
    """The title's properties."""
    pairs = (fact.strip().partition(" ") for fact in node.get("title", "").split(";"))
    return {name: value for name, _, value in pairs}


def complaints(data: bytes, tmp_path: Path) -> list[str]:
    """What the hOCR validator holds against a file, apart from what is only recommended."""
    reason = "hocr-spec is not installed"
    validate = pytest.importorskip("hocr_spec.validate", reason=reason)
    path = tmp_path / "x.hocr"
    path.write_bytes(data)
    report = validate.HocrValidator("standard").validate(str(path))
    return [item.message for item in report.items if item.level in ("ERROR", "FATAL")]


def test_follows_hocr_spec(document: Document, hostile: Document, tmp_path: Path) -> None:
    for each in (document, hostile):
        assert complaints(FORMATS["hocr"].render(each), tmp_path) == []


def test_the_validator_refuses_what_is_wrong(document: Document, tmp_path: Path) -> None:
    wrong = FORMATS["hocr"].render(document).replace(b"bbox", b"bboxes")
    assert complaints(wrong, tmp_path) != []


@settings(max_examples=30)
@given(documents)
def test_any_document_is_well_formed(document: Document) -> None:
    root = fromstring(FORMATS["hocr"].render(document))
    assert len(of_class(root, "ocr_page")) == len(document.pages)
    for node in root.iterfind(".//*[@title]"):
        assert all(int(value) >= 0 for value in facts(node).get("bbox", "0").split())


def test_words_and_characters(document: Document, root: Element) -> None:
    nodes = of_class(root, "ocrx_word")
    words = [word for line in document.pages[0].lines for word in line.words]
    for word, node in zip(words, nodes, strict=True):
        assert "".join(node.itertext()) == word.text
        assert facts(node)["bbox"] == " ".join(map(str, word.box))
        assert facts(node)["x_wconf"] == "75"
        characters = [facts(child) for child in of_class(node, "ocrx_cinfo")]
        assert [c["x_confs"] for c in characters] == ["90", "90"]
        assert [c["x_bboxes"] for c in characters] == [
            " ".join(map(str, glyph.box)) for glyph in word.glyphs
        ]


def test_lines_have_their_words_with_spaces(root: Element) -> None:
    assert ["".join(line.itertext()) for line in of_class(root, "ocr_line")] == ["ab cd"] * 3


def test_baseline_counts_from_the_left_bottom_corner(document: Document, root: Element) -> None:
    line, node = document.pages[0].lines[0], of_class(root, "ocr_line")[0]
    slope, height = map(float, facts(node)["baseline"].split())
    x, y = line.baseline[len(line.baseline) // 2]
    assert line.box[3] + height + slope * (x - line.box[0]) == pytest.approx(y, abs=2)


def test_turned_pages_have_an_angle_and_no_slope(document: Document) -> None:
    turned = replace(document, pages=(replace(document.pages[0], skew=90.0),))
    (line, *_) = of_class(fromstring(FORMATS["hocr"].render(turned)), "ocr_line")
    assert facts(line)["textangle"] == "90"
    assert "baseline" not in facts(line)


def test_no_element_but_meta_is_empty(hostile: Document) -> None:
    """A browser takes `<div />` as a div that stays open."""
    data = FORMATS["hocr"].render(hostile)
    assert data.count(b"/>") == data.count(b"<meta ")
