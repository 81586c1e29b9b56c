"""Prefix beam search over several windows of frames at once (Hannun et al. 2014).

The prefixes of all windows are rows of arrays, so that they share the cost of a NumPy call, which
is most of what a frame costs. A prefix has two probabilities: of its paths that end in a blank, and
of those that end in its last label; both times the weight of the language, over a scale that the
prefixes of a window share. Prefixes are told apart by 64-bit hashes of their labels.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recognition.hashing import grown
from recognition.language import Language

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Columns of what is kept of a prefix: numbers, the last of them the language's state; integers.
_BLANK, _LABEL, _FACTOR, _WEIGHT, _STATE = range(5)
_LAST, _NODE, _HASH, _PARENT = range(4)
_ROOT_HASH, _NO_HASH, _NO_PARENT = 1, 0, -1


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

    width: int = 64
    n_best: int = 10
    alpha: float = 0.5
    beta: float = 0.0
    min_prob: float = 1e-3
    min_ratio: float = 1e-3

    def __post_init__(self) -> None:
        if self.width < 1 or self.n_best < 1:
            raise ValueError(f"width and n_best must be at least 1: {self}")
        if not (0 <= self.min_prob < 1 and 0 <= self.min_ratio < 1 and self.alpha >= 0):
            raise ValueError(f"min_prob and min_ratio must be in [0, 1), alpha not under 0: {self}")


@dataclass(frozen=True)
class Trie:
    """Prefixes as nodes: the one without its last label, and that label. Node 0 is empty.

    Attributes
    ----------
    parents, labels : lists of int
        Of each node.
    """

    parents: list[int]
    labels: list[int]

    def prefix(self, node: int) -> tuple[int, ...]:
        """Labels of a node."""
        read = []
        while node:
            read.append(self.labels[node])
            node = self.parents[node]
        return tuple(reversed(read))


@dataclass(frozen=True)
class Found:
    """The prefixes left at the end of a window, in no certain order.

    Attributes
    ----------
    trie : Trie
        Of the prefixes.
    nodes : int64 (n,)
        Where they are in it.
    fused : float64 (n,)
        Log of the probability times the weight of the language.
    weights : float64 (n,)
        Log weight of the language.
    states : float64 (n, k)
        The language's states.
    """

    trie: Trie
    nodes: Ints
    fused: Floats
    weights: Floats
    states: Floats


def search(
    windows: Sequence[Floats],
    blank: int,
    config: DecodeConfig,
    language: Language | None,
    starts: Floats,
) -> list[Found]:
    """Look in each window for the prefixes of highest probability times weight.

    Parameters
    ----------
    windows : sequence of float64 (T, C)
        Probabilities. T differs and may be 0.
    blank : int
    config : DecodeConfig
    language : Language, optional
    starts : float64 (windows, k)
        The language's state before each window; k is 0 without a language.
    """
    squeezed = [_squeeze(window, blank, config.min_prob) for window in windows]
    # Longest first: those that still have a frame are the first of all arrays.
    order = sorted(range(len(windows)), key=lambda k: -len(squeezed[k][0]))
    lengths = np.array([len(squeezed[k][0]) for k in order], np.int64)
    classes = windows[0].shape[1] if windows else 0
    blanks = np.zeros((lengths.max(initial=0), len(windows)))
    probs = np.zeros((*blanks.shape, classes + 1))  # the last column is of no label at all
    for row, k in enumerate(order):
        blanks[: lengths[row], row], probs[: lengths[row], row, :classes] = squeezed[k]
    beams = _Beams(config, language, starts[order], classes)
    for t in range(len(blanks)):
        going = int(np.count_nonzero(lengths > t))
        beams.advance(blanks[t, :going], probs[t, :going])
    found = dict(zip(order, beams.found(), strict=True))
    return [found[k] for k in range(len(windows))]


def _squeeze(probs: Floats, blank: int, min_prob: float) -> tuple[Floats, Floats]:
    """Probability of the blank (T,), and (T, C) of the labels worth trying, 0 of others.

    Frames without such a label only end the labels before them, so of a run of them one is kept
    (with probability 1: a factor that all prefixes share changes nothing).
    """
    tried = np.where(probs > min_prob, probs, 0.0)
    tried[:, blank] = 0.0
    some = np.asarray(tried.any(axis=1))
    kept = some.copy()
    kept[1:] |= some[:-1]
    kept[:1] = True
    return np.where(some, probs[:, blank], 1.0)[kept], tried[kept]


@dataclass(frozen=True)
class _New:
    """Prefixes one label longer than those in the beams, ordered by window."""

    windows: Ints  # (n,)
    masses: Floats  # (n,)
    numbers: Floats  # (n, columns)
    integers: Ints  # (n, columns)


class _Beams:
    """The prefixes of all windows, (windows, width); a mass of 0 is an empty place."""

    def __init__(
        self, config: DecodeConfig, language: Language | None, starts: Floats, no_label: int
    ) -> None:
        self._config, self._language = config, language
        # No extension is weighed higher than this.
        best = config.alpha * language.best if language else 0.0
        self._limit = math.exp(config.beta + best)
        shape = len(starts), config.width
        self._numbers = np.zeros((*shape, _STATE + starts.shape[1]))
        self._numbers[:, 0, _BLANK] = 1.0
        self._numbers[:, 0, _STATE:] = starts
        self._nobody = np.array([no_label, 0, _NO_HASH, _NO_PARENT])
        self._integers = np.tile(self._nobody, (*shape, 1))
        self._integers[:, 0, _HASH] = _ROOT_HASH
        # The trie of all prefixes that were ever in a beam; node 0 is the empty one.
        self._parents, self._labels = [np.zeros(1, np.int64)], [np.zeros(1, np.int64)]
        self._nodes = 1

    def advance(self, blanks: Floats, probs: Floats) -> None:
        """Take one frame in: blanks (n,), labels (n, C + 1) of the first n windows."""
        numbers, integers = self._numbers[: len(blanks)], self._integers[: len(blanks)]
        totals = numbers[:, :, _BLANK] + numbers[:, :, _LABEL]
        new = self._stay(numbers, integers, totals, blanks, probs)
        kept = numbers[:, :, _BLANK] + numbers[:, :, _LABEL]
        self._choose(numbers, integers, kept, new)

    def found(self) -> list[Found]:
        """Return what is in the beams."""
        trie = Trie(np.concatenate(self._parents).tolist(), np.concatenate(self._labels).tolist())
        result = []
        for numbers, integers in zip(self._numbers, self._integers, strict=True):
            totals = numbers[:, _BLANK] + numbers[:, _LABEL]
            left = np.flatnonzero(totals)
            rest = numbers[left]
            fused, nodes = np.log(totals[left]), integers[left, _NODE]
            result.append(Found(trie, nodes, fused, rest[:, _WEIGHT], rest[:, _STATE:]))
        return result

    def _stay(
        self, numbers: Floats, integers: Ints, totals: Floats, blanks: Floats, probs: Floats
    ) -> _New:
        """Change the masses of the prefixes in the beams, and return those to come in."""
        last = integers[:, :, _LAST]
        repeated = np.take_along_axis(probs, last, axis=1)
        masses = numbers[:, :, _LABEL] * repeated
        # Prefixes whose parents are in the beam too are also what these become.
        parents, hashes = (integers[:, :, column].copy() for column in (_PARENT, _HASH))
        pairs = parents[:, :, None] == hashes[:, None, :]
        window, rest = np.divmod(np.flatnonzero(pairs), pairs.shape[1] * pairs.shape[2])
        child, parent = np.divmod(rest, pairs.shape[2])
        label = last[window, child]
        # A repeated label is a new one only after a blank.
        doubled = label == last[window, parent]
        before = np.where(doubled, numbers[window, parent, _BLANK], totals[window, parent])
        grown = before * repeated[window, child] * numbers[window, child, _FACTOR]
        masses[window, child] += grown
        kept = masses + totals * blanks[:, None]
        windows, labels = np.nonzero(probs)
        before = np.where(
            last[windows] == labels[:, None], numbers[windows, :, _BLANK], totals[windows]
        )
        hopes = before * probs[windows, labels][:, None]
        number = np.zeros(probs.shape, np.int64)
        number[windows, labels] = np.arange(len(windows))
        tried = np.flatnonzero(probs[window, label])
        hopes[number[window[tried], label[tried]], parent[tried]] = 0.0
        floor = kept.min(axis=1)
        likely = self._config.min_ratio * np.maximum(blanks, probs.max(axis=1))
        at, place = np.nonzero(hopes * self._limit > np.maximum(floor, likely)[windows, None])
        new = self._grow(numbers, integers, windows[at], place, labels[at], hopes[at, place], floor)
        numbers[:, :, _BLANK] = totals * blanks[:, None]
        numbers[:, :, _LABEL] = masses
        return new

    def _grow(
        self,
        numbers: Floats,
        integers: Ints,
        windows: Ints,
        places: Ints,
        labels: Ints,
        hopes: Floats,
        floors: Floats,
    ) -> _New:
        """Make prefixes longer by a label each, but for those that no beam has a place for.

        The hopes are the masses without the language, the floors the least in each beam.
        """
        old = numbers[windows, places]
        weights = np.full(len(labels), self._config.beta)
        after = old[:, _STATE:]
        if self._language is not None and len(labels):
            gained, after = self._language.scores(after, labels)
            weights += self._config.alpha * gained
        factors = np.exp(weights)
        masses = hopes * factors
        good = np.flatnonzero(masses > floors[windows])
        windows, labels = windows[good], labels[good]
        new = np.zeros((len(good), old.shape[1]))
        new[:, _LABEL], new[:, _FACTOR] = masses[good], factors[good]
        new[:, _STATE:] = after[good]
        new[:, _WEIGHT] = (old[:, _WEIGHT] + weights)[good]
        former = integers[windows, places[good]]
        hashes = grown(former[:, _HASH], labels + 2)
        whole = np.stack([labels, former[:, _NODE], hashes, former[:, _HASH]], axis=1)
        return _New(windows, new[:, _LABEL], new, whole)

    def _choose(self, numbers: Floats, integers: Ints, kept: Floats, new: _New) -> None:
        """Fill each beam with the best of its prefixes, old and new, and scale them."""
        count, width = kept.shape
        if not len(new.windows):
            numbers[:, :, : _LABEL + 1] /= kept.max(axis=1)[:, None, None]
            return
        sizes = np.bincount(new.windows, minlength=count)
        first = np.cumsum(sizes) - sizes
        masses = np.zeros((count, width + int(sizes.max())))
        masses[:, :width] = kept
        masses[new.windows, width + np.arange(len(new.windows)) - first[new.windows]] = new.masses
        best = np.argpartition(masses, masses.shape[1] - width, axis=1)[:, -width:]
        stays = np.zeros(masses.shape, bool)
        stays[np.arange(count)[:, None], best] = True
        # As many new ones come in as old ones go, nobody at worst: each takes the place of one.
        gone = ~stays[:, :width]
        window, place = np.divmod(np.flatnonzero(stays[:, width:]), masses.shape[1] - width)
        somebody = place < sizes[window]
        coming = np.where(somebody, first[window] + place, len(new.windows))
        nobody = np.zeros((1, numbers.shape[2]))
        numbers[gone] = np.concatenate([new.numbers, nobody])[coming]
        numbers[:, :, : _LABEL + 1] /= masses.max(axis=1)[:, None, None]
        arrived = np.concatenate([new.integers, self._nobody[None]])[coming]
        arrived[somebody, _NODE] = self._noted(arrived[somebody])
        integers[gone] = arrived

    def _noted(self, fresh: Ints) -> Ints:
        """Add prefixes, which still have their parents' nodes, to the trie; return their nodes."""
        self._parents.append(fresh[:, _NODE])
        self._labels.append(fresh[:, _LAST])
        first, self._nodes = self._nodes, self._nodes + len(fresh)
        return np.arange(first, self._nodes)
