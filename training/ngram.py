"""Estimates the character n-grams of `recognition.ngram` from lines of text.

Interpolated Witten-Bell smoothing (Chen and Goodman 1999, "An empirical study of smoothing
techniques for language modeling"): unlike Kneser-Ney it keeps its quality when the model is
pruned (Chelba et al. 2010). Pruned by the log likelihood that each n-gram gains on the training
text over backing off (Seymore and Rosenfeld 1996).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from unicodedata import normalize

import numpy as np
from numpy.typing import NDArray

from recognition.ngram import BACKOFF_TOP, END, FIRST, START, STEP, UNKNOWN, NGram


def train_ngram(lines: Iterable[str], order: int = 6, max_ngrams: int = 800_000) -> NGram:
    """Estimate a model from lines of text: `mix_ngram` of a single source."""
    return mix_ngram([(lines, 1.0)], order, max_ngrams)


def mix_ngram(
    sources: Iterable[tuple[Iterable[str], float]],
    order: int = 6,
    max_ngrams: int = 800_000,
    doubt: float = 1.0,
) -> NGram:
    """Estimate a model from several sources of lines by adding up their weighted counts.

    In a context that one source knows better than the others that source counts more, which
    a fixed share of each source's probabilities would not give (Bacchiani and Roark 2003,
    "Unsupervised language model adaptation").

    Parameters
    ----------
    sources : iterable of (lines, weight)
        Lines of text (brought to NFC) and how much each of them counts, over 0.
    order : int
        2 to 8.
    max_ngrams : int
        At most this many are kept (those of length 1 always are): the size of the file is about
        1.5 to 2.5 bytes for each. Memory while training: about 50 bytes a character of text.
    doubt : float
        How much each kind of continuation says for a new one: 1 is Witten and Bell's own. More
        backs off more, as text of another kind than the sources wants it, and weights over 1.

    Raises
    ------
    ValueError
        If there is no text, a weight or the doubt is not over 0, the order is out of range, or
        there are over 250 characters.
    """
    if not 2 <= order <= 8:
        raise ValueError(f"the order must be 2 to 8, not {order}")
    texts = [([normalize("NFC", line) for line in lines], weight) for lines, weight in sources]
    if doubt <= 0 or any(weight <= 0 for _, weight in texts):
        raise ValueError("the doubt and the weight of every source must be over 0")
    characters = "".join(sorted({c for lines, _ in texts for line in lines for c in line}))
    if not 0 < len(characters) <= 250:
        raise ValueError(f"1 to 250 different characters are needed, not {len(characters)}")
    levels = _count(texts, characters, order)
    _estimate(levels, doubt)
    _prune(levels, max_ngrams)
    steps = list(pairwise(levels))
    return NGram(
        order,
        characters,
        labels=np.concatenate([level.keys & 0xFF for level in levels]).astype(np.uint8),
        log_probs=_quantise(-np.log(np.concatenate([level.probs for level in levels]))),
        backoffs=_quantise(BACKOFF_TOP - np.concatenate([_backoff(*step) for step in steps])),
        children=np.concatenate(
            [np.bincount(longer.parents, minlength=len(shorter.keys)) for shorter, longer in steps]
        ).astype(np.uint8),
    )


@dataclass
class _Level:
    """All n-grams of one length while a model is trained, sorted by key (codes, 8 bits each)."""

    keys: NDArray[np.uint64]
    counts: NDArray[np.float64]  # weighted
    parents: NDArray[np.int64]  # index of the n-gram without its last code, one level below
    tails: NDArray[np.int64]  # index of the n-gram without its first code, one level below
    probs: NDArray[np.float64]
    gains: NDArray[np.float64]  # log likelihood lost on the training text if it were left out


def _count(
    texts: Sequence[tuple[Sequence[str], float]], characters: str, order: int
) -> list[_Level]:
    """Count the n-grams of every length up to `order` within the lines."""
    coded = [(_coded(lines, characters), weight) for lines, weight in texts if lines]
    levels: list[_Level] = []
    for length in range(1, order + 1):
        parts = [(*_windows(codes, length), weight) for codes, weight in coded]
        keys, places = np.unique(np.concatenate([part[0] for part in parts]), return_inverse=True)
        weighted = np.concatenate([part[1] * part[2] for part in parts])
        counts = np.bincount(places, weighted).astype(np.float64)
        if length == 1:
            keys = np.insert(keys, UNKNOWN, np.uint64(UNKNOWN))
            counts = np.insert(counts, UNKNOWN, 0)
        below = levels[-1].keys if levels else keys
        tail = np.uint64((1 << 8 * (length - 1)) - 1)
        levels.append(
            _Level(
                keys,
                counts,
                np.searchsorted(below, keys >> np.uint64(8)),
                np.searchsorted(below, keys & tail),
                np.empty(0),
                np.empty(0),
            )
        )
    return levels


def _coded(lines: Sequence[str], characters: str) -> NDArray[np.uint8]:
    """Return the codes of all lines, the start and the end of each marked."""
    table = {ord(character): FIRST + i for i, character in enumerate(characters)}
    mark = {START: chr(START), END: chr(END)}
    text = "".join(mark[START] + line.translate(table) + mark[END] for line in lines)
    return np.frombuffer(text.encode("latin-1"), np.uint8)


def _windows(codes: NDArray[np.uint8], length: int) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Return the different n-grams of one length, as keys, and how often each occurs."""
    count = max(len(codes) - length + 1, 0)
    keys = np.zeros(count, np.uint64)
    inside = np.ones(count, bool)  # no window reaches over the start of its line
    for place in range(length):
        piece = codes[place : place + count]
        keys = (keys << np.uint64(8)) | piece
        if place:
            inside &= piece != START
    return np.unique(keys[inside], return_counts=True)


def _estimate(levels: Sequence[_Level], doubt: float) -> None:
    """Fill in the probabilities, and what each n-gram is worth."""
    roots = levels[0]
    said = roots.keys != START  # the start of a line is a context, never a next character
    seen, codes = float(roots.counts[said].sum()), int((roots.counts[said] > 0).sum())
    roots.probs = (roots.counts + codes / int(said.sum())) / (seen + codes)
    roots.probs[~said] = 1.0
    roots.gains = np.full(len(roots.keys), np.inf)
    for below, level in pairwise(levels):
        total = np.bincount(level.parents, level.counts)[level.parents]
        # What was seen less than once, by its weight, is no whole kind of continuation.
        kinds = np.bincount(level.parents, np.minimum(level.counts, 1))[level.parents]
        unseen = doubt * kinds
        backed_off = unseen * below.probs[level.tails] / (total + unseen)
        level.probs = level.counts / (total + unseen) + backed_off
        level.gains = np.log(level.probs / backed_off) * level.counts


def _prune(levels: Sequence[_Level], max_ngrams: int) -> None:
    """Keep the n-grams of highest gain, and those that they are made of."""
    gains = np.sort(np.concatenate([level.gains for level in levels[1:]]))[::-1]
    budget = len(gains)
    kept = _closed(levels, -np.inf)
    while budget and (excess := sum(int(mask.sum()) for mask in kept) - max_ngrams) > 0:
        budget = max(budget - excess, 0)
        kept = _closed(levels, gains[budget])
    renumbered = np.cumsum(kept[0]) - 1
    for mask, level in zip(kept[1:], levels[1:], strict=True):
        for name in ("keys", "counts", "probs", "gains"):
            setattr(level, name, getattr(level, name)[mask])
        level.parents = renumbered[level.parents[mask]]
        level.tails = renumbered[level.tails[mask]]
        renumbered = np.cumsum(mask) - 1


def _closed(levels: Sequence[_Level], threshold: float) -> list[NDArray[np.bool_]]:
    """What has a gain over the threshold or is the beginning or the tail of what has."""
    kept = [level.gains > threshold for level in levels]
    kept[0][:] = True
    for k in range(len(levels) - 1, 0, -1):
        kept[k - 1][levels[k].parents[kept[k]]] = True
        kept[k - 1][levels[k].tails[kept[k]]] = True
    return kept


def _backoff(shorter: _Level, longer: _Level) -> NDArray[np.float64]:
    """Log weight of backing off from each shorter n-gram: what makes it a distribution again."""
    n = len(shorter.keys)
    left = 1 - np.bincount(longer.parents, longer.probs, minlength=n)
    left_below = 1 - np.bincount(longer.parents, shorter.probs[longer.tails], minlength=n)
    return np.log(np.maximum(left, 1e-6) / np.maximum(left_below, 1e-6))


def _quantise(values: NDArray[np.float64]) -> NDArray[np.uint8]:
    return np.clip(np.round(values / STEP), 0, 255).astype(np.uint8)
