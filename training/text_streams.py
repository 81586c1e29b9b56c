"""Text that a neural language model learns: runs of symbols with an end after every line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from training.line_store import LineStore
from training.names import Names
from training.texts import TextSource

Symbols = NDArray[np.uint8]

# Chances that a page's names and digits are exchanged at all, and then that each of them is.
_EXCHANGED, _EACH = 0.6, 0.5
_NAME = re.compile(r"[A-ZÀ-ÖØ-Þ]\w{2,}")
_DIGIT = re.compile(r"\d")


class Coder:
    """Turns lines into symbols: the places of the characters; after them the end of a line.

    Parameters
    ----------
    characters : str
        Others are left out.
    """

    def __init__(self, characters: str) -> None:
        self.characters = characters
        self._places = {character: place for place, character in enumerate(characters)}

    @property
    def end(self) -> int:
        """Symbol of the end of a line."""
        return len(self.characters)

    def __call__(self, lines: Iterable[str]) -> Symbols:
        """Return the symbols of lines, an end after each, uint8 (n,)."""
        symbols: list[int] = []
        for line in lines:
            symbols += [self._places[c] for c in line if c in self._places]
            symbols.append(self.end)
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
    code : Coder

    Raises
    ------
    ValueError
        If there are none.
    """

    def __init__(self, lines: Iterable[str], code: Coder) -> None:
        self._symbols = code(lines)
        ends = np.flatnonzero(self._symbols == code.end)
        if not len(ends):
            raise ValueError("there is no running text")
        self._starts = np.concatenate(([0], ends[:-1] + 1))

    def __len__(self) -> int:
        return len(self._symbols)

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
    code : Coder

    Raises
    ------
    ValueError
        If there are no lines.
    """

    def __init__(self, pages: Iterable[Sequence[str]], names: Names | None, code: Coder) -> None:
        self._pages = [page for page in pages if page]
        self._names, self._code = names, code
        if not self._pages:
            raise ValueError("there are no transcribed lines")

    def draw(self, rng: np.random.Generator, length: int) -> Symbols:
        """Return what follows a line of a page chosen at random, and other pages after it."""
        found: list[Symbols] = []
        while sum(map(len, found)) < length:
            page = self._pages[rng.integers(len(self._pages))]
            lines = page if found else page[int(rng.integers(len(page))) :]
            exchanged = rng.random() < _EXCHANGED
            found.append(self._code([self._other(rng, x) for x in lines] if exchanged else lines))
        return np.concatenate(found)[:length]

    def _other(self, rng: np.random.Generator, line: str) -> str:
        """Return a line with some of its names and digits exchanged."""

        def name(match: re.Match[str]) -> str:
            kept = self._names is None or rng.random() >= _EACH
            return match[0] if kept or self._names is None else self._names.draw(rng)

        def digit(match: re.Match[str]) -> str:
            return match[0] if rng.random() >= _EACH else str(rng.integers(10))

        return _DIGIT.sub(digit, _NAME.sub(name, line))


class MadeUpLines:
    """Lines that are made up as they are needed, each by itself.

    Parameters
    ----------
    texts : TextSource
    code : Coder
    """

    def __init__(self, texts: TextSource, code: Coder) -> None:
        self._texts, self._code = texts, code

    def draw(self, rng: np.random.Generator, length: int) -> Symbols:
        """Return line after line."""
        lines: list[str] = []
        while sum(map(len, lines)) + len(lines) < length:
            lines.append(self._texts.line(rng))
        return self._code(lines)[:length]


def pages_of(store: LineStore) -> list[list[str]]:
    """Return the lines of each page of a store, in their order."""
    pages: dict[str, list[str]] = {}
    for text, group in zip(store.texts, store.groups, strict=True):
        pages.setdefault(group, []).append(text)
    return list(pages.values())
