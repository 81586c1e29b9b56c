"""Sets glyph images side by side as one writer would have written them."""

from __future__ import annotations

import cv2
import numpy as np

from training.emnist import GlyphSet
from training.letterforms import ABOVE, LIGATURES, Hand, Strokes, decompose, extent
from training.pen import PenStyle, develop
from training.signs import draw_mark, draw_sign, is_drawable

MARGIN = 6
"""Paper around a composed line, pixels."""
GLYPH_SIZE = 28
FRACTION_BITS = 4


class GlyphSetter:
    """Sets glyph after glyph on a growing line of one writer."""

    def __init__(self, glyphs: GlyphSet, hand: Hand, rng: np.random.Generator) -> None:
        self._glyphs, self._hand, self._rng = glyphs, hand, rng
        self._pen = hand.x_height * rng.uniform(0.09, 0.2)
        self._slant = rng.normal(0.0, 0.15)
        self._chosen: dict[str, list[int]] = {}
        self._patches: list[tuple[float, float, np.ndarray]] = []
        self._drawn: Strokes = []
        self._cursor = 0.0

    def add(self, character: str) -> None:
        """Set one more character; ValueError when it cannot be written."""
        hand, rng = self._hand, self._rng
        if character == " ":
            self._cursor += hand.x_height * max(0.45, hand.space + rng.normal(0.0, 0.15))
            return
        base, marks = decompose(character)
        for part in LIGATURES.get(base, base):
            left = self._cursor
            if part in self._glyphs.characters:
                top = self._add_glyph(part, has_mark=bool(set(marks) & ABOVE))
            elif is_drawable(part):
                top = self._add_sign(part)
            else:
                raise ValueError(f"cannot write {part!r}")
            middle = 0.5 * (left + self._cursor)
            gap = -0.15 if base in LIGATURES and part != LIGATURES[base][-1] else hand.gap
            self._cursor += hand.x_height * (gap + rng.normal(0.0, 0.06))
        for mark in marks:
            at = np.array([middle, top if mark in ABOVE else 0.0])
            self._drawn += [at + hand.x_height * stroke for stroke in draw_mark(mark, rng)]

    def _add_sign(self, character: str) -> float:
        unit = self._hand.x_height
        strokes = [stroke * unit for stroke in draw_sign(character, self._rng)]
        left = min(float(stroke[:, 0].min()) for stroke in strokes)
        shift = np.array([self._cursor - left, 0.0])
        self._drawn += [stroke + shift for stroke in strokes]
        self._cursor = max(float(stroke[:, 0].max()) for stroke in self._drawn[-len(strokes) :])
        self._cursor += 0.5 * self._pen
        return extent(character)[1] * unit

    def _add_glyph(self, character: str, has_mark: bool) -> float:
        hand, rng, unit = self._hand, self._rng, self._hand.x_height
        bottom, top = hand.extent(character)
        index = self._choose(character, (top - bottom) * unit)
        image = self._glyphs.images[index]
        rows = np.flatnonzero(image.max(axis=1) > 60)
        first, last = (int(rows[0]), int(rows[-1]) + 1) if len(rows) else (4, 24)
        if character in "ij":
            first, dotted = _below_dot(rows, first)
            if has_mark or not dotted:
                top = 1.0
            if dotted and not has_mark:
                first = int(rows[0])
            elif not has_mark:
                dot = np.array([[0.0, 1.35], [0.03, 1.32]]) + rng.normal(0.0, 0.05, size=2)
                self._drawn.append(dot * unit + (self._cursor + 0.12 * unit, 0.0))
        top, bottom = (np.array([top, bottom]) + rng.normal(0.0, hand.wobble, 2)) * unit
        patch, corner = self._warp(image, index, (first, last), (float(bottom), float(top)))
        self._patches.append((self._cursor, corner, patch))
        self._cursor += patch.shape[1]
        return float(top)

    def _choose(self, character: str, height: float) -> int:
        """A glyph like the writer's other ones; the same again more often than not."""
        used = self._chosen.setdefault(character, [])
        if used and self._rng.random() < 0.6:
            return used[self._rng.integers(len(used))]
        options = self._glyphs.indices(character)
        some = options[self._rng.integers(0, len(options), size=10)]
        wanted = self._pen * 20.0 / height
        cost = np.abs(np.log(self._glyphs.stroke_width[some] / wanted))
        cost += 0.7 * np.abs(self._glyphs.slant[some] - 0.15 - self._slant)
        used.append(int(some[int(np.argmin(cost))]))
        return used[-1]

    def _warp(
        self, image: np.ndarray, index: int, rows: tuple[int, int], place: tuple[float, float]
    ) -> tuple[np.ndarray, float]:
        """Scale and straighten a glyph.

        Returns
        -------
        patch : uint8 (h, w)
            Cut to its columns.
        corner : float
            Height of the patch's upper edge over the baseline, pixels.
        """
        first, last = rows
        bottom, top = place
        scale = (top - bottom) / max(last - first, 6)
        across = scale * float(np.exp(self._rng.normal(0.0, 0.08)))
        across = min(across, 2.2 * self._hand.x_height / GLYPH_SIZE)
        shear = 0.6 * (self._glyphs.slant[index] - 0.15 - self._slant) * across
        height = int(np.ceil(top - bottom)) + 4
        width = int(np.ceil(GLYPH_SIZE * across + abs(shear) * (last - first))) + 6
        middle = 0.5 * (first + last)
        matrix = np.array(
            [
                [across, shear, 0.5 * width - across * 14.0 - shear * middle],
                [0.0, scale, 2.0 - scale * first],
            ]
        )
        soft = cv2.warpAffine(image, matrix, (width, height), flags=cv2.INTER_CUBIC)
        # Where on the soft edge the stroke ends sets how wide it is.
        ratio = self._pen / max(self._glyphs.stroke_width[index] * np.sqrt(scale * across), 0.5)
        gain = 1.6 * max(1.0, scale)
        floor = 255.0 * (float(np.clip(0.5 - 0.45 * np.log(ratio), 0.22, 0.72)) - 0.5 / gain)
        patch = np.clip((soft - np.float32(floor)) * gain, 0, 255).astype(np.uint8)
        columns = np.flatnonzero(patch.max(axis=0) > 60)
        if len(columns):
            patch = patch[:, max(0, columns[0] - 1) : columns[-1] + 2]
        return patch, top + 2.0

    def finish(self) -> np.ndarray:
        """The line's grey image."""
        pen, rng = self._pen, self._rng
        tops = [corner for _, corner, _ in self._patches]
        bottoms = [corner - patch.shape[0] for _, corner, patch in self._patches]
        for stroke in self._drawn:
            tops.append(float(stroke[:, 1].max()))
            bottoms.append(float(stroke[:, 1].min()))
        if not tops:
            return np.full((2 * MARGIN, 2 * MARGIN), 255, dtype=np.uint8)
        pad = MARGIN + int(np.ceil(pen))
        baseline = int(np.ceil(max(tops))) + pad
        height = baseline + int(np.ceil(-min(bottoms))) + pad
        right = max([self._cursor] + [float(stroke[:, 0].max()) for stroke in self._drawn])
        left = min([0.0] + [float(stroke[:, 0].min()) for stroke in self._drawn])
        width = int(np.ceil(right - left + self._hand.x_height)) + 2 * pad
        canvas = np.zeros((height, width), dtype=np.uint8)
        origin = pad - left
        drift = self._hand.wobble * self._hand.x_height * 2.0
        for x, corner, patch in self._patches:
            row = round(baseline - corner + drift * float(np.sin(x * 0.01)))
            row, column = max(row, 0), round(x + origin)
            window = canvas[row : row + patch.shape[0], column : column + patch.shape[1]]
            np.maximum(window, patch[: window.shape[0], : window.shape[1]], out=window)
        fixed = [
            np.rint(((origin, baseline) + stroke * (1.0, -1.0)) * 16).astype(np.int32)
            for stroke in self._drawn
        ]
        cv2.polylines(canvas, fixed, False, 255, max(1, round(pen)), cv2.LINE_AA, 4)
        return grey_line(canvas, self._hand.slant, self._hand.x_height, rng)


def _below_dot(rows: np.ndarray, first: int) -> tuple[int, bool]:
    """First row below the dot of an i or j, and whether there is a dot."""
    gaps = np.flatnonzero(np.diff(rows) > 1)
    if len(gaps) and gaps[0] < 0.6 * len(rows):
        return int(rows[gaps[0] + 1]), True
    return first, False


def grey_line(
    canvas: np.ndarray, slant: float, x_height: float, rng: np.random.Generator
) -> np.ndarray:
    """Shear a painted line, cut it to its ink and turn it into grey, as a random pen would.

    Parameters
    ----------
    canvas : uint8 (h, w)
        Ink bright.
    slant : float
        Horizontal shift for one up.
    x_height : float
        Of the writing, pixels.
    rng : numpy.random.Generator

    Returns
    -------
    uint8 (h, w)
        Grey, 255 = paper.
    """
    style = PenStyle.random(rng, x_height)
    height, width = canvas.shape
    extra = int(np.ceil(abs(slant) * height))
    matrix = np.array([[1.0, -slant, extra if slant < 0 else slant * height], [0.0, 1.0, 0.0]])
    matrix[0, 2] = slant * height if slant > 0 else 0.0
    canvas = cv2.warpAffine(canvas, matrix, (width + extra, height), flags=cv2.INTER_LINEAR)
    x, y, w, h = cv2.boundingRect((canvas > 60).astype(np.uint8))
    inked = canvas[max(0, y - MARGIN) : y + h + MARGIN, max(0, x - MARGIN) : x + w + MARGIN]
    return develop(inked.astype(np.float32) / 255.0, style, rng)
