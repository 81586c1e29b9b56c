"""The free text of a copy: a line as it was written, or words of one writer strung together."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from training.ink_setter import InkPool, InkSetter
from training.letterforms import Hand

Grey = NDArray[np.uint8]

_WORD = r"[A-Za-z0-9]+(?:['-][A-Za-z0-9]+)*"
# Labels with signs between spaces are cut into tokens, as nobody writes; letters one by one and
# numbers alone are no text.
_TEXT = re.compile(rf"(?=.*[a-z]{{3}}){_WORD}[,.;:?!]*(?: {_WORD}[,.;:?!]*)+")
_LONGEST = 40


def is_text(label: str) -> bool:
    """Tell whether a label is two words or more as one would write them on a form.

    Examples
    --------
    >>> is_text("I have one, it works."), is_text("sometime ?"), is_text("o p q r")
    (True, False, False)
    """
    return len(label) <= _LONGEST and _TEXT.fullmatch(label) is not None


class FreeText:
    """Writes free lines.

    Parameters
    ----------
    pool
        Pen ink: UNIPEN's lines of text and words.
    written
        Share of the lines that are taken as they were written; the others are words of one
        writer in any order, which no language foretells.

    Raises
    ------
    ValueError
        If no line of the pool is text, but some are wanted.
    """

    def __init__(self, pool: InkPool, written: float) -> None:
        self._pool, self._written = pool, written
        self._lines: dict[int, list[int]] = {}
        for index in pool.lines.tolist():
            if is_text(pool.ink.label(index)):
                self._lines.setdefault(pool.ink.writer(index), []).append(index)
        if written and not self._lines:
            raise ValueError("the pen ink holds no line of text")
        # Two of the writers wrote nine tenths of the lines.
        weights = np.sqrt([len(lines) for lines in self._lines.values()])
        self._weights = weights / weights.sum()

    def write(self, number: int, rng: np.random.Generator) -> tuple[Grey, str]:
        """Return a line, uint8 (h, w), dark on white, and what it says.

        Parameters
        ----------
        number
            Of the writer of the copy.
        rng
            Left in the same state whatever is written: the rest of the copies stays as it is.
        """
        apart = rng.spawn(1)[0]
        words = self._words(number, rng)
        return self._line(apart) if apart.random() < self._written else words

    def _line(self, rng: np.random.Generator) -> tuple[Grey, str]:
        lines = list(self._lines.values())[int(rng.choice(len(self._lines), p=self._weights))]
        index = lines[int(rng.integers(len(lines)))]
        setter = InkSetter(self._pool, Hand.random(rng), self._pool.ink.writer(index), rng)
        text = setter.add_word(index)
        return setter.finish(), text

    def _words(self, number: int, rng: np.random.Generator) -> tuple[Grey, str]:
        setter = InkSetter(self._pool, Hand.random(rng), number, rng)
        words = self._pool.words_of_one_writer(rng)
        parts: list[str] = []
        for _ in range(int(rng.integers(2, 6))):
            if parts:
                setter.add_space()
            parts.append(setter.add_word(int(words[rng.integers(len(words))])))
        return setter.finish(), " ".join(parts)
