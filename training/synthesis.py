"""Lines of handwriting set from single glyphs and from pen ink, with the text they show."""

from __future__ import annotations

import numpy as np

from training.emnist import GlyphSet
from training.glyph_setter import GlyphSetter
from training.ink_setter import InkPool, InkSetter
from training.letterforms import LIGATURES, Hand, are_drawable_marks, decompose
from training.signs import is_drawable
from training.texts import TextSource

__all__ = ["InkPool", "compose_characters", "compose_glyphs", "compose_words", "writable"]

LONGEST_WORDS_LINE = 45
"""Characters in a line set from words, about."""
STRUCK_OUT = 0.03
"""Chance that a struck-out word stands before a word."""
SMALL_CAPITALS = 0.2
"""Share of the hands whose capitals are hardly higher than small letters."""
PAIRS = (("(", ")"), ('"', '"'), ("«", "»"), ("[", "]"))


def writable(letters: frozenset[str], alphabet: frozenset[str]) -> frozenset[str]:
    """Characters of an alphabet that can be set from the given letters, space included.

    Parameters
    ----------
    letters : frozenset of str
        Characters with glyphs or ink of their own (`GlyphSet.characters`).
    alphabet : frozenset of str
        Characters asked for.
    """

    def can_set(character: str) -> bool:
        base, marks = decompose(character)
        parts = LIGATURES.get(base, base)
        known = all(part in letters or is_drawable(part) for part in parts)
        return character == " " or (known and are_drawable_marks(marks))

    return frozenset(c for c in alphabet if can_set(c))


def compose_glyphs(text: str, glyphs: GlyphSet, rng: np.random.Generator) -> np.ndarray:
    """Set a line from EMNIST glyphs, accents and signs drawn with a pen.

    Parameters
    ----------
    text : str
        What to write, of `writable` characters.
    glyphs : GlyphSet
    rng : numpy.random.Generator

    Returns
    -------
    uint8 (h, w)
        Grey, 255 = paper.

    Raises
    ------
    ValueError
        When a character has neither glyph nor drawing.
    """
    setter = GlyphSetter(glyphs, Hand.random(rng, SMALL_CAPITALS), rng)
    for character in text:
        setter.add(character)
    return setter.finish()


def compose_words(
    pool: InkPool,
    rng: np.random.Generator,
    texts: TextSource | None = None,
    length: int | None = None,
) -> tuple[np.ndarray, str]:
    """Set a line from words of one writer, with signs and numbers among them.

    Parameters
    ----------
    pool : InkPool
    rng : numpy.random.Generator
    texts : TextSource, optional
        Where numbers, dates and codes come from; none are set when missing.
    length : int, optional
        Characters from which on no further word is added; random when missing.

    Returns
    -------
    grey : uint8 (h, w)
    text : str
    """
    hand = Hand.random(rng)
    setter = InkSetter(pool, hand, pool.letter_writer(rng), rng)
    words = pool.words_of_one_writer(rng)
    wanted = int(rng.integers(4, LONGEST_WORDS_LINE)) if length is None else length
    parts: list[str] = []
    while sum(map(len, parts)) + len(parts) < wanted:
        if rng.random() < STRUCK_OUT:
            setter.add_space()
            _strike_out_word(setter, pool, int(words[rng.integers(len(words))]))
        if parts:
            setter.add_space()
        if texts is not None and rng.random() < 0.12:
            token = _only(texts.code(rng), pool)
            if token:
                setter.add_text(token)
                parts.append(token)
                continue
        parts.append(_add_word(setter, pool, int(words[rng.integers(len(words))]), rng))
    return setter.finish(), " ".join(parts)


def _strike_out_word(setter: InkSetter, pool: InkPool, index: int) -> None:
    """Set a word and cross it out: a reading leaves it out."""
    start = setter.cursor
    setter.add_word(index)
    setter.strike_out(start)
    setter.add_space()


def _add_word(setter: InkSetter, pool: InkPool, index: int, rng: np.random.Generator) -> str:
    before, after = "", ""
    kind = rng.random()
    if kind < 0.05:
        before, after = PAIRS[rng.integers(len(PAIRS))]
    elif kind < 0.25 and pool.ink.label(index)[-1].isalnum():
        after = str(rng.choice(list(",.;:!?"), p=(0.4, 0.36, 0.06, 0.08, 0.05, 0.05)))
    elif kind < 0.28:
        before = ("l'", "d'", "-", "L'")[rng.integers(4)]
    if not all(pool.allows(c) for c in before + after):
        before, after = "", ""
    setter.add_text(before)
    word = setter.add_word(index, accent=bool(rng.random() < 0.25))
    setter.add_text(after)
    return before + word + after


def compose_characters(text: str, pool: InkPool, rng: np.random.Generator) -> np.ndarray:
    """Set a line from single characters of one writer, accents drawn over them.

    Parameters
    ----------
    text : str
        What to write, of `writable` characters.
    pool : InkPool
    rng : numpy.random.Generator

    Returns
    -------
    uint8 (h, w)
        Grey, 255 = paper.

    Raises
    ------
    ValueError
        When a character has neither ink nor drawing.
    """
    hand = Hand.random(rng, SMALL_CAPITALS)
    setter = InkSetter(pool, hand, pool.letter_writer(rng), rng)
    setter.add_text(text)
    return setter.finish()


def _only(text: str, pool: InkPool) -> str:
    known = writable(pool.characters, frozenset(c for c in text if pool.allows(c)))
    return " ".join("".join(c for c in text if c in known or c == " ").split())
