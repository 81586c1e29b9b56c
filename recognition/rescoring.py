"""Puts the readings of a line in the order that a network over its characters prefers.

The search can afford to ask an n-gram of every prefix. The few readings that it leaves are weighed
anew, as whole lines and after the lines above, by a language that remembers more (Ostendorf et al.
1991, "Integration of diverse recognition methodologies through reevaluation of N-best sentence
hypotheses"; Mikolov et al. 2010, "Recurrent neural network based language model").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from recognition.alphabet import Alphabet
from recognition.checksums import WEIGHTS_FOLDER, check
from recognition.confidence import logistic
from recognition.ctc import DecodeConfig, Hypothesis
from recognition.language import LANGUAGES
from recognition.neural_language import Floats, NeuralLanguage

SHIPPED_LANGUAGE = WEIGHTS_FOLDER / "neural-language.npz"
Labels = Sequence[int]
ABOVE = 2
"""Lines above that say what may follow."""


@dataclass(frozen=True)
class RescoringConfig:
    """How much each opinion of a reading counts beside the log probability of its frames.

    Attributes
    ----------
    neural
        Weight of the neural language's log probability.
    kept
        Share of what the search gave for language and length that is kept.
    bonus
        Log bonus of every label, against the languages' liking for short text.
    margin
        Readings that the search scored this much under its best one are not weighed.
    softness
        How gradually the neural language is trusted, in nats by which it likes the best reading
        more than the search's language does. Text of a kind that it has not learned, such as a
        lone word, it likes less, and then all stays as the search left it.
    """

    neural: float = 0.4
    kept: float = 0.6
    bonus: float = 1.0
    margin: float = 12.0
    softness: float = 4.0

    def __post_init__(self) -> None:
        if min(self.neural, self.kept) < 0 or min(self.margin, self.softness) <= 0:
            raise ValueError(f"weights must not be under 0, margin and softness over 0: {self}")


@dataclass(frozen=True)
class Rescored:
    """The readings of a line in a new order.

    Attributes
    ----------
    found
        Readings with new scores, the best first; at least one.
    liking
        Log probability that the neural language gives to each label of the best one.
    trust
        How much the neural language counted, 0 to 1.
    """

    found: list[Hypothesis]
    liking: Floats
    trust: float


class Rescorer:
    """Weighs readings by a neural language.

    Parameters
    ----------
    language
        Weighs characters.
    alphabet
        Of the labels.
    decoding
        Of the search.
    config
        Weights.
    """

    def __init__(
        self,
        language: NeuralLanguage,
        alphabet: Alphabet,
        decoding: DecodeConfig,
        config: RescoringConfig | None = None,
    ) -> None:
        self.decoding, self.config = decoding, config or RescoringConfig()
        self._language = language
        self._symbols = [language.symbols(character)[0] for character in alphabet.characters]

    def log_probs(
        self, found: Sequence[Sequence[Hypothesis]], above: Sequence[Sequence[Labels]]
    ) -> list[list[Floats]]:
        """Log probabilities of the labels of readings, and of their ends.

        Parameters
        ----------
        found
            Readings of each line.
        above
            For each of them the labels of lines above it, none where they are not known.

        Returns
        -------
        list of lists of float32 (labels + 1,)
            For each line one array a reading.
        """
        end = self._language.end
        contexts = [[x for line in lines for x in (*self._coded(line), end)] for lines in above]
        readings = [[self._coded(reading.labels) for reading in line] for line in found]
        return self._language.log_probs(contexts, readings)

    def __call__(
        self, found: Sequence[Sequence[Hypothesis]], above: Sequence[Sequence[Labels]]
    ) -> list[Rescored]:
        """Return the readings of each line in their new order.

        Parameters
        ----------
        found
            As the search leaves them: at least one of each line, the best first.
        above
            As `log_probs` takes them.
        """
        near = [
            [reading for reading in line if reading.score >= line[0].score - self.config.margin]
            for line in found
        ]
        return [
            rescored(line, log_probs, self.decoding, self.config)
            for line, log_probs in zip(near, self.log_probs(near, above), strict=True)
        ]

    def _coded(self, labels: Labels) -> list[int]:
        return [self._symbols[label] for label in labels]


def rescored(
    found: Sequence[Hypothesis],
    log_probs: Sequence[Floats],
    decoding: DecodeConfig,
    config: RescoringConfig,
) -> Rescored:
    """Return the readings of a line with new scores, the best first.

    Parameters
    ----------
    found
        Readings as the search leaves them, at least one.
    log_probs
        What the neural language gives the labels of each, and its end.
    decoding
        Of the search.
    config
        Weights.
    """
    trust = _trust(found[0], float(log_probs[0].sum()), decoding, config.softness)
    neural, bonus = trust * config.neural, trust * config.bonus
    kept = 1 - trust * (1 - config.kept)
    weighed = []
    for reading, given in zip(found, log_probs, strict=True):
        languages = kept * (reading.score - reading.log_prob)
        languages += neural * float(given.sum()) + bonus * len(reading.labels)
        weighed.append((replace(reading, score=reading.log_prob + languages), given[:-1]))
    weighed.sort(key=lambda pair: -pair[0].score)
    return Rescored([reading for reading, _ in weighed], weighed[0][1], trust)


def _trust(best: Hypothesis, log_prob: float, decoding: DecodeConfig, softness: float) -> float:
    """Return how much a language counts that gives the search's best reading a log probability."""
    if decoding.alpha == 0:
        return 1.0
    languages = best.score - best.log_prob - decoding.beta * len(best.labels)
    gain = log_prob - languages / decoding.alpha
    return float(logistic(np.array(gain / softness)))


def lines_above(lines: Sequence[Labels], first: int = 0) -> list[Sequence[Labels]]:
    """Return what stands above each line of a page, from the first one asked for on."""
    return [lines[max(k - ABOVE, 0) : k] for k in range(first, len(lines))]


def load_neural_language(languages: Sequence[str]) -> NeuralLanguage | None:
    """Load what comes with hcr; None where it knows nothing of the languages asked for.

    Raises
    ------
    ValueError
        If its file is damaged or was changed.
    OSError
        If it cannot be read.
    """
    # It has learned all of the shipped languages together, and nothing else.
    if not set(LANGUAGES).intersection(languages):
        return None
    check(SHIPPED_LANGUAGE)
    return NeuralLanguage.load(SHIPPED_LANGUAGE)
