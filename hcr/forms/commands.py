"""What hcr-forms init and check do: propose a template for a blank form, check and draw one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from hcr.config import RunConfig
from hcr.errors import ConfigError, printable
from hcr.files import write_atomically
from hcr.forms.draw import draw_template
from hcr.forms.job import form_reader
from hcr.forms.propose import propose_fields
from hcr.forms.read import load_blank, prepare_blank
from hcr.forms.template import Template
from hcr.forms.template_toml import save_template
from hcr.show import encode


def init_template(blank: Path, target: Path) -> str:
    """Write a proposal of a template for a blank form and return what to do next.

    Raises
    ------
    ConfigError
        If the blank cannot be used, there is nothing to fill in on it, or the target exists.
    OutputError
        If the template cannot be written.
    """
    if os.path.lexists(target):
        raise ConfigError(target, "it exists already", "name another file with -o")
    prepare_blank(blank)
    fields = propose_fields(load_blank(blank))
    if not fields:
        problem = "no boxes, combs, tick boxes or lines to write on are found"
        raise ConfigError(blank, problem, "write the template by hand, see the README")
    name = "".join(c for c in blank.stem if c.isprintable())[:80].strip() or "form"
    save_template(Template(name, blank, fields), target, guide=True)
    shown = printable(os.fspath(target))
    return f"{shown}: {len(fields)} fields; name them, then: hcr-forms check {shown} -o fields.png"


def check_template(path: Path, output: Path | None) -> Iterator[str]:
    """Yield what a template says of each field, and draw them if `output` is given.

    Raises
    ------
    ConfigError, ModelError
        If the template, its blank, a model, or the name of the picture cannot be used.
    OutputError
        If the picture cannot be written.
    """
    template = form_reader(path, RunConfig()).template
    blank = load_blank(template.blank)
    height, width = blank.shape[:2]
    count = f"{len(template.fields)} field{'s' * (len(template.fields) > 1)}"
    yield f"{template.name}: {count}, blank of {width} x {height} pixels"
    for field in template.fields:
        cells = f", {field.layout} of {field.cells}" if field.cells else ""
        options = ", ".join(option.name for option in field.options)
        required = ", required" if field.required else ""
        yield f"  {field.name}: {field.type}{cells}{required}{f' ({options})' if options else ''}"
    if output:
        try:
            data = encode(draw_template(template, blank), output.suffix)
        except ValueError as error:
            raise ConfigError(output, str(error), "name it .png or .jpg") from None
        write_atomically(output, data)
