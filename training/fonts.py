"""Lines set in handwriting fonts: more hands than anybody has scanned for us.

The fonts come from the npm registry (packages ``@fontsource/NAME``; ``fonts.txt`` names those that
the shipped model was trained with) or from anywhere else; none is part of the project. Fonts of
print among them teach what is printed among handwriting.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from fontTools.ttLib import TTFont, TTLibError
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from training.glyph_setter import MARGIN, grey_line
from training.letterforms import Hand

SUFFIXES = (".woff", ".woff2", ".ttf", ".otf")
EM = 100
"""Pixels of an em at which a font is measured."""
PAD = 0.5
"""Paper around a word while it is set, in ems: swashes reach far."""
TOP, BOTTOM = 2.0, 1.4
"""What of a word is kept above and below its baseline, in ems."""
CAPITALS_ALIKE = 0.35
"""Difference between small and capital letters, as a share of their ink, under which a font has
but one case."""
CACHED = 64


@dataclass(frozen=True)
class Typeface:
    """A font that text can be set in.

    Attributes
    ----------
    path : Path
    characters : frozenset of str
        What it has glyphs for.
    x_height : float
        Height of its x in ems.
    """

    path: Path
    characters: frozenset[str]
    x_height: float


class FontSet:
    """All fonts below a folder that have both cases of the letters a to z.

    Parameters
    ----------
    folder : Path

    Raises
    ------
    ValueError
        If there is no such font.
    """

    def __init__(self, folder: Path) -> None:
        paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES)
        self.typefaces = [face for path in paths if (face := _typeface(path)) is not None]
        if not self.typefaces:
            raise ValueError(f"{folder}: holds no font with small and capital letters")

    def draw(self, rng: np.random.Generator) -> Typeface:
        """Choose one."""
        return self.typefaces[int(rng.integers(len(self.typefaces)))]


def compose_typeset(text: str, face: Typeface, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Set a line in a font, word by word, no two words quite alike.

    Parameters
    ----------
    text : str
        Of characters that the font has, and spaces.
    face : Typeface
    rng : numpy.random.Generator

    Returns
    -------
    uint8 (h, w)
        Grey, 255 = paper.

    Raises
    ------
    ValueError
        If there is no word in the text.
    """
    texts = text.split()
    if not texts:
        raise ValueError("there is nothing to write")
    hand = Hand.random(rng)
    em = hand.x_height / face.x_height
    font = _open(face.path, max(8, round(em)))
    words = [_word(word, font, hand, rng) for word in texts]
    pad = math.ceil(PAD * font.size)
    starts, cursor = [], 0.0
    for word in words:
        starts.append(round(cursor))
        space = max(0.35, hand.space + rng.normal(0.0, 0.15))
        cursor += word.shape[1] - 2 * pad + space * hand.x_height
    drift = rng.uniform(0.0, 2.0) * hand.wobble * hand.x_height
    rows = [math.ceil(abs(drift)) + round(drift * math.sin(0.01 * x)) for x in starts]
    height = words[0].shape[0] + 2 * math.ceil(abs(drift)) + 2 * MARGIN
    canvas = np.zeros((height, starts[-1] + words[-1].shape[1]), np.uint8)
    for x, y, word in zip(starts, rows, words, strict=True):
        window = canvas[y : y + word.shape[0], x : x + word.shape[1]]
        np.maximum(window, word, out=window)
    return grey_line(canvas, hand.slant, hand.x_height, rng)


def _word(
    text: str, font: ImageFont.FreeTypeFont, hand: Hand, rng: np.random.Generator
) -> NDArray[np.uint8]:
    """Draw a word, uint8 (h, w) with ink bright, turned and scaled a little about its start."""
    pad, top = math.ceil(PAD * font.size), math.ceil(TOP * font.size)
    width = math.ceil(font.getlength(text)) + 2 * pad
    tile = _drawn(text, font, (width, top + math.ceil(BOTTOM * font.size)), (pad, top))
    turn = rng.normal(0.0, 0.012)
    across, up = np.exp(rng.normal(0.0, (0.06, 0.04)))
    lean = rng.normal(0.0, 0.04)
    matrix = np.array([[across, -lean, 0.0], [turn, up, 0.0]])
    matrix[:, 2] = (pad, top + hand.x_height * rng.normal(0.0, hand.wobble))
    matrix[:, 2] -= matrix[:, :2] @ (pad, top)
    size = (math.ceil(across * (width - 2 * pad)) + 2 * pad, len(tile))
    return np.asarray(cv2.warpAffine(tile, matrix, size), np.uint8)


def _drawn(
    text: str, font: ImageFont.FreeTypeFont, size: tuple[int, int], origin: tuple[float, float]
) -> NDArray[np.uint8]:
    """Draw text with the start of its baseline at `origin` of a picture (width, height)."""
    tile = Image.new("L", size)
    ImageDraw.Draw(tile).text(origin, text, fill=255, font=font, anchor="ls")
    return np.asarray(tile)


@lru_cache(maxsize=CACHED)
def _open(path: Path, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(path), size)


def _typeface(path: Path) -> Typeface | None:
    """Measure a font; None if it is not one, lacks letters, or has a single case."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    try:
        with TTFont(path, lazy=True) as opened:
            codes = opened.getBestCmap() or {}
        characters = frozenset(map(chr, codes))
        if not characters >= set(letters + letters.upper()):
            return None
        font = ImageFont.truetype(str(path), EM)
        left, top, right, bottom = font.getbbox("x", anchor="ls")
    except (OSError, TTLibError):
        return None
    if -top < EM / 20 or right <= left or bottom <= top or _has_one_case(font):
        return None
    return Typeface(path, characters, -top / EM)


def _has_one_case(font: ImageFont.FreeTypeFont) -> bool:
    """Tell whether the small letters are the capitals over again, be they smaller."""
    alike = [_unlike(font, letter) < CAPITALS_ALIKE for letter in "abdeghnqrt"]
    return sum(alike) > len(alike) // 2


def _unlike(font: ImageFont.FreeTypeFont, letter: str) -> float:
    """Share of ink by which the two cases of a letter differ once they are of one size."""
    pictures = []
    for character in (letter, letter.upper()):
        box = font.getbbox(character, anchor="ls")
        size = (int(box[2] - box[0]) or 1, int(box[3] - box[1]) or 1)
        tile = _drawn(character, font, size, (-box[0], -box[1]))
        scaled = cv2.resize(tile, (32, 32), interpolation=cv2.INTER_AREA)
        pictures.append(scaled.astype(np.float64) / 255)
    small, capital = pictures
    return float(np.abs(small - capital).sum() / max(float(small.sum() + capital.sum()), 1e-6))
