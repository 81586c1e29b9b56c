"""Reads the forms of one input, in whichever process, to lines of the table and pictures."""

from __future__ import annotations

import time
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from hcr.document import source_name
from hcr.errors import ConfigError, HcrError, InputError, ModelError, printable
from hcr.forms.draw import draw_readings
from hcr.forms.output import Record
from hcr.forms.read import FormReader, FormReading
from hcr.forms.template import Template, load_template
from hcr.jobs import Job, Outcome, failed
from hcr.show import encode

if TYPE_CHECKING:
    from hcr.config import RunConfig


def read_forms(
    template_path: Path, precision: float, job: Job, config: RunConfig, path: Path
) -> Outcome:
    """Read the forms of an input, from `path` in place of ``job.path``; precision as `FieldReader`.

    Returns
    -------
    Outcome
        ``rendered`` holds two lists of one item a page: lines of JSON, of pages that are not the
        form too, and, if the job has outputs, pictures with the readings drawn (JPEG; empty for
        pages that are not the form). After an error these are the pages before it.

    Raises
    ------
    ConfigError, ModelError
        Which would befall every other job as well.
    """
    start = time.monotonic()
    reader = form_reader(template_path, config, precision)
    lines: list[bytes] = []
    pictures: list[bytes] = []
    error: HcrError | None = None
    try:
        for number, page in enumerate(reader.read(path), 1):
            lines.append(_line(reader.template, job, number, page))
            if job.outputs:
                pictures.append(_picture(reader.template, page))
    except (ConfigError, ModelError):
        raise
    except HcrError as problem:
        error = problem
    except MemoryError:
        error = InputError(job.path, "there is not enough memory for it", "make it smaller")
    except Exception as fault:  # one input that trips a bug must not cost the others
        problem_text = f"reading it failed ({type(fault).__name__}: {fault})"
        error = InputError(job.path, problem_text, "this is a fault of hcr, please report it")
    outcome = failed(job, error, start) if error else Outcome(job)
    rendered = (tuple(lines), tuple(pictures))
    return replace(outcome, rendered=rendered, seconds=time.monotonic() - start)


@lru_cache(maxsize=1)
def form_reader(template_path: Path, config: RunConfig, precision: float = 0.99) -> FormReader:
    """Return this process's reader of a template: models and blank are loaded once.

    Raises
    ------
    ConfigError, ModelError
        If the template, its blank or a model cannot be used.
    """
    from hcr.forms.fields import FieldReader

    template = load_template(template_path)
    threads = config.reader_config().threads
    fields = FieldReader.load(
        config.model, threads=threads, languages=config.language, precision=precision
    )
    try:
        fields.check(template.fields)
    except ConfigError as error:
        problem = f"{error.source}: {error.problem}"
        raise ConfigError(template_path, problem, error.remedy) from None
    return FormReader(template, fields, config.images)


def _line(template: Template, job: Job, page: int, reading: FormReading | InputError) -> bytes:
    """Return the record of a page as JSON."""
    name = source_name(job.path)
    if isinstance(reading, InputError):
        record = Record(name, page, error=printable(f"{reading.problem}; {reading.remedy}"))
    else:
        record = Record(name, page, reading.readings)
    return record.to_json(template).encode("utf-8")


def _picture(template: Template, reading: FormReading | InputError) -> bytes:
    if isinstance(reading, InputError):
        return b""
    return encode(draw_readings(template, reading.picture, reading.readings), ".jpg")
