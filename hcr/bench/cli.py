"""hcr-bench: the command line. Everything heavy is imported once the options are understood."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import hcr
from hcr.errors import ConfigError, HcrError, printable

if TYPE_CHECKING:
    from hcr.bench.compare import Difference
    from hcr.bench.readers import Reader
    from hcr.bench.run import MeasureConfig, Measurement
    from hcr.bench.truth import Truth

_PATH = click.Path(path_type=Path)
# The name of the switch: the field of NormaliseConfig and its value, the help.
_SWITCHES = {
    "quotes": ("fold_quotes", False, "Typographic quotation marks differ from ' and \"."),
    "dashes": ("fold_dashes", False, "Dashes differ from the hyphen, an ellipsis from three dots."),
    "spaces": ("collapse_spaces", False, "White space and line ends count as they are."),
    "case": ("fold_case", True, "Capitals equal small letters."),
    "accents": ("strip_accents", True, "Accents do not count."),
    "punctuation": ("strip_punctuation", True, "Punctuation does not count."),
}
_EPILOG = """\b
TRUTH_DIR holds images, and beside each image x.png its text:
  x.xml        ALTO or PAGE (or x.alto.xml, x.page.xml), with baselines and polygons
  x.gt.txt     plain text of a page, or of one line
  any .tsv     columns file, text and perhaps writer, by tabs; may be named itself

\b
Examples:
  hcr-bench pages                                      error rates of hcr
  hcr-bench --command 'tesseract {image} - -l eng' pages    beside another program's
  hcr-bench --reader none --predictions out pages      score texts made elsewhere
  hcr-bench --json now.json --html now.html pages      in full, with plots
  hcr-bench --compare before.json --fail-above 0.10 pages   as a gate

\b
Exit status: 0 all read; 1 some input failed or the CER is above --fail-above;
2 wrong usage."""


def _normalisation(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the switches of normalisation to a command."""
    for name, (_, value, text) in reversed(_SWITCHES.items()):
        flag = f"--ignore-{name}" if value else f"--keep-{name}"
        command = click.option(flag, f"switch_{name}", is_flag=True, help=text)(command)
    return command


@click.command(epilog=_EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("truth_dir", type=_PATH)
@click.option(
    "--reader",
    type=click.Choice(["auto", "crnn", "characters", "none"]),
    default="auto",
    show_default=True,
    help="How hcr reads; none measures only the others.",
)
@click.option("--model", type=_PATH, metavar="FILE", help="Use this line model (ONNX).")
@click.option(
    "--one-hand/--many-hands",
    default=True,
    show_default=True,
    help="As of hcr-read: lines of a page teach the reader its hand, or are read by themselves.",
)
@click.option(
    "--command",
    "commands",
    multiple=True,
    metavar="TEXT",
    help="Also measure a program that prints the text of {image}; may be repeated.",
)
@click.option(
    "--predictions",
    multiple=True,
    type=_PATH,
    metavar="DIR",
    help="Also score NAME.txt, NAME.json (of hcr) or NAME.xml (ALTO, PAGE) in a folder; "
    "may be repeated.",
)
@click.option(
    "--level",
    type=click.Choice(["auto", "page", "line"]),
    default="auto",
    show_default=True,
    help="Read pages, or lines (those that the truth outlines, or images of one line). auto: "
    "both for hcr, pages for others; an image whose text has one line is a line.",
)
@click.option(
    "--cut-header",
    is_flag=True,
    help="Cut pages above the first true line: a printed header is often not transcribed.",
)
@click.option(
    "--strike-outs", is_flag=True, help="The truth marks struck-out text as >text<: leave it out."
)
@click.option(
    "--writer",
    metavar="REGEX",
    help="The part of an image's name that tells the writer; intervals are then over writers.",
)
@_normalisation
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=600,
    show_default=True,
    metavar="SECONDS",
    help="Stop a --command that takes longer for one image.",
)
@click.option("--json", "json_file", type=_PATH, metavar="FILE", help="Write the report as JSON.")
@click.option(
    "--html", "html_file", type=_PATH, metavar="FILE", help="Write it as one page with plots."
)
@click.option("--compare", type=_PATH, metavar="FILE", help="Compare with an earlier --json.")
@click.option(
    "--fail-above",
    type=click.FloatRange(min=0),
    metavar="RATE",
    help="Exit with 1 if the first reader's CER (of pages, else of lines) is above, as 0.10.",
)
@click.version_option(hcr.__version__, prog_name="hcr-bench")
@click.pass_context
def main(ctx: click.Context, truth_dir: Path, **options: Any) -> None:
    """Measure how well handwriting is read: error rates of hcr and other programs.

    TRUTH_DIR is a folder with transcribed images. Printed are character and word error rates
    (CER, WER) with 95 % confidence intervals, lines and words found, confidences, time, memory.
    """
    try:
        ctx.exit(_run(truth_dir, options))
    except HcrError as error:
        click.echo(f"hcr-bench: {error}", err=True)
        ctx.exit(error.exit_code)
    except KeyboardInterrupt:
        click.echo("hcr-bench: interrupted", err=True)
        ctx.exit(130)


def _run(source: Path, options: dict[str, Any]) -> int:
    """Measure, report, and return the exit status."""
    from hcr.bench.compare import between, with_past
    from hcr.bench.record import load
    from hcr.bench.run import measure
    from hcr.bench.table import render
    from hcr.bench.truth import TruthConfig, read_truth

    _check(options)
    config = _config(options)
    past = load(options["compare"], config) if options["compare"] else None
    writer = _pattern(options["writer"])
    truths, errors = read_truth(
        source, TruthConfig(options["level"], options["strike_outs"], writer)
    )
    with ExitStack() as stack:
        readers = _readers(options, stack)
        followed, report = _progress(truths)
        failures = _Failures(report)
        for error in errors:
            failures(error)
        found = measure(followed, readers, config, failures)
    differences = between(found)
    if past is not None:
        differences += with_past(found, past, printable(options["compare"].name))
    click.echo(render(found, config.normalise, differences), nl=False)
    _write(source, found, config, differences, options)
    above = _above(found, options["fail_above"])
    return 1 if failures.count or above else 0


class _Failures:
    """Prints failures, one line each, and counts them."""

    def __init__(self, report: Callable[[str], object]) -> None:
        self._report = report
        self.count = 0

    def __call__(self, error: HcrError) -> None:
        self.count += 1
        self._report(str(error))


def _check(options: dict[str, Any]) -> None:
    """Refuse before hours of reading what would fail after them."""
    if options["reader"] == "none" and not (options["commands"] or options["predictions"]):
        raise click.UsageError("--reader none needs a --command or --predictions to measure.")
    if options["level"] == "line" and options["predictions"]:
        raise click.UsageError("--predictions are of pages: leave out --level line.")
    for name in ("json_file", "html_file"):
        path = options[name]
        if path and (path.is_dir() or not path.absolute().parent.is_dir()):
            raise ConfigError(path, "no file can be written there", "name a file in a folder")


def _config(options: dict[str, Any]) -> MeasureConfig:
    from hcr.bench.run import MeasureConfig
    from recognition.metrics import NormaliseConfig

    chosen = {
        field: value for name, (field, value, _) in _SWITCHES.items() if options[f"switch_{name}"]
    }
    return MeasureConfig(options["level"], options["cut_header"], NormaliseConfig(**chosen))


def _pattern(text: str | None) -> re.Pattern[str] | None:
    try:
        return re.compile(text) if text else None
    except re.error as error:
        raise ConfigError("--writer", f"{text!r} is no pattern ({error})", "mend it") from None


def _readers(options: dict[str, Any], stack: ExitStack) -> list[Reader]:
    from hcr.bench.readers import Command, Predictions

    readers: list[Reader] = []
    others = [Command(text, options["timeout"]) for text in options["commands"]]
    files = [Predictions(folder) for folder in options["predictions"]]
    if options["reader"] != "none":
        from hcr.bench.ours import Hcr
        from hcr.reader import ReaderConfig

        keys = ("model", "reader", "one_hand")
        ours = Hcr(ReaderConfig(**{key: options[key] for key in keys}))
        stack.callback(ours.close)
        readers.append(ours)
    return [*readers, *others, *files]


def _progress(truths: Sequence[Truth]) -> tuple[Iterable[Truth], Callable[[str], object]]:
    """Return the images with a progress bar on a terminal, and what prints a line beside it."""
    if not sys.stderr.isatty():
        return truths, partial(click.echo, err=True)
    from tqdm import tqdm

    bar = tqdm(truths, unit="image", leave=False, file=sys.stderr)
    return bar, partial(tqdm.write, file=sys.stderr)


def _write(
    source: Path,
    found: Sequence[Measurement],
    config: MeasureConfig,
    differences: Sequence[Difference],
    options: dict[str, Any],
) -> None:
    from hcr.bench.record import dump, to_dict
    from hcr.files import write_atomically

    if options["json_file"]:
        write_atomically(options["json_file"], dump(to_dict(source, found, config)))
    if options["html_file"]:
        from hcr.bench.html import page

        write_atomically(options["html_file"], page(source, found, config, differences))


def _above(found: Sequence[Measurement], limit: float | None) -> bool:
    """Tell whether the first reader's CER is above the limit, and say so."""
    if limit is None or not found:
        return False
    from hcr.bench.summary import levels, summarise

    for results in levels(found[0]).values():
        cer = summarise(results).figures["cer"].value
        if cer > limit:
            click.echo(f"hcr-bench: the CER of {cer:.2%} is above {limit:.2%}", err=True)
            return True
        return False
    click.echo("hcr-bench: nothing was measured", err=True)
    return True
