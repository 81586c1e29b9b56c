"""hcr-read: the command line. Everything heavy is imported once the options are understood."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import hcr
from hcr.errors import ConfigError, HcrError, InputError
from hcr.formats import FORMATS, Format

if TYPE_CHECKING:
    from hcr.batch.progress import Progress
    from hcr.config import RunConfig
    from hcr.jobs import Job

_PATH = click.Path(path_type=Path)
_PICTURES = (".png", ".jpg", ".jpeg", ".webp")
_EPILOG = """\b
Examples:
  hcr-read letter.jpg                     print what is written
  hcr-read -f json letter.jpg             with boxes and confidences
  hcr-read -f txt -f json -o out scans/   a folder, results in out/
  hcr-read -f pdf scan.pdf > found.pdf    the scan, searchable
  hcr-read -o out --jobs 4 --resume scans/     go on where it was interrupted
  hcr-read --show found.png letter.jpg    draw what was found
  hcr-read --level line name.png          the image is a single line

\b
Exit status: 0 all inputs read; 1 some input failed, the others are written;
2 wrong usage."""


@click.command(epilog=_EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("paths", nargs=-1, required=True, type=_PATH, metavar="PATH...")
@click.option(
    "-f",
    "--format",
    multiple=True,
    type=click.Choice(list(FORMATS)),
    metavar="FORMAT",
    help=f"What to write: {', '.join(FORMATS)}. Several with -o.  [default: txt]",
)
@click.option(
    "-o",
    "--output",
    type=_PATH,
    metavar="DIR",
    help="Write one file per input and format here, named after the input's stem, in the same "
    "sub-folders.",
)
@click.option(
    "--level",
    type=click.Choice(["page", "line"]),
    help="What an image holds: a page, or one text line.  [default: page]",
)
@click.option(
    "--reader",
    type=click.Choice(["auto", "crnn", "characters"]),
    help="Read lines as a whole (crnn), by characters, or hand-printed lines both ways and the "
    "rest as a whole (auto).  [default: auto]",
)
@click.option("--model", type=_PATH, metavar="FILE", help="Use this line model (ONNX).")
@click.option(
    "--language",
    metavar="LIST",
    help="Languages of the writing, as in en or en,fr; none reads by the image alone.  "
    "[default: en,fr]",
)
@click.option(
    "--lexicon",
    type=_PATH,
    metavar="FILE",
    help="Words that are likely to occur (names, terms), UTF-8, one a line.",
)
@click.option(
    "--one-hand/--many-hands",
    default=None,
    help="A page is by one hand, and its lines teach the reader that hand; or each line is read by "
    "itself, which is faster.  [default: one-hand]",
)
@click.option(
    "--jobs",
    type=click.IntRange(1, 256),
    metavar="N",
    help="Read N inputs at a time, in processes of one thread each.  [default: one input at a "
    "time, its lines on all cores]",
)
@click.option(
    "--resume",
    is_flag=True,
    default=None,
    help="Read only what is not yet in DIR, failed, or has changed (input, options or model).",
)
@click.option(
    "--report",
    type=_PATH,
    metavar="FILE",
    help="Write an HTML page with picture, text and doubtful words of every page, worst first.",
)
@click.option(
    "--scheduler",
    metavar="ADDRESS",
    help="Read on a Dask cluster, such as tcp://host:8786.",
)
@click.option(
    "--show",
    type=_PATH,
    metavar="FILE",
    help="Draw lines, words and confidences beside the page. Several inputs: FILE-STEM; "
    "later pages of one input: -p2, -p3 ... added.",
)
@click.option("--config", type=_PATH, metavar="FILE", help="Settings in TOML; flags overrule it.")
@click.version_option(hcr.__version__, prog_name="hcr-read")
@click.pass_context
def main(ctx: click.Context, paths: tuple[Path, ...], config: Path | None, **options: Any) -> None:
    """Read handwriting: print what is written in images, PDFs and folders of them.

    PATH is an image (PNG, JPEG, WebP, BMP, PGM, GIF), a multi-page TIFF, a PDF, a folder, of
    which all images are read in natural order, those in sub-folders too, or a pattern such as
    'scans/**/*.tif'. Without -o the text goes to standard output, pages separated by form feeds.
    """
    flags = {key: value for key, value in options.items() if value not in (None, ())}
    if "language" in flags:
        from recognition.language import parse_languages

        flags["language"] = parse_languages(flags["language"])
    try:
        ctx.exit(_run(paths, config, flags))
    except HcrError as error:
        click.echo(f"hcr-read: {error}", err=True)
        ctx.exit(error.exit_code)
    except KeyboardInterrupt:
        click.echo("hcr-read: interrupted", err=True)
        ctx.exit(130)


def _run(paths: Sequence[Path], config_file: Path | None, flags: dict[str, Any]) -> int:
    """Read everything and return the exit status."""
    from hcr.batch.inputs import Found, find_inputs
    from hcr.batch.plan import make_jobs
    from hcr.batch.progress import Progress
    from hcr.config import load_config
    from hcr.images import SUFFIXES

    config = load_config(config_file, flags)
    _check(config)
    found = list(find_inputs(paths, SUFFIXES, config.output))
    failures = [item for item in found if isinstance(item, HcrError)]
    inputs = [item for item in found if isinstance(item, Found)]
    suffixes = [FORMATS[name].suffix for name in config.format]
    jobs = make_jobs(inputs, suffixes, config.output, config.show)
    if config.output is None:
        _check_printing(FORMATS[config.format[0]], config.format[0], len(jobs))
    count = len(jobs) + len(failures)
    text_on_terminal = config.output is None and sys.stdout.isatty()
    with Progress(count, bar=not text_on_terminal, summary=bool(config.output)) as progress:
        for failure in failures:
            progress.done(failure)
        if config.output:
            from hcr.batch.run import run_batch

            run_batch(jobs, config, progress)
        else:
            _print_all(jobs, config, progress)
    return 1 if progress.failed else 0


def _check(config: RunConfig) -> None:
    """Refuse options that do not go together, and make the output folder."""
    if len(config.format) > 1 and config.output is None:
        raise click.UsageError("Several formats need a folder to write to: add -o DIR.")
    if len(set(config.format)) < len(config.format):
        raise click.UsageError("The same format is asked for twice.")
    for option, value in (("--resume", config.resume), ("--report", config.report)):
        if value and config.output is None:
            raise click.UsageError(f"{option} is about a folder of results: add -o DIR.")
    if config.scheduler and config.jobs:
        raise click.UsageError("--jobs is for this machine: start more workers instead.")
    if config.scheduler and config.show:
        raise click.UsageError("--show draws on this machine: leave out --scheduler.")
    if config.show and config.show.suffix.lower() not in _PICTURES:
        raise click.UsageError(f"--show writes {', '.join(_PICTURES)}: name the file so.")
    if config.output is not None:
        try:
            config.output.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ConfigError(
                config.output, f"no such folder can be made ({error.strerror})", "choose another"
            ) from None


def _print_all(jobs: Sequence[Job], config: RunConfig, progress: Progress) -> None:
    """Print the results in the order of the inputs."""
    from hcr.batch.executor import run_jobs
    from hcr.batch.run import choose_executor

    form = FORMATS[config.format[0]]
    is_first = True
    start = choose_executor(config)
    with closing(run_jobs(jobs, config, start, ordered=True)) as outcomes:
        for outcome in outcomes:
            error, parts = outcome.error, outcome.rendered[0] if outcome.rendered else ()
            if len(parts) > 1:
                problem = f"it has {len(parts)} pages, and {config.format[0]} is a file for each"
                error, parts = InputError(outcome.job.path, problem, "add -o DIR"), ()
            progress.done(error)
            for data in parts:
                _print(data if is_first else form.following(data))
                is_first = False


def _check_printing(form: Format, name: str, count: int) -> None:
    """Refuse to print what standard output cannot take."""
    if form.separator is None and count > 1:
        raise click.UsageError(f"Several inputs do not make one {name} file: add -o DIR.")
    if form.is_binary and sys.stdout.isatty():
        raise click.UsageError(f"A terminal cannot show {name}: add -o DIR, or > FILE.")


def _print(data: bytes) -> None:
    stream = sys.stdout.buffer
    stream.write(data)
    stream.flush()
