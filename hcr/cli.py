"""hcr-read: the command line. Everything heavy is imported once the options are understood."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import hcr
from hcr.errors import ConfigError, HcrError
from hcr.formats import FORMATS

if TYPE_CHECKING:
    from hcr.config import RunConfig
    from hcr.jobs import Job, Outcome

_PATH = click.Path(path_type=Path)
_PICTURES = (".png", ".jpg", ".jpeg", ".webp")
_EPILOG = """\b
Examples:
  hcr-read letter.jpg                     print what is written
  hcr-read -f json letter.jpg             with boxes and confidences
  hcr-read -f txt -f json -o out scans/   a folder, results in out/
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
    help="What to write; several with -o.  [default: txt]",
)
@click.option(
    "-o",
    "--output",
    type=_PATH,
    metavar="DIR",
    help="Write one file per input and format here, named after the input's stem.",
)
@click.option(
    "--level",
    type=click.Choice(["page", "line"]),
    help="What an image holds: a page, or one text line.  [default: page]",
)
@click.option(
    "--reader",
    type=click.Choice(["auto", "crnn", "characters"]),
    help="How letters are recognised.  [default: auto]",
)
@click.option("--model", type=_PATH, metavar="FILE", help="Use this line model (ONNX).")
@click.option(
    "--jobs",
    type=click.IntRange(1, 256),
    metavar="N",
    help="Read N inputs at a time, in processes of one thread each.  [default: 1]",
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

    PATH is an image (PNG, JPEG, WebP, BMP, PGM, GIF), a multi-page TIFF, a PDF or a folder, of
    which all images are read in natural order, sub-folders left out. Without -o the text goes to
    standard output, pages separated by form feeds.
    """
    if options["reader"] == "characters":
        raise click.UsageError("--reader characters does not exist yet; use --reader crnn.")
    flags = {key: value for key, value in options.items() if value not in (None, ())}
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
    from hcr.config import load_config
    from hcr.files import expand
    from hcr.images import SUFFIXES
    from hcr.jobs import read_all

    config = load_config(config_file, flags)
    _check(config)
    found = list(expand(paths, SUFFIXES))
    failures = [item for item in found if isinstance(item, HcrError)]
    jobs = _plan([item for item in found if isinstance(item, Path)], config)
    for failure in failures:
        click.echo(str(failure), err=True)
    failed = len(failures)
    separator = b""
    with closing(read_all(jobs, config)) as outcomes:
        followed, report = _progress(outcomes, len(jobs), config)
        for outcome in followed:
            if outcome.error:
                failed += 1
                report(str(outcome.error))
            for data in outcome.rendered:
                _print(separator + data)
                separator = FORMATS[config.format[0]].separator
    return 1 if failed else 0


def _check(config: RunConfig) -> None:
    """Refuse options that do not go together, and make the output folder."""
    if len(config.format) > 1 and config.output is None:
        raise click.UsageError("Several formats need a folder to write to: add -o DIR.")
    if len(set(config.format)) < len(config.format):
        raise click.UsageError("The same format is asked for twice.")
    if config.show and config.show.suffix.lower() not in _PICTURES:
        raise click.UsageError(f"--show writes {', '.join(_PICTURES)}: name the file so.")
    if config.output is not None:
        try:
            config.output.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ConfigError(
                config.output, f"no such folder can be made ({error.strerror})", "choose another"
            ) from None


def _plan(inputs: list[Path], config: RunConfig) -> list[Job]:
    """Return the jobs, with the names of all that they will write."""
    from hcr.files import check_stems
    from hcr.jobs import Job

    several = len(inputs) > 1
    if config.output or (config.show and several):
        check_stems(inputs)
    suffixes = [FORMATS[name].suffix for name in config.format]
    jobs = []
    for path in inputs:
        folder, show = config.output, config.show
        outputs = tuple(folder / f"{path.stem}{suffix}" for suffix in suffixes) if folder else ()
        if show and several:
            show = show.with_stem(f"{show.stem}-{path.stem}")
        jobs.append(Job(path, outputs, show))
    return jobs


def _progress(
    outcomes: Iterator[Outcome], count: int, config: RunConfig
) -> tuple[Iterable[Outcome], Callable[[str], object]]:
    """Return the outcomes with a progress bar, and what prints a line on standard error beside it.

    There is a bar for several inputs on a terminal, unless the text itself goes there.
    """
    text_on_terminal = config.output is None and sys.stdout.isatty()
    if count < 2 or text_on_terminal or not sys.stderr.isatty():
        return outcomes, partial(click.echo, err=True)
    from tqdm import tqdm

    bar = tqdm(outcomes, total=count, unit="file", leave=False, file=sys.stderr)
    return bar, partial(tqdm.write, file=sys.stderr)


def _print(data: bytes) -> None:
    stream = sys.stdout.buffer
    stream.write(data)
    stream.flush()
