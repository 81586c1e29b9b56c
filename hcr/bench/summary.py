"""Sums up the results of a level: figures with intervals, places found, time, confidences."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hcr.bench.bootstrap import Interval, interval, pool
from hcr.bench.found import Found
from hcr.bench.measures import MEASURES, counts
from hcr.bench.reliability import Reliability
from hcr.bench.reliability import measure as measure_reliability
from hcr.bench.run import Measurement
from hcr.bench.scoring import Result, cluster

LEVELS = {"pages": "whole pages", "lines": "single lines"}


@dataclass(frozen=True)
class Summary:
    """Of one reader on one level.

    Attributes
    ----------
    results, failed
        Pages or lines, and those of them that the reader gave up on.
    clusters
        Over how many writers or pages the intervals were made.
    figures
        By the key of the measure.
    lines_found, words_found, reliability
        None where not known.
    seconds, memory
        Mean for each, and the highest peak in MB; None if not known.
    """

    results: int
    failed: int
    clusters: int
    figures: dict[str, Interval]
    lines_found: Found | None
    words_found: Found | None
    seconds: float | None
    memory: float | None
    reliability: Reliability | None


def levels(measurement: Measurement) -> dict[str, list[Result]]:
    """Return the results of each level that has any, by its key in `LEVELS`."""
    both = {"pages": measurement.pages, "lines": measurement.lines}
    return {level: results for level, results in both.items() if results}


def summarise(results: Sequence[Result]) -> Summary:
    """Sum up results, of which there must be some."""
    key = cluster(results)
    pooled = pool(counts([result.score for result in results]), [key(n) for n in results])
    seconds = [result.seconds for result in results if result.seconds is not None]
    memory = [result.memory for result in results if result.memory is not None]
    return Summary(
        len(results),
        sum(result.failed for result in results),
        len(pooled),
        {measure.key: interval(pooled, measure) for measure in MEASURES},
        _found(results, lambda result: result.lines_found),
        _found(results, lambda result: result.words_found),
        statistics.fmean(seconds) if seconds else None,
        max(memory) if memory else None,
        measure_reliability([word for result in results for word in result.words]),
    )


def _found(results: Sequence[Result], part: Callable[[Result], Found | None]) -> Found | None:
    """Sum what was found; None if the reader, as far as it read anything, never told places."""
    if all(part(result) is None for result in results if not result.failed):
        return None
    return sum((found for result in results if (found := part(result))), Found())
