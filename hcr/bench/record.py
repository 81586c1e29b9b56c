"""The report as JSON, and what a later run needs of it to compare itself."""

from __future__ import annotations

import datetime
import json
import math
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import hcr
from hcr.bench.found import Found
from hcr.bench.measures import counts
from hcr.bench.reliability import PRECISIONS, Reliability
from hcr.bench.run import MeasureConfig, Measurement
from hcr.bench.scoring import Result, cluster
from hcr.bench.summary import Summary, levels, summarise
from hcr.document import source_name
from hcr.errors import ConfigError

FORMAT = "hcr-bench 1"


@dataclass(frozen=True)
class Line:
    """What a comparison needs of a result: name, cluster, truth, and its counts."""

    name: str
    cluster: str
    truth: str
    counts: tuple[int, ...]


# Readers by name, each with its levels.
Past = dict[str, dict[str, list[Line]]]


def to_dict(
    source: Path, measurements: Sequence[Measurement], config: MeasureConfig
) -> dict[str, Any]:
    """Return the whole report as dicts and lists; what is not known is left out."""
    return {
        "format": FORMAT,
        "hcr": hcr.__version__,
        "date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        "machine": {
            "system": platform.platform(),
            "cores": os.cpu_count(),
            "python": platform.python_version(),
        },
        "truth": source_name(source),
        "cut_header": config.cut_header,
        "normalisation": {"nfc": True, **asdict(config.normalise)},
        "readers": [_reader(measurement) for measurement in measurements],
    }


def dump(record: dict[str, Any]) -> bytes:
    """Return a report as UTF-8 JSON."""
    text = json.dumps(record, ensure_ascii=False, allow_nan=False, indent=1)
    return (text + "\n").encode("utf-8", "replace")


def lines_of(results: Sequence[Result]) -> list[Line]:
    """Return results as they are compared."""
    key = cluster(results)
    rows = counts([result.score for result in results]).astype(int).tolist()
    return [
        Line(result.name, key(result), result.truth, tuple(row))
        for result, row in zip(results, rows, strict=True)
    ]


def load(path: Path, config: MeasureConfig) -> Past:
    """Read a report written earlier.

    Raises
    ------
    ConfigError
        If it is none, or was normalised in another way than `config` does.
    """
    try:
        data = json.loads(path.read_text("utf-8"))
        if data["format"] != FORMAT:
            raise ValueError("made by another version")
        past = {
            str(reader["name"]): {
                str(level): [_line(entry) for entry in found["results"]]
                for level, found in reader["levels"].items()
            }
            for reader in data["readers"]
        }
        same = data["normalisation"] == {"nfc": True, **asdict(config.normalise)}
    except OSError as error:
        raise ConfigError(path, f"it cannot be read ({error.strerror})", "check it") from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise ConfigError(path, "it is no report of hcr-bench", "write one with --json") from None
    if not same:
        raise ConfigError(path, "it was normalised in another way", "use the same options")
    return past


def _line(entry: dict[str, Any]) -> Line:
    numbers = entry["counts"]
    if len(numbers) != 11 or not all(type(n) is int and 0 <= n < 2**53 for n in numbers):
        raise ValueError("a result has 11 counts")
    return Line(str(entry["name"]), str(entry["cluster"]), str(entry["truth"]), tuple(numbers))


def _reader(measurement: Measurement) -> dict[str, Any]:
    return _known(
        {
            "name": measurement.name,
            "start_up_seconds": _rounded(measurement.start_up),
            "levels": {
                level: {**_summary(summarise(results)), "results": _results(results)}
                for level, results in levels(measurement).items()
            },
        }
    )


def _summary(summary: Summary) -> dict[str, Any]:
    return _known(
        {
            "count": summary.results,
            "failed": summary.failed,
            "clusters": summary.clusters,
            "figures": {
                key: _known(
                    {
                        "value": _rounded(figure.value),
                        "low": _rounded(figure.low),
                        "high": _rounded(figure.high),
                    }
                )
                for key, figure in summary.figures.items()
            },
            "lines_found": _found(summary.lines_found),
            "words_found": _found(summary.words_found),
            "seconds": _rounded(summary.seconds),
            "memory_mb": _rounded(summary.memory),
            "reliability": summary.reliability and _reliability(summary.reliability),
        }
    )


def _found(found: Found | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "recall": _rounded(found.recall),
        "precision": _rounded(found.precision),
        **asdict(found),
    }


def _reliability(found: Reliability) -> dict[str, Any]:
    return {
        "words": found.words,
        "right": _rounded(found.right),
        "expected_calibration_error": _rounded(found.error),
        "accepted_at_precision": {
            str(precision): _rounded(share)
            for precision, share in zip(PRECISIONS, found.accepted, strict=True)
        },
        "bins": [
            {key: _rounded(value) for key, value in asdict(bar).items()}
            for bar in found.bins
            if bar.count
        ],
        "coverage_precision": [[_rounded(x), _rounded(y)] for x, y in found.curve],
    }


def _results(results: Sequence[Result]) -> list[dict[str, Any]]:
    return [
        _known(
            {
                "name": line.name,
                "cluster": line.cluster,
                "writer": result.writer or None,
                "truth": result.truth,
                "reading": result.reading,
                "counts": list(line.counts),
                "seconds": _rounded(result.seconds),
                "memory_mb": _rounded(result.memory),
                "failed": result.failed or None,
            }
        )
        for result, line in zip(results, lines_of(results), strict=True)
    ]


def _known(data: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if value is not None}


def _rounded(value: float | None) -> float | None:
    if value is None or math.isnan(value):
        return None
    return value if isinstance(value, int) else round(value, 5)
