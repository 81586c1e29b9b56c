"""How likely each word of a reading is right: logistic regression on what the decoder knows of it.

The probability that CTC gives to a word says nothing of the words that the language would rather
have had there, nor of how the rest of the line went. Wessel, Schlüter, Macherey and Ney 2001
("Confidence measures for large vocabulary continuous speech recognition") take the posterior over
competing readings; here it is one of several features, weighed by a regression (Platt 1999).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from recognition.alignment import word_rows
from recognition.alphabet import Alphabet
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
    trail
        Log weight that the language gave to each of the n labels of the best reading, float64 (n,),
        and its states before them and after the last, float64 (n + 1, k); None without a language.
    """

    log_probs: NDArray[np.float32]
    found: Sequence[Hypothesis]
    ranges: Sequence[Span]
    alphabet: Alphabet
    trail: tuple[Floats, Floats] | None

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
    liking = np.zeros(len(best.labels)) if decoded.trail is None else decoded.trail[0]
    line = best.log_prob / max(1, len(best.labels))
    rows = []
    for k, text in enumerate(texts):
        (first, end), (start, stop) = decoded.ranges[k], spans[k]
        rows.append((
            _logit(math.exp(words[k])), _logit(math.exp(min(glyphs[k]))), float(np.mean(glyphs[k])),
            _logit(by_score[k]), _logit(by_image[k]), math.log(len(text)), float(text in plain),
            float(entropies[start:stop].max()), float(entropies[start:stop].mean()), line,
            float(any(c.isdigit() for c in text)), float(not text.isalnum()),
            float(text[0].isupper()), float(np.mean(liking[first:end])),
        ))  # fmt: skip
    return np.array(rows, np.float64).reshape(-1, len(FEATURES))


@dataclass(frozen=True)
class WordModel:
    """Weighs features to the probability that a word is right.

    Attributes
    ----------
    weights
        One a feature.
    bias
        Added to the weighed sum.

    Raises
    ------
    ValueError
        If there are not as many finite weights as features.
    """

    weights: tuple[float, ...]
    bias: float

    def __post_init__(self) -> None:
        if len(self.weights) != len(FEATURES):
            raise ValueError(f"{len(self.weights)} weights for {len(FEATURES)} features of a word")
        if not all(math.isfinite(value) for value in (*self.weights, self.bias)):
            raise ValueError("a word model's weights must be finite")

    def __call__(self, features: ArrayLike) -> NDArray[np.float64]:
        """Return the probabilities, float64 (n,), of features (n, len(FEATURES))."""
        sums = np.asarray(features, np.float64) @ np.array(self.weights) + self.bias
        return np.asarray(1.0 / (1.0 + np.exp(-np.clip(sums, -30.0, 30.0))))


def fit_word_model(features: ArrayLike, correct: ArrayLike, ridge: float = 1.0) -> WordModel:
    """Fit by Newton's method, features standardised, weights kept small by a ridge.

    Parameters
    ----------
    features
        (n, len(FEATURES)).
    correct
        (n,), whether the word was right.
    ridge
        Penalty of the squared weights.

    Raises
    ------
    ValueError
        If there are no words or the lengths differ.
    """
    x, y = np.asarray(features, np.float64), np.asarray(correct, np.float64)
    if x.ndim != 2 or x.shape != (len(y), len(FEATURES)) or not len(y):
        raise ValueError(f"features of shape {x.shape} for {len(y)} judged words")
    mean, scale = x.mean(axis=0), np.maximum(x.std(axis=0), 1e-6)
    design = np.column_stack([(x - mean) / scale, np.ones(len(x))])
    penalty = np.diag([ridge] * len(FEATURES) + [1e-3])
    weights = np.zeros(design.shape[1])
    for _ in range(30):
        chance = 1.0 / (1.0 + np.exp(-np.clip(design @ weights, -30.0, 30.0)))
        curvature = (design * (chance * (1.0 - chance))[:, None]).T @ design + penalty
        weights += np.linalg.solve(curvature, design.T @ (y - chance) - penalty @ weights)
    plain = weights[:-1] / scale
    bias = float(weights[-1] - plain @ mean)
    return WordModel(tuple(round(float(w), 5) for w in plain), round(bias, 5))


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


def _logit(probability: float) -> float:
    inside = min(max(probability, _LEAST), 1.0 - _LEAST)
    return math.log(inside / (1.0 - inside))
