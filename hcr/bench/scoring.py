"""Compares what was read with the truth: one result for each page and each line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from hcr.bench.found import Found, find_lines, find_words
from hcr.bench.item import Item
from hcr.bench.reading import Reading, ReadWord
from recognition.metrics import NormaliseConfig, Score, alignment, normalise, score
from segmentation.geometry import Box


@dataclass(frozen=True)
class Judged:
    """A word that was read: its confidence, and whether it is right."""

    confidence: float
    right: bool


@dataclass(frozen=True)
class Result:
    """One page or line as one reader read it.

    Attributes
    ----------
    name
        Of the page, or page#number for a line.
    page, writer
        What errors have in common; the writer may be empty.
    truth, reading
        As compared: normalised.
    words
        The words that came with a confidence.
    lines_found, words_found
        None where the truth or the reader does not say where they are.
    image, box
        Where it is to be seen: a file, and the part of its first page (None for all of it).
    seconds, memory
        None if not known; memory in MB.
    failed
        The reader gave up on it: scored as having read nothing.
    """

    name: str
    page: str
    writer: str
    truth: str
    reading: str
    score: Score
    words: tuple[Judged, ...] = ()
    lines_found: Found | None = None
    words_found: Found | None = None
    image: Path | None = None
    box: Box | None = None
    seconds: float | None = None
    memory: float | None = None
    failed: bool = False


def judge_page(item: Item, reading: Reading | None, config: NormaliseConfig) -> Result:
    """Compare a page, or an image of a line, with its truth; None is a failed reading."""
    truth, failed = item.truth, reading is None
    reading = reading or Reading(())
    expected, found = (normalise(text, config) for text in (truth.text, reading.text))
    return Result(
        truth.name,
        truth.name,
        truth.writer,
        expected,
        found,
        score([(expected, found)], config),
        _judged(expected, reading.words, config),
        _lines_found(item, reading),
        _words_found(item, reading),
        truth.image,
        None,
        reading.seconds,
        reading.memory,
        failed,
    )


def judge_lines(
    item: Item, readings: Sequence[Reading] | None, config: NormaliseConfig
) -> list[Result]:
    """Compare the lines that the truth outlines; None is a failed reading."""
    results = []
    for number, (line, outline) in enumerate(item.lines):
        reading = readings[number] if readings is not None else Reading(())
        expected, found = (normalise(text, config) for text in (line.text, reading.text))
        box = Box.around(outline.polygon)
        results.append(
            Result(
                f"{item.truth.name}#{number + 1}",
                item.truth.name,
                item.truth.writer,
                expected,
                found,
                score([(expected, found)], config),
                _judged(expected, reading.words, config),
                image=item.truth.image,
                box=Box(box.left, box.top + item.top, box.right, box.bottom + item.top),
                seconds=reading.seconds,
                memory=reading.memory,
                failed=readings is None,
            )
        )
    return results


def cluster(results: Sequence[Result]) -> Callable[[Result], str]:
    """Return what tells which results share their errors: writers if all are known, else pages."""
    if all(result.writer for result in results):
        return lambda result: result.writer
    return lambda result: result.page


def _judged(truth: str, words: Sequence[ReadWord], config: NormaliseConfig) -> tuple[Judged, ...]:
    """Tell of each word with a confidence whether the best alignment pairs it with its like."""
    known = [(word.text, word.confidence) for word in words if word.confidence is not None]
    # Without its punctuation a word may be none, or two.
    read = [(part, sure) for text, sure in known for part in normalise(text, config).split()]
    pairs = alignment(truth.split(), [part for part, _ in read])
    right = [expected == found for expected, found in pairs if found is not None]
    return tuple(Judged(sure, ok) for (_, sure), ok in zip(read, right, strict=True))


def _lines_found(item: Item, reading: Reading) -> Found | None:
    baselines = [line.baseline for line in item.truth.lines if line.baseline]
    polygons = [line.polygon for line in reading.lines]
    if not baselines or not all(polygons):
        return None
    return find_lines(polygons, baselines)


def _words_found(item: Item, reading: Reading) -> Found | None:
    true = [word.box for line in item.truth.lines for word in line.words]
    untold = any(line.text.strip() and not line.words for line in reading.lines)
    boxes = [word.box for word in reading.words if word.box is not None]
    if not true or untold or len(boxes) < len(reading.words):
        return None
    return find_words(boxes, true)
