"""Text from the frames of a CTC network: greedy and prefix beam search.

Greedy decoding collapses the most probable path (Graves et al. 2006). Prefix beam search sums the
paths of each labelling, and lets a language weigh every label it adds (Hannun et al. 2014,
"First-pass large vocabulary continuous speech recognition using bi-directional recurrent DNNs").
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from heapq import heapify, heapreplace, nlargest
from itertools import pairwise
from operator import attrgetter, itemgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recognition.alignment import Span, align, labelling_log_probs, probabilities
from recognition.language import Language


@dataclass(frozen=True)
class DecodeConfig:
    """How to decode.

    Attributes
    ----------
    width : int
        Prefixes kept after each frame.
    n_best : int
        Labellings returned at most.
    alpha : float
        Weight of the language's log weights; 0 ignores them.
    beta : float
        Log bonus of every label, against the language's liking for short text.
    min_prob : float
        Labels less probable than this in a frame do not extend a prefix there.
    min_ratio : float
        Extensions less probable than this share of the best prefix are not made.
    """

    width: int = 10
    n_best: int = 10
    alpha: float = 0.5
    beta: float = 0.0
    min_prob: float = 1e-3
    min_ratio: float = 1e-6

    def __post_init__(self) -> None:
        if self.width < 1 or self.n_best < 1:
            raise ValueError(f"width and n_best must be at least 1: {self}")
        if not (0 <= self.min_prob < 1 and 0 <= self.min_ratio < 1 and self.alpha >= 0):
            raise ValueError(f"min_prob and min_ratio must be in [0, 1), alpha not under 0: {self}")


@dataclass(frozen=True)
class Hypothesis:
    """One reading of a line.

    Attributes
    ----------
    labels : tuple of int
    log_prob : float
        Natural log of the CTC probability of the labelling, summed over all its paths.
    spans : tuple of (start, end)
        Frames [start, end) of each label, in order and disjoint.
    score : float
        What the readings are ranked by: ``log_prob`` plus the weight of the language.
    """

    labels: tuple[int, ...]
    log_prob: float
    spans: tuple[Span, ...]
    score: float


def greedy(log_probs: NDArray[np.float32], blank: int) -> Hypothesis:
    """Collapse the most probable path: repeats joined, then blanks dropped.

    Parameters
    ----------
    log_probs : float32 (T, C)
        Natural log probabilities; T may be 0.
    blank : int
        Index of the blank class.

    Raises
    ------
    ValueError
        If the array is not a (frames, classes) array of log probabilities.
    """
    labels, spans = _collapse(log_probs.argmax(axis=1) if len(log_probs) else [], blank)
    log_prob = float(labelling_log_probs(log_probs, [labels], blank)[0])
    return Hypothesis(labels, log_prob, spans, log_prob)


def beam_search(
    log_probs: NDArray[np.float32],
    blank: int,
    config: DecodeConfig | None = None,
    language: Language | None = None,
) -> list[Hypothesis]:
    """Find the labellings of highest score, best first.

    The search itself is approximate. The labellings that survive it, and the greedy one, are
    then weighed exactly, so that without a language the result is never worse than `greedy`.

    Parameters
    ----------
    log_probs : float32 (T, C)
        Natural log probabilities; T may be 0.
    blank : int
        Index of the blank class.
    config : DecodeConfig, optional
    language : Language, optional

    Returns
    -------
    list of Hypothesis
        At least one, at most ``config.n_best``, all different.

    Raises
    ------
    ValueError
        If the array is not a (frames, classes) array of log probabilities.
    """
    config = config or DecodeConfig()
    probs = probabilities(log_probs, blank)
    root = _Prefix(None, -1, language.start() if language else None, 1.0, 0.0)
    root.blank_mass = root.total = 1.0
    beam = _search(root, _frames(probs, blank, config.min_prob), config, language)
    weights = {prefix.labels(): _line_weight(prefix, config, language) for prefix in beam}
    fused = {
        labels: math.log(prefix.total) + weights[labels] - prefix.weight
        for labels, prefix in zip(weights, beam, strict=True)
    }
    chosen = sorted(fused, key=lambda labels: -fused[labels])[: config.n_best]
    path, _ = _collapse(probs.argmax(axis=1) if len(probs) else [], blank)
    if path not in chosen:
        chosen.append(path)
        weights[path] = _line_weight(_grow(root, path, config, language), config, language)
    exact = dict(zip(chosen, labelling_log_probs(log_probs, chosen, blank).tolist(), strict=True))
    chosen.sort(key=lambda labels: -(exact[labels] + weights[labels]))
    del chosen[config.n_best :]
    return [
        Hypothesis(labels, exact[labels], spans, exact[labels] + weights[labels])
        for labels, spans in zip(chosen, align(log_probs, chosen, blank), strict=True)
    ]


@dataclass(slots=True, eq=False)
class _Prefix:
    """A node of the trie of prefixes: one label after its parent's.

    `blank_mass` and `label_mass` are the probability of the paths that read this prefix and end
    in a blank or in its last label, times the weight of the language, over a scale that all
    prefixes share; `total` is their sum, 0 for a prefix outside the beam. `next_*` are those
    after the frame being worked on.
    """

    parent: _Prefix | None
    label: int
    state: Any
    factor: float  # weight of the last label, linear
    weight: float  # weight of all labels, log
    blank_mass: float = 0.0
    label_mass: float = 0.0
    total: float = 0.0
    next_blank: float = 0.0
    next_label: float = 0.0
    children: dict[int, _Prefix] = field(default_factory=dict)

    def extend(self, label: int, config: DecodeConfig, language: Language | None) -> _Prefix:
        """Make the child of `label`; the language is asked once for each node."""
        weight, state = config.beta, None
        if language is not None:
            score, state = language.score(self.state, label)
            weight += config.alpha * score
        child = _Prefix(self, label, state, math.exp(weight), self.weight + weight)
        self.children[label] = child
        return child

    def labels(self) -> tuple[int, ...]:
        labels = []
        node = self
        while node.parent is not None:
            labels.append(node.label)
            node = node.parent
        return tuple(reversed(labels))


_Frame = tuple[float, list[tuple[int, float]]]


def _frames(probs: NDArray[np.float64], blank: int, min_prob: float) -> list[_Frame]:
    """Probability of the blank and the labels worth trying, frame by frame.

    Frames without such a label only end the labels before them, so of a run of them one is kept
    (with probability 1: a factor that all prefixes share changes nothing).
    """
    tried = probs > min_prob
    tried[:, blank] = False
    times, labels = np.nonzero(tried)
    order = np.lexsort((-probs[times, labels], times))  # falling probability within a frame
    times, labels = times[order], labels[order]
    pairs = list(zip(labels.tolist(), probs[times, labels].tolist(), strict=True))
    first = np.searchsorted(times, np.arange(len(probs) + 1)).tolist()
    frames: list[_Frame] = []
    for t, p_blank in enumerate(probs[:, blank].tolist()):
        if first[t] < first[t + 1]:
            frames.append((p_blank, pairs[first[t] : first[t + 1]]))
        elif not frames or frames[-1][1]:
            frames.append((1.0, []))
    return frames


def _search(
    root: _Prefix, frames: Sequence[_Frame], config: DecodeConfig, language: Language | None
) -> list[_Prefix]:
    """Run the beam over all frames; the prefixes that are left, in no certain order."""
    beam = [root]
    for p_blank, tried in frames:
        if not tried:
            for prefix in beam:
                prefix.blank_mass, prefix.label_mass = prefix.total, 0.0
            continue
        masses = _stay(beam, p_blank, tried)
        # The best prefix has a total of 1.
        floor = config.min_ratio * max(p_blank, tried[0][1])
        masses = nlargest(config.width, masses + [floor] * config.width)
        new = _extend(beam, tried, masses, config, language)
        scale = 1.0 / max([prefix.next_blank + prefix.next_label for prefix in beam + new])
        beam += new
        for prefix in beam:
            prefix.blank_mass = prefix.next_blank * scale
            prefix.label_mass = prefix.next_label * scale
            prefix.total = prefix.blank_mass + prefix.label_mass
        if len(beam) > config.width:
            beam.sort(key=attrgetter("total"), reverse=True)
            for prefix in beam[config.width :]:
                prefix.total = 0.0
            del beam[config.width :]
    return [prefix for prefix in beam if prefix.total > 0]


def _stay(
    beam: Sequence[_Prefix], p_blank: float, tried: Sequence[tuple[int, float]]
) -> list[float]:
    """Masses of the prefixes in the beam after one more frame."""
    prob = dict(tried).get
    masses = []
    for prefix in beam:
        label, parent = prefix.label, prefix.parent
        p_label = prob(label, 0.0)
        mass = prefix.label_mass * p_label
        if p_label and parent is not None and parent.total:
            # A repeated label is a new one only after a blank.
            before = parent.blank_mass if parent.label == label else parent.total
            mass += before * p_label * prefix.factor
        prefix.next_label = mass
        prefix.next_blank = prefix.total * p_blank
        masses.append(mass + prefix.next_blank)
    return masses


def _extend(
    beam: Sequence[_Prefix],
    tried: Sequence[tuple[int, float]],
    masses: list[float],
    config: DecodeConfig,
    language: Language | None,
) -> list[_Prefix]:
    """New prefixes, one label longer than one of the beam, with a mass among the best.

    `masses` are the best masses so far, as many as the beam is wide. The language is asked only
    where its best weight would bring an extension among them.
    """
    limit = math.exp(config.beta + (config.alpha * language.best if language else 0.0))
    floor = min(masses)
    hopes = []
    for prefix in beam:
        for label, p_label in tried:
            if prefix.total * p_label * limit <= floor:
                break  # the labels are sorted by falling probability
            before = prefix.blank_mass if prefix.label == label else prefix.total
            hopes.append((before * p_label, prefix, label))
    hopes.sort(key=itemgetter(0), reverse=True)
    heapify(masses)
    new = []
    for mass, prefix, label in hopes:
        if mass * limit <= masses[0]:
            break
        child = prefix.children.get(label) or prefix.extend(label, config, language)
        # `_stay` has seen to the prefixes that are in the beam already.
        if not child.total and mass * child.factor > masses[0]:
            child.next_label, child.next_blank = mass * child.factor, 0.0
            heapreplace(masses, child.next_label)
            new.append(child)
    return new


def _grow(
    root: _Prefix, labels: Sequence[int], config: DecodeConfig, language: Language | None
) -> _Prefix:
    """The node of a labelling, made where the search did not."""
    node = root
    for label in labels:
        node = node.children.get(label) or node.extend(label, config, language)
    return node


def _line_weight(prefix: _Prefix, config: DecodeConfig, language: Language | None) -> float:
    """Log weight of the prefix as a whole line."""
    return prefix.weight + (config.alpha * language.end(prefix.state) if language else 0.0)


def _collapse(
    path: Sequence[int] | NDArray[np.int64], blank: int
) -> tuple[tuple[int, ...], tuple[Span, ...]]:
    """Labels and spans of one path."""
    path = np.asarray(path, np.int64)
    bounds = [0, *(np.flatnonzero(np.diff(path)) + 1).tolist(), len(path)]
    runs = [
        (int(path[start]), (start, end))
        for start, end in pairwise(bounds)
        if start < end and path[start] != blank
    ]
    return tuple(label for label, _ in runs), tuple(span for _, span in runs)
