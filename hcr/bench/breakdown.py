"""Where a reader fails: confused characters, character classes, line lengths, writers."""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from hcr.bench.scoring import Result, cluster
from recognition.metrics import Errors, Score, alignment

K = TypeVar("K")

_LENGTHS = (5, 10, 20, 40, 80)


@dataclass(frozen=True)
class Confusion:
    """What was read instead of a character, and how often; empty text stands for nothing."""

    expected: str
    found: str
    count: int


@dataclass(frozen=True)
class Part:
    """Results that have something in common: its name, how many they are, their sum."""

    name: str
    results: int
    score: Score


def character_class(character: str) -> str:
    """Return the class of a character: letters, accents, digits, punctuation, spaces or others."""
    if character.isspace():
        return "spaces"
    kind = unicodedata.category(character)
    if kind.startswith("N"):
        return "digits"
    if kind.startswith("P"):
        return "punctuation"
    if kind.startswith("M") or any(
        unicodedata.category(part) == "Mn" for part in unicodedata.normalize("NFD", character)
    ):
        return "accented letters"
    return "letters" if kind.startswith("L") else "other signs"


def characters(results: Sequence[Result]) -> tuple[list[Confusion], dict[str, Errors]]:
    """Count confusions and errors by class over the alignments of all results.

    Returns
    -------
    list of Confusion
        The most frequent first.
    dict
        Errors of each class; units, deletions and substitutions are of true characters of that
        class, insertions of characters that were read. The largest class first.
    """
    confused: Counter[tuple[str, str]] = Counter()
    kept: Counter[str] = Counter()
    for result in results:
        for expected, found in alignment(result.truth, result.reading):
            if expected == found:
                kept[expected or ""] += 1
            else:
                confused[expected or "", found or ""] += 1
    by_class: defaultdict[str, Errors] = defaultdict(Errors)
    for character, count in kept.items():
        by_class[character_class(character)] += Errors(count)
    for (expected, found), count in confused.items():
        if expected:
            kind = Errors(count, substitutions=count) if found else Errors(count, deletions=count)
            by_class[character_class(expected)] += kind
        else:
            by_class[character_class(found)] += Errors(insertions=count)
    ranked = sorted(confused.items(), key=lambda entry: (-entry[1], entry[0]))
    classes = sorted(by_class.items(), key=lambda entry: -entry[1].units)
    return [Confusion(*pair, count) for pair, count in ranked], dict(classes)


def by_length(results: Sequence[Result]) -> list[Part]:
    """Group results by the number of characters of their truth, shortest first."""
    edges = (0, *_LENGTHS)
    names = [f"{low + 1} to {high}" for low, high in zip(edges, _LENGTHS, strict=False)]
    names = ["none", *names, f"over {_LENGTHS[-1]}"]
    grouped = _grouped(results, lambda result: bisect_left(edges, len(result.truth)))
    return [_part(names[number], grouped[number]) for number in sorted(grouped)]


def by_writer(results: Sequence[Result]) -> list[Part]:
    """Group results as `cluster` does; the worst first."""
    grouped = _grouped(results, cluster(results))
    parts = [_part(name, members) for name, members in grouped.items()]
    return sorted(parts, key=lambda part: -part.score.cer)


def _grouped(results: Sequence[Result], key: Callable[[Result], K]) -> dict[K, list[Result]]:
    groups: defaultdict[K, list[Result]] = defaultdict(list)
    for result in results:
        groups[key(result)].append(result)
    return dict(groups)


def _part(name: str, results: Sequence[Result]) -> Part:
    return Part(name, len(results), sum((result.score for result in results), Score()))
