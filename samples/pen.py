"""Sets text in a handwriting font as a hand would: no two letters alike, no baseline straight."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

SCALE = 2
"""Ink is laid down at this many pixels per pixel of the finished sheet and then averaged."""


@dataclass(frozen=True)
class Hand:
    """How one person writes; lengths are fractions of the letter size.

    Attributes
    ----------
    font : name of the font, as in the npm package ``@fontsource/NAME``
    size : letter size (em) in pixels of the sheet
    slant : shear of the letters, positive leans to the right
    jitter : spread of the position, size and rotation of single letters
    wander : how far the baseline strays from a straight line
    gap : width of the space between words, its spread is a fifth of it
    tracking : extra distance between letters
    """

    font: str
    size: float
    slant: float = 0.0
    jitter: float = 0.015
    wander: float = 0.05
    gap: float = 0.34
    tracking: float = 0.0


class Fonts:
    """Finds fonts below a folder, by the name of their npm package.

    Parameters
    ----------
    folder : where ``npm install --prefix FOLDER @fontsource/NAME`` has put the packages; None
        takes the font inside Pillow for every name, which is enough to test the drawing

    Raises
    ------
    FileNotFoundError
        From ``get``, when the font's package is not below ``folder``.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._paths: dict[str, Path] = {}

    def get(self, name: str, size: float) -> ImageFont.FreeTypeFont:
        """Open the Latin part of font ``name`` at ``size`` pixels an em."""
        if self._folder is None:
            font = ImageFont.load_default(size)
            assert isinstance(font, ImageFont.FreeTypeFont)
            return font
        if name not in self._paths:
            found = sorted(self._folder.rglob(f"{name}-latin-400-normal.woff"))
            if not found:
                raise FileNotFoundError(
                    f"no font {name} below {self._folder}: "
                    f"npm install --prefix {self._folder} @fontsource/{name}"
                )
            self._paths[name] = found[0]
        return ImageFont.truetype(str(self._paths[name]), size)


class Pen:
    """Lays ink on a sheet.

    Parameters
    ----------
    width, height : size of the sheet in pixels
    fonts : where the letters come from
    rng : source of all chance

    Attributes
    ----------
    ink : float32 (height * SCALE, width * SCALE), 0 = bare paper, 1 = full ink
    rng : the source of chance given
    """

    def __init__(self, width: int, height: int, fonts: Fonts, rng: np.random.Generator) -> None:
        self.ink = np.zeros((height * SCALE, width * SCALE), dtype=np.float32)
        self._fonts = fonts
        self.rng = rng

    def write(self, text: str, x: float, baseline: float, hand: Hand) -> float:
        """Write one line and return the x where it ends, in sheet pixels."""
        font = self._fonts.get(hand.font, hand.size * SCALE)
        size = hand.size * SCALE
        baseline_at = self._wandering(baseline * SCALE, hand.wander * size, size)
        slant = hand.slant + self.rng.normal(0, 0.02)
        left = x * SCALE
        for word in text.split(" "):
            slant = 0.7 * slant + 0.3 * hand.slant + self.rng.normal(0, 0.015)
            for index, char in enumerate(word):
                # What shaping leaves of the word's length before this letter: kerning included.
                offset = font.getlength(word[: index + 1]) - font.getlength(char)
                at = left + offset + index * hand.tracking * size
                self._letter(char, at, baseline_at(at), slant, hand.jitter, font)
            left += font.getlength(word) + len(word) * hand.tracking * size
            left += size * hand.gap * max(0.75, self.rng.normal(1.05, 0.2))
        return left / SCALE

    def comb(self, text: str, x: float, baseline: float, pitch: float, hand: Hand) -> None:
        """Write one letter into each cell of a comb whose cells are ``pitch`` pixels wide."""
        font = self._fonts.get(hand.font, hand.size * SCALE)
        for index, char in enumerate(text):
            if char == " ":
                continue
            slack = pitch * SCALE - font.getlength(char)
            at = (x + index * pitch) * SCALE + slack * self.rng.uniform(0.35, 0.65)
            row = (baseline + self.rng.normal(0, 0.03) * hand.size) * SCALE
            self._letter(char, at, row, hand.slant, hand.jitter * 2, font)

    def stroke(self, points: list[tuple[float, float]], width: float) -> None:
        """Draw a free line through ``points`` (sheet pixels), for ticks, dashes and underlines."""
        shaky = [(px, py + self.rng.normal(0, width * 0.3)) for px, py in points]
        corners = np.array(shaky, dtype=np.float64) * SCALE
        drawn = np.zeros_like(self.ink, dtype=np.uint8)
        cv2.polylines(
            drawn,
            [np.rint(corners * 8).astype(np.int32)],
            isClosed=False,
            color=255,
            thickness=max(1, round(width * SCALE)),
            lineType=cv2.LINE_AA,
            shift=3,
        )
        np.maximum(self.ink, drawn.astype(np.float32) / 255, out=self.ink)

    def _wandering(
        self, baseline: float, amplitude: float, size: float
    ) -> Callable[[float], float]:
        """Return the baseline's row as a function of x: two slow waves and a slight tilt."""
        phases = self.rng.uniform(0, 2 * np.pi, 2)
        lengths = size * self.rng.uniform([6, 14], [10, 30])
        tilt = self.rng.normal(0, 0.003)
        middle = self.ink.shape[1] / 2

        def row(x: float) -> float:
            waves = np.sin(2 * np.pi * x / lengths + phases) * amplitude * np.array([0.35, 0.65])
            return baseline + float(waves.sum()) + tilt * (x - middle)

        return row

    def _letter(
        self,
        char: str,
        x: float,
        baseline: float,
        slant: float,
        jitter: float,
        font: ImageFont.FreeTypeFont,
    ) -> None:
        """Set one letter with its origin at (x, baseline), both in ink pixels."""
        pad = round(font.size * 0.8)
        tile = Image.new("L", (2 * pad + round(font.getlength(char)), 4 * pad))
        ImageDraw.Draw(tile).text((pad, 2.5 * pad), char, fill=255, font=font, anchor="ls")
        grow = 1 + self.rng.normal(0, jitter * 1.5, 2)
        turn = self.rng.normal(0, jitter)
        dx, dy = self.rng.normal(0, jitter * 0.6 * font.size, 2)
        cosine, sine = np.cos(turn), np.sin(turn)
        shape = np.array([[cosine, -sine - slant], [sine, cosine]]) @ np.diag(grow)
        # The tile's origin of the letter goes to (pad, 2.5 pad) plus the fraction of a pixel.
        column, row = int(np.floor(x + dx)) - pad, int(np.floor(baseline + dy)) - round(2.5 * pad)
        origin = np.array([pad, 2.5 * pad])
        shift = origin - shape @ origin + np.array([x + dx, baseline + dy]) % 1
        drawn = cv2.warpAffine(
            np.asarray(tile, dtype=np.float32) / 255,
            np.column_stack([shape, shift]),
            tile.size,
            flags=cv2.INTER_LINEAR,
        )
        self._lay(drawn, column, row)

    def _lay(self, drawn: np.ndarray, column: int, row: int) -> None:
        """Add a piece of ink at (column, row), what lies off the sheet is lost."""
        top, left = max(row, 0), max(column, 0)
        bottom = min(row + drawn.shape[0], self.ink.shape[0])
        right = min(column + drawn.shape[1], self.ink.shape[1])
        if top >= bottom or left >= right:
            return
        target = self.ink[top:bottom, left:right]
        piece = drawn[top - row : bottom - row, left - column : right - column]
        np.maximum(target, piece, out=target)
