"""Other readings of the doubtful words of a line, each searched for in the word's own frames."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recognition.alignment import Span
from recognition.alphabet import Alphabet
from recognition.ctc import DecodeConfig, Hypothesis, beam_search
from recognition.language import Language

# Words surer than this have no alternatives worth the time.
_SURE = 0.6
_WIDTH, _MOST = 5, 4
# The right word of a wrong one is mostly none of its alternatives: with this share of what is left
# of the confidence, they are right as often as they say on validation lines (2.7 %).
_FOUND = 0.17

Alternatives = tuple[tuple[str, float], ...]


class WordAlternatives:
    """Finds the other readings of words.

    Parameters
    ----------
    alphabet : Alphabet
        Of the network; holds a space.
    decoding : DecodeConfig
        Weights of the language.
    language : Language, optional
    """

    def __init__(
        self, alphabet: Alphabet, decoding: DecodeConfig, language: Language | None
    ) -> None:
        self._alphabet = alphabet
        self._space = alphabet.encode(" ")[0]
        self._decoding = replace(decoding, width=_WIDTH, n_best=_WIDTH)
        self._language = language

    def find(
        self,
        log_probs: NDArray[np.float32],
        best: Hypothesis,
        words: Sequence[Span],
        confidences: Sequence[float],
    ) -> list[Alternatives]:
        """Return the alternatives of each word, the most probable first.

        Parameters
        ----------
        log_probs : float32 (T, C)
            Of the whole line.
        best : Hypothesis
            The reading of the line.
        words : sequence of label ranges [first, end)
        confidences : sequence of float
            Probability that each word is right. The alternatives share what is left of it and of
            the chance that the right word is none of them.

        Returns
        -------
        list of tuples of (text, probability)
            The word as read is not among them; none of a word that is sure.
        """
        edges = [0, *(best.spans[end - 1][1] for _, end in words)]
        starts = [*(best.spans[first][0] for first, _ in words[1:]), len(log_probs)]
        found: list[Alternatives] = []
        state, said = (self._language.start() if self._language else None), 0
        for k, ((first, end), confidence) in enumerate(zip(words, confidences, strict=True)):
            if confidence >= _SURE:
                found.append(())
                continue
            # The space before the word is read again with it.
            before = words[k - 1][1] if k else 0
            state, said = self._advance(state, best.labels[said:before]), before
            language = self._language
            if language is not None:
                language = _Within(language, state, None if end == words[-1][1] else self._space)
            read = self._read(log_probs[edges[k] : starts[k]], language)
            text = self._alphabet.decode(best.labels[first:end])
            found.append(_others(read, text, _FOUND * (1 - confidence)))
        return found

    def _advance(self, state: Any, labels: Sequence[int]) -> Any:
        """Return the language's state after some more labels."""
        if self._language is not None:
            for label in labels:
                _, state = self._language.score(state, label)
        return state

    def _read(self, window: NDArray[np.float32], language: Language | None) -> dict[str, float]:
        """Return the readings of some frames with their scores, as shares of the best."""
        found = beam_search(window, self._alphabet.blank, self._decoding, language)
        shares: dict[str, float] = {}
        for hypothesis in found:
            text = " ".join(self._alphabet.decode(hypothesis.labels).split())
            shares[text] = shares.get(text, 0.0) + math.exp(hypothesis.score - found[0].score)
        return shares


class _Within:
    """A language in the middle of a line; `following` is the label after the window, if any."""

    def __init__(self, language: Language, state: Any, following: int | None) -> None:
        self._language = language
        self._state = state
        self._following = following
        self.best = language.best

    def start(self) -> Any:
        return self._state

    def score(self, state: Any, label: int) -> tuple[float, Any]:
        return self._language.score(state, label)

    def end(self, state: Any) -> float:
        if self._following is None:
            return self._language.end(state)
        return self._language.score(state, self._following)[0]


def _others(read: dict[str, float], text: str, probability: float) -> Alternatives:
    """Share a probability among the readings but the chosen one."""
    others = {other: share for other, share in read.items() if other not in ("", text)}
    total = sum(others.values())
    ranked = sorted(others.items(), key=lambda item: -item[1])[:_MOST]
    return tuple((other, probability * share / total) for other, share in ranked)
