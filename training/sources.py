"""Where training lines come from: real lines, drawn pen strokes, composed strings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from recognition.alphabet import Alphabet
from recognition.prepare import INK_SPREAD, LINE_HEIGHT
from training.cells import LONGEST, cell_text, compose_cells
from training.emnist import GlyphSet
from training.fonts import FontSet, compose_typeset
from training.ink import InkSet
from training.ink_setter import InkPool
from training.line_store import LineStore
from training.pen import render_ink
from training.pieces import PieceSetter, choose_text
from training.synthesis import compose_characters, compose_glyphs, compose_words, writable
from training.texts import TextSource

Grey = NDArray[np.uint8]
Sample = tuple[Grey, str]


class LineSource(Protocol):
    """Makes lines."""

    def draw(self, rng: np.random.Generator) -> Sample:
        """Return a line image uint8 (h, w), dark on paper, and its text."""


class RealLines:
    """Transcribed lines; sentences that recur on many pages are drawn less often.

    Parameters
    ----------
    store
        The lines.
    recurrence
        A text that occurs n times has n ** (1 - recurrence) the weight of one that occurs once.
    """

    def __init__(self, store: LineStore, recurrence: float = 0.7) -> None:
        counts: dict[str, int] = {}
        for text in store.texts:
            counts[text] = counts.get(text, 0) + 1
        weights = np.array([counts[text] ** -recurrence for text in store.texts])
        self._store = store
        self._weights = weights / weights.sum()

    def draw(self, rng: np.random.Generator) -> Sample:
        """Return a line as it was cut."""
        index = int(rng.choice(len(self._store), p=self._weights))
        return self._store.images[index], self._store.texts[index]


class InkLines:
    """Samples of pen trajectories drawn each time with another pen.

    Parameters
    ----------
    ink
        The trajectories.
    indices
        Samples to draw from; those wider than `widest` once prepared are left out.
    widest
        In pixels of a prepared line.
    """

    def __init__(self, ink: InkSet, indices: NDArray[np.int64], widest: float = 1200.0) -> None:
        self._ink = ink
        self._indices = indices[_prepared_widths(ink)[indices] <= widest]

    def draw(self, rng: np.random.Generator) -> Sample:
        """Draw a sample."""
        index = int(rng.choice(self._indices))
        height = LINE_HEIGHT * rng.uniform(1.0, 2.0)
        return render_ink(self._ink.strokes(index), height, rng), self._ink.label(index)


class ComposedLines:
    """Strings that nobody wrote as such, set from what somebody wrote.

    Parameters
    ----------
    compose
        Makes a line of about so many characters: (length, rng) to image and text.
    longest
        Characters of the longest line.
    """

    def __init__(
        self, compose: Callable[[int, np.random.Generator], Sample], longest: int = 55
    ) -> None:
        self._compose, self._longest = compose, longest

    def draw(self, rng: np.random.Generator) -> Sample:
        """Set a line of any length."""
        return self._compose(int(rng.integers(3, self._longest + 1)), rng)


def cell_lines(glyphs: GlyphSet, texts: TextSource) -> ComposedLines:
    """Words and numbers of EMNIST glyphs side by side in their cells."""

    def compose(length: int, rng: np.random.Generator) -> Sample:
        text = cell_text(texts, length, rng)
        return compose_cells(text, glyphs, rng), text

    return ComposedLines(compose, LONGEST)


def glyph_lines(glyphs: GlyphSet, texts: TextSource, alphabet: Alphabet) -> ComposedLines:
    """Made-up text set from EMNIST glyphs."""
    known = writable(glyphs.characters, frozenset(alphabet.characters))

    def compose(length: int, rng: np.random.Generator) -> Sample:
        text = _known_text(texts, length, known, rng)
        return compose_glyphs(text, glyphs, rng), text

    return ComposedLines(compose)


def character_lines(pool: InkPool, texts: TextSource, alphabet: Alphabet) -> ComposedLines:
    """Made-up text set from one writer's single characters, drawn with a pen."""
    known = writable(pool.characters, frozenset(alphabet.characters))

    def compose(length: int, rng: np.random.Generator) -> Sample:
        text = _known_text(texts, length, known, rng)
        return compose_characters(text, pool, rng), text

    return ComposedLines(compose)


def font_lines(fonts: FontSet, texts: TextSource, alphabet: Alphabet) -> ComposedLines:
    """Made-up text set in handwriting fonts."""
    wanted = frozenset(alphabet.characters)

    def compose(length: int, rng: np.random.Generator) -> Sample:
        face = fonts.draw(rng)
        text = _known_text(texts, length, wanted & (face.characters | {" "}), rng)
        return compose_typeset(text, face, rng), text

    return ComposedLines(compose)


def piece_lines(setters: Sequence[PieceSetter], texts: TextSource) -> ComposedLines:
    """Lines put together from pieces of what one page's hand wrote."""

    def compose(length: int, rng: np.random.Generator) -> Sample:
        setter = setters[int(rng.integers(len(setters)))]
        return setter.compose(choose_text(setter, texts, length, rng), rng)

    return ComposedLines(compose)


def word_lines(pool: InkPool, texts: TextSource) -> ComposedLines:
    """One writer's words in a row, with numbers and signs among them."""

    def compose(length: int, rng: np.random.Generator) -> Sample:
        return compose_words(pool, rng, texts, length)

    return ComposedLines(compose)


def _known_text(
    texts: TextSource, length: int, known: frozenset[str], rng: np.random.Generator
) -> str:
    line = texts.line(rng, longest=length, shortest=max(1, int(0.8 * length)))
    return " ".join("".join(c for c in line if c in known).split()) or "a"


def _prepared_widths(ink: InkSet) -> NDArray[np.float64]:
    """Width of every sample once prepared: its extent in x over the spread of its rows."""
    starts = ink.point_offsets[ink.stroke_offsets[:-1]]
    counts = np.diff(ink.point_offsets[ink.stroke_offsets])
    x, y = ink.points[:, 0], ink.points[:, 1].astype(np.float64)
    extent = np.maximum.reduceat(x, starts) - np.minimum.reduceat(x, starts).astype(np.float64)
    mean = np.add.reduceat(y, starts) / counts
    variance = np.add.reduceat(y**2, starts) / counts - mean**2
    return np.asarray(extent * INK_SPREAD / np.sqrt(np.maximum(variance, 100.0)))
