"""The report as a table of text, a column for each reader."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from hcr.bench.bootstrap import LEAST_CLUSTERS, Interval
from hcr.bench.compare import Difference
from hcr.bench.found import Found
from hcr.bench.measures import MEASURES
from hcr.bench.reliability import PRECISIONS
from hcr.bench.run import Measurement
from hcr.bench.summary import LEVELS, Summary, levels, summarise
from recognition.metrics import NormaliseConfig

_NORMALISATIONS = {
    "fold_quotes": "quotes folded",
    "fold_dashes": "dashes folded",
    "collapse_spaces": "white space collapsed",
    "fold_case": "case ignored",
    "strip_accents": "accents ignored",
    "strip_punctuation": "punctuation ignored",
}


@dataclass(frozen=True)
class Row:
    """A figure of each reader, empty where a reader has none."""

    label: str
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Section:
    """The figures of a level."""

    title: str
    rows: tuple[Row, ...]


def describe(config: NormaliseConfig) -> str:
    """Name the normalisation."""
    return ", ".join(
        ["NFC", *(text for key, text in _NORMALISATIONS.items() if getattr(config, key))]
    )


def sections(measurements: Sequence[Measurement]) -> list[Section]:
    """Return the figures of all readers, level by level."""
    found = []
    for level, title in LEVELS.items():
        columns = [levels(measurement).get(level, []) for measurement in measurements]
        summaries = [summarise(results) if results else None for results in columns]
        known = [
            (results, found) for results, found in zip(columns, summaries, strict=True) if found
        ]
        if not known:
            continue
        results, summary = known[0]
        drawn = "writers" if all(result.writer for result in results) else "pages"
        over = f"95 % intervals over {summary.clusters} {drawn}"
        if summary.clusters < LEAST_CLUSTERS:
            over = f"too few {drawn} for intervals"
        head = f"{summary.results} {title}; {over}"
        found.append(Section(head, tuple(_rows(summaries))))
    starts = [measurement.start_up for measurement in measurements]
    if any(start is not None for start in starts):
        cells = tuple("" if start is None else f"{start:.2f} s" for start in starts)
        found.append(Section("once", (Row("start-up", cells),)))
    return found


def render(
    measurements: Sequence[Measurement],
    config: NormaliseConfig,
    differences: Sequence[Difference] = (),
) -> str:
    """Return the report as lines of text, each with its line feed."""
    names = [measurement.name for measurement in measurements]
    parts = sections(measurements)
    rows = [row for section in parts for row in section.rows]
    first = max((len(row.label) for row in rows), default=0) + 4
    widths = [
        max([len(name), *(len(row.cells[column]) for row in rows)]) + 3
        for column, name in enumerate(names)
    ]
    lines = [f"compared as {describe(config)}", ""]
    lines.append(_line("", names, first, widths))
    for section in parts:
        lines.append(section.title)
        lines += [_line(f"  {row.label}", row.cells, first, widths) for row in section.rows]
    if differences:
        lines.append("differences")
    lines += [f"  {text}" for difference in differences for text in describe_difference(difference)]
    return "".join(f"{line.rstrip()}\n" for line in lines)


def describe_difference(difference: Difference) -> list[str]:
    """Return a line for each figure; in points of a hundred, negative where this is better."""
    over = f"{difference.common} {LEVELS.get(difference.level, difference.level)}"
    if difference.left_out:
        over += f", {difference.left_out} not common to both left out"
    return [
        f"{label}, {difference.this} minus {difference.other}: {_points(figure)} points ({over})"
        for label, figure in difference.figures
    ]


def percent(figure: Interval) -> str:
    """Return a figure with its interval, such as "10.3 % (8.1 to 12.6)", if it has one."""
    if _is_single(figure):
        return f"{figure.value:.1%}".replace("%", " %")
    return f"{100 * figure.value:.1f} % ({100 * figure.low:.1f} to {100 * figure.high:.1f})"


def _is_single(figure: Interval) -> bool:
    """Tell whether there is no interval, or one without width: no page differs from another."""
    return math.isnan(figure.low) or figure.low == figure.high


def _points(figure: Interval) -> str:
    text = f"{100 * figure.value:+.2f}"
    if _is_single(figure):
        return text
    return f"{text} ({100 * figure.low:+.2f} to {100 * figure.high:+.2f})"


def _line(label: str, cells: Sequence[str], first: int, widths: Sequence[int]) -> str:
    padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
    return label.ljust(first) + "".join(padded)


def _rows(summaries: Sequence[Summary | None]) -> Iterator[Row]:
    """Yield the figures that at least one reader has."""
    for label, text in _CELLS:
        cells = tuple(text(summary) if summary else "" for summary in summaries)
        if any(cells):
            yield Row(label, cells)


def _figure(key: str) -> Callable[[Summary], str]:
    return lambda summary: percent(summary.figures[key])


def _found(found: Found | None) -> str:
    return f"{100 * found.recall:.1f} % / {100 * found.precision:.1f} %" if found else ""


def _calibration_error(summary: Summary) -> str:
    found = summary.reliability
    return f"{100 * found.error:.1f} % of {found.words} words" if found else ""


def _accepted(index: int) -> Callable[[Summary], str]:
    def cell(summary: Summary) -> str:
        found = summary.reliability
        return f"{100 * found.accepted[index]:.1f} %" if found else ""

    return cell


# Every row of a level: its label, and a summary's text in it (empty if there is none).
_CELLS: tuple[tuple[str, Callable[[Summary], str]], ...] = (
    *((measure.label, _figure(measure.key)) for measure in MEASURES),
    ("lines found, recall / precision", lambda summary: _found(summary.lines_found)),
    ("word boxes, recall / precision", lambda summary: _found(summary.words_found)),
    ("calibration error", _calibration_error),
    *(
        (f"words sure at {precision:.0%} precision".replace("%", " %"), _accepted(index))
        for index, precision in enumerate(PRECISIONS)
    ),
    ("seconds each", lambda n: "" if n.seconds is None else f"{n.seconds:.2f} s"),
    ("peak memory", lambda n: "" if n.memory is None else f"{n.memory:.0f} MB"),
    ("given up on", lambda n: str(n.failed) if n.failed else ""),
)
