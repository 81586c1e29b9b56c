"""Other readings of the doubtful words of a line, each searched for in the word's own frames."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from recognition.alphabet import Alphabet
from recognition.ctc import DecodeConfig, Hypothesis, Window, beam_searches
from recognition.language import Language
from recognition.word_confidence import Decoded

# Words surer than this have no alternatives worth the time.
_SURE = 0.6
_WIDTH, _MOST = 5, 4
# Readings that are far less likely are worth showing, too.
_MIN_RATIO = 1e-6
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
        self._decoding = replace(decoding, width=_WIDTH, n_best=_WIDTH, min_ratio=_MIN_RATIO)
        self._language = language

    def find(
        self, lines: Sequence[Decoded], confidences: Sequence[Sequence[float]]
    ) -> list[list[Alternatives]]:
        """Return the alternatives of each line's words, the most probable first.

        Parameters
        ----------
        lines : sequence of Decoded
            Any number; they share the cost of the search.
        confidences : sequence of sequences of float
            Probability that each word is right. The alternatives share what is left of it and of
            the chance that the right word is none of them.

        Returns
        -------
        list of lists of tuples of (text, probability)
            The word as read is not among them; none of a word that is sure.
        """
        found: list[list[Alternatives]] = [[() for _ in line.ranges] for line in lines]
        doubtful = [
            (number, k)
            for number, sure in enumerate(confidences)
            for k, confidence in enumerate(sure)
            if confidence < _SURE
        ]
        windows = [self._window(lines[number], k) for number, k in doubtful]
        blank = self._alphabet.blank
        read = beam_searches(windows, blank, self._decoding, self._language, aligned=False)
        for (number, k), hypotheses in zip(doubtful, read, strict=True):
            first, end = lines[number].ranges[k]
            text = self._alphabet.decode(lines[number].found[0].labels[first:end])
            left = _FOUND * (1 - confidences[number][k])
            found[number][k] = _others(self._shares(hypotheses), text, left)
        return found

    def _window(self, line: Decoded, k: int) -> Window:
        """Return the frames of a word: from the end of the one before to the start of the next."""
        spans, ranges = line.found[0].spans, line.ranges
        # The space before the word is read again with it.
        before = ranges[k - 1][1] if k else 0
        start = spans[before - 1][1] if k else 0
        last = k == len(ranges) - 1
        stop = len(line.log_probs) if last else spans[ranges[k + 1][0]][0]
        state = None if line.states is None else line.states[before]
        return Window(line.log_probs[start:stop], state, None if last else self._space)

    def _shares(self, found: Sequence[Hypothesis]) -> dict[str, float]:
        """Return different readings with their scores, as shares of the best."""
        shares: dict[str, float] = {}
        for hypothesis in found:
            text = " ".join(self._alphabet.decode(hypothesis.labels).split())
            shares[text] = shares.get(text, 0.0) + math.exp(hypothesis.score - found[0].score)
        return shares


def _others(read: dict[str, float], text: str, probability: float) -> Alternatives:
    """Share a probability among the readings but the chosen one."""
    others = {other: share for other, share in read.items() if other not in ("", text)}
    total = sum(others.values())
    ranked = sorted(others.items(), key=lambda item: -item[1])[:_MOST]
    return tuple((other, probability * share / total) for other, share in ranked)
