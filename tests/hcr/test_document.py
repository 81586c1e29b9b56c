from __future__ import annotations

import json
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hcr import Document, Glyph, Line, Page, Word
from hcr.document import source_name

GLYPH = Glyph((1, 2, 3, 4), "é", 0.5)
WORD = Word((1, 2, 9, 8), "été", 0.75, (GLYPH,))
LINE = Line((0, 1, 10, 9), ((0.5, 8.0), (10.0, 8.5)), "été", 0.75, (WORD,))
DOCUMENT = Document("scan.png", (Page(0, 20, 30, 1.5, (LINE, LINE)), Page(1, 5, 5)))


def test_json_is_as_documented() -> None:
    glyph = {"text": "é", "confidence": 0.5, "box": [1, 2, 3, 4]}
    word = {"text": "été", "confidence": 0.75, "box": [1, 2, 9, 8], "glyphs": [glyph]}
    line = {
        "text": "été",
        "confidence": 0.75,
        "box": [0, 1, 10, 9],
        "baseline": [[0.5, 8.0], [10.0, 8.5]],
        "words": [word],
    }
    pages = [
        {"index": 0, "width": 20, "height": 30, "skew": 1.5, "lines": [line, line]},
        {"index": 1, "width": 5, "height": 5, "skew": 0.0, "lines": []},
    ]
    assert json.loads(DOCUMENT.to_json()) == {"source": "scan.png", "pages": pages}


def test_text() -> None:
    assert DOCUMENT.text == "été\nété\n\f"


def test_documents_are_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        WORD.text = "x"  # type: ignore[misc]


confidences = st.floats(0, 1)
sides = st.integers(0, 1000)
boxes = st.tuples(sides, sides, sides, sides).map(lambda b: (b[0], b[1], b[0] + b[2], b[1] + b[3]))
points = st.lists(st.tuples(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6)), max_size=3).map(tuple)
glyphs = st.builds(Glyph, boxes, st.text(max_size=2), confidences)
words = st.builds(
    Word, boxes, st.text(max_size=5), confidences, st.lists(glyphs, max_size=2).map(tuple)
)
alternatives = st.lists(st.tuples(st.text(max_size=3), confidences), max_size=2).map(tuple)
lines = st.builds(
    Line,
    boxes,
    points,
    st.text(max_size=5),
    confidences,
    st.lists(words, max_size=2).map(tuple),
    alternatives,
    points,
)
pages = st.builds(
    Page,
    st.integers(0, 99),
    st.integers(1, 9999),
    st.integers(1, 9999),
    st.floats(-180, 180),
    st.lists(lines, max_size=2).map(tuple),
)
documents = st.builds(Document, st.text(max_size=9), st.lists(pages, max_size=2).map(tuple))


@given(documents)
def test_json_reads_back_as_the_same_document(document: Document) -> None:
    assert Document.from_json(document.to_json()) == document


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda d: d.pop("source"), "document has no 'source'"),
        (lambda d: d.update(pages={}), "document.pages must be a list"),
        (lambda d: d["pages"][0].pop("width"), r"document.pages\[0\] has no 'width'"),
        (lambda d: d["pages"][0].update(width=1.5), r"width must be a whole number"),
        (lambda d: d["pages"][0].update(width=0), "no page has"),
        (lambda d: d["pages"][0]["lines"][1].update(text=None), r"lines\[1\].text must be text"),
        (lambda d: d["pages"][0]["lines"][0].update(box=[1, 2, 3]), "whole pixels"),
        (lambda d: d["pages"][0]["lines"][0].update(box=[5, 2, 3, 4]), "ends before"),
        (lambda d: d["pages"][0]["lines"][0].update(confidence=1.5), "between 0 and 1"),
        (lambda d: d["pages"][0]["lines"][0].update(confidence=True), "must be a number"),
        (lambda d: d["pages"][0]["lines"][0].update(baseline=[[1]]), "must be a pair"),
        (lambda d: d["pages"][0]["lines"][0].update(alternatives=[[1, 0.5]]), "begin with text"),
        (lambda d: d["pages"][0].update(skew=float("nan")), r"skew must lie between"),
        (lambda d: d["pages"][0].update(skew=10**400), r"skew must lie between"),
        (lambda d: d["pages"][0].update(width=10**10), r"width must lie between"),
        (lambda d: d["pages"][0]["lines"][0].update(text="\ud800"), "text of whole characters"),
    ],
)
def test_wrong_json_is_refused(change, message: str) -> None:  # type: ignore[no-untyped-def]
    data = DOCUMENT.to_dict()
    change(data)
    with pytest.raises(ValueError, match=message):
        Document.from_dict(data)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '"x"', b"\xff", "[" * 100_000])
def test_no_document_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        Document.from_json(text)


def test_nan_is_no_confidence() -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        Glyph((0, 0, 1, 1), "a", float("nan"))


def test_alternatives_are_checked() -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        Line((0, 0, 1, 1), (), "a", 0.5, alternatives=(("b", 2.0),))


def test_source_can_be_encoded() -> None:
    assert source_name(Path("été.png")) == "été.png"
    source_name("raw\udc80.png").encode("utf-8")


def test_words_carry_their_other_readings_through_json() -> None:
    word = Word((0, 0, 9, 9), "1er", 0.4, (), (("ler", 0.3), ("1cr", 0.1)))
    line = Line((0, 0, 9, 9), ((0.0, 9.0), (9.0, 9.0)), "1er", 0.4, (word,))
    document = Document("x.png", (Page(0, 10, 10, 0.0, (line,)),))
    data = document.to_dict()["pages"][0]["lines"][0]["words"][0]
    assert data["alternatives"] == [["ler", 0.3], ["1cr", 0.1]]
    assert Document.from_json(document.to_json()) == document
    with pytest.raises(ValueError, match="confidence"):
        Word((0, 0, 9, 9), "1er", 0.4, (), (("ler", 1.3),))


def test_agreement_is_kept_and_only_where_both_have_read() -> None:
    words = [Word((0, 0, 9, 9), "a", 0.5, agreement=value) for value in (True, False, None)]
    line = Line((0, 0, 9, 9), ((0.0, 9.0), (9.0, 9.0)), "a a a", 0.5, tuple(words))
    document = Document("", (Page(0, 10, 10, lines=(line,)),))
    told = [
        word.get("agreement", "no key")
        for word in document.to_dict()["pages"][0]["lines"][0]["words"]
    ]
    assert told == [True, False, "no key"]
    assert Document.from_json(document.to_json()) == document


def test_agreement_is_true_or_false() -> None:
    word = {"text": "a", "confidence": 0.5, "box": [0, 0, 9, 9], "glyphs": [], "agreement": 1}
    line = {"text": "a", "confidence": 0.5, "box": [0, 0, 9, 9], "baseline": [], "words": [word]}
    page = {"index": 0, "width": 10, "height": 10, "skew": 0, "lines": [line]}
    with pytest.raises(ValueError, match=r"words\[0\].agreement must be true or false"):
        Document.from_dict({"source": "", "pages": [page]})
