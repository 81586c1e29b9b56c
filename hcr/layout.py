"""From a reading in columns of a straightened line to boxes on the page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import numpy.typing as npt

from hcr.document import Box, Glyph, Line, Point, Word
from segmentation.words import snap_spans

if TYPE_CHECKING:
    from recognition.crnn import LineReading, WordReading

Points: TypeAlias = Sequence[Point]
Floats: TypeAlias = npt.NDArray[np.float64]
Span: TypeAlias = tuple[int, int]


@dataclass(frozen=True)
class Strip:
    """One straightened line and where it came from.

    Attributes
    ----------
    ink
        Bool (h, w), True = ink.
    to_page
        Maps points of the strip, float (n, 2) of (x, y), to pixels of the input image.
    baseline, polygon
        In pixels of the input image.
    width, height
        Size of the input image.
    """

    ink: npt.NDArray[np.bool_]
    to_page: Callable[[Floats], Floats]
    baseline: Points
    polygon: Points
    width: int
    height: int


def place_line(reading: LineReading, strip: Strip) -> Line:
    """Return the line that was read, with its boxes, baseline and polygon on the page.

    Boxes are the smallest around the ink in a word's or character's columns, whole pixels inside
    the page. Words begin and end at gaps in the ink; characters share their word's columns.
    """
    boxes = _InkBoxes(strip)
    near = [(word.start, word.end) for word in reading.words]
    spans = snap_spans(near, strip.ink)
    words = tuple(
        _place_word(word, span, boxes) for word, span in zip(reading.words, spans, strict=True)
    )
    return Line(
        box=boxes.of((0, strip.ink.shape[1])),
        baseline=_inside(strip.baseline, strip),
        text=reading.text,
        confidence=_rounded(reading.confidence),
        words=words,
        alternatives=tuple((text, _rounded(sure)) for text, sure in reading.alternatives),
        polygon=_inside(strip.polygon, strip),
    )


def _place_word(word: WordReading, span: Span, boxes: _InkBoxes) -> Word:
    spans = _share(span, [(glyph.start, glyph.end) for glyph in word.glyphs])
    glyphs = tuple(
        Glyph(boxes.of(part), glyph.text, _rounded(glyph.confidence))
        for glyph, part in zip(word.glyphs, spans, strict=True)
    )
    others = tuple((text, _rounded(sure)) for text, sure in word.alternatives)
    sure = _rounded(word.confidence)
    return Word(boxes.of(span), word.text, sure, glyphs, others, word.agreement)


def _share(span: Span, places: Sequence[tuple[float, float]]) -> list[Span]:
    """Divide a word's columns among its characters, half way between neighbours."""
    start, end = span
    inner = [(before[1] + after[0]) / 2 for before, after in pairwise(places)]
    edges = np.clip(np.rint([start, *inner, end]).astype(int), start, end)
    return list(pairwise(np.maximum.accumulate(edges).tolist()))[: len(places)]


class _InkBoxes:
    """Boxes on the page around the ink in columns of a strip.

    The highest and lowest ink pixel of every column is mapped once: the ink's corners on the page
    are among them however the line is turned.
    """

    def __init__(self, strip: Strip) -> None:
        self._strip = strip
        ink = strip.ink
        self._inked: npt.NDArray[np.bool_] = np.asarray(ink.any(axis=0))
        columns = np.arange(ink.shape[1])
        tops = np.argmax(ink, axis=0)
        bottoms = ink.shape[0] - 1 - np.argmax(ink[::-1], axis=0)
        self._rows = (
            (int(tops[self._inked].min()), int(bottoms[self._inked].max()) + 1)
            if self._inked.any()
            else (0, ink.shape[0])
        )
        corners = np.concatenate([np.column_stack([columns, rows]) for rows in (tops, bottoms)])
        self._mapped = strip.to_page(corners + 0.5).reshape(2, -1, 2)

    def of(self, span: Span) -> Box:
        """Return the box of the columns ``[start, end)``; without ink, as high as the line."""
        start, end = max(span[0], 0), max(span[1], span[0] + 1)
        points = self._mapped[:, start:end][:, self._inked[start:end]].reshape(-1, 2)
        if len(points):
            low, high = points.min(axis=0) - 0.5, points.max(axis=0) + 0.5
        else:
            corners = np.array([(x, y) for x in (start, end) for y in self._rows], dtype=float)
            points = self._strip.to_page(corners)
            low, high = points.min(axis=0), points.max(axis=0)
        size = (self._strip.width, self._strip.height)
        left, top = (int(min(max(round(v), 0), n - 1)) for v, n in zip(low, size, strict=True))
        right = int(min(max(round(high[0]), left + 1), size[0]))
        bottom = int(min(max(round(high[1]), top + 1), size[1]))
        return left, top, right, bottom


def _inside(points: Points, strip: Strip) -> tuple[Point, ...]:
    """Return points to a tenth of a pixel, moved onto the page where they lie beside it."""
    limits = (strip.width, strip.height)
    kept = np.clip(np.asarray(points, dtype=float).reshape(-1, 2), 0, limits).round(1).tolist()
    return tuple((x, y) for x, y in kept)


def _rounded(confidence: float) -> float:
    # The network's sums may miss 1 by a rounding error.
    return round(min(max(float(confidence), 0.0), 1.0), 4)
