"""Fills copies of a form with real handwriting and scans them, with the values they hold.

A copy is written by one UNIPEN writer with one pen: capitals and digits one by one into boxes and
combs, a text on the free line. In some copies the digits are EMNIST's, each by another hand.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.form_names import FIRST_NAMES, SURNAMES
from benchmarks.form_text import FreeText
from hcr.forms.template import Field, Template
from training.emnist import GlyphSet
from training.ink_setter import InkPool, InkSetter
from training.letterforms import Hand
from training.pen import PenStyle, render_ink

Grey = NDArray[np.uint8]

EMNIST_SHARE = 0.4
"""Of the copies, those whose boxed digits are EMNIST's."""
_MARGIN = 4
_FLAT = 0.28
"""Height of a hyphen's or dot's box, in capitals."""


@dataclass(frozen=True)
class Copy:
    """A filled form, scanned.

    Attributes
    ----------
    image : uint8 (h, w)
    values : dict
        What each field holds.
    matrix : float64 (2, 3)
        From pixels of the blank to pixels of the image.
    """

    image: Grey
    values: dict[str, str]
    matrix: NDArray[np.float64]


class Copyist:
    """Fills a form.

    Parameters
    ----------
    template
        The form's fields.
    blank
        uint8 (h, w), the form with nothing in it.
    pool
        Pen ink.
    writers
        Those of them who fill copies; characters that one of them never wrote are another's.
    glyphs
        EMNIST; digits are taken from it.
    half
        0 or 1: which half of the names.
    free_text
        Writes the free lines.
    """

    def __init__(
        self,
        template: Template,
        blank: Grey,
        pool: InkPool,
        writers: Sequence[int],
        glyphs: GlyphSet,
        half: int,
        free_text: FreeText,
    ) -> None:
        self._template, self._blank, self._free_text = template, blank, free_text
        self._pool, self._glyphs, self._half = pool, glyphs, half
        self._writers = writers

    def copies(self, count: int, rng: np.random.Generator) -> Iterator[Copy]:
        """Yield so many filled and scanned copies."""
        for _ in range(count):
            written, values = self.fill(rng)
            yield _scan(np.minimum(self._blank, written), values, rng)

    def fill(self, rng: np.random.Generator) -> tuple[Grey, dict[str, str]]:
        """Return the writing alone, uint8 of the blank's shape, and the values."""
        height, width = self._blank.shape
        paper = np.full((height, width), 255, np.uint8)
        writer = self._writers[int(rng.integers(len(self._writers)))]
        hand = _Writer(self._pool, self._glyphs, writer, rng)
        values = {}
        for field in self._template.fields:
            box = _pixels(field.box, width, height)
            if field.type == "choice":
                values[field.name] = _tick(paper, field, hand, rng)
            elif field.layout != "line":
                values[field.name] = self._value(field, rng)
                _fill_cells(paper, box, field.cells, values[field.name], hand, rng)
            else:
                line, values[field.name] = self._line(field, hand, rng)
                _set_line(paper, box, line, rng)
        return paper, values

    def _value(self, field: Field, rng: np.random.Generator) -> str:
        if field.type == "date":
            year, month = int(rng.integers(1930, 2021)), int(rng.integers(1, 13))
            day = int(rng.integers(1, calendar.monthrange(year, month)[1] + 1))
            return f"{day:02d}{month:02d}{year}"
        if field.type == "digits":
            return "".join(map(str, rng.integers(0, 10, field.cells)))
        names = (SURNAMES if "sur" in field.name else FIRST_NAMES).split()[self._half :: 2]
        return str(names[rng.integers(len(names))]).upper()

    def _line(self, field: Field, hand: _Writer, rng: np.random.Generator) -> tuple[Grey, str]:
        if field.type != "amount":
            return self._free_text.write(hand.number, rng)
        setter = InkSetter(self._pool, Hand.random(rng), hand.number, rng)
        text = f"{rng.integers(1, 10 ** int(rng.integers(1, 4)))}.{rng.integers(100):02d}"
        setter.add_text(text)
        return setter.finish(), text


class _Writer:
    """One writer with one pen: pictures of characters."""

    def __init__(
        self, pool: InkPool, glyphs: GlyphSet, number: int, rng: np.random.Generator
    ) -> None:
        self.number = number
        self._pool, self._glyphs, self._rng = pool, glyphs, rng
        self._emnist_digits = rng.random() < EMNIST_SHARE
        self.size = rng.uniform(0.5, 0.72)
        self.pen = PenStyle.random(rng, 22.0)

    def character(self, character: str, height: float, width: float) -> Grey:
        """Return a character as high as asked for, but no wider than `width` pixels."""
        rng = self._rng
        if character.isdigit() and self._emnist_digits:
            choices = self._glyphs.indices(character)
            return _glyph(
                self._glyphs.images[choices[rng.integers(len(choices))]], height, self.pen
            )
        index = self._pool.single(character, self.number, rng)
        if index is None:
            raise ValueError(f"nobody wrote {character!r}")
        strokes = self._pool.ink.strokes(index)
        low, high = np.concatenate(strokes).min(axis=0), np.concatenate(strokes).max(axis=0)
        across, down = np.maximum(high - low, 1.0)
        if character in "-.,'":
            height *= _FLAT * min(1.0, down / across)
        height = min(height, width * down / across)
        return render_ink(strokes, height, rng, self.pen, _MARGIN)

    def tick(self, side: float) -> Grey:
        """Return a tick, a cross, a stroke or a scribble for a box of this side."""
        rng = self._rng
        size = side * rng.uniform(0.7, 1.35)
        shapes = (
            [[(0.0, 0.55), (0.35, 1.0), (1.05, 0.0)]],
            [[(0.0, 0.0), (1.0, 1.0)], [(1.0, 0.0), (0.0, 1.0)]],
            [[(0.0, 1.0), (1.0, 0.0)]],
            [[(x, y % 2) for y, x in enumerate(np.linspace(0.0, 1.0, 7))]],
        )
        shape = shapes[rng.choice(4, p=(0.45, 0.35, 0.1, 0.1))]
        strokes = []
        for corners in shape:
            path = np.array(corners) + rng.normal(0.0, 0.06, (len(corners), 2))
            at = np.linspace(0, len(path) - 1, 8 * len(path))
            bent = [np.interp(at, np.arange(len(path)), path[:, axis]) for axis in (0, 1)]
            strokes.append(np.stack(bent, axis=1).astype(np.float32))
        return render_ink(strokes, size, rng, self.pen, _MARGIN)


def _glyph(image: Grey, height: float, pen: PenStyle) -> Grey:
    """Return an EMNIST glyph in the size and darkness of the writer's other characters."""
    left, top, width, high = cv2.boundingRect((image > 60).astype(np.uint8))
    cut = np.pad(image[top : top + high, left : left + width], 2)
    scale = height / max(high, 10)
    large = cv2.resize(cut, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    # The soft edge of an enlarged glyph is made as sharp as a pen's.
    sharp = np.clip((large.astype(np.float32) - 128) * max(scale, 1.0) + 128, 0, 255)
    return np.asarray(255 - sharp * pen.darkness, np.uint8)


def _pixels(
    box: tuple[float, float, float, float], width: int, height: int
) -> tuple[float, float, float, float]:
    return box[0] * width, box[1] * height, box[2] * width, box[3] * height


def _put(paper: Grey, mark: Grey, x: float, y: float) -> None:
    """Lay a mark with its middle at (x, y) on the paper, in place."""
    left, top = round(x - mark.shape[1] / 2), round(y - mark.shape[0] / 2)
    first, start = max(0, -top), max(0, -left)
    window = paper[max(top, 0) : top + mark.shape[0], max(left, 0) : left + mark.shape[1]]
    part = mark[first : first + window.shape[0], start : start + window.shape[1]]
    np.minimum(window, part, out=window)


def _fill_cells(
    paper: Grey,
    box: tuple[float, float, float, float],
    cells: int,
    text: str,
    hand: _Writer,
    rng: np.random.Generator,
) -> None:
    """Write a text into cells, one character in each."""
    left, top, right, bottom = box
    pitch, height = (right - left) / cells, bottom - top
    for number, character in enumerate(text):
        size = height * hand.size * float(np.exp(rng.normal(0.0, 0.06)))
        mark = hand.character(character, size, 0.86 * pitch)
        x = left + (number + 0.5 + rng.normal(0.0, 0.04)) * pitch
        y = top + (0.52 + rng.normal(0.0, 0.04)) * height
        y += 0.3 * size * ((character in ".,") - (character == "'"))
        _put(paper, mark, x, y)


def _set_line(
    paper: Grey, box: tuple[float, float, float, float], line: Grey, rng: np.random.Generator
) -> None:
    """Lay a written line on the field's own, scaled to fit."""
    left, top, right, bottom = box
    high, wide = (bottom - top) * rng.uniform(0.75, 1.0), (right - left) * 0.94
    scale = min(high / line.shape[0], wide / line.shape[1], 1.3)
    small = cv2.resize(line, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    room = max(0.0, right - left - small.shape[1])
    x = left + small.shape[1] / 2 + min(room, rng.uniform(0.02, 0.15) * (right - left))
    _put(paper, np.asarray(small, np.uint8), x, (top + bottom) / 2)


def _tick(paper: Grey, field: Field, hand: _Writer, rng: np.random.Generator) -> str:
    """Tick one box; return its name."""
    chosen = field.options[rng.integers(len(field.options))]
    left, top, right, bottom = _pixels(chosen.box, paper.shape[1], paper.shape[0])
    side = min(right - left, bottom - top)
    x, y = rng.normal(0.0, 0.12 * side, 2)
    _put(paper, hand.tick(side), x + (left + right) / 2, y + (top + bottom) / 2)
    return chosen.name


def _scan(page: Grey, values: dict[str, str], rng: np.random.Generator) -> Copy:
    """Turn by 3 degrees, scale by 2 %, shift, blur, shade and roughen a page at the most."""
    height, width = page.shape
    angle, scale = rng.uniform(-3.0, 3.0), rng.uniform(0.98, 1.02)
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle, scale)
    matrix[:, 2] += rng.uniform(-25.0, 25.0, 2)
    image = cv2.warpAffine(
        page, matrix, (width, height), flags=cv2.INTER_AREA, borderValue=(250,)
    ).astype(np.float32)
    image *= rng.uniform(0.9, 1.0) * _shade(height, width, rng)
    image += np.float32(rng.uniform(1.0, 6.0)) * rng.standard_normal(image.shape, np.float32)
    image = cv2.GaussianBlur(image, (0, 0), rng.uniform(0.3, 0.8))
    return Copy(np.clip(image, 0, 255).astype(np.uint8), values, np.asarray(matrix, np.float64))


def _shade(height: int, width: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """Return the light on the page: a slow fall to one side and a shadow with a soft edge."""
    # It changes slowly, so a coarse grid of it is enlarged.
    x, y = np.meshgrid(np.linspace(-1, 1, width // 16), np.linspace(-1, 1, height // 16))
    angle = rng.uniform(0, 2 * np.pi)
    along = x * np.cos(angle) + y * np.sin(angle)
    light = 1.0 - rng.uniform(0.0, 0.1) * (along + 1.0)
    light -= rng.uniform(0.0, 0.3) / (1.0 + np.exp((along - rng.uniform(0.4, 1.2)) * 12.0))
    return np.asarray(cv2.resize(light.astype(np.float32), (width, height)), np.float32)
