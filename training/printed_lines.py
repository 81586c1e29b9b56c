"""Draws hand-printed lines from single UNIPEN characters: unboxed, in boxes, on combs.

The characters of a line are by one writer. Between them lie gaps as of natural writing, some
closed so that the letters touch; a pen of even width draws them in blue or black on tinted,
slightly noisy paper. Frames are printed in grey, black, blue or red.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import cv2
import numpy as np
import wordfreq
from numpy.typing import NDArray

from training.ink import InkSet
from training.letterforms import Hand, Strokes

Image = NDArray[np.uint8]
Box = tuple[float, float, float, float]

LAYOUTS = ("unboxed", "boxed", "combed")
TOUCHING = 1 / 12
"""Share of the gaps that are closed."""
SLANT = 0.18
"""Standard deviation of the slant of slanted lines, as run over rise."""
FEWEST_LETTERS = 8
"""Writers with fewer different letters and digits are left out."""
_INKS = ((25, 25, 35), (30, 50, 130), (60, 60, 62))
_FRAMES = ((60, 60, 64), (120, 120, 124), (70, 90, 150), (170, 80, 80))


@dataclass(frozen=True)
class PrintedLine:
    """A hand-printed line.

    Attributes
    ----------
    image
        uint8 (h, w, 3), RGB.
    text
        What it says.
    boxes
        (left, top, right, bottom) in pixels of each character that is no space.
    """

    image: Image
    text: str
    boxes: tuple[Box, ...]


class PrintedLines:
    """Lines by the writers of an archive of pen strokes.

    Parameters
    ----------
    ink
        Single characters of UNIPEN categories 1a, 1b and 1c are taken.
    writers
        Only these writers'; all where None.
    touching
        Share of the gaps that are closed.
    slanted
        Whether each line leans in its own way, beside how its writer wrote.
    """

    def __init__(
        self,
        ink: InkSet,
        writers: Collection[int] | None = None,
        touching: float = TOUCHING,
        slanted: bool = False,
    ) -> None:
        self._ink, self._touching, self._slanted = ink, touching, slanted
        samples: dict[int, dict[str, list[int]]] = {}
        for index in ink.select(("1a", "1b", "1c")).tolist():
            if writers is not None and ink.writer(index) not in writers:
                continue
            own = samples.setdefault(ink.writer(index), {})
            own.setdefault(ink.label(index), []).append(index)
        self._samples = {w: own for w, own in samples.items() if len(own) >= FEWEST_LETTERS}
        words = [w for lang in ("en", "fr") for w in wordfreq.top_n_list(lang, 10_000)]
        self._words = [w for w in words if 2 <= len(w) <= 10 and w.isascii() and w.isalpha()]

    def draw(self, layout: str, rng: np.random.Generator) -> Iterator[PrintedLine]:
        """Draw line after line, without end, of one writer after the other.

        Parameters
        ----------
        layout
            One of `LAYOUTS`.
        rng
            Source of all chance.
        """
        places: dict[str, Place] = {
            "unboxed": partial(_place_freely, self._touching),
            "boxed": _place_boxed,
            "combed": _place_combed,
        }
        place = places[layout]
        writers = sorted(self._samples)
        while writers:
            for writer in rng.permutation(writers).tolist():
                own = self._samples[writer]
                text = self._text(own, rng)
                if text:
                    yield _line(text, self._characters(text, own, rng), place, rng)

    def _text(self, own: dict[str, list[int]], rng: np.random.Generator) -> str:
        """Return some words and numbers that the writer's characters can spell."""
        tokens: list[str] = []
        length = int(rng.integers(8, 26))
        for _ in range(200):
            if sum(map(len, tokens)) + len(tokens) >= length:
                break
            if rng.random() < 0.2:
                token = "".join(rng.choice(list("0123456789"), int(rng.integers(1, 7))))
            else:
                word = self._words[rng.integers(len(self._words))]
                token = (word, word.capitalize(), word.upper())[rng.choice(3, p=(0.5, 0.2, 0.3))]
            if all(c in own for c in token):
                tokens.append(token)
        return " ".join(tokens)

    def _characters(
        self, text: str, own: dict[str, list[int]], rng: np.random.Generator
    ) -> list[Strokes]:
        chosen = [own[c][rng.integers(len(own[c]))] for c in text if c != " "]
        lean = rng.normal(0.0, SLANT) if self._slanted else 0.0
        shear = np.array([[1.0, 0.0], [-lean, 1.0]])
        return [[stroke @ shear for stroke in self._ink.strokes(index)] for index in chosen]


Placed = tuple[list[Strokes], list[tuple[float, float, float, float]]]
"""Strokes of every character and the bars of the frame, x-heights, y up from the baseline."""
Place = Callable[[str, Sequence[Strokes], Hand, float, np.random.Generator], Placed]


def _line(
    text: str, characters: Sequence[Strokes], place: Place, rng: np.random.Generator
) -> PrintedLine:
    hand = Hand.random(rng)
    letters = [c for c in text if c != " "]
    sized = [_sized(c, s, hand, rng) for c, s in zip(letters, characters, strict=True)]
    unit = hand.x_height * rng.uniform(0.9, 1.2)
    pen = max(2.0, unit * rng.uniform(0.08, 0.17))
    placed, bars = place(text, sized, hand, pen / unit, rng)
    return _painted(text, placed, bars, (unit, pen), rng)


def _sized(character: str, strokes: Strokes, hand: Hand, rng: np.random.Generator) -> Strokes:
    """Bring a character to its height and place over the baseline; its left end is at 0."""
    bottom, top = np.array(hand.extent(character)) + rng.normal(0.0, hand.wobble, 2)
    points = np.concatenate(strokes)
    low, left = float(points[:, 1].max()), float(points[:, 0].min())
    scale = (top - bottom) / max(low - float(points[:, 1].min()), 1.0)
    return [(s - (left, low)) * (scale, -scale) + (0.0, bottom) for s in strokes]


def _width(strokes: Strokes) -> float:
    return max(float(s[:, 0].max()) for s in strokes)


def _moved(strokes: Strokes, across: float) -> Strokes:
    return [stroke + np.array([across, 0.0]) for stroke in strokes]


def _place_freely(
    touching: float,
    text: str,
    sized: Sequence[Strokes],
    hand: Hand,
    pen: float,
    rng: np.random.Generator,
) -> Placed:
    at, placed, left = 0.0, [], iter(sized)
    for character in text:
        if character == " ":
            at += max(0.5, hand.space + rng.normal(0.0, 0.15))
            continue
        strokes = next(left)
        placed.append(_moved(strokes, at))
        touches = rng.random() < touching
        # The pen's line lies half on either side of its path, and the scan blurs it.
        gap = -0.3 * pen if touches else 0.06 + max(0.0, hand.gap + rng.normal(0.0, 0.06))
        at += _width(strokes) + pen + gap
    return placed, []


def _place_boxed(
    text: str, sized: Sequence[Strokes], hand: Hand, pen: float, rng: np.random.Generator
) -> Placed:
    apart = float(rng.choice([0.0, rng.uniform(0.2, 0.5)]))
    pitch = rng.uniform(2.0, 2.6) + apart
    foot, head = -rng.uniform(0.85, 1.1), rng.uniform(2.1, 2.5)
    bars: list[tuple[float, float, float, float]] = []
    for cell in range(len(text)):
        left, right = cell * pitch, (cell + 1) * pitch - apart
        bars += [(left, foot, right, foot), (left, head, right, head)]
        bars += [(left, foot, left, head), (right, foot, right, head)]
    return _in_cells(text, sized, pitch, apart, rng), bars


def _place_combed(
    text: str, sized: Sequence[Strokes], hand: Hand, pen: float, rng: np.random.Generator
) -> Placed:
    pitch, foot = rng.uniform(2.0, 2.6), -rng.uniform(0.85, 1.1)
    tooth, count = foot + rng.uniform(0.7, 1.8), max(len(text), 5)
    bars = [(0.0, foot, count * pitch, foot)]
    bars += [(cell * pitch, foot, cell * pitch, tooth) for cell in range(count + 1)]
    return _in_cells(text, sized, pitch, 0.0, rng), bars


def _in_cells(
    text: str, sized: Sequence[Strokes], pitch: float, apart: float, rng: np.random.Generator
) -> list[Strokes]:
    """Set one character a cell; one too wide for its cell is made narrower."""
    placed, left, room = [], iter(sized), pitch - apart - 0.3
    for cell, character in enumerate(text):
        if character == " ":
            continue
        strokes = next(left)
        width = _width(strokes)
        narrower = min(1.0, room / max(width, 1e-3))
        slack = room - width * narrower
        at = cell * pitch + 0.15 + slack * rng.uniform(0.3, 0.7)
        placed.append(_moved([s * (narrower, 1.0) for s in strokes], at))
    return placed


def _painted(
    text: str,
    placed: Sequence[Strokes],
    bars: Sequence[tuple[float, float, float, float]],
    sizes: tuple[float, float],
    rng: np.random.Generator,
) -> PrintedLine:
    unit, pen = sizes
    ends = [np.array(bars, np.float64).reshape(-1, 2)] if bars else []
    points = np.concatenate([stroke for strokes in placed for stroke in strokes] + ends)
    margin = 14 + pen / 2
    origin = np.array([margin - unit * points[:, 0].min(), margin + unit * points[:, 1].max()])
    width, height = np.ceil(np.ptp(points, axis=0) * unit + 2 * margin).astype(int).tolist()
    cover, frame = np.zeros((height, width), np.uint8), np.zeros((height, width), np.uint8)
    boxes = []
    for strokes in placed:
        paths = [stroke * (unit, -unit) + origin for stroke in strokes]
        _draw(cover, paths, pen)
        low = np.min([path.min(axis=0) for path in paths], axis=0) - pen / 2
        high = np.max([path.max(axis=0) for path in paths], axis=0) + pen / 2
        boxes.append((float(low[0]), float(low[1]), float(high[0]), float(high[1])))
    thickness = float(rng.uniform(1.5, 3.0))
    for x, y, right, end in bars:
        _draw(frame, [np.array([[x, y], [right, end]]) * (unit, -unit) + origin], thickness)
    tint = rng.uniform(215, 250) + rng.uniform(-6, 6, 3)
    image = _laid(np.full((height, width, 3), tint), frame, _FRAMES[rng.integers(len(_FRAMES))])
    image = _laid(image, cover, _INKS[rng.integers(len(_INKS))])
    image += rng.normal(0.0, 4.0, (height, width, 1))
    return PrintedLine(np.clip(image, 0, 255).astype(np.uint8), text, tuple(boxes))


def _draw(cover: Image, paths: Sequence[NDArray[np.float64]], thickness: float) -> None:
    """Draw lines, their corners to a sixteenth of a pixel."""
    corners = [np.rint(path * 16).astype(np.int32) for path in paths]
    # A pen set down and lifted leaves a dot, but a path of one point leaves nothing.
    corners = [path if len(path) > 1 else np.concatenate([path, path + 8]) for path in corners]
    cv2.polylines(cover, corners, False, (255,), max(1, round(thickness)), cv2.LINE_AA, 4)


def _laid(
    paper: NDArray[np.float64], cover: Image, colour: tuple[int, int, int]
) -> NDArray[np.float64]:
    share = cv2.GaussianBlur(cover, (0, 0), 0.7)[..., None] / 255.0
    return np.asarray(paper * (1 - share) + np.array(colour) * share)
