"""Templates of forms: named fields on the picture of a blank form, in a TOML file beside it."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias, get_args

from hcr.errors import ConfigError
from hcr.forms.tables import Table, beside, read_text

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

FieldType = Literal["text", "name", "digits", "date", "amount", "code", "choice", "lexicon"]
Layout = Literal["line", "boxes", "comb"]
RelativeBox: TypeAlias = tuple[float, float, float, float]

# Larger templates are mistakes or attacks.
_MAX_BYTES = 1_000_000
_MAX_LEXICON_BYTES = 20_000_000
_MAX_FIELDS = 1000
_MAX_CELLS = 200
_MAX_NAME = 80
_FIRST_COLUMNS, _LAST_COLUMNS = ("file", "page"), ("error",)
_UNWRITTEN = re.compile(r"\s+")


@dataclass(frozen=True)
class Option:
    """One tick box of a choice.

    Attributes
    ----------
    name
        What is reported where it is ticked.
    box
        Of the printed frame: left, top, right, bottom relative to the blank's width and height.
    """

    name: str
    box: RelativeBox

    def __post_init__(self) -> None:
        _check_name(self.name, "an option")
        _check_box(self.box)


@dataclass(frozen=True)
class Field:
    """A place on the form where one value is written or ticked.

    Attributes
    ----------
    name
        Of the columns that the value goes to.
    type
        What is written there.
    box
        Left, top, right, bottom relative to the blank's width and height, 0 to 1.
    layout
        A free line, or one character in each cell of a row of boxes or of a comb.
    cells
        Number of boxes or of cells of the comb; 0 on a line.
    pattern
        Regular expression (without look-around and back references) that the whole value fits.
    words
        The values that a lexicon field can have.
    options
        The tick boxes of a choice.
    required
        Whether an empty field is to be reviewed.
    multiple
        Whether more than one option of a choice may be ticked.

    Raises
    ------
    ValueError
        If they do not go together; the message says what is wrong.
    """

    name: str
    type: FieldType
    box: RelativeBox
    layout: Layout = "line"
    cells: int = 0
    pattern: str = ""
    words: tuple[str, ...] = ()
    options: tuple[Option, ...] = ()
    required: bool = False
    multiple: bool = False

    def __post_init__(self) -> None:
        _check_name(self.name, "a field")
        _check_box(self.box)
        if self.type not in get_args(FieldType):
            raise ValueError(f"there is no type {self.type!r}")
        if self.layout not in get_args(Layout):
            raise ValueError(f"there is no layout {self.layout!r}")
        self._check_cells()
        self._check_choice()
        self._check_text()

    def _check_cells(self) -> None:
        if self.layout == "line" and self.cells:
            raise ValueError('cells are for layout "boxes" or "comb"')
        if self.layout != "line" and not 1 <= self.cells <= _MAX_CELLS:
            raise ValueError(f'layout "{self.layout}" needs cells between 1 and {_MAX_CELLS}')

    def _check_choice(self) -> None:
        if self.type != "choice":
            if self.options or self.multiple:
                raise ValueError('options and multiple are for type "choice"')
            return
        if not self.options:
            raise ValueError('type "choice" needs options')
        if self.layout != "line":
            raise ValueError('type "choice" has no cells, its options have boxes')
        names = [option.name for option in self.options]
        if len(set(names)) < len(names):
            raise ValueError("two options have the same name")
        for option in self.options:
            if not _holds(self.box, option.box):
                raise ValueError(f"option {option.name!r} lies outside the field's box")

    def _check_text(self) -> None:
        if (self.type == "lexicon") != bool(self.words):
            raise ValueError('words are for type "lexicon", which needs some')
        if self.type == "code" and not self.pattern:
            raise ValueError('type "code" needs a pattern, such as "[A-Z]{2}[0-9]{4}"')
        if self.pattern and self.type in ("choice", "lexicon"):
            raise ValueError(f'type "{self.type}" has no pattern')
        if not (self.pattern.isprintable() and all(word.isprintable() for word in self.words)):
            raise ValueError("pattern and words must be printable")


@dataclass(frozen=True)
class Template:
    """A form.

    Attributes
    ----------
    name
        Of the form.
    blank
        Image of the form with nothing filled in.
    fields
        In the order of the columns.

    Raises
    ------
    ValueError
        If there are no fields, too many, or two whose columns have the same name.
    """

    name: str
    blank: Path
    fields: tuple[Field, ...]

    def __post_init__(self) -> None:
        _check_name(self.name, "the form")
        if not 1 <= len(self.fields) <= _MAX_FIELDS:
            raise ValueError(f"a template has between 1 and {_MAX_FIELDS} fields")
        seen: set[str] = set()
        for column in self.columns():
            if column in seen:
                raise ValueError(f"two columns would be called {column!r}: rename a field")
            seen.add(column)

    def columns(self) -> Iterator[str]:
        """Yield the names of the table's columns."""
        yield from _FIRST_COLUMNS
        for field in self.fields:
            yield from (field.name, f"{field.name}_confidence", f"{field.name}_review")
        yield from _LAST_COLUMNS


def load_template(path: Path) -> Template:
    """Return the template in a TOML file.

    ``blank`` and a lexicon's file name are relative to the file's folder and stay within it.

    Raises
    ------
    ConfigError
        If the file cannot be read, or a key or value is wrong.
    """
    table = Table(_parsed(path), path)
    blank = beside(path, table.text("blank"), "blank")
    name = table.text("name", path.stem)
    fields = tuple(_field(each) for each in table.tables("field"))
    table.finish()
    with table.naming_faults():
        return Template(name, blank, fields)


def _parsed(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(read_text(path, _MAX_BYTES))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ConfigError(path, f"it is not TOML ({error})", "mend that line") from None


def _field(table: Table) -> Field:
    options = tuple(_option(each) for each in table.tables("options", optional=True))
    values: dict[str, Any] = {
        "name": table.text("name"),
        "type": table.one_of("type", get_args(FieldType)),
        "box": table.box("box", _around(options)),
        "layout": table.one_of("layout", get_args(Layout), "line"),
        "cells": table.whole("cells", 0),
        "pattern": table.text("pattern", ""),
        "words": _words(table),
        "required": table.flag("required"),
        "multiple": table.flag("multiple"),
    }
    table.finish()
    with table.naming_faults():
        return Field(options=options, **values)


def _option(table: Table) -> Option:
    name, box = table.text("name"), table.box("box")
    table.finish()
    with table.naming_faults():
        return Option(name, box)


def _words(table: Table) -> tuple[str, ...]:
    """Return the words of a list, or of a file that has one in each line."""
    given = table.words("words")
    if isinstance(given, str):
        path = beside(table.path, given, "words")
        given = tuple(read_text(path, _MAX_LEXICON_BYTES).splitlines())
    # The same word written with other spaces is the same word.
    cleaned = (_UNWRITTEN.sub(" ", word).strip() for word in given)
    return tuple(dict.fromkeys(word for word in cleaned if word))


def _around(options: tuple[Option, ...]) -> RelativeBox | None:
    """Return the smallest box that holds the boxes of all options."""
    if not options:
        return None
    lefts, tops, rights, bottoms = zip(*(option.box for option in options), strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def _holds(outer: RelativeBox, inner: RelativeBox) -> bool:
    return (
        outer[0] <= inner[0]
        and outer[1] <= inner[1]
        and inner[2] <= outer[2]
        and inner[3] <= outer[3]
    )


def _check_name(name: str, what: str) -> None:
    if not name.strip() or not name.isprintable() or len(name) > _MAX_NAME:
        raise ValueError(f"{what} needs a name of 1 to {_MAX_NAME} printable characters")


def _check_box(box: RelativeBox) -> None:
    left, top, right, bottom = box
    if not (0 <= left < right <= 1 and 0 <= top < bottom <= 1):
        raise ValueError(
            "box must be [left, top, right, bottom] with 0 <= left < right <= 1 and "
            "0 <= top < bottom <= 1"
        )
