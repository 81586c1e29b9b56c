"""A small character n-gram language model: pruned, quantised, kept in a file.

Stored in backoff form as one trie in breadth-first order: the children of a node lie side by
side, so that a node needs a label, a log probability and, unless it is a leaf, a backoff weight
and a number of children: one byte each. `training.ngram` makes such models, `ngram_states` looks
things up in them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from unicodedata import normalize

import numpy as np
from numpy.typing import NDArray

from recognition.archive import pack_text, read_arrays, refusing, unpack_text, write_arrays
from recognition.ngram_states import MOST_NODES, NGramStates

# Codes of what is no character; those of the characters follow.
START, END, UNKNOWN, FIRST = 0, 1, 2, 3
_FORMAT = 1
# Quantisation: sixteenths of a nat; log probabilities from 0 down, backoff weights from 4 down.
STEP = 1 / 16
BACKOFF_TOP = 4.0
_ARRAYS = "labels", "log_probs", "backoffs", "children"


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

    start = START + 1  # state at the beginning of a line
    end = END  # code of the end of a line

    def __len__(self) -> int:
        return len(self.labels)

    def code(self, character: str) -> int:
        """Code of a character; all unknown ones share one."""
        return self._codes.get(character, UNKNOWN)

    @cached_property
    def states(self) -> NGramStates:
        """The model as an automaton, to look up what follows what."""
        roots = len(self.labels) - int(self.children.sum(dtype=np.int64))
        return NGramStates(
            self.labels,
            np.concatenate(([roots], self.children)).astype(np.uint8),
            np.concatenate(([0], self.log_probs)).astype(np.float32) * np.float32(-STEP),
            np.concatenate(([0], BACKOFF_TOP - self.backoffs * STEP)).astype(np.float32),
        )

    def text_log_prob(self, text: str) -> float:
        """Natural log probability of a whole line, its end counted."""
        state, total = np.array([self.start], np.int32), 0.0
        for code in [*map(self.code, normalize("NFC", text)), END]:
            gained, state = self.states.score(state, np.array([code], np.int32))
            total += float(gained[0])
        return total

    def save(self, path: Path) -> None:
        """Write a compressed .npz file."""
        arrays = {name: getattr(self, name) for name in _ARRAYS}
        numbers = {"order": np.array(self.order), "characters": pack_text(self.characters)}
        write_arrays(path, _FORMAT, {**numbers, **arrays})

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
        with refusing(path, "character n-gram model"):
            stored = read_arrays(path, _FORMAT)
            arrays = [stored[name] for name in _ARRAYS]
            model = cls(int(stored["order"]), unpack_text(stored["characters"]), *arrays)
            model._check()
            model.states  # noqa: B018 - checks the order, too
            return model

    def _check(self) -> None:
        """Refuse arrays that do not make up one trie in which every code can be found."""
        arrays = self.labels, self.log_probs, self.backoffs, self.children
        if any(array.dtype != np.uint8 or array.ndim != 1 for array in arrays):
            raise ValueError("its arrays are not of bytes")
        codes = FIRST + len(self.characters)
        inner, nodes = len(self.children), len(self.labels)
        whole = len(self.log_probs) == nodes and len(self.backoffs) == inner <= nodes
        if not (whole and 2 <= self.order <= 8 and nodes - self.children.sum(dtype=int) == codes):
            raise ValueError("its arrays do not fit each other")
        if not np.array_equal(self.labels[:codes], np.arange(codes)):
            raise ValueError("it lacks some of its characters")
        if nodes >= MOST_NODES:
            raise ValueError(f"it has over {MOST_NODES} n-grams")
        first_child = codes + np.concatenate(([0], np.cumsum(self.children, dtype=np.int64)))
        end = codes
        for _ in range(self.order - 1):
            end = int(first_child[min(end, inner)])
        if end != nodes:
            raise ValueError("some of its n-grams are longer than its order")

    @cached_property
    def _codes(self) -> dict[str, int]:
        return {character: FIRST + i for i, character in enumerate(self.characters)}
