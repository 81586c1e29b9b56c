from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from xml.etree.ElementTree import Element, fromstring

import numpy as np
import pytest
from hypothesis import given, settings

import hcr
from hcr import Document
from hcr.errors import InputError
from hcr.formats import FORMATS
from tests.hcr.formats.schemas import schema
from tests.hcr.test_document import documents
from training.ground_truth import read_page

SCHEMA = "pagecontent-2019-07-15.xsd"


@pytest.fixture
def root(document: Document) -> Element:
    return fromstring(FORMATS["page"].render(document))


def test_valid(document: Document, hostile: Document) -> None:
    files = [*FORMATS["page"].render_files(document), *FORMATS["page"].render_files(hostile)]
    assert len(files) == 3
    for data in files:
        schema(SCHEMA).check(data)


@settings(max_examples=30)
@given(documents)
def test_any_document_is_valid(document: Document) -> None:
    for data in FORMATS["page"].render_files(document):
        schema(SCHEMA).check(data)


def test_the_schema_refuses_what_is_wrong(document: Document) -> None:
    wrong = FORMATS["page"].render(document).replace(b'conf="0.75"', b'conf="1.75"')
    with pytest.raises(AssertionError):
        schema(SCHEMA).check(wrong)


def test_a_file_holds_one_page(hostile: Document) -> None:
    with pytest.raises(InputError, match="2 pages"):
        FORMATS["page"].render(hostile)


def test_glyphs_words_and_lines(document: Document, root: Element) -> None:
    lines = root.findall(".//{*}TextLine")
    assert [line.findtext("{*}TextEquiv/{*}Unicode") for line in lines] == ["ab cd"] * 3
    words = [word for line in document.pages[0].lines for word in line.words]
    for word, node in zip(words, root.iterfind(".//{*}Word"), strict=True):
        left, top, right, bottom = word.box
        coords = node.find("{*}Coords")
        assert coords is not None
        corners = f"{left},{top} {right},{top} {right},{bottom} {left},{bottom}"
        assert coords.get("points") == corners
        texts = [glyph.findtext("{*}TextEquiv/{*}Unicode") for glyph in node.iterfind("{*}Glyph")]
        assert texts == list(word.text)


def test_other_readings_follow(root: Element) -> None:
    line = root.find(".//{*}TextLine")
    assert line is not None
    readings = [
        (each.get("index"), each.get("conf"), each.findtext("{*}Unicode"))
        for each in line.iterfind("{*}TextEquiv")
    ]
    assert readings == [("0", "0.75", "ab cd"), ("1", "0.25", "at cd")]


def test_regions_are_in_reading_order(root: Element) -> None:
    named = [node.get("regionRef") for node in root.iterfind(".//{*}RegionRefIndexed")]
    assert named == [node.get("id") for node in root.iterfind(".//{*}TextRegion")]
    assert named


def test_lines_read_back(document: Document, tmp_path: Path) -> None:
    (tmp_path / "x.png").touch()
    (tmp_path / "x.xml").write_bytes(FORMATS["page"].render(document))
    truth = read_page(tmp_path / "x.xml")
    for line, read in zip(document.pages[0].lines, truth.lines, strict=True):
        assert read.text == line.text
        xs, ys = np.array(line.baseline).T
        assert np.allclose(np.interp(xs, *np.array(read.baseline).T), ys, atol=2)


def test_metadata(root: Element) -> None:
    assert root.findtext(".//{*}Creator") == f"hcr-read {hcr.__version__}"
    steps = [node.get("name") for node in root.iterfind(".//{*}MetadataItem")]
    assert steps == ["preprocessing", "segmentation", "recognition"]


@pytest.mark.parametrize(("skew", "turn"), [(0.0, None), (-2.5, "-2.5"), (-180.0, "180")])
def test_orientation(document: Document, skew: float, turn: str | None) -> None:
    turned = replace(document, pages=(replace(document.pages[0], skew=skew),))
    region = fromstring(FORMATS["page"].render(turned)).find(".//{*}TextRegion")
    assert region is not None
    assert region.get("orientation") == turn


def test_control_characters_are_replaced(hostile: Document) -> None:
    text = FORMATS["page"].render_files(hostile)[0].decode("utf-8")
    assert "a\ufffd\ufffd[31m" in text
    assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", text)
