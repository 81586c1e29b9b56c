from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hcr.forms.output import WRITERS, Record
from hcr.forms.reading import FieldReading
from hcr.forms.template import Field, Template

BOX = (0.1, 0.1, 0.9, 0.2)
TEMPLATE = Template(
    "t", Path("blank.png"), (Field("a", "text", BOX), Field("Straße, Nr.", "digits", BOX))
)
texts = st.text(st.characters(codec="utf-8"))
readings = st.builds(
    FieldReading, texts, st.integers(0, 10_000).map(lambda n: n / 10_000), st.booleans()
)
records = st.one_of(
    st.builds(Record, texts, st.integers(1, 99), st.tuples(readings, readings)),
    st.builds(lambda file, error: Record(file, 0, (), error), texts, texts.filter(bool)),
)


@given(records)
def test_record_comes_back_from_its_json(record: Record) -> None:
    line = record.to_json(TEMPLATE)
    assert "\n" not in line
    assert Record.from_json(line) == record


@given(st.lists(records, max_size=3))
def test_csv_has_a_row_a_form_whatever_the_values(made: list[Record]) -> None:
    table = WRITERS[".csv"].render(TEMPLATE, made).decode("utf-8")
    header, *rows = csv.reader(io.StringIO(table, newline=""))
    assert header == [
        *("file", "page", "a", "a_confidence", "a_review"),
        *("Straße, Nr.", "Straße, Nr._confidence", "Straße, Nr._review", "error"),
    ]
    assert len(rows) == len(made)
    for row, record in zip(rows, made, strict=True):
        assert len(row) == len(header)
        assert (row[0], row[-1]) == (record.file, record.error)
        assert row[2::3][:2] == [reading.value for reading in record.readings] or not any(row[1:-1])


def test_csv_row() -> None:
    record = Record("a.jpg", 2, (FieldReading('x, "y"', 0.98765, False), FieldReading("", 1, True)))
    table = WRITERS[".csv"].render(TEMPLATE, [record]).decode("utf-8")
    assert table.splitlines()[1] == 'a.jpg,2,"x, ""y""",0.9877,false,,1,true,'


def test_jsonl_row() -> None:
    good = Record("a.jpg", 1, (FieldReading("é", 0.5, True), FieldReading("1", 0.9, False)))
    bad = Record("b.jpg", 0, error="no such file; check the name")
    first, second = WRITERS[".jsonl"].render(TEMPLATE, [good, bad]).decode("utf-8").splitlines()
    assert json.loads(first) == {
        "file": "a.jpg",
        "page": 1,
        "fields": {
            "a": {"value": "é", "confidence": 0.5, "review": True},
            "Straße, Nr.": {"value": "1", "confidence": 0.9, "review": False},
        },
    }
    assert json.loads(second) == {
        "file": "b.jpg",
        "page": None,
        "error": "no such file; check the name",
    }


def test_readings_must_be_as_many_as_fields() -> None:
    with pytest.raises(ValueError, match="zip"):
        Record("a", 1, (FieldReading("", 1, False),)).to_json(TEMPLATE)
