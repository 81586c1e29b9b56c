"""Draws the lines of the sample pages that are read worst, with truth and reading beneath them.

python -m benchmarks.failures samples docs/failures.png
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from matplotlib import get_data_path
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

import hcr
from hcr.document import Line
from recognition.metrics import score

WIDTH, PAD, TEXT = 900, 10, 18
SHOWN = 6


def worst_line(page: Path, reader: hcr.Reader) -> tuple[float, Line, str] | None:
    """Return CER, line and truth of the worst line of a page.

    None without a truth, or if lines were not all found.
    """
    text = page.with_suffix(".gt.txt")
    if not text.exists():
        return None
    truth = text.read_text(encoding="utf-8").splitlines()
    lines = reader.read(page).pages[0].lines
    if len(lines) != len(truth):
        return None
    rates = [
        score([(expected, line.text)]).cer for expected, line in zip(truth, lines, strict=True)
    ]
    worst = int(np.argmax(rates))
    return rates[worst], lines[worst], truth[worst]


def draw(page: Path, line: Line, truth: str) -> NDArray[np.uint8]:
    """Return a strip uint8 (h, WIDTH, 3): the line's picture, its truth, its reading."""
    left, top, right, bottom = line.box
    image = np.asarray(cv2.imread(str(page), cv2.IMREAD_COLOR_RGB), np.uint8)
    crop = image[max(0, top - 4) : bottom + 4, max(0, left - 4) : right + 4]
    scale = min(1.0, (WIDTH - 2 * PAD) / crop.shape[1])
    crop = np.asarray(cv2.resize(crop, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA))
    strip = Image.new("RGB", (WIDTH, crop.shape[0] + 2 * TEXT + 4 * PAD), "white")
    strip.paste(Image.fromarray(crop), (PAD, PAD))
    pen, font = ImageDraw.Draw(strip), _font(TEXT - 4)
    below = crop.shape[0] + 2 * PAD
    pen.text((PAD, below), truth, fill=(0, 110, 0), font=font)
    pen.text((PAD, below + TEXT), line.text, fill=(190, 0, 0), font=font)
    return np.asarray(strip)


def _font(size: int) -> ImageFont.FreeTypeFont:
    """Return matplotlib's own font: Pillow's has no accents."""
    return ImageFont.truetype(str(Path(get_data_path()) / "fonts/ttf/DejaVuSans.ttf"), size)


def main(arguments: Sequence[str] | None = None) -> int:
    """Draw the picture."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="page images with .gt.txt files")
    parser.add_argument("output", type=Path, help="picture to write")
    options = parser.parse_args(arguments)
    reader, found = hcr.Reader(), []
    for page in sorted(options.folder.glob("*.jpg")):
        worst = worst_line(page, reader)
        if worst and worst[0] > 0:
            found.append((worst[0], page, worst[1], worst[2]))
    found.sort(key=lambda entry: -entry[0])
    strips = [draw(page, line, truth) for _, page, line, truth in found[:SHOWN]]
    Image.fromarray(np.concatenate(strips)).save(options.output, optimize=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
