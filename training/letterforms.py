"""Where letters stand between the writing lines, and a writer's habits in that.

Units are x-heights: y up from the baseline, x right.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

import numpy as np

Strokes = list[np.ndarray]

TALL = frozenset("bdfhkl")
HANGING = frozenset("gpqy")
LIGATURES = {"œ": "oe", "æ": "ae", "Œ": "OE", "Æ": "AE"}
ABOVE = frozenset("\u0301\u0300\u0302\u0308\u0303\u030a\u030c\u0304")
CEDILLA = "\u0327"

SIGN_EXTENTS = {
    ".": (0.0, 0.13), ",": (-0.35, 0.15), ";": (-0.35, 0.75), ":": (0.05, 0.75),
    "!": (0.0, 1.65), "?": (0.0, 1.65), "'": (1.1, 1.65), '"': (1.15, 1.65), "`": (1.2, 1.6),
    "(": (-0.4, 1.75), ")": (-0.4, 1.75), "[": (-0.35, 1.75), "]": (-0.35, 1.75),
    "{": (-0.4, 1.75), "}": (-0.4, 1.75), "/": (-0.35, 1.75), "\\": (-0.35, 1.75),
    "|": (-0.4, 1.75), "+": (0.15, 0.95), "*": (0.8, 1.5), "=": (0.3, 0.75), "<": (0.1, 0.95),
    ">": (0.1, 0.95), "^": (1.1, 1.6), "~": (0.45, 0.75), "@": (-0.15, 1.4), "#": (0.0, 1.5),
    "$": (-0.2, 1.7), "%": (0.0, 1.5), "&": (0.0, 1.5), "-": (0.45, 0.55), "_": (-0.25, -0.15),
}  # fmt: skip
FLAT_WIDTHS = {"-": 0.75, "_": 1.0, "=": 0.8, "~": 0.9}
"""Signs too flat to be sized by their height: width in x-heights."""


def extent(character: str) -> tuple[float, float]:
    """Bottom and top of a character over the baseline, in x-heights; accents not counted."""
    if character in SIGN_EXTENTS:
        return SIGN_EXTENTS[character]
    if character in HANGING:
        return -0.75, 1.0
    if character == "j":
        return -0.75, 1.5
    if character in TALL:
        return 0.0, 1.8
    if character == "t":
        return 0.0, 1.45
    if character == "i":
        return 0.0, 1.5
    if character.islower():
        return 0.0, 1.0
    return 0.0, 1.45 if character.isdigit() else 1.65


def decompose(character: str) -> tuple[str, str]:
    """Base letter and the combining marks upon it ("é" is "e" and the acute)."""
    parts = unicodedata.normalize("NFD", character)
    return parts[0], parts[1:]


def are_drawable_marks(marks: str) -> bool:
    """Whether `signs.draw_mark` can draw each of the combining marks."""
    return all(mark in ABOVE or mark == CEDILLA for mark in marks)


@dataclass(frozen=True)
class Hand:
    """A writer's habits in one line; lengths in x-heights.

    Attributes
    ----------
    x_height : float
        Pixels.
    ascender, descender, capital, digit : float
        Factors on the usual heights and depths.
    gap, space : float
        Mean room between letters and between words.
    wobble : float
        Spread of the letters about the baseline and about their size.
    slant : float
        Horizontal shift for one up.
    """

    x_height: float
    ascender: float
    descender: float
    capital: float
    digit: float
    gap: float
    space: float
    wobble: float
    slant: float

    @staticmethod
    def random(rng: np.random.Generator, small_capitals: float = 0.0) -> Hand:
        """Habits of some writer; such a share has capitals hardly higher than small letters."""
        gap = float(np.clip(rng.normal(0.17, 0.1), 0.0, 0.6))
        small = small_capitals > 0 and rng.random() < small_capitals
        return Hand(
            x_height=rng.uniform(18.0, 30.0),
            ascender=rng.uniform(0.8, 1.15),
            descender=rng.uniform(0.7, 1.2),
            capital=rng.uniform(0.6, 0.8) if small else rng.uniform(0.8, 1.15),
            digit=rng.uniform(0.75, 1.15),
            gap=gap,
            space=max(rng.uniform(0.6, 1.7), 0.45 + 2.0 * gap),
            wobble=rng.uniform(0.01, 0.06),
            slant=rng.normal(0.05, 0.18),
        )

    def extent(self, character: str) -> tuple[float, float]:
        """Bottom and top of a character over the baseline in this hand."""
        bottom, top = extent(character)
        if character.isdigit():
            return bottom, top * self.digit
        if character.isupper():
            return bottom, top * self.capital
        if character.islower():
            top = 1.0 + (top - 1.0) * self.ascender
        return (bottom * self.descender if character.isalpha() else bottom), top
