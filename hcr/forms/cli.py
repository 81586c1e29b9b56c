"""hcr-forms: the command line. Everything heavy is imported once the options are understood."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

import hcr
from hcr.errors import HcrError

_PATH = click.Path(path_type=Path)
_EPILOG = """\b
Examples:
  hcr-forms init blank.png                     propose a template, blank.toml
  hcr-forms check blank.toml -o fields.png     draw its fields
  hcr-forms read blank.toml scans/ -o all.csv  a row for each filled form

\b
Exit status: 0 all forms read; 1 some input failed, the others are in the table;
2 wrong usage, template or blank."""


@click.group(epilog=_EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(hcr.__version__, prog_name="hcr-forms")
def main() -> None:
    """Read filled forms into a table: one row a form, one value a field."""


@main.command()
@click.argument("blank", type=_PATH)
@click.option("-o", "--output", type=_PATH, metavar="FILE", help="[default: beside BLANK, .toml]")
def init(blank: Path, output: Path | None) -> None:
    """Propose a template from the boxes, combs and lines found on a blank form.

    BLANK is an image or one-page PDF of the form with nothing filled in. The fields are numbered
    in reading order: give them names and types with a text editor.
    """
    with _errors_shown():
        from hcr.forms.commands import init_template

        click.echo(init_template(blank, output or blank.with_suffix(".toml")))


@main.command()
@click.argument("template", type=_PATH)
@click.option("-o", "--output", type=_PATH, metavar="FILE", help="Draw the fields over the blank.")
def check(template: Path, output: Path | None) -> None:
    """Check a template, list its fields and draw them."""
    with _errors_shown():
        from hcr.forms.commands import check_template

        for line in check_template(template, output):
            click.echo(line)


@main.command()
@click.argument("template", type=_PATH)
@click.argument("paths", nargs=-1, required=True, type=_PATH, metavar="PATH...")
@click.option(
    "-o",
    "--output",
    type=_PATH,
    metavar="FILE",
    help="Write the table here, as its name ends in .csv or .jsonl.  [default: CSV to standard "
    "output]",
)
@click.option(
    "--pictures",
    type=_PATH,
    metavar="DIR",
    help="Draw fields and readings over each form here, named after the input; later pages of one "
    "input: -p2, -p3 ... added.",
)
@click.option(
    "--jobs",
    type=click.IntRange(1, 256),
    metavar="N",
    help="Read N inputs at a time, in processes of one thread each.  [default: one at a time]",
)
@click.option(
    "--precision",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    default=0.99,
    show_default=True,
    metavar="SHARE",
    help="Mark for review what is less sure than a table needs of which so large a share is right.",
)
@click.option(
    "--language",
    default="en,fr",
    show_default=True,
    metavar="LIST",
    help="What names and free text may be in: en, fr, both, or none.",
)
def read(
    template: Path,
    paths: tuple[Path, ...],
    output: Path | None,
    pictures: Path | None,
    jobs: int | None,
    precision: float,
    language: str,
) -> None:
    """Read filled forms and write a table: one row a form, failed ones with the reason.

    PATH is an image, a multi-page TIFF, a PDF, a folder, of which all images are read, or a
    pattern such as 'scans/**/*.tif'. Each page is one form.
    """
    with _errors_shown():
        from hcr.config import RunConfig
        from hcr.forms.output import WRITERS
        from hcr.forms.run import read_table
        from recognition.language import parse_languages

        if output and output.suffix.lower() not in WRITERS:
            raise click.UsageError(f"-o writes {' or '.join(WRITERS)}: name the file so.")
        config = RunConfig(jobs=jobs, language=parse_languages(language))
        status = read_table(template, paths, output, pictures, config, precision)
    click.get_current_context().exit(status)


@contextmanager
def _errors_shown() -> Iterator[None]:
    """Print an error as one line and end with its exit status."""
    context = click.get_current_context()
    try:
        yield
    except HcrError as error:
        click.echo(f"hcr-forms: {error}", err=True)
        context.exit(error.exit_code)
    except KeyboardInterrupt:
        click.echo("hcr-forms: interrupted", err=True)
        context.exit(130)
