"""Reading under an automaton: the most probable texts it accepts, and how probable they are.

The outputs of a CTC network are decoded by prefix search (Graves et al. 2006, "Connectionist
temporal classification", section 3.2) over the product of the CTC trellis and the automaton. The
weight of a prefix is the probability of all accepted labellings that begin with it, exact because
it comes from a backward pass over the whole product; so the search finds the best labelling,
not only the best path, and the sum over everything that the automaton accepts beside it.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from recognition.alignment import probabilities
from recognition.automata import Automaton
from recognition.product import Logs, Product

# Prefixes looked at before the search is content with the best it has: about half a second.
MOST_PREFIXES = 500
# Prefixes that hold less than this share of everything accepted (e**-25) are not looked at.
_NEGLIGIBLE = -25.0


@dataclass(frozen=True)
class Accepted:
    """One text that the automaton accepts.

    Attributes
    ----------
    text
    log_prob
        Log of its probability among all labellings, accepted or not.
    share
        Its probability among all that the automaton accepts, 0 to 1.
    """

    text: str
    log_prob: float
    share: float


@dataclass(frozen=True)
class Constrained:
    """What was read under an automaton.

    Attributes
    ----------
    readings
        The most probable first; none where the automaton accepts nothing of this length.
    log_prob
        Log of the probability of everything that the automaton accepts: low where the writing
        is something else.
    exact
        Whether no other accepted text is more probable than any of the readings.
    """

    readings: tuple[Accepted, ...]
    log_prob: float
    exact: bool


def decode(log_probs: NDArray[np.float32], automaton: Automaton, n_best: int = 1) -> Constrained:
    """Find the most probable labellings that an automaton accepts.

    Parameters
    ----------
    log_probs : float32 (T, C)
        Output of a CTC network whose last class is the blank.
    automaton : Automaton
        Over an alphabet of C - 1 characters.
    n_best : int
        Readings wanted.

    Returns
    -------
    Constrained

    Raises
    ------
    ValueError
        If the alphabet does not fit, `n_best` is not over 0, or frames do not sum to 1.
    """
    if log_probs.ndim != 2 or log_probs.shape[1] != len(automaton.alphabet) + 1:
        raise ValueError(
            f"log_probs of shape {log_probs.shape} for {len(automaton.alphabet)} labels and a blank"
        )
    if n_best < 1:
        raise ValueError(f"n_best must be over 0, but is {n_best}")
    probabilities(log_probs, log_probs.shape[1] - 1)
    return _Search(Product(automaton), np.asarray(log_probs, np.float64)).run(n_best)


def cell_frames(cells: NDArray[np.floating]) -> NDArray[np.float32]:
    """Write a row of cells, each with at most one character, as the output of a CTC network.

    A frame of blank between each two cells keeps equal characters apart.

    Parameters
    ----------
    cells : floating (n, C + 1)
        Log-probabilities of the labels in each cell, and of nothing that counts. Rows need not
        be normalised.

    Returns
    -------
    float32 (2 n - 1, C + 1), or (0, C + 1) without cells
    """
    count, classes = cells.shape
    frames = np.full((max(2 * count - 1, 0), classes), -np.inf, np.float32)
    if count:
        frames[::2] = cells - np.logaddexp.reduce(cells, axis=1, keepdims=True)
    frames[1::2, -1] = 0.0
    return frames


@dataclass(frozen=True)
class _Prefix:
    """Labels read so far: log forward probabilities of them, by frame, last the label or a blank.

    Both begin with the moment before the first frame.
    """

    text: str
    state: int
    label: int
    in_label: Logs  # (T + 1,)
    in_blank: Logs  # (T + 1,)


@dataclass(order=True)
class _Entry:
    """What waits in the queue: a prefix to look at, or a finished text."""

    cost: float
    number: int
    finished: bool = field(compare=False)
    prefix: _Prefix = field(compare=False)
    arc: int = field(compare=False, default=-1)


class _Search:
    """Best-first search over prefixes; finished texts wait in the same queue as prefixes."""

    def __init__(self, product: Product, frames: Logs) -> None:
        self._product, self._frames = product, frames
        self._futures, self._total = product.futures(frames)
        self._least = self._total + _NEGLIGIBLE
        self._queue: list[_Entry] = []
        self._count = 0

    def run(self, n_best: int) -> Constrained:
        if self._total == -np.inf:
            return Constrained((), -np.inf, True)
        self._look_at(self._root())
        found: list[_Entry] = []
        looked = 0
        while self._queue and len(found) < n_best and looked < MOST_PREFIXES:
            entry = heapq.heappop(self._queue)
            if entry.finished:
                found.append(entry)
            else:
                self._look_at(self._extended(entry))
                looked += 1
        exact = len(found) == n_best or not self._queue
        if not exact:
            found += self._best_finished(n_best - len(found))
        return Constrained(tuple(map(self._accepted, found)), self._total, exact)

    def _accepted(self, entry: _Entry) -> Accepted:
        share = math.exp(min(0.0, -entry.cost - self._total))
        return Accepted(entry.prefix.text, min(0.0, -entry.cost), share)

    def _best_finished(self, wanted: int) -> list[_Entry]:
        """Return what is finished in the queue; if nothing is, follow the heaviest prefixes."""
        while not any(entry.finished for entry in self._queue):
            entry = heapq.heappop(self._queue)
            self._queue, self._least = [], -math.inf  # from here on depth first, which ends
            self._look_at(self._extended(entry))
        return heapq.nsmallest(wanted, (entry for entry in self._queue if entry.finished))

    def _root(self) -> _Prefix:
        blanks = np.concatenate([[0.0], np.cumsum(self._frames[:, -1])])
        return _Prefix("", 0, -1, np.full(len(blanks), -np.inf), blanks)

    def _look_at(self, prefix: _Prefix) -> None:
        """Put the prefix as a finished text, and all that continue it, into the queue."""
        product, frames = self._product, self._frames
        if product.accepts[prefix.state]:
            self._put(float(np.logaddexp(prefix.in_label[-1], prefix.in_blank[-1])), True, prefix)
        arcs = product.arcs_from(prefix.state)
        if not len(arcs) or not len(frames):
            return
        labels = product.labels[arcs]
        before = np.logaddexp(prefix.in_label[:-1], prefix.in_blank[:-1])[:, None]
        entered = np.where(labels == prefix.label, prefix.in_blank[:-1, None], before)
        paths = entered + frames[:, labels] + self._futures[:, product.nodes[arcs]]
        top = paths.max(axis=0)
        with np.errstate(divide="ignore", invalid="ignore"):
            weights = top + np.log(np.exp(paths - top).sum(axis=0))
        for arc, weight in zip(arcs.tolist(), weights.tolist(), strict=True):
            if weight > self._least:
                self._put(weight, False, prefix, arc)

    def _put(self, log_prob: float, finished: bool, prefix: _Prefix, arc: int = -1) -> None:
        if log_prob > -np.inf:
            self._count += 1
            entry = _Entry(-log_prob, self._count, finished, prefix, arc)
            heapq.heappush(self._queue, entry)

    def _extended(self, entry: _Entry) -> _Prefix:
        """Return the prefix of an entry with the label of its arc: the CTC forward algorithm."""
        label = int(self._product.labels[entry.arc])
        before = entry.prefix
        entered = before.in_blank
        if label != before.label:
            entered = np.logaddexp(entered, before.in_label)
        in_label, in_blank = _forward(
            entered.tolist(), self._frames[:, label].tolist(), self._frames[:, -1].tolist()
        )
        text = before.text + self._product.alphabet[label]
        state = int(self._product.targets[entry.arc])
        return _Prefix(text, state, label, np.array(in_label), np.array(in_blank))


def _forward(
    entered: Sequence[float], label: Sequence[float], blank: Sequence[float]
) -> tuple[list[float], list[float]]:
    """Return the log probabilities of being in the label, and in a blank after it, by frame."""
    in_label, in_blank = [-math.inf], [-math.inf]
    for enter, now_label, now_blank in zip(entered, label, blank, strict=False):
        in_blank.append(now_blank + _log_add(in_blank[-1], in_label[-1]))
        in_label.append(now_label + _log_add(in_label[-1], enter))
    return in_label, in_blank


def _log_add(one: float, other: float) -> float:
    if one < other:
        one, other = other, one
    if other == -math.inf:
        return one
    return one + math.log1p(math.exp(other - one))
