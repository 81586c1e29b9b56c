"""The sample form, filled in, read with the models that come with hcr; and fields drawn here."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import cv2
import numpy as np
import pytest

from hcr.errors import ConfigError, ModelError
from hcr.forms.cut import Cutter
from hcr.forms.fields import FieldReader
from hcr.forms.picture import FieldPicture
from hcr.forms.reading import FieldReading
from hcr.forms.register import Blank, register
from hcr.forms.template import Field, Template
from hcr.images import Pixels
from recognition.candidates import CandidateJudge
from recognition.characters import CharacterClassifier
from recognition.crnn import LineReader
from recognition.language import load_language
from segmentation.geometry import Box

BOX = (0.1, 0.1, 0.9, 0.2)
Pictures = dict[str, tuple[Field, FieldPicture]]


Models = tuple[LineReader, CharacterClassifier, CandidateJudge]


@pytest.fixture(scope="module")
def models() -> Models:
    lines = LineReader.load(threads=1, languages=())
    return lines, CharacterClassifier.load(), CandidateJudge.load()


@pytest.fixture(scope="module")
def reader(models: Models) -> FieldReader:
    language = load_language(("en",), models[0].alphabet.characters)
    return FieldReader(*models, language=language)


@pytest.fixture(scope="module")
def pictures(template: Template, blank: Blank, filled_image: Pixels) -> Pictures:
    registered, cutter = register(blank, filled_image), Cutter(blank)
    return {field.name: (field, cutter.cut(registered, field).picture) for field in template.fields}


def read(reader: FieldReader, field: Field, picture: FieldPicture) -> FieldReading:
    (reading,) = reader.read([(field, picture)])
    return reading


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("surname", "OKONKWO"),
        ("first_name", "ADA LOUISE"),
        ("born", "23071984"),
        ("postcode", "40213"),
        ("membership", "child"),
    ],
)
def test_the_filled_sample_is_read(
    reader: FieldReader, pictures: Pictures, name: str, value: str
) -> None:
    assert read(reader, *pictures[name]).value == value


def test_a_pattern_takes_part_in_the_reading(reader: FieldReader, pictures: Pictures) -> None:
    field, picture = pictures["fee"]  # 36.50 is written there
    for pattern, length in (("[0-9]{4}", 4), ("[0-9],[0-9]{2}", 4), ("[0-9.]{7}", 7)):
        value = read(reader, replace(field, pattern=pattern), picture).value
        assert re.fullmatch(pattern, value)
        assert len(value) == length
    fitting = read(reader, replace(field, pattern="[0-9]{2}[.][0-9]{2}"), picture)
    assert fitting.value == "36.50"
    wrong = read(reader, replace(field, pattern="[A-F]{3}"), picture)
    assert wrong.review
    assert wrong.confidence < fitting.confidence


def test_words_are_told_apart_by_the_list(reader: FieldReader, pictures: Pictures) -> None:
    _, picture = pictures["surname"]
    field = Field("who", "lexicon", BOX, "boxes", 20, words=("Okonski", "Okonkwo", "Oakwood"))
    assert read(reader, field, picture).value == "Okonkwo"


def test_what_cannot_be_the_value_is_reviewed(reader: FieldReader, pictures: Pictures) -> None:
    field, picture = pictures["surname"]
    reading = read(reader, replace(field, type="date", cells=8), picture)
    assert reading.review


def empty(cells: int = 0) -> FieldPicture:
    boxes = tuple(Box(20 + 50 * n, 20, 70 + 50 * n, 80) for n in range(cells))
    paper = np.full((100, 40 + 50 * max(cells, 6)), 255, np.uint8)
    return FieldPicture(paper, paper < 128, boxes, (), 20)


@pytest.mark.parametrize("required", [True, False])
@pytest.mark.parametrize(
    "values",
    [
        {"type": "text"},
        {"type": "digits"},
        {"type": "name", "layout": "boxes", "cells": 4},
    ],
)
def test_an_empty_field_is_reviewed_where_required(
    reader: FieldReader, values: dict[str, Any], required: bool
) -> None:
    field = Field(name="it", box=BOX, required=required, **values)
    reading = read(reader, field, empty(field.cells))
    assert (reading.value, reading.review) == ("", required)
    assert reading.confidence > 0.9


def test_empty_cells_between_are_no_digits(reader: FieldReader) -> None:
    picture = empty(4)
    for left in (35, 185):
        cv2.putText(picture.grey, "7", (left, 70), 0, 1.6, (30,), 4)
    written = replace(picture, ink=picture.grey < 128)
    field = Field("it", "digits", BOX, "boxes", 4)
    assert read(reader, field, written).value == "77"
    assert read(reader, replace(field, pattern="[0-9]{4}"), written).review


Strokes = list[list[tuple[int, int]]]
PLAIN_ONE: Strokes = [[(25, 10), (25, 52)]]
UPSTROKE: Strokes = [[(8, 20), (30, 10), (24, 52)]]
BARRED_SEVEN: Strokes = [[(12, 12), (36, 11), (22, 52)], [(18, 31), (34, 30)]]
SIX: Strokes = [[(32, 10), (18, 26), (14, 42), (24, 52), (34, 42), (26, 32), (16, 40)]]


def in_boxes(*digits: Strokes) -> FieldPicture:
    picture = empty(len(digits))
    for number, strokes in enumerate(digits):
        for stroke in strokes:
            points = np.array([(x + 20 + 50 * number, y + 20) for x, y in stroke], np.int32)
            cv2.polylines(picture.grey, [points], False, (30,), 4, cv2.LINE_AA)
    return replace(picture, ink=picture.grey < 128)


def test_ones_and_sevens_are_told_by_the_rest_of_the_form(reader: FieldReader) -> None:
    field = Field("it", "digits", BOX, "boxes", 3)
    unclear = field, in_boxes(SIX, UPSTROKE, SIX)
    of_plain = reader.read([unclear, (field, in_boxes(PLAIN_ONE, PLAIN_ONE, PLAIN_ONE))])
    assert [reading.value for reading in of_plain] == ["676", "111"]
    of_barred = reader.read([unclear, (field, in_boxes(BARRED_SEVEN, SIX, BARRED_SEVEN))])
    assert [reading.value for reading in of_barred] == ["616", "767"]


def test_a_higher_precision_leaves_more_to_review(models: Models, pictures: Pictures) -> None:
    def readings(precision: float) -> list[FieldReading]:
        strict = FieldReader(*models, precision=precision)
        return strict.read([pictures[name] for name in ("born", "postcode", "membership")])

    assert all(reading.review for reading in readings(0.9999))
    assert sum(r.review for r in readings(0.95)) <= sum(r.review for r in readings(0.99))


@pytest.mark.parametrize("precision", [0.0, 1.0, -1.0, float("nan")])
def test_impossible_precision_is_refused(models: Models, precision: float) -> None:
    with pytest.raises(ConfigError, match="between 0 and 1"):
        FieldReader(*models, precision=precision)


def test_fields_are_checked_before_reading(reader: FieldReader) -> None:
    good = Field("good", "code", BOX, pattern="[A-Z]{2}")
    reader.check([good])
    with pytest.raises(ConfigError, match=r"field 'bad': .*'\['|field 'bad': .*ends too early"):
        reader.check([good, Field("bad", "code", BOX, pattern="[")])


@pytest.mark.real_model
def test_loading_says_what_is_wrong(tmp_path: Any) -> None:
    with pytest.raises(ModelError, match="no such model file"):
        FieldReader.load(tmp_path / "none.onnx")
    with pytest.raises(ConfigError, match="'xx'"):
        FieldReader.load(languages=("xx",))
