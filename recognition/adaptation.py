"""A reader that gets used to a hand: what a page's lines say corrects how its letters are seen.

The readings of a page, language and all, are mostly right. So they tell how this hand writes its
letters, and where the network saw something else, it can be corrected: to the network's
log-probabilities a linear function of its convolutions' features is added, fitted so that the
readings become more likely. Each line is corrected by what the *other* lines taught, as a line that
learns from its own reading only becomes surer of its mistakes.

Adapting a recognizer to a voice by its own readings is old in speech (Leggetter and Woodland 1995,
"Maximum likelihood linear regression for speaker adaptation of continuous density hidden Markov
models"); that each part is read with what the others taught is cross-validation adaptation
(Shinozaki, Kubota and Furui 2009).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from recognition.ctc import Hypothesis
from recognition.occupancy import Weighed, occupancies

Floats = NDArray[np.float32]

# Readings and frames that would teach next to nothing are left out.
_LEAST_WEIGHT = 0.01
_LEAST_SAID = 0.01
# Frames that a class must be expected in, all over the page, to be corrected.
_LEAST_SEEN = 0.5
# Of Adam (Kingma and Ba 2015).
_MOMENTA = 0.9, 0.99
_TINY = 1e-8


@dataclass(frozen=True)
class AdaptationConfig:
    """How a page's hand is learned.

    Attributes
    ----------
    least_lines
        Fewer lines are left as they are.
    most_lines
        More are learned in parts: a register of a thousand lines must fit into memory.
    folds
        Parts of the lines, each corrected by what the others taught.
    steps, rate
        Steps of Adam from no correction at all, and their size: few, so that it stays a correction.
    prior
        Weight of the squared coefficients, where each frame weighs 1: the fewer lines, the less is
        corrected.
    sharpness
        Power to which the probabilities of a line's readings are raised.
    """

    least_lines: int = 3
    most_lines: int = 64
    folds: int = 8
    steps: int = 12
    rate: float = 5e-3
    prior: float = 70.0
    sharpness: float = 2.0


@dataclass(frozen=True)
class LineFrames:
    """What the network says of a line.

    Attributes
    ----------
    log_probs : float32 (T, C)
        Natural log-probabilities.
    features : float32 (T, F)
        What its convolutions see; F is 0 of a model that does not tell.
    """

    log_probs: Floats
    features: Floats


def can_teach(lines: Sequence[LineFrames], config: AdaptationConfig | None = None) -> bool:
    """Tell whether there is anything to learn from: enough lines, with features."""
    config = config or AdaptationConfig()
    return len(lines) >= config.least_lines and lines[0].features.shape[1] > 0


def adapt(
    lines: Sequence[LineFrames],
    readings: Sequence[Sequence[Hypothesis]],
    blank: int,
    config: AdaptationConfig | None = None,
) -> list[Floats]:
    """Return the log-probabilities of lines by one hand, corrected by what they teach of it.

    Parameters
    ----------
    lines
        Lines of a page.
    readings
        Of each line, as `beam_searches` finds them.
    blank
        Index of the blank class.
    config
        How.

    Returns
    -------
    list of float32 (T, C)
        In the order given; unchanged if they cannot teach (`can_teach`).
    """
    config = config or AdaptationConfig()
    if not can_teach(lines, config):
        return [line.log_probs for line in lines]
    parts = -(-len(lines) // config.most_lines)
    bounds = np.linspace(0, len(lines), parts + 1).astype(int)
    corrected: list[Floats] = []
    for first, end in pairwise(bounds.tolist()):
        corrected += _Page(lines[first:end], readings[first:end], blank, config).corrected()
    return corrected


class _Page:
    """Lines that are corrected together."""

    def __init__(
        self,
        lines: Sequence[LineFrames],
        readings: Sequence[Sequence[Hypothesis]],
        blank: int,
        config: AdaptationConfig,
    ) -> None:
        self._lines, self._config = lines, config
        probs = [np.exp(line.log_probs, dtype=np.float64) for line in lines]
        weighed = [
            _weighed(frames, found, config.sharpness)
            for frames, found in zip(probs, readings, strict=True)
        ]
        said = np.concatenate(occupancies(weighed, blank)).astype(np.float32)
        seen = np.concatenate(probs).astype(np.float32)
        self._classes = np.flatnonzero(said.sum(axis=0) > _LEAST_SEEN)
        # Frames of which both say that they are blank, most of them, teach nothing.
        telling = np.minimum(said[:, blank], seen[:, blank]) < 1 - _LEAST_SAID
        features = np.concatenate([line.features for line in lines])[telling]
        self._features = np.concatenate([features, np.ones_like(features[:, :1])], axis=1)
        self._said = self._of_classes(said[telling])
        self._logits = np.log(self._of_classes(seen[telling]) + np.float32(1e-30))
        self._folds = min(config.folds, len(lines))
        fold = np.repeat(np.arange(len(lines)), [len(line.log_probs) for line in lines])
        self._fold = fold[telling] % self._folds

    def _of_classes(self, frames: Floats) -> Floats:
        """Keep the classes to be corrected; the last column is the sum of the others."""
        others = np.ones(frames.shape[1], bool)
        others[self._classes] = False
        rest = frames[:, others].sum(axis=1, keepdims=True)
        return np.concatenate([frames[:, self._classes], rest], axis=1)

    def corrected(self) -> list[Floats]:
        """Return the log-probabilities of each line, corrected by the other folds."""
        found = [line.log_probs for line in self._lines]
        for fold in range(self._folds):
            coefficients = self._fitted(fold)
            for k in range(fold, len(found), self._folds):
                found[k] = self._apply(coefficients, self._lines[k])
        return found

    def _apply(self, coefficients: Floats, line: LineFrames) -> Floats:
        logits = line.log_probs.copy()
        logits[:, self._classes] += line.features @ coefficients[:-1] + coefficients[-1]
        logits -= logits.max(axis=1, keepdims=True)
        return logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))

    def _fitted(self, fold: int) -> Floats:
        """Return coefficients, (features + 1, classes), that make the other folds' readings likely.

        Least cross-entropy between what the readings say of the frames and what the corrected
        network does.
        """
        config = self._config
        chosen = self._fold != fold
        features, said = self._features[chosen], self._said[chosen]
        logits, across = self._logits[chosen], np.ascontiguousarray(features.T)
        coefficients = np.zeros((features.shape[1], len(self._classes)), np.float32)
        first, second = np.zeros_like(coefficients), np.zeros_like(coefficients)
        for step in range(1, config.steps + 1):
            probs = logits.copy()
            probs[:, :-1] += features @ coefficients
            probs -= probs.max(axis=1, keepdims=True)
            np.exp(probs, out=probs)
            probs /= probs.sum(axis=1, keepdims=True)
            gradient = across @ (probs - said)[:, :-1]
            gradient[:-1] += np.float32(config.prior) * coefficients[:-1]
            first += np.float32(1 - _MOMENTA[0]) * (gradient - first)
            second += np.float32(1 - _MOMENTA[1]) * (gradient * gradient - second)
            sizes = np.sqrt(second / np.float32(1 - _MOMENTA[1] ** step)) + np.float32(_TINY)
            rate = np.float32(config.rate / (1 - _MOMENTA[0] ** step))
            coefficients -= rate * first / sizes
        return coefficients


def _weighed(probs: NDArray[np.float64], found: Sequence[Hypothesis], sharpness: float) -> Weighed:
    """Return a line with its readings, each as likely as its score says."""
    scores = np.array([hypothesis.score for hypothesis in found])
    weights = np.exp(sharpness * (scores - scores.max()))
    weights /= weights.sum()
    kept = [
        (hypothesis.labels, float(weight))
        for hypothesis, weight in zip(found, weights, strict=True)
        if weight > _LEAST_WEIGHT and hypothesis.labels
    ]
    return Weighed(probs, [labels for labels, _ in kept], [weight for _, weight in kept])
