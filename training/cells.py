"""Words and numbers set from EMNIST glyphs side by side, each in the cell that EMNIST gave it.

Unlike `training.glyph_setter` nothing is made to look like one hand: every letter fills its cell,
so an x is as high as an X. Forms with boxed letters and most EMNIST demonstrations look so.
"""

from __future__ import annotations

import string

import cv2
import numpy as np
from numpy.typing import NDArray

from training.emnist import GlyphSet
from training.glyph_setter import GLYPH_SIZE
from training.texts import TextSource

Grey = NDArray[np.uint8]

LONGEST = 14
MARGIN = 8


def cell_text(texts: TextSource, longest: int, rng: np.random.Generator) -> str:
    """Return a word in small letters or capitals, a number, or letters and digits at random."""
    kind = rng.random()
    if kind < 0.28:
        return _random(string.digits, longest, rng)
    if kind < 0.33:
        return _random(string.digits + string.ascii_uppercase, longest, rng)
    word = "".join(c for c in texts.word(rng) if c.isascii() and c.isalpha())[:longest] or "a"
    if kind < 0.78:
        return word
    return word.upper() if kind < 0.9 else word.capitalize()


def _random(characters: str, longest: int, rng: np.random.Generator) -> str:
    return "".join(rng.choice(list(characters), int(rng.integers(1, longest + 1))))


def compose_cells(text: str, glyphs: GlyphSet, rng: np.random.Generator) -> Grey:
    """Set a text from EMNIST glyphs in their own cells, more or less of their margins cut off.

    Parameters
    ----------
    text
        Characters that the glyphs hold.
    glyphs
        EMNIST.
    rng
        The only source of chance.

    Returns
    -------
    NDArray
        uint8 (h, w), 255 = paper.
    """
    # From touching letters to cells with room between them, alike over a line.
    trim, spread = int(rng.integers(0, 5)), int(rng.integers(0, 3))
    snug = rng.random() < 0.3
    cells = []
    for character in text:
        choices = glyphs.indices(character)
        cell = glyphs.images[choices[rng.integers(len(choices))]]
        cells.append(_snug(cell, trim) if snug else cell[:, trim : GLYPH_SIZE - trim])
        cells.append(np.zeros((GLYPH_SIZE, int(rng.integers(0, spread + 1))), np.uint8))
    row = np.pad(np.concatenate(cells, axis=1), MARGIN)
    scale = float(rng.uniform(1.0, 2.5))
    large = cv2.resize(row, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    return np.asarray(255 - large, np.uint8)


def _snug(cell: Grey, gap: int) -> Grey:
    """Cut a cell to its ink and give it `gap` columns on the right."""
    inked = np.flatnonzero(cell.max(axis=0) > 40)
    if not len(inked):
        return cell
    return np.pad(cell[:, inked[0] : inked[-1] + 1], ((0, 0), (0, 1 + gap)))
