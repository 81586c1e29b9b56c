"""The difference of two readers or runs on the same images, with its interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hcr.bench.bootstrap import Counts, Interval, interval, pool
from hcr.bench.measures import CER, WER, Measure
from hcr.bench.record import Line, Past, lines_of
from hcr.bench.run import Measurement
from hcr.bench.summary import levels


@dataclass(frozen=True)
class Difference:
    """One reader minus another, on one level.

    Attributes
    ----------
    this, other, level
        Names.
    figures
        The label of a figure and its difference.
    common, left_out
        Results compared, and those that only one side has or whose truth has changed.
    """

    this: str
    other: str
    level: str
    figures: tuple[tuple[str, Interval], ...]
    common: int
    left_out: int


def between(measurements: Sequence[Measurement]) -> list[Difference]:
    """Compare the first reader with each other one, on the levels that both have."""
    if not measurements:
        return []
    first, *others = measurements
    mine = {level: lines_of(results) for level, results in levels(first).items()}
    return [
        difference
        for other in others
        for difference in _differences(
            first.name,
            mine,
            other.name,
            {level: lines_of(results) for level, results in levels(other).items()},
        )
    ]


def with_past(measurements: Sequence[Measurement], past: Past, label: str) -> list[Difference]:
    """Compare each reader with the one of its name in an earlier report, or with its only one."""
    found: list[Difference] = []
    for measurement in measurements:
        name = measurement.name
        if name not in past and len(past) == 1:
            (name,) = past
        if name in past:
            mine = {level: lines_of(results) for level, results in levels(measurement).items()}
            other = f"{name} in {label}"
            found += _differences(measurement.name, mine, other, past[name])
    return found


def _differences(
    this: str, mine: dict[str, list[Line]], other: str, theirs: dict[str, list[Line]]
) -> list[Difference]:
    found = []
    for level in (level for level in mine if level in theirs):
        known = {line.name: line for line in theirs[level]}
        pairs = [
            (line, known[line.name])
            for line in mine[level]
            if line.name in known and known[line.name].truth == line.truth
        ]
        left_out = len(mine[level]) + len(known) - 2 * len(pairs)
        if pairs:
            figures = tuple((measure.label, _difference(pairs, measure)) for measure in (CER, WER))
            found.append(Difference(this, other, level, figures, len(pairs), left_out))
    return found


def _difference(pairs: Sequence[tuple[Line, Line]], measure: Measure) -> Interval:
    """Bootstrap the difference over the clusters of this side: the same are drawn of both."""
    sides = np.array([[*a.counts, *b.counts] for a, b in pairs], dtype=np.float64)
    half = sides.shape[1] // 2

    def rate(sums: Counts) -> Counts:
        return np.asarray(measure(sums[..., :half]) - measure(sums[..., half:]))

    return interval(pool(sides, [line.cluster for line, _ in pairs]), rate)
