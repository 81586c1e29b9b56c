"""Sets pen ink side by side: words and single characters of one writer."""

from __future__ import annotations

import numpy as np

from training.ink import InkSet, core_zone
from training.letterforms import ABOVE, FLAT_WIDTHS, LIGATURES, Hand, Strokes, decompose, extent
from training.pen import WIDEST, PenStyle, render_ink
from training.signs import draw_mark, draw_sign, is_drawable

MARGIN = 6
"""Paper around a composed line, pixels."""
MIN_LETTER_WIDTH = 0.4
"""Mean width of the letters of a word, in x-heights, at the least."""
ACCENTED = {"e": "éééèêë", "a": "àââ", "u": "ùûü", "o": "ôôö", "c": "ç", "n": "ñ"}
"""Accented letters to be made of plain ones, the usual ones more often."""
LETTER_WIDTHS = {"i": 0.5, "l": 0.5, "j": 0.5, "t": 0.7, "f": 0.7, "r": 0.8, "m": 1.6, "w": 1.5}
"""Widths of letters that differ from the usual one, taken as 1."""
TWO_STROKES = frozenset('ij:;=!"')
"""Characters not to be told from others where the pen was never lifted."""
LINKABLE = frozenset("abcdefghijklmnopqrstuvwxyz")


class InkPool:
    """Pen ink sorted by writer, for setting lines.

    Parameters
    ----------
    ink : InkSet
    alphabet : frozenset of str, optional
        Characters that words may hold; any when missing.
    """

    def __init__(self, ink: InkSet, alphabet: frozenset[str] | None = None) -> None:
        self.ink = ink
        self._alphabet = alphabet
        self.words = ink.select("7", alphabet)
        self.lines = ink.select("8", alphabet)
        self._words_of: dict[int, list[int]] = {}
        for index in self.words.tolist():
            self._words_of.setdefault(ink.writer(index), []).append(index)
        self._single: dict[str, list[int]] = {}
        self._single_of: dict[tuple[int, str], list[int]] = {}
        for index in ink.select(("1a", "1b", "1c", "1d"), alphabet).tolist():
            character = ink.label(index)
            if len(ink.strokes(index)) < (2 if character in TWO_STROKES else 1):
                continue
            self._single.setdefault(character, []).append(index)
            self._single_of.setdefault((ink.writer(index), character), []).append(index)
        self._letter_writers = sorted(
            {writer for writer, character in self._single_of if character in LINKABLE}
        )

    @property
    def characters(self) -> frozenset[str]:
        """Characters with single samples."""
        return frozenset(self._single)

    def allows(self, character: str) -> bool:
        """Whether the alphabet has the character."""
        return self._alphabet is None or character in self._alphabet

    def words_of_one_writer(self, rng: np.random.Generator) -> list[int]:
        """All words of a writer; writers who wrote more come up more often."""
        chosen = int(self.words[rng.integers(len(self.words))])
        return self._words_of[self.ink.writer(chosen)]

    def letter_writer(self, rng: np.random.Generator) -> int:
        """A writer with single letters."""
        return self._letter_writers[rng.integers(len(self._letter_writers))]

    def single(self, character: str, writer: int, rng: np.random.Generator) -> int | None:
        """A sample of a character by the writer, else by anybody, else None."""
        own = self._single_of.get((writer, character)) or self._single.get(character)
        return own[rng.integers(len(own))] if own else None


class InkSetter:
    """Sets ink after ink on a growing line; x-heights, y up from the baseline."""

    def __init__(self, pool: InkPool, hand: Hand, writer: int, rng: np.random.Generator) -> None:
        self._pool, self._hand, self._writer, self._rng = pool, hand, writer, rng
        self._pen = PenStyle.random(rng, hand.x_height)
        self._linked = rng.random() < 0.35
        self._chosen: dict[str, int] = {}
        self._strokes: Strokes = []
        self._cursor = 0.0
        self._link_from: np.ndarray | None = None

    def add_space(self) -> None:
        """Room between two words."""
        self._cursor += max(0.5, self._hand.space + self._rng.normal(0.0, 0.15))
        self._link_from = None

    @property
    def cursor(self) -> float:
        """Where the next ink begins."""
        return self._cursor

    def strike_out(self, start: float) -> None:
        """Cross out what was set since `start`: by lines through it, or by a zigzag."""
        rng, end = self._rng, max(self._cursor, start + 0.5)
        if rng.random() < 0.4:
            xs = np.linspace(start, end, 2 + int(rng.uniform(2.0, 6.0) * (end - start)))
            ys = 0.5 + np.where(np.arange(len(xs)) % 2, 0.45, -0.45)
            ys += rng.normal(0.0, 0.1, len(xs))
            self._strokes.append(np.column_stack([xs, ys]))
            return
        for _ in range(int(rng.integers(1, 4))):
            xs = np.linspace(start - rng.uniform(0.0, 0.3), end + rng.uniform(0.0, 0.3), 6)
            ys = rng.uniform(0.25, 0.8) + np.cumsum(rng.normal(0.0, 0.06, len(xs)))
            self._strokes.append(np.column_stack([xs, ys]))

    def add_word(self, index: int, accent: bool = False) -> str:
        """Set a whole written word.

        Parameters
        ----------
        index : int
            Sample of the pool's ink.
        accent : bool
            Draw an accent on its first or last letter where there is room for one.

        Returns
        -------
        str
            The word as it now stands.
        """
        strokes = self._pool.ink.strokes(index)
        label = self._pool.ink.label(index)
        points = np.concatenate(strokes)
        baseline, x_height = core_zone(points, label)
        # Letters much narrower than high mean that the x-height was taken too high.
        widest = float(np.ptp(points[:, 0])) / (MIN_LETTER_WIDTH * len(label))
        # Nor is any x-height a tenth of a word's: one outlying stroke would set a giant line.
        x_height = max(min(x_height, widest), 0.1 * float(np.ptp(points[:, 1])), 1.0)
        placed = [(s - (0.0, baseline)) * (1.0, -1.0) / x_height for s in strokes]
        if accent:
            label = self._accent(placed, label)
        self._link_from = None
        self._place(placed)
        return label

    def _accent(self, strokes: Strokes, label: str) -> str:
        """Add a mark to the strokes of a word; its label with that mark."""
        at = 0 if self._rng.random() < 0.4 else len(label) - 1
        options = [c for c in ACCENTED.get(label[at], "") if self._pool.allows(c)]
        if not options:
            return label
        widths = np.array([LETTER_WIDTHS.get(c, 1.0) for c in label])
        points = np.concatenate(strokes)
        left, right = points[:, 0].min(), points[:, 0].max()
        unit = (right - left) / widths.sum()
        middle = left + unit * (widths[:at].sum() + 0.5 * widths[at])
        near = points[np.abs(points[:, 0] - middle) < 0.5 * unit]
        if not len(near) or not 0.6 < near[:, 1].max() < 1.4:
            return label  # a stroke of another letter is in the way
        character = options[self._rng.integers(len(options))]
        for mark in decompose(character)[1]:
            base = np.array([middle, near[:, 1].max() if mark in ABOVE else 0.0])
            strokes += [base + stroke for stroke in draw_mark(mark, self._rng)]
        return label[:at] + character + label[at + 1 :]

    def add_text(self, text: str) -> None:
        """Characters one by one."""
        for character in text:
            if character == " ":
                self.add_space()
                continue
            base, marks = decompose(character)
            for part in LIGATURES.get(base, base):
                left = self._cursor
                top = self._add_single(part, has_mark=bool(set(marks) & ABOVE))
                middle = 0.5 * (left + self._cursor - self._hand.gap)
            for mark in marks:
                at = np.array([middle, top if mark in ABOVE else 0.0])
                self._strokes += [at + stroke for stroke in draw_mark(mark, self._rng)]

    def _add_single(self, character: str, has_mark: bool) -> float:
        rng = self._rng
        drawn = is_drawable(character) and (character == "." or rng.random() < 0.3)
        index = None if drawn else self._sample(character)
        if index is None:
            if not is_drawable(character):
                raise ValueError(f"cannot write {character!r}")
            self._link_from = None
            self._place(draw_sign(character, rng))
            return extent(character)[1]
        strokes = self._pool.ink.strokes(index)
        bottom, top = self._hand.extent(character)
        if character in "ij" and has_mark:
            strokes, top = [max(strokes, key=lambda s: float(np.ptp(s[:, 1])))], 1.0
        points = np.concatenate(strokes)
        low, high = points[:, 1].max(), points[:, 1].min()
        bottom, top = bottom + rng.normal(0.0, self._hand.wobble), top + rng.normal(0.0, 0.05)
        if character in FLAT_WIDTHS:
            scale = FLAT_WIDTHS[character] * np.exp(rng.normal(0.0, 0.2))
            scale /= max(float(np.ptp(points[:, 0])), 1.0)
        else:
            scale = (top - bottom) / max(float(low - high), 1.0)
        middle, zero = 0.5 * (bottom + top), 0.5 * (low + high)
        placed = [(s - (0.0, zero)) * (scale, -scale) + (0.0, middle) for s in strokes]
        link = self._linked and character in LINKABLE
        if not link:
            self._link_from = None
        self._place(placed, link)
        return float(top)

    def _sample(self, character: str) -> int | None:
        """The writer's sample of a character; the same again more often than not."""
        if character in self._chosen and self._rng.random() < 0.5:
            return self._chosen[character]
        index = self._pool.single(character, self._writer, self._rng)
        if index is not None:
            self._chosen[character] = index
        return index

    def _place(self, strokes: Strokes, link: bool = False) -> None:
        left = min(float(stroke[:, 0].min()) for stroke in strokes)
        shift = np.array([self._cursor - left, 0.0])
        placed = [stroke + shift for stroke in strokes]
        if self._link_from is not None:
            placed[0] = np.concatenate([self._link_from[None], placed[0]])
        self._strokes += placed
        self._cursor = max(float(stroke[:, 0].max()) for stroke in placed)
        # Thick pens need more room, or signs run into each other.
        self._cursor += 0.5 * self._pen.width / self._hand.x_height
        # A joining stroke leaves from a pen that stopped low at the right of its letter.
        end = placed[-1][-1]
        leaves = link and len(placed) == 1 and end[1] < 0.7 and end[0] > self._cursor - 0.3
        self._link_from = end if leaves else None
        self._cursor += max(0.03, self._hand.gap + self._rng.normal(0.0, 0.05))

    def finish(self) -> np.ndarray:
        """The line's grey image."""
        if not self._strokes:
            return np.full((2 * MARGIN, 2 * MARGIN), 255, dtype=np.uint8)
        down = [(stroke * (1.0, -1.0)).astype(np.float32) for stroke in self._strokes]
        size = np.ptp(np.concatenate(down), axis=0) * self._hand.x_height
        height = max(float(size[1]), float(size[0]) / WIDEST)
        return render_ink(down, height, self._rng, self._pen, MARGIN)
