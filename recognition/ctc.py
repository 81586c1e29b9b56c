"""Text from the frames of a CTC network: greedy and prefix beam search.

Greedy decoding collapses the most probable path (Graves et al. 2006). Prefix beam search sums the
paths of each labelling, and lets a language weigh every label it adds (Hannun et al. 2014,
"First-pass large vocabulary continuous speech recognition using bi-directional recurrent DNNs").
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, repeat

import numpy as np
from numpy.typing import NDArray

from recognition.alignment import labelling_log_probs, probabilities
from recognition.beam import DecodeConfig as DecodeConfig
from recognition.beam import Found, search
from recognition.language import Language
from recognition.trellis import Row, Span, Trellis

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Hypothesis:
    """One reading of a line.

    Attributes
    ----------
    labels : tuple of int
    log_prob : float
        Natural log of the CTC probability of the labelling, summed over all its paths.
    spans : tuple of (start, end)
        Frames [start, end) of each label, in order and disjoint; empty if they were not asked for.
    score : float
        What the readings are ranked by: ``log_prob`` plus the weight of the language.
    """

    labels: tuple[int, ...]
    log_prob: float
    spans: tuple[Span, ...]
    score: float


@dataclass(frozen=True)
class Window:
    """Some frames of a line, and what stands around them.

    Attributes
    ----------
    log_probs : float32 (T, C)
        Natural log probabilities; T may be 0.
    state : float64 (k,), optional
        State of the language before the first frame; None at the beginning of a line.
    following : int, optional
        The label after the last frame; None at the end of a line.
    """

    log_probs: NDArray[np.float32]
    state: Floats | None = None
    following: int | None = None


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
    labels, spans = best_path(log_probs, blank)
    log_prob = float(labelling_log_probs(log_probs, [labels], blank)[0])
    return Hypothesis(labels, log_prob, spans, log_prob)


def beam_search(
    log_probs: NDArray[np.float32],
    blank: int,
    config: DecodeConfig | None = None,
    language: Language | None = None,
) -> list[Hypothesis]:
    """Find the labellings of highest score, best first: `beam_searches` of a single line."""
    return beam_searches([Window(log_probs)], blank, config, language)[0]


def beam_searches(
    windows: Sequence[Window],
    blank: int,
    config: DecodeConfig | None = None,
    language: Language | None = None,
    aligned: bool = True,
) -> list[list[Hypothesis]]:
    """Find the labellings of highest score of each window, best first.

    Windows are best searched many at a time: they share most of the cost. The search itself is
    approximate. The labellings that survive it are then weighed exactly; without a language the
    greedy one is among them, so that the result is never worse than `greedy`.

    Parameters
    ----------
    windows : sequence of Window
    blank : int
        Index of the blank class.
    config : DecodeConfig, optional
    language : Language, optional
    aligned : bool
        Whether the labels' spans are wanted.

    Returns
    -------
    list of lists of Hypothesis
        For each window at least one, at most ``config.n_best``, all different.

    Raises
    ------
    ValueError
        If an array is not a (frames, classes) array of log probabilities.
    """
    config = config or DecodeConfig()
    if not windows:
        return []
    probs = [probabilities(window.log_probs, blank) for window in windows]
    starts = np.zeros((len(windows), 0))
    if language is not None:
        first = language.start()
        starts = np.array([first if w.state is None else w.state for w in windows])
    found = search(probs, blank, config, language, starts)
    weights = _kept(found, _ends(found, windows, config, language), config.n_best)
    if language is None:
        for window, weighed in zip(windows, weights, strict=True):
            path, _ = best_path(window.log_probs, blank)
            weighed.setdefault(path, config.beta * len(path))
    return _hypotheses(windows, np.concatenate(probs), weights, blank, config.n_best, aligned)


def best_path(
    log_probs: NDArray[np.float32], blank: int
) -> tuple[tuple[int, ...], tuple[Span, ...]]:
    """Labels and spans of the most probable path."""
    path = log_probs.argmax(axis=1) if len(log_probs) else np.zeros(0, np.int64)
    bounds = [0, *(np.flatnonzero(np.diff(path)) + 1).tolist(), len(path)]
    runs = [
        (int(path[start]), (start, end))
        for start, end in pairwise(bounds)
        if start < end and path[start] != blank
    ]
    return tuple(label for label, _ in runs), tuple(span for _, span in runs)


def _ends(
    found: Sequence[Found],
    windows: Sequence[Window],
    config: DecodeConfig,
    language: Language | None,
) -> list[Floats]:
    """Log weight of what comes after each of the labellings found."""
    sizes = [len(each.nodes) for each in found]
    total = np.zeros(sum(sizes))
    if language is not None:
        states = np.concatenate([each.states for each in found])
        following = [-1 if window.following is None else window.following for window in windows]
        labels = np.repeat(following, sizes)
        for part, within in ((labels < 0, False), (labels >= 0, True)):
            if part.any():
                total[part] = (
                    language.scores(states[part], labels[part])[0]
                    if within
                    else language.ends(states[part])
                )
    return np.split(config.alpha * total, np.cumsum(sizes)[:-1])


def _kept(
    found: Sequence[Found], ends: Sequence[Floats], most: int
) -> list[dict[tuple[int, ...], float]]:
    """The best labellings of each window with their log weights as whole lines."""
    kept = []
    for each, end in zip(found, ends, strict=True):
        order = np.argsort(-(each.fused + end), kind="stable")[:most]
        weights = each.weights + end
        nodes = each.nodes.tolist()
        kept.append({each.trie.prefix(nodes[k]): float(weights[k]) for k in order.tolist()})
    return kept


def _hypotheses(
    windows: Sequence[Window],
    probs: Floats,
    weights: Sequence[dict[tuple[int, ...], float]],
    blank: int,
    most: int,
    aligned: bool,
) -> list[list[Hypothesis]]:
    """Weigh and align labellings exactly, all in one trellis; `probs` are of all windows."""
    bounds = np.cumsum([0, *(len(window.log_probs) for window in windows)]).tolist()
    rows = [
        Row(labels, span)
        for span, weighed in zip(pairwise(bounds), weights, strict=True)
        for labels in weighed
    ]
    trellis = Trellis(rows, blank, probs.shape[1])
    exact = iter(trellis.log_probs(probs).tolist())
    spans: Iterator[tuple[Span, ...]] = repeat(())
    if aligned:
        spans = iter(trellis.spans(np.concatenate([window.log_probs for window in windows])))
    result = []
    for first, weighed in zip(bounds, weights, strict=False):
        hypotheses = []
        for labels, weight in weighed.items():
            log_prob = next(exact)
            placed = tuple((start - first, end - first) for start, end in next(spans))
            hypotheses.append(Hypothesis(labels, log_prob, placed, log_prob + weight))
        hypotheses.sort(key=lambda hypothesis: -hypothesis.score)
        result.append(hypotheses[:most])
    return result
