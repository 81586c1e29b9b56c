"""The report as one HTML page that needs no other file."""

from __future__ import annotations

import datetime
import os
import platform
from collections.abc import Sequence
from html import escape
from pathlib import Path

import hcr
from hcr.bench import plots
from hcr.bench.breakdown import Confusion, Part, by_length, by_writer, characters
from hcr.bench.compare import Difference
from hcr.bench.reliability import PRECISIONS, Reliability
from hcr.bench.reliability import measure as measure_reliability
from hcr.bench.run import MeasureConfig, Measurement
from hcr.bench.scoring import Result
from hcr.bench.summary import LEVELS, levels
from hcr.bench.table import describe, describe_difference, sections
from hcr.bench.worst import show, worst
from hcr.document import source_name
from recognition.metrics import Errors

_CONFUSIONS, _COLUMN = 60, 15
_WORST = {"lines": 24, "pages": 6}
_STYLE = """
body{font:15px/1.45 system-ui,sans-serif;color:#1c1c22;background:#fff;max-width:1080px;
 margin:2em auto;padding:0 1em}
h1{font-size:1.5em}h2{margin-top:2.2em;border-bottom:1px solid #ccc}h3{margin:1.6em 0 .4em}
table{border-collapse:collapse;margin:.4em 0}
th,td{text-align:left;padding:.15em .9em .15em 0;vertical-align:top;font-weight:normal}
thead th,.level th{font-weight:600;color:#555}.level th{padding-top:.9em}
td.bar{min-width:16em;white-space:nowrap}td.bar span{display:inline-block;height:.75em;
 background:#2f6db3;margin-right:.5em;min-width:1px}
.side{display:flex;flex-wrap:wrap;gap:2.5em}
svg text{font-size:12px;fill:#555}.grid{stroke:#e3e3e6}.fill{fill:#2f6db3}
.ideal{stroke:#777;stroke-dasharray:4 4}.curve{fill:none;stroke:#2f6db3;stroke-width:2}
.dot{fill:transparent}
figure{margin:1.2em 0;padding:0;border-top:1px solid #e3e3e6}figure img{max-width:100%;
 margin-top:.6em;display:block}
figure.page{display:grid;grid-template-columns:minmax(200px,2fr) 3fr;gap:0 1.5em}
figure.page img{grid-row:1/3}
figcaption{color:#555;font-size:.9em;margin-top:.4em}
dl{display:grid;grid-template-columns:3.5em 1fr;margin:.2em 0}dt{color:#555}
dd{margin:0;white-space:pre-wrap;overflow-wrap:anywhere}
del,ins{text-decoration:underline 2px;border-radius:2px}
del{background:#ffe0d6;text-decoration-color:#c2410c}
ins{background:#dbe9fb;text-decoration-color:#1d5fa8}
"""


def page(
    source: Path,
    measurements: Sequence[Measurement],
    config: MeasureConfig,
    differences: Sequence[Difference] = (),
) -> bytes:
    """Return the report as UTF-8 HTML: figures, plots, and the worst results with pictures."""
    title = f"hcr-bench: {source_name(source)}"
    body = [
        f"<h1>{escape(title)}</h1>",
        f"<p>{escape(_circumstances(config))}</p>",
        _figures(measurements),
        _list([text for difference in differences for text in describe_difference(difference)]),
        *(_reader(measurement) for measurement in measurements),
    ]
    text = (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>"
        f"<body>{''.join(body)}</body></html>\n"
    )
    return text.encode("utf-8", "replace")


def _circumstances(config: MeasureConfig) -> str:
    now = datetime.datetime.now(datetime.timezone.utc)
    cut = "; pages cut above their first true line" if config.cut_header else ""
    return (
        f"{now:%Y-%m-%d %H:%M} UTC, hcr {hcr.__version__}, Python {platform.python_version()}, "
        f"{platform.platform()}, {os.cpu_count()} cores. Compared as {describe(config.normalise)}"
        f"{cut}. Rates are sums of errors over sums of true characters or words."
    )


def _figures(measurements: Sequence[Measurement]) -> str:
    rows = []
    for section in sections(measurements):
        columns = len(measurements) + 1
        rows.append(f"<tr class=level><th colspan={columns}>{escape(section.title)}</th></tr>")
        for row in section.rows:
            cells = "".join(f"<td>{escape(cell)}</td>" for cell in row.cells)
            rows.append(f"<tr><th scope=row>{escape(row.label)}</th>{cells}</tr>")
    return plots.table(["", *(measurement.name for measurement in measurements)], "".join(rows))


def _list(texts: Sequence[str]) -> str:
    if not texts:
        return ""
    return "<ul>" + "".join(f"<li>{escape(text)}</li>" for text in texts) + "</ul>"


def _reader(measurement: Measurement) -> str:
    """Return where one reader fails: on lines if there are any, since those can be looked at."""
    found = levels(measurement)
    if not found:
        return ""
    level = "lines" if "lines" in found else "pages"
    results = found[level]
    confusions, classes = characters(results)
    parts = [
        f"<h2>{escape(measurement.name)}: {escape(LEVELS[level])}</h2>",
        _writers(by_writer(results), all(result.writer for result in results)),
        _reliability(measure_reliability([word for result in results for word in result.words])),
        f"<div class=side><div>{_classes(classes)}</div>",
        f"<div>{_lengths(by_length(results))}</div></div>",
        _confusions(confusions),
        _worst(results, level),
    ]
    return "".join(parts)


def _writers(parts: Sequence[Part], known: bool) -> str:
    name = "writer" if known else "page"
    rows = [
        (part.name, part.score.cer, (f"{100 * part.score.wer:.1f} %", str(part.results)))
        for part in parts
    ]
    return f"<h3>By {name}, the worst first</h3>" + plots.bars(
        [name, "CER", "WER", "results"], rows
    )


def _reliability(found: Reliability | None) -> str:
    if found is None:
        return ""
    accepted = "; ".join(
        f"at {precision:.0%} precision {share:.1%} can be accepted unseen"
        for precision, share in zip(PRECISIONS, found.accepted, strict=True)
    )
    return (
        "<h3>Confidence of words</h3>"
        f"<p>{found.words} words, {found.right:.1%} of them right; expected calibration error "
        f"{found.error:.2%}; {accepted}.</p><div class=side>"
        f"{plots.reliability_diagram(found)}{plots.coverage_curve(found)}</div>"
    )


def _classes(classes: dict[str, Errors]) -> str:
    head = ["class", "errors", "true", "replaced", "missing", "inserted"]
    rows = [
        (
            name,
            found.rate,
            [str(n) for n in (found.units, found.substitutions, found.deletions, found.insertions)],
        )
        for name, found in classes.items()
    ]
    return "<h3>By class of character</h3>" + plots.bars(head, rows)


def _lengths(parts: Sequence[Part]) -> str:
    rows = [(part.name, part.score.cer, [str(part.results)]) for part in parts]
    return "<h3>By length of the truth</h3>" + plots.bars(["characters", "CER", "results"], rows)


def _confusions(confusions: Sequence[Confusion]) -> str:
    tables = []
    for start in range(0, min(len(confusions), _CONFUSIONS), _COLUMN):
        body = "".join(
            f"<tr><td>{escape(_visible(n.expected))}</td><td>{escape(_visible(n.found))}</td>"
            f"<td>{n.count}</td></tr>"
            for n in confusions[start : start + _COLUMN]
        )
        tables.append(plots.table(["true", "read", "times"], body))
    return f"<h3>Most frequent errors</h3><div class=side>{''.join(tables)}</div>"


def _visible(character: str) -> str:
    return {"": "nothing", " ": "space", "\n": "line end", "\t": "tab"}.get(character, character)


def _worst(results: Sequence[Result], level: str) -> str:
    shown = worst(results, _WORST[level])
    if not shown:
        return ""
    return "<h3>Most errors</h3>" + "".join(map(show, shown))
