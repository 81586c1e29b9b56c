"""A small character n-gram language model: pruned, quantised, kept in a file.

Stored in backoff form as one trie in breadth-first order: the children of a node lie side by
side, so that a node needs a label, a log probability and, unless it is a leaf, a backoff weight
and a number of children: one byte each. `training.ngram` makes such models.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from unicodedata import normalize
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

# Codes of what is no character; those of the characters follow.
START, END, UNKNOWN, FIRST = 0, 1, 2, 3
_FORMAT = 1
# Quantisation: sixteenths of a nat; log probabilities from 0 down, backoff weights from 4 down.
STEP = 1 / 16
BACKOFF_TOP = 4.0
_CACHED_CONTEXTS = 50_000
_MAX_BYTES = 64 * 2**20

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

    start = bytes([START])  # context at the beginning of a line
    end = END  # code of the end of a line

    def __len__(self) -> int:
        return len(self.labels)

    def code(self, character: str) -> int:
        """Code of a character; all unknown ones share one."""
        return self._codes.get(character, UNKNOWN)

    def advance(self, context: bytes, code: int) -> bytes:
        """Context after one more code: the last ``order - 1`` of them."""
        return (context + bytes((code,)))[1 - self.order :]

    def log_prob(self, context: bytes, code: int) -> float:
        """Natural log probability of a code after the codes of `context`."""
        labels, total = self._label_bytes, 0.0
        for start, end, backoff in self._chain(context):
            at = labels.find(code, start, end)
            if at >= 0:
                return total - self._log_prob_bytes[at] * STEP
            total += backoff
        raise ValueError(f"{code} is not a code of this model")

    def text_log_prob(self, text: str) -> float:
        """Natural log probability of a whole line, its end counted."""
        context, total = self.start, 0.0
        for code in [*map(self.code, normalize("NFC", text)), END]:
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
                if sum(part.file_size for part in archive.zip.infolist()) > _MAX_BYTES:
                    raise ValueError(f"it unpacks to over {_MAX_BYTES >> 20} MiB")
                stored = {name: archive[name] for name in archive.files}
            if int(stored["format"]) != _FORMAT:
                raise ValueError(f"version {stored['format']} of the format is not known")
            model = cls(
                int(stored["order"]),
                "".join(map(chr, stored["characters"])),
                *(stored[name] for name in ("labels", "log_probs", "backoffs", "children")),
            )
            model._check()
            return model
        except (KeyError, TypeError, ValueError, EOFError, AttributeError, BadZipFile) as error:
            raise ValueError(f"{path} is not a character n-gram model: {error}") from error

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
            backoff = BACKOFF_TOP - int(self.backoffs[node]) * STEP
        return (start, end, backoff) if start < end else None

    @cached_property
    def _codes(self) -> dict[str, int]:
        return {character: FIRST + i for i, character in enumerate(self.characters)}

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
