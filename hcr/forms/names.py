"""Names in cells: the characters and what a language knows of names, weighed together."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from recognition.alphabet import Alphabet
from recognition.automata import NOWHERE, Automaton
from recognition.language import Language

LANGUAGE_WEIGHT = 0.85
"""Of the language's log-probability beside the characters'."""
_WIDTH = 50
# Characters so much (e**-11) less probable than the best of their cell are not tried.
_UNLIKELY = 11.0


@dataclass(frozen=True)
class Name:
    """One reading: its text, the log-probability of its characters, and that with the language."""

    text: str
    log_prob: float
    weight: float


@dataclass(frozen=True)
class _Start:
    """The beginning of a reading, with the states of automaton and language after it."""

    text: str
    state: int
    spoken: Any
    log_prob: float
    weight: float


class NameSearch:
    """Beam search over cells with a language, whose names are written as in running text.

    Parameters
    ----------
    language
        Knows names as they stand in sentences: with one capital.
    alphabet
        Whose labels the language's are.
    """

    def __init__(self, language: Language, alphabet: str) -> None:
        self._language, self._alphabet = language, Alphabet(alphabet)

    def read(self, cells: npt.NDArray[np.floating], automaton: Automaton) -> list[Name]:
        """Return readings, best first.

        Parameters
        ----------
        cells
            floating (n, C + 1): log-probabilities of the labels in each cell, and of nothing.
        automaton
            Accepts what the field may hold.
        """
        starts = [_Start("", 0, self._language.start(), 0.0, 0.0)]
        for cell in cells:
            following = self._following(starts, cell, automaton)
            starts = heapq.nlargest(_WIDTH, following, key=lambda one: one.weight)
        names = [
            Name(one.text, one.log_prob, one.weight + LANGUAGE_WEIGHT * self._end(one))
            for one in starts
            if automaton.accepts[one.state]
        ]
        return sorted(names, key=lambda name: -name.weight)

    def _following(
        self, starts: Sequence[_Start], cell: npt.NDArray[np.floating], automaton: Automaton
    ) -> list[_Start]:
        """Return the starts with one more cell; of ways to the same text the best."""
        likely = np.flatnonzero(cell > cell.max() - _UNLIKELY).tolist()
        nothing = len(self._alphabet)
        found = {start.text: start for start in self._skipping(starts, cell, nothing in likely)}
        ways = [
            (start, label, state)
            for start in starts
            for label in likely
            if label != nothing and (state := int(automaton.table[start.state, label])) != NOWHERE
        ]
        if not ways:
            return list(found.values())
        # One call for all of them: most of what a call costs is the same for one and for many.
        likings, spoken = self._language.scores(
            np.stack([start.spoken for start, _, _ in ways]),
            np.array([self._spoken(start.text, label) for start, label, _ in ways]),
        )
        for (start, label, state), liking, after in zip(
            ways, likings.tolist(), spoken, strict=True
        ):
            text = start.text + self._alphabet.characters[label]
            log_prob = float(cell[label])
            weight = start.weight + log_prob + LANGUAGE_WEIGHT * liking
            if text not in found or found[text].weight < weight:
                found[text] = _Start(text, state, after, start.log_prob + log_prob, weight)
        return list(found.values())

    def _skipping(
        self, starts: Sequence[_Start], cell: npt.NDArray[np.floating], likely: bool
    ) -> Iterator[_Start]:
        """Yield the starts as they are after a cell in which nothing counts."""
        log_prob = float(cell[-1])
        for start in starts if likely else ():
            yield replace(start, log_prob=start.log_prob + log_prob, weight=start.weight + log_prob)

    def _spoken(self, before: str, label: int) -> int:
        """Return the label as it stands in a sentence: small after a letter."""
        character = self._alphabet.characters[label]
        if before[-1:].isalpha() and character.lower() in self._alphabet:
            return self._alphabet.encode(character.lower())[0]
        return label

    def _end(self, start: _Start) -> float:
        return float(self._language.end(start.spoken))
