"""Reads every transcribed image with every reader."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeVar

from hcr.bench.item import Item, prepare
from hcr.bench.readers import Reader
from hcr.bench.scoring import Result, judge_lines, judge_page
from hcr.bench.truth import Truth
from hcr.errors import ConfigError, HcrError, InputError, ModelError
from recognition.metrics import NormaliseConfig

R = TypeVar("R")


@dataclass(frozen=True)
class MeasureConfig:
    """How to measure.

    Attributes
    ----------
    level
        "page": whole pages; "line": the lines that the truth outlines; "auto": pages, and lines
        too with readers for which they cost little.
    cut_header
        Cut pages above their first true line.
    normalise
        What is no error.
    """

    level: Literal["auto", "page", "line"] = "auto"
    cut_header: bool = False
    normalise: NormaliseConfig = field(default_factory=NormaliseConfig)


@dataclass
class Measurement:
    """All results of one reader; `start_up` is in seconds, None if each page includes it."""

    name: str
    start_up: float | None = None
    pages: list[Result] = field(default_factory=list)
    lines: list[Result] = field(default_factory=list)


def measure(
    truths: Iterable[Truth],
    readers: Sequence[Reader],
    config: MeasureConfig,
    report: Callable[[HcrError], object],
) -> list[Measurement]:
    """Read everything, image by image, so that all readers see the same machine.

    An image that cannot be loaded is left out for all of them; one that a single reader gives up
    on counts as read without any text. Both are reported, one error each.

    Raises
    ------
    ConfigError
        If a reader cannot be used at all.
    """
    found = [Measurement(name, reader.start_up) for name, reader in _named(readers)]
    for truth in truths:
        with tempfile.TemporaryDirectory(prefix="hcr-bench-") as folder:
            try:
                item = prepare(truth, Path(folder), config.cut_header)
            except InputError as error:
                report(error)
                continue
            for reader, measurement in zip(readers, found, strict=True):
                _read(item, reader, measurement, config, report)
    return found


def _named(readers: Sequence[Reader]) -> list[tuple[str, Reader]]:
    """Return the readers with names that tell them apart."""
    named: list[tuple[str, Reader]] = []
    for reader in readers:
        taken, name, number = {other for other, _ in named}, reader.name, 2
        while name in taken:
            name, number = f"{reader.name}-{number}", number + 1
        named.append((name, reader))
    return named


def _read(
    item: Item,
    reader: Reader,
    measurement: Measurement,
    config: MeasureConfig,
    report: Callable[[HcrError], object],
) -> None:
    if item.truth.is_line or config.level != "line":
        result = judge_page(item, _tried(reader.read, item, report), config.normalise)
        (measurement.lines if item.truth.is_line else measurement.pages).append(result)
    by_default = config.level == "auto" and reader.cuts_lines
    if item.lines and (by_default or config.level == "line"):
        readings = _tried(reader.read_lines, item, report)
        measurement.lines += judge_lines(item, readings, config.normalise)


def _tried(read: Callable[[Item], R], item: Item, report: Callable[[HcrError], object]) -> R | None:
    """Return what was read, or None and report it."""
    try:
        return read(item)
    except (ConfigError, ModelError):
        raise
    except HcrError as error:
        report(error)
        return None
