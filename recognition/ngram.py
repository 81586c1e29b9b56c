"""A small character n-gram language model: trained from lines, pruned, quantised, kept in a file.

Interpolated Witten-Bell smoothing (Chen and Goodman 1999, "An empirical study of smoothing
techniques for language modeling"): unlike Kneser-Ney it keeps its quality when the model is
pruned (Chelba et al. 2010). Pruned by the log likelihood that each n-gram gains on the training
text over backing off (Seymore and Rosenfeld 1996). Stored in backoff form as one trie in
breadth-first order: the children of a node lie side by side, so that a node needs a label, a log
probability and, unless it is a leaf, a backoff weight and a number of children: one byte each.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from unicodedata import normalize
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

# Codes of what is no character; those of the characters follow.
_START, _END, _UNKNOWN, _FIRST = 0, 1, 2, 3
_FORMAT = 1
# Quantisation: sixteenths of a nat; log probabilities from 0 down, backoff weights from 4 down.
_STEP = 1 / 16
_BACKOFF_TOP = 4.0
_CACHED_CONTEXTS = 50_000

_Block = tuple[int, int, float]


@dataclass(frozen=True, eq=False)
class NGram:
    """A character n-gram; see the module for its form.

    Attributes
    ----------
    order : int
        Length of the longest n-grams, at least 2.
    characters : str
        Known characters, sorted.
    labels : uint8 (n,)
        Last code of each n-gram.
    log_probs : uint8 (n,)
        Its log probability, in negative sixteenths of a nat.
    backoffs : uint8 (m,)
        Log backoff weight of the n-grams that are shorter than `order`, quantised.
    children : uint8 (m,)
        How many n-grams continue them.
    """

    order: int
    characters: str
    labels: NDArray[np.uint8]
    log_probs: NDArray[np.uint8]
    backoffs: NDArray[np.uint8]
    children: NDArray[np.uint8]
    _contexts: dict[bytes, tuple[_Block, ...]] = field(default_factory=dict, init=False, repr=False)

    start = bytes([_START])  # context at the beginning of a line
    end = _END  # code of the end of a line

    def __len__(self) -> int:
        return len(self.labels)

    def code(self, character: str) -> int:
        """Code of a character; all unknown ones share one."""
        return self._codes.get(character, _UNKNOWN)

    def advance(self, context: bytes, code: int) -> bytes:
        """Context after one more code: the last ``order - 1`` of them."""
        return (context + bytes((code,)))[1 - self.order :]

    def log_prob(self, context: bytes, code: int) -> float:
        """Natural log probability of a code after the codes of `context`."""
        labels, total = self._label_bytes, 0.0
        for start, end, backoff in self._chain(context):
            at = labels.find(code, start, end)
            if at >= 0:
                return total - self._log_prob_bytes[at] * _STEP
            total += backoff
        raise ValueError(f"{code} is not a code of this model")

    def text_log_prob(self, text: str) -> float:
        """Natural log probability of a whole line, its end counted."""
        context, total = self.start, 0.0
        for code in [*map(self.code, normalize("NFC", text)), _END]:
            total += self.log_prob(context, code)
            context = self.advance(context, code)
        return total

    def save(self, path: Path) -> None:
        """Write a compressed .npz file."""
        with path.open("wb") as file:
            np.savez_compressed(
                file,
                format=np.array(_FORMAT),
                order=np.array(self.order),
                characters=np.array([ord(character) for character in self.characters], np.uint32),
                labels=self.labels,
                log_probs=self.log_probs,
                backoffs=self.backoffs,
                children=self.children,
            )

    @classmethod
    def load(cls, path: Path) -> NGram:
        """Read what `save` wrote.

        Raises
        ------
        ValueError
            If the file is not a model, or of another version.
        OSError
            If it cannot be read.
        """
        try:
            with np.load(path, allow_pickle=False) as archive:
                stored = {name: archive[name] for name in archive.files}
            if int(stored["format"]) != _FORMAT:
                raise ValueError(f"version {stored['format']} of the format is not known")
            return cls(
                int(stored["order"]),
                "".join(map(chr, stored["characters"])),
                *(stored[name] for name in ("labels", "log_probs", "backoffs", "children")),
            )
        except (KeyError, TypeError, ValueError, EOFError, AttributeError, BadZipFile) as error:
            raise ValueError(f"{path} is not a character n-gram model: {error}") from error

    def _chain(self, context: bytes) -> tuple[_Block, ...]:
        """Where to look a code up: the children of the context, of its tail, ... of nothing."""
        chain = self._contexts.get(context)
        if chain is None:
            block = self._block(context)
            shorter = self._chain(context[1:]) if context else ()
            chain = shorter if block is None else (block, *shorter)
            if len(self._contexts) >= _CACHED_CONTEXTS:
                self._contexts.clear()
            self._contexts[context] = chain
        return chain

    def _block(self, context: bytes) -> _Block | None:
        """Children [start, end) and log backoff weight of the node of a context, if it has any."""
        start, end, backoff = 0, int(self._first_child[0]), 0.0
        for code in context:
            node = self._label_bytes.find(code, start, end)
            if not 0 <= node < len(self.children):
                return None
            start, end = int(self._first_child[node]), int(self._first_child[node + 1])
            backoff = _BACKOFF_TOP - int(self.backoffs[node]) * _STEP
        return (start, end, backoff) if start < end else None

    @cached_property
    def _codes(self) -> dict[str, int]:
        return {character: _FIRST + i for i, character in enumerate(self.characters)}

    @cached_property
    def _label_bytes(self) -> bytes:
        return self.labels.tobytes()

    @cached_property
    def _log_prob_bytes(self) -> bytes:
        return self.log_probs.tobytes()

    @cached_property
    def _first_child(self) -> NDArray[np.int64]:
        # The n-grams of length 1 come first, then the children of node 0, of node 1, ...
        roots = len(self.labels) - int(self.children.sum(dtype=np.int64))
        return roots + np.concatenate(([0], np.cumsum(self.children, dtype=np.int64)))


def train_ngram(lines: Iterable[str], order: int = 6, max_ngrams: int = 800_000) -> NGram:
    """Estimate a model from lines of text (brought to NFC).

    Parameters
    ----------
    lines : iterable of str
        Repeat a line to give it more weight.
    order : int
        2 to 8.
    max_ngrams : int
        At most this many are kept (those of length 1 always are): the size of the file is about
        1.5 to 2.5 bytes for each. Memory while training: about 50 bytes a character of text.

    Raises
    ------
    ValueError
        If there is no text, the order is out of range, or there are over 250 characters.
    """
    if not 2 <= order <= 8:
        raise ValueError(f"the order must be 2 to 8, not {order}")
    text = [normalize("NFC", line) for line in lines]
    characters = "".join(sorted(set().union(*text)))
    if not 0 < len(characters) <= 250:
        raise ValueError(f"1 to 250 different characters are needed, not {len(characters)}")
    levels = _count(text, characters, order)
    _estimate(levels)
    _prune(levels, max_ngrams)
    steps = list(pairwise(levels))
    return NGram(
        order,
        characters,
        labels=np.concatenate([level.keys & 0xFF for level in levels]).astype(np.uint8),
        log_probs=_quantise(-np.log(np.concatenate([level.probs for level in levels]))),
        backoffs=_quantise(_BACKOFF_TOP - np.concatenate([_backoff(*step) for step in steps])),
        children=np.concatenate(
            [np.bincount(longer.parents, minlength=len(shorter.keys)) for shorter, longer in steps]
        ).astype(np.uint8),
    )


@dataclass
class _Level:
    """All n-grams of one length while a model is trained, sorted by key (codes, 8 bits each)."""

    keys: NDArray[np.uint64]
    counts: NDArray[np.int64]
    parents: NDArray[np.int64]  # index of the n-gram without its last code, one level below
    tails: NDArray[np.int64]  # index of the n-gram without its first code, one level below
    probs: NDArray[np.float64]
    gains: NDArray[np.float64]  # log likelihood lost on the training text if it were left out


def _count(text: Sequence[str], characters: str, order: int) -> list[_Level]:
    """Count the n-grams of every length up to `order` within the lines."""
    table = {ord(character): _FIRST + i for i, character in enumerate(characters)}
    mark = {_START: chr(_START), _END: chr(_END)}
    coded = "".join(mark[_START] + line.translate(table) + mark[_END] for line in text)
    codes = np.frombuffer(coded.encode("latin-1"), np.uint8).astype(np.uint64)
    starts = np.flatnonzero(codes == _START)
    position = np.arange(len(codes)) - np.repeat(starts, np.diff([*starts, len(codes)]))
    levels: list[_Level] = []
    windows = codes
    for length in range(1, order + 1):
        if length > 1:
            windows = (windows[:-1] << np.uint64(8)) | codes[length - 1 :]
        # No window reaches over the start of its line.
        keys, counts = np.unique(windows[position[length - 1 :] >= length - 1], return_counts=True)
        if length == 1:
            keys = np.insert(keys, _UNKNOWN, np.uint64(_UNKNOWN))
            counts = np.insert(counts, _UNKNOWN, 0)
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


def _estimate(levels: Sequence[_Level]) -> None:
    """Fill in the probabilities, and what each n-gram is worth."""
    roots = levels[0]
    said = roots.keys != _START  # the start of a line is a context, never a next character
    seen, kinds = int(roots.counts[said].sum()), int((roots.counts[said] > 0).sum())
    roots.probs = (roots.counts + kinds / int(said.sum())) / (seen + kinds)
    roots.probs[~said] = 1.0
    roots.gains = np.full(len(roots.keys), np.inf)
    for below, level in pairwise(levels):
        total = np.bincount(level.parents, level.counts)[level.parents]
        kinds_after = np.bincount(level.parents)[level.parents]
        backed_off = kinds_after * below.probs[level.tails] / (total + kinds_after)
        level.probs = level.counts / (total + kinds_after) + backed_off
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
    return np.clip(np.round(values / _STEP), 0, 255).astype(np.uint8)
