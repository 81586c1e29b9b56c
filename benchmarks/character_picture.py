"""Draws lines of our own with the characters they were split into, and how they were read.

python -m benchmarks.character_picture --fonts FOLDER docs/characters.png

The fonts are those of `samples.make_samples`.
"""

from __future__ import annotations

import argparse
import colorsys
import sys
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
from matplotlib import get_data_path
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

import hcr
from hcr.reader import clean_line
from samples.pages import BLACK, BLUE
from samples.pen import Fonts, Hand, Pen
from samples.sheet import apply_ink, paper, rule

Picture = NDArray[np.uint8]

WIDTH, HEIGHT, TEXT, PAD = 900, 110, 17, 8
FRAME = (70, 72, 78)


def free_line(fonts: Fonts, rng: np.random.Generator) -> Picture:
    """Draw a hand-printed line."""
    pen = Pen(WIDTH, HEIGHT, fonts, rng)
    hand = Hand("patrick-hand", 58, jitter=0.015, wander=0.03, tracking=0.01)
    pen.write("Flight BA 2490 leaves at 17 past 6", 18, 72, hand)
    sheet = paper(WIDTH, HEIGHT, (246, 244, 236), rng)
    return _seen(apply_ink(sheet, pen.ink, BLUE, rng))


def boxed_line(fonts: Fonts, rng: np.random.Generator) -> Picture:
    """Draw a field of boxes filled in by hand."""
    text, pitch = "OKONKWO 8 MILL LN", 50
    sheet = paper(WIDTH, HEIGHT, (250, 250, 249), rng)
    for cell in range(len(text)):
        left = 25 + cell * pitch
        edges = [(left, 20), (left + pitch, 20), (left + pitch, 90), (left, 90), (left, 20)]
        rule(sheet, [(*start, *end) for start, end in pairwise(edges)], FRAME, width=2)
    pen = Pen(WIDTH, HEIGHT, fonts, rng)
    pen.comb(text, 25, 74, pitch, Hand("patrick-hand", 54, jitter=0.02, wander=0.03))
    return _seen(apply_ink(sheet, pen.ink, BLACK, rng))


def _seen(sheet: NDArray[np.float32]) -> Picture:
    return np.clip(np.rint(sheet), 0, 255).astype(np.uint8)


def split(image: Picture) -> Picture:
    """Return a line with its slices in turning colours and the glyphs read in frames."""
    cleaned = clean_line(image, with_cells=True)
    cut = cleaned.split()
    drawn = np.repeat(cleaned.grey[:, :, None], 3, axis=2)
    for number, candidate in enumerate(c for c in cut.candidates if c.end - c.first == 1):
        hue = (number * 0.382) % 1.0
        colour = np.array([round(255 * v) for v in colorsys.hsv_to_rgb(hue, 0.9, 0.75)])
        box = candidate.box
        rows, columns = (
            slice(max(0, box.top - 2), box.bottom + 2),
            slice(max(0, box.left - 2), None),
        )
        own = cut.picture(candidate) < 160
        window = drawn[rows, columns][: own.shape[0], : own.shape[1]]
        window[own[: window.shape[0], : window.shape[1]]] = colour
    read = hcr.Reader(hcr.ReaderConfig(reader="characters")).read_line(image)
    canvas = Image.fromarray(drawn)
    brush = ImageDraw.Draw(canvas)
    for word in read.words:
        for glyph in word.glyphs:
            left, top, right, bottom = glyph.box
            brush.rectangle((left - 2, top - 2, right + 1, bottom + 1), outline=(120, 120, 120))
            brush.text((left, bottom + 1), glyph.text, fill=(0, 90, 160), font=_font(TEXT))
    return np.asarray(canvas, np.uint8)


def readings(image: Picture) -> list[str]:
    """Return what each reader says, a line of text each."""
    said = []
    for name in ("characters", "crnn", "auto"):
        line = hcr.Reader(hcr.ReaderConfig(reader=name)).read_line(image)
        said.append(f"{name}: {line.text}   ({line.confidence:.2f})")
    return said


def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(f"{get_data_path()}/fonts/ttf/DejaVuSans.ttf", size)


def _captions(texts: Sequence[str]) -> Picture:
    strip = Image.new("RGB", (WIDTH, len(texts) * (TEXT + 6) + PAD), "white")
    brush = ImageDraw.Draw(strip)
    for number, text in enumerate(texts):
        brush.text((18, 2 + number * (TEXT + 6)), text, fill=(30, 30, 30), font=_font(TEXT))
    return np.asarray(strip, np.uint8)


def main(arguments: Sequence[str] | None = None) -> int:
    """Draw the picture."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("output", type=Path, help="PNG to write")
    parser.add_argument("--fonts", type=Path, required=True, help="as of samples.make_samples")
    parser.add_argument("--seed", type=int, default=4)
    options = parser.parse_args(arguments)
    rng, fonts = np.random.default_rng(options.seed), Fonts(options.fonts)
    parts: list[Picture] = []
    for image in (free_line(fonts, rng), boxed_line(fonts, rng)):
        parts += [image, split(image), _captions(readings(image))]
    picture = Image.fromarray(np.concatenate(parts)).quantize(128)
    picture.save(options.output, optimize=True)
    print(f"{options.output}: {options.output.stat().st_size / 1000:.0f} kB")
    return 0


if __name__ == "__main__":
    cv2.setNumThreads(1)
    sys.exit(main())
