from __future__ import annotations

from pathlib import Path
from xml.etree.ElementTree import Element, fromstring

import numpy as np
import pytest
from hypothesis import given, settings

import hcr
from hcr import Document
from hcr.formats import FORMATS
from tests.hcr.formats.schemas import schema
from tests.hcr.test_document import documents
from training.ground_truth import read_page


@pytest.fixture
def root(document: Document) -> Element:
    return fromstring(FORMATS["alto"].render(document))


def test_valid(document: Document, hostile: Document) -> None:
    alto = schema("alto-4-2.xsd")
    for each in (document, hostile, Document("empty")):
        alto.check(FORMATS["alto"].render(each))


@settings(max_examples=30)
@given(documents)
def test_any_document_is_valid(document: Document) -> None:
    schema("alto-4-2.xsd").check(FORMATS["alto"].render(document))


def test_the_schema_refuses_what_is_wrong(document: Document) -> None:
    wrong = FORMATS["alto"].render(document).replace(b'WC="0.75"', b'WC="75"')
    with pytest.raises(AssertionError):
        schema("alto-4-2.xsd").check(wrong)


def test_words_with_place_and_confidence(document: Document, root: Element) -> None:
    words = [word for line in document.pages[0].lines for word in line.words]
    strings = root.findall(".//{*}String")
    assert [s.get("CONTENT") for s in strings] == ["ab", "cd"] * 3
    for word, string in zip(words, strings, strict=True):
        left, top, width, height = (
            int(string.get(name, "")) for name in ("HPOS", "VPOS", "WIDTH", "HEIGHT")
        )
        assert (left, top, left + width, top + height) == word.box
        assert float(string.get("WC", "")) == word.confidence
        assert [g.get("CONTENT") for g in string.iterfind("{*}Glyph")] == list(word.text)
        assert {g.get("GC") for g in string.iterfind("{*}Glyph")} == {"0.9"}
    assert len(root.findall(".//{*}SP")) == 3


def test_processing_steps_name_program_and_version(root: Element) -> None:
    steps = root.findall(".//{*}Processing")
    assert [step.get("ID") for step in steps] == ["preprocessing", "segmentation", "recognition"]
    assert {step.findtext(".//{*}softwareVersion") for step in steps} == {hcr.__version__}


def test_lines_read_back(document: Document, tmp_path: Path) -> None:
    (tmp_path / "x.png").touch()
    (tmp_path / "x.xml").write_bytes(FORMATS["alto"].render(document))
    truth = read_page(tmp_path / "x.xml")
    assert (truth.width, truth.height) == (900, 700)
    for line, read in zip(document.pages[0].lines, truth.lines, strict=True):
        assert read.text == line.text
        assert np.array(read.polygon)[:, 1].max() <= np.array(line.polygon)[:, 1].max() + 1
        xs, ys = np.array(line.baseline).T
        assert np.allclose(np.interp(xs, *np.array(read.baseline).T), ys, atol=2)


def test_places_beside_the_page_are_moved_onto_it(hostile: Document) -> None:
    root = fromstring(FORMATS["alto"].render(hostile))
    (far,) = (s for s in root.iterfind(".//{*}String") if s.get("CONTENT") == "far")
    assert (far.get("HPOS"), far.get("VPOS"), far.get("WIDTH")) == ("400", "0", "0")
    for node in root.iterfind(".//{*}Polygon"):
        points = np.array([pair.split(",") for pair in node.get("POINTS", "").split()], int)
        assert points.min() >= 0
        assert (points <= (400, 300)).all()


def test_the_image_is_named_without_its_folder(document: Document, root: Element) -> None:
    assert Path(document.source).parent != Path()
    assert root.findtext(".//{*}fileName") == "scan.png"
