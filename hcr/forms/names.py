"""Names in cells: the characters and what a language knows of names, weighed together."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from recognition.alphabet import Alphabet
from recognition.automata import NOWHERE, Automaton
from recognition.language import Language

LANGUAGE_WEIGHT = 0.7
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
            likely = np.flatnonzero(cell > cell.max() - _UNLIKELY).tolist()
            following: dict[str, _Start] = {}
            for start in starts:
                for label in likely:
                    self._follow(start, label, float(cell[label]), automaton, following)
            starts = heapq.nlargest(_WIDTH, following.values(), key=lambda one: one.weight)
        names = [
            Name(one.text, one.log_prob, one.weight + LANGUAGE_WEIGHT * self._end(one))
            for one in starts
            if automaton.accepts[one.state]
        ]
        return sorted(names, key=lambda name: -name.weight)

    def _follow(
        self,
        start: _Start,
        label: int,
        log_prob: float,
        automaton: Automaton,
        following: dict[str, _Start],
    ) -> None:
        """Add the start with one more cell; of ways to the same text the best counts."""
        if label == len(self._alphabet):  # nothing in this cell
            grown = _Start(
                start.text, start.state, start.spoken,
                start.log_prob + log_prob, start.weight + log_prob,
            )  # fmt: skip
        else:
            state = int(automaton.table[start.state, label])
            if state == NOWHERE:
                return
            text = start.text + self._alphabet.characters[label]
            liking, spoken = self._language.score(start.spoken, self._spoken(start.text, label))
            weight = start.weight + log_prob + LANGUAGE_WEIGHT * liking
            grown = _Start(text, state, spoken, start.log_prob + log_prob, weight)
        known = following.get(grown.text)
        if known is None or known.weight < grown.weight:
            following[grown.text] = grown

    def _spoken(self, before: str, label: int) -> int:
        """Return the label as it stands in a sentence: small after a letter."""
        character = self._alphabet.characters[label]
        if before[-1:].isalpha() and character.lower() in self._alphabet:
            return self._alphabet.encode(character.lower())[0]
        return label

    def _end(self, start: _Start) -> float:
        return float(self._language.end(start.spoken))
