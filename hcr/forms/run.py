"""Reads many filled forms into one table, each failure one line on standard error."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import closing
from functools import partial
from pathlib import Path

import click

from hcr.batch.executor import run_jobs
from hcr.batch.inputs import Found, find_inputs
from hcr.batch.plan import make_jobs, page_target
from hcr.batch.progress import Progress
from hcr.batch.run import choose_executor
from hcr.config import RunConfig
from hcr.document import source_name
from hcr.errors import ConfigError, HcrError, InputError, OutputError, printable
from hcr.files import write_atomically
from hcr.forms.job import read_forms
from hcr.forms.output import WRITERS, Record
from hcr.forms.template import Template, load_template
from hcr.images import SUFFIXES
from hcr.jobs import Outcome


def read_table(
    template_path: Path,
    paths: Sequence[Path],
    output: Path | None,
    pictures: Path | None,
    config: RunConfig,
    precision: float,
) -> int:
    """Read forms into a table and return the exit status.

    Parameters
    ----------
    template_path
        The template's TOML file.
    paths
        Images, PDFs, folders and patterns.
    output
        CSV or JSON Lines file, written at the end, or when interrupted with what is read by then;
        None prints CSV as the forms are read.
    pictures
        Folder for pictures of the forms with what was read; None for none.
    config
        Of it count the number of processes and the languages.
    precision
        As for `FieldReader`.

    Raises
    ------
    HcrError
        If nothing can be read or written, or no more.
    """
    if output and not output.parent.is_dir():
        raise ConfigError(output, "there is no such folder for the table", "make it first")
    template = load_template(template_path)
    found = list(find_inputs(paths, SUFFIXES, pictures))
    todo = make_jobs([item for item in found if isinstance(item, Found)], [".jpg"], pictures)
    table = _Table(template, output)
    bar = output is not None or not sys.stdout.isatty()
    with Progress(len(found), bar=bar, summary=False) as progress, table:
        for failure in found:
            if isinstance(failure, HcrError):
                progress.done(failure)
                table.add(_unread(failure))
        task, start = partial(read_forms, template_path, precision), choose_executor(config)
        with closing(run_jobs(todo, config, start, task, ordered=True)) as outcomes:
            for outcome in outcomes:
                _take(outcome, table, progress)
                _write_pictures(outcome, {job.outputs for job in todo})
    if output is not None:
        click.echo(table.summary(), err=True)
    return 1 if progress.failed else 0


class _Table:
    """The table as it grows: rows are printed at once, or kept and written at the end.

    As a context manager it writes on the way out, whatever ended the reading.
    """

    def __init__(self, template: Template, output: Path | None) -> None:
        self._template, self._output = template, output
        self._writer = WRITERS[output.suffix.lower() if output else ".csv"]
        self._records: list[Record] = []
        self._read, self._to_review, self._failed = 0, 0, 0

    def __enter__(self) -> _Table:
        return self

    def __exit__(self, *_: object) -> None:
        if self._output is not None and self._records:
            write_atomically(self._output, self._writer.render(self._template, self._records))

    def add(self, record: Record) -> None:
        """Add a row."""
        if record.error:
            self._failed += 1
        else:
            self._read += 1
            self._to_review += any(reading.review for reading in record.readings)
        if self._output is not None:
            self._records.append(record)
            return
        is_first = self._read + self._failed == 1
        header = self._writer.header(self._template) if is_first else ""
        row = header + self._writer.row(self._template, record)
        sys.stdout.buffer.write(row.encode("utf-8"))
        sys.stdout.buffer.flush()

    def summary(self) -> str:
        """Return in one line what is in the table."""
        review = f"{self._to_review} with fields to review"
        return f"forms: {self._read} read, {review}, {self._failed} failed"


def _take(outcome: Outcome, table: _Table, progress: Progress) -> None:
    """Add the forms of an input to the table and report what failed."""
    lines = outcome.rendered[0] if outcome.rendered else ()
    for line in lines:
        record = Record.from_json(line.decode("utf-8"))
        table.add(record)
        if record.error:
            problem, _, remedy = record.error.rpartition("; ")
            page = f"page {record.page}: " if len(lines) > 1 else ""
            progress.fail(InputError(outcome.job.path, page + problem, remedy))
    if outcome.error:
        table.add(_unread(outcome.error))
    progress.done(outcome.error)


def _unread(error: HcrError) -> Record:
    """Return the row of an input that could not be read, or not to its end."""
    return Record(source_name(error.source), 0, error=printable(f"{error.problem}; {error.remedy}"))


def _write_pictures(outcome: Outcome, planned: set[tuple[Path, ...]]) -> None:
    """Write the pictures of an input's forms."""
    job = outcome.job
    if not job.outputs or not outcome.rendered:
        return
    (first,) = job.outputs
    for index, data in enumerate(outcome.rendered[1]):
        target = page_target(job, first, index)
        if index and (target,) in planned:
            problem = f"page {index + 1} would have the name of another input's picture"
            raise OutputError(job.path, problem, "rename one of the inputs")
        if data:
            try:
                target.parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                problem = f"no such folder can be made ({error.strerror})"
                raise OutputError(target.parent, problem, "choose another") from None
            write_atomically(target, data)
