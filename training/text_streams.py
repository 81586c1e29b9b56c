"""Text that a neural language model learns: runs of symbols with an end after every line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from recognition.alphabet import Alphabet
from training.line_store import LineStore
from training.names import Names
from training.texts import TextSource

Symbols = NDArray[np.uint8]

# Chances that a page's names and digits are exchanged at all, and then that each of them is.
_EXCHANGED, _EACH = 0.6, 0.5
_NAME = re.compile(r"[A-ZÀ-ÖØ-Þ]\w{2,}")
_DIGIT = re.compile(r"\d")


def coded(lines: Iterable[str], alphabet: Alphabet) -> Symbols:
    """Return the labels of lines, ``len(alphabet)`` after each as its end, uint8 (n,)."""
    symbols: list[int] = []
    for line in lines:
        symbols += [*alphabet.encode(alphabet.keep(line)), len(alphabet)]
    return np.array(symbols, np.uint8)


class Stream(Protocol):
    """One kind of text without end."""

    def draw(self, rng: np.random.Generator, length: int) -> Symbols:
        """Return a run of symbols that begins with a line, uint8 (length,)."""


class RunningText:
    """Lines that follow one another in books, from any of them on.

    Parameters
    ----------
    lines : iterable of str
    alphabet : Alphabet
        Other characters are left out.

    Raises
    ------
    ValueError
        If there are none.
    """

    def __init__(self, lines: Iterable[str], alphabet: Alphabet) -> None:
        self._symbols = coded(lines, alphabet)
        ends = np.flatnonzero(self._symbols == len(alphabet))
        if not len(ends):
            raise ValueError("there is no running text")
        self._starts = np.concatenate(([0], ends[:-1] + 1))

    def draw(self, rng: np.random.Generator, length: int) -> Symbols:
        """Return what follows a line chosen at random; after the last line comes the first."""
        start = int(self._starts[rng.integers(len(self._starts))])
        return self._symbols.take(np.arange(start, start + length), mode="wrap")


class Pages:
    """Transcribed pages, in most of them with other names and numbers: they are never alike.

    Parameters
    ----------
    pages : sequence of sequences of str
        Lines of each page.
    names : Names, optional
        What names are exchanged for; none are without.
    alphabet : Alphabet
        Other characters are left out.

    Raises
    ------
    ValueError
        If there are no lines.
    """

    def __init__(
        self, pages: Iterable[Sequence[str]], names: Names | None, alphabet: Alphabet
    ) -> None:
        self._pages = [page for page in pages if page]
        self._names, self._alphabet = names, alphabet
        if not self._pages:
            raise ValueError("there are no transcribed lines")

    def draw(self, rng: np.random.Generator, length: int) -> Symbols:
        """Return what follows a line of a page chosen at random, and other pages after it."""
        found: list[Symbols] = []
        while sum(map(len, found)) < length:
            page = self._pages[rng.integers(len(self._pages))]
            lines = page if found else page[int(rng.integers(len(page))) :]
            if rng.random() < _EXCHANGED:
                lines = [self._other(rng, line) for line in lines]
            found.append(coded(lines, self._alphabet))
        return np.concatenate(found)[:length]

    def _other(self, rng: np.random.Generator, line: str) -> str:
        """Return a line with some of its names and digits exchanged."""

        def name(match: re.Match[str]) -> str:
            if self._names is None or rng.random() >= _EACH:
                return match[0]
            return self._names.draw(rng)

        def digit(match: re.Match[str]) -> str:
            return match[0] if rng.random() >= _EACH else str(rng.integers(10))

        return _DIGIT.sub(digit, _NAME.sub(name, line))


class MadeUpLines:
    """Lines that are made up as they are needed, each by itself.

    Parameters
    ----------
    texts : TextSource
    alphabet : Alphabet
        Other characters are left out.
    """

    def __init__(self, texts: TextSource, alphabet: Alphabet) -> None:
        self._texts, self._alphabet = texts, alphabet

    def draw(self, rng: np.random.Generator, length: int) -> Symbols:
        """Return line after line."""
        lines: list[str] = []
        while sum(map(len, lines)) + len(lines) < length:
            lines.append(self._texts.line(rng))
        return coded(lines, self._alphabet)[:length]


def pages_of(store: LineStore) -> list[list[str]]:
    """Return the lines of each page of a store, in their order."""
    pages: dict[str, list[str]] = {}
    for text, group in zip(store.texts, store.groups, strict=True):
        pages.setdefault(group, []).append(text)
    return list(pages.values())
