"""What the decoder knows of each word of a reading, from which `WordModel` tells how sure it is.

The probability that CTC gives to a word says nothing of the words that the language would rather
have had there, nor of how the rest of the line went. Wessel, Schlüter, Macherey and Ney 2001
("Confidence measures for large vocabulary continuous speech recognition") take the posterior over
competing readings; here it is one of several features.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from recognition.alignment import word_rows
from recognition.alphabet import Alphabet
from recognition.confidence import log_odds
from recognition.ctc import Hypothesis, best_path
from recognition.trellis import Span, Trellis

FEATURES = (
    "word", "weakest", "mean", "posterior", "image_posterior", "length", "greedy", "entropy",
    "mean_entropy", "line", "digit", "mark", "capital", "language",
)  # fmt: skip
"""What is known of a word, in the order of the columns of `word_features`."""
_LEAST = 1e-6

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Decoded:
    """A decoded line: its frames and the readings found for them.

    Attributes
    ----------
    log_probs
        float32 (T, C).
    found
        Readings, the best first; at least one.
    ranges
        First label and the one after the last of each word of the best reading.
    alphabet
        Of the labels.
    liking
        Log weight that a language gives to each of the n labels of the best reading, float (n,);
        None without one.
    states
        States of the search's language before them and after the last, float64 (n + 1, k); None
        without one.
    """

    log_probs: NDArray[np.float32]
    found: Sequence[Hypothesis]
    ranges: Sequence[Span]
    alphabet: Alphabet
    liking: NDArray[np.floating] | None = None
    states: Floats | None = None

    @cached_property
    def probs(self) -> Floats:
        """Probabilities, float64 (T, C)."""
        return np.exp(self.log_probs, dtype=np.float64)


def line_features(lines: Sequence[Decoded]) -> list[tuple[Floats, list[list[float]]]]:
    """Return the features of each line's words, and their characters' probabilities.

    Parameters
    ----------
    lines
        Any number; they share the cost of the trellises.
    """
    return [
        (word_features(line, words, glyphs), [np.exp(word).tolist() for word in glyphs])
        for line, (words, glyphs) in zip(lines, window_log_probs(lines), strict=True)
    ]


def window_log_probs(
    lines: Sequence[Decoded],
) -> list[tuple[list[float], list[list[float]]]]:
    """Return how sure the frames of each word say the word, and those of its characters each.

    Parameters
    ----------
    lines
        Any number; they share the cost of the trellises.

    Returns
    -------
    list of (words, glyphs)
        For each line log-probabilities of its words, and of each word's characters, as
        `word_log_probs` has them.
    """
    if not lines:
        return []
    wholes, singles = [], []
    first_frame, blank = 0, lines[0].alphabet.blank
    for line in lines:
        best, blanks = line.found[0], line.probs[:, blank]
        single = [(k, k + 1) for first, end in line.ranges for k in range(first, end)]
        given, space = (blanks, best.labels, best.spans), line.alphabet.encode(" ")[0]
        wholes += word_rows(*given, line.ranges, space, first_frame)
        singles += word_rows(*given, single, None, first_frame)
        first_frame += len(blanks)
    probs = np.concatenate([line.probs for line in lines])
    words, glyphs = (
        iter(np.minimum(Trellis(rows, blank, probs.shape[1]).log_probs(probs), 0.0).tolist())
        for rows in (wholes, singles)
    )
    return [
        (
            [next(words) for _ in line.ranges],
            [[next(glyphs) for _ in range(first, end)] for first, end in line.ranges],
        )
        for line in lines
    ]


def word_features(
    decoded: Decoded, words: Sequence[float], glyphs: Sequence[Sequence[float]]
) -> NDArray[np.float64]:
    """Return the features of every word of the best reading.

    Parameters
    ----------
    decoded
        The line.
    words
        Log-probability of each word given its frames.
    glyphs
        Log-probabilities of each word's characters given their frames.

    Returns
    -------
    float64 (words, len(FEATURES))
    """
    best = decoded.found[0]
    spans = _word_spans(best, decoded.ranges)
    texts = _texts(best, decoded.ranges, decoded.alphabet)
    shown, _ = best_path(decoded.log_probs, decoded.alphabet.blank)
    plain = set(decoded.alphabet.decode(shown).split())
    entropies = -(decoded.probs * decoded.log_probs).sum(axis=1)
    agree = _agreement(decoded, texts, spans)
    by_score = _posteriors(agree, [h.score for h in decoded.found])
    by_image = _posteriors(agree, [h.log_prob for h in decoded.found])
    liking = np.zeros(len(best.labels)) if decoded.liking is None else decoded.liking
    line = best.log_prob / max(1, len(best.labels))
    rows = []
    for k, text in enumerate(texts):
        (first, end), (start, stop) = decoded.ranges[k], spans[k]
        rows.append((
            log_odds(math.exp(words[k]), _LEAST), log_odds(math.exp(min(glyphs[k])), _LEAST),
            float(np.mean(glyphs[k])), log_odds(by_score[k], _LEAST),
            log_odds(by_image[k], _LEAST), math.log(len(text)), float(text in plain),
            float(entropies[start:stop].max()), float(entropies[start:stop].mean()), line,
            float(any(c.isdigit() for c in text)), float(not text.isalnum()),
            float(text[0].isupper()), float(np.mean(liking[first:end])),
        ))  # fmt: skip
    return np.array(rows, np.float64).reshape(-1, len(FEATURES))


def _word_spans(hypothesis: Hypothesis, ranges: Sequence[Span]) -> list[Span]:
    spans = hypothesis.spans
    return [(spans[first][0], spans[end - 1][1]) for first, end in ranges]


def _texts(hypothesis: Hypothesis, ranges: Sequence[Span], alphabet: Alphabet) -> list[str]:
    return [alphabet.decode(hypothesis.labels[first:end]) for first, end in ranges]


def _agreement(decoded: Decoded, texts: Sequence[str], spans: Sequence[Span]) -> NDArray[np.bool_]:
    """Tell which readings (rows) have which words where the best one has them."""
    rows = []
    for reading in decoded.found:
        held = _held_words(reading, decoded.alphabet)
        rows.append([
            any(t == text and a < stop and b > start for t, a, b in held)
            for text, (start, stop) in zip(texts, spans, strict=True)
        ])  # fmt: skip
    return np.array(rows, bool)


def _posteriors(agree: NDArray[np.bool_], log_weights: Sequence[float]) -> list[float]:
    """Share of the readings' weight that has each word."""
    weights = np.exp(np.array(log_weights) - max(log_weights))
    return ((weights @ agree) / weights.sum()).tolist()


def _held_words(reading: Hypothesis, alphabet: Alphabet) -> list[tuple[str, int, int]]:
    """Return the words of a reading with their frames."""
    words: list[tuple[str, int, int]] = []
    text, start, stop = "", 0, 0
    for character, span in zip(alphabet.decode(reading.labels), reading.spans, strict=True):
        if character == " ":
            if text:
                words.append((text, start, stop))
            text = ""
            continue
        start = span[0] if not text else start
        text, stop = text + character, span[1]
    return [*words, (text, start, stop)] if text else words
