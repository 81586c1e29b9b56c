"""The table of forms: one row a form, as CSV for spreadsheets or as JSON Lines for programs."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from hcr.forms.reading import FieldReading
from hcr.forms.template import Template

# Digits of a confidence; more mean nothing.
_DIGITS = 4


@dataclass(frozen=True)
class Record:
    """What became of one form.

    Attributes
    ----------
    file
        Name of the input.
    page
        From 1; 0 where the file could not be read at all.
    readings
        Of the template's fields; none after an error.
    error
        Why there are no readings.
    """

    file: str
    page: int
    readings: tuple[FieldReading, ...] = ()
    error: str = ""

    def to_json(self, template: Template) -> str:
        """Return the record as one JSON object in one line."""
        data: dict[str, Any] = {"file": self.file, "page": self.page or None}
        if self.error:
            data["error"] = self.error
        else:
            data["fields"] = {
                field.name: {
                    "value": reading.value,
                    "confidence": round(reading.confidence, _DIGITS),
                    "review": reading.review,
                }
                for field, reading in zip(template.fields, self.readings, strict=True)
            }
        return json.dumps(data, ensure_ascii=False)

    @classmethod
    def from_json(cls, line: str) -> Record:
        """Return the record that `to_json` wrote."""
        data = json.loads(line)
        readings = tuple(
            FieldReading(value["value"], value["confidence"], value["review"])
            for value in data.get("fields", {}).values()
        )
        return cls(data["file"], data["page"] or 0, readings, data.get("error", ""))


def csv_header(template: Template) -> str:
    """Return the line of column names: of each field the value, confidence and review flag."""
    return _csv(list(template.columns()))


def csv_row(template: Template, record: Record) -> str:
    """Return one form as a line of RFC 4180 CSV; after an error the fields are empty."""
    cells: list[Any] = [record.file, record.page or ""]
    for reading in record.readings:
        confidence = round(reading.confidence, _DIGITS)
        cells += [reading.value, confidence, str(reading.review).lower()]
    if not record.readings:
        cells += [""] * (3 * len(template.fields))
    return _csv([*cells, record.error])


def jsonl_header(template: Template) -> str:
    """Return nothing: JSON Lines have no header."""
    return ""


def jsonl_row(template: Template, record: Record) -> str:
    """Return one form as a line with one JSON object."""
    return record.to_json(template) + "\n"


@dataclass(frozen=True)
class Writer:
    """How a table is written."""

    header: Callable[[Template], str]
    row: Callable[[Template, Record], str]

    def render(self, template: Template, records: Sequence[Record]) -> bytes:
        """Return a whole table in UTF-8."""
        rows = (self.row(template, record) for record in records)
        return (self.header(template) + "".join(rows)).encode("utf-8")


WRITERS = {".csv": Writer(csv_header, csv_row), ".jsonl": Writer(jsonl_header, jsonl_row)}


def _csv(cells: list[Any]) -> str:
    text = io.StringIO(newline="")
    # What is in the line's end is quoted within it: so are carriage returns in file names.
    csv.writer(text, lineterminator="\r\n").writerow(cells)
    return text.getvalue().removesuffix("\r\n") + "\n"
