"""Writes a template as TOML that people go on to edit."""

from __future__ import annotations

import json
import os
from pathlib import Path

from hcr.errors import ConfigError
from hcr.files import write_atomically
from hcr.forms.template import Field, RelativeBox, Template

_GUIDE = """\
# Template of a form, for hcr-forms. "hcr-forms check FILE -o picture.png" draws the fields.
#
# Edit for each [[field]]
#   name      of its column in the table
#   type      text, name, digits, date, amount, code, choice or lexicon
#   box       left, top, right, bottom as shares of the width and height of the blank
#   layout    "boxes" or "comb" with cells = N for one character a cell; "line" is free writing
#   pattern   what the whole value looks like, as in "[A-Z]{2}[0-9]{4}"; type code needs one
#   words     for type lexicon: ["red", "green"], or the name of a file with one word a line
#   options   for type choice: the tick boxes, each with name and box; multiple = true if more
#             than one may be ticked
#   required  true if an empty field is to be reviewed
# and delete the fields that nobody fills in.
"""


def save_template(template: Template, path: Path, guide: bool = False) -> None:
    """Write a template to a file.

    Parameters
    ----------
    template
        Its blank lies in the folder of the file, or below it.
    path
        The TOML file.
    guide
        Whether to begin with what can be edited.

    Raises
    ------
    ConfigError
        If the blank lies elsewhere.
    OutputError
        If the file cannot be written.
    """
    try:
        blank = template.blank.resolve().relative_to(path.parent.resolve())
    except ValueError:
        problem = f"the blank {os.fspath(template.blank)} lies outside the template's folder"
        raise ConfigError(path, problem, "write the template beside the blank") from None
    parts = [_GUIDE] if guide else []
    parts.append(f"name = {_text(template.name)}\nblank = {_text(blank.as_posix())}\n")
    parts += [_field(field) for field in template.fields]
    write_atomically(path, "\n".join(parts).encode("utf-8"))


def _field(field: Field) -> str:
    lines = ["[[field]]", f"name = {_text(field.name)}", f"type = {_text(field.type)}"]
    if field.layout != "line":
        lines += [f"layout = {_text(field.layout)}", f"cells = {field.cells}"]
    lines.append(f"box = {_box(field.box)}")
    if field.pattern:
        lines.append(f"pattern = {_text(field.pattern)}")
    if field.words:
        lines += ["words = [", *(f"    {_text(word)}," for word in field.words), "]"]
    lines += [f"{name} = true" for name in ("required", "multiple") if getattr(field, name)]
    if field.options:
        options = (f"    {{ name = {_text(o.name)}, box = {_box(o.box)} }}," for o in field.options)
        lines += ["options = [", *options, "]"]
    return "\n".join(lines) + "\n"


def _text(value: str) -> str:
    """Return a TOML basic string: what JSON escapes is what TOML asks for in printable text."""
    return json.dumps(value, ensure_ascii=False)


def _box(box: RelativeBox) -> str:
    return "[" + ", ".join(repr(float(edge)) for edge in box) + "]"
