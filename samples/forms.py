"""Draws the sample form, blank and filled in: ``python -m samples.forms --fonts FOLDER``.

Its template, ``form.toml``, is written by hand (begun with ``hcr-forms init``).
"""

from __future__ import annotations

from pathlib import Path

import click
import numpy as np
from PIL import Image

from samples.faults import scan
from samples.options import drawing_options
from samples.pages import BLUE
from samples.pen import Fonts, Hand, Pen
from samples.sheet import Colour, Segment, apply_ink, print_text, rule

WIDTH, HEIGHT = 1654, 2339
"""A4 at 200 dpi."""
FRAME: Colour = (62, 64, 70)
LEFT, INNER, CELL, CELL_HEIGHT = 130, 430, 52, 62
QUALITY = 58
"""JPEG quality of the filled copy, which keeps it below 250 kB."""

TERMS = (
    "The library keeps what you write here for as long as you are a member and shows it to nobody.",
    "Lost cards cost 5.00 and can be replaced at the desk. Books are lent for four weeks; whoever",
    "returns them late pays 0.20 a day. Children under twelve borrow with their parents' consent.",
    "You may ask at any time what is stored about you, and have it corrected or taken out.",
)


def draw_blank(fonts: Fonts) -> np.ndarray:
    """Return the form as it is printed: float32 (HEIGHT, WIDTH, 3), 0 to 255."""
    sheet = np.full((HEIGHT, WIDTH, 3), 255, np.float32)
    _print_heading(sheet, fonts)
    for caption, y, cells in (("Surname", 470, 20), ("First name", 590, 20), ("Post code", 860, 5)):
        print_text(sheet, caption, LEFT, y + 42, 30, fonts)
        _boxes(sheet, INNER, y, cells)
    print_text(sheet, "Date of birth", LEFT, 757, 30, fonts)
    _comb(sheet, INNER, 715, 8)
    for x, part in ((INNER + 22, "day"), (INNER + 112, "month"), (INNER + 285, "year")):
        print_text(sheet, part, x, 802, 20, fonts)
    print_text(sheet, "Yearly fee", LEFT, 1042, 30, fonts)
    rule(sheet, _frame(INNER, 1000, 320, CELL_HEIGHT), FRAME, width=2)
    print_text(sheet, "pounds and pence", INNER + 345, 1042, 24, fonts)
    print_text(sheet, "Membership", LEFT, 1182, 30, fonts)
    for column, kind in enumerate(("adult", "child", "family")):
        x = INNER + 280 * column
        rule(sheet, _frame(x, 1148, 40, 40), FRAME, width=2)
        print_text(sheet, kind, x + 60, 1180, 28, fonts)
    print_text(sheet, "What do you like to read?", LEFT, 1290, 30, fonts)
    rule(sheet, [(LEFT, 1390, WIDTH - LEFT, 1390)], FRAME, width=2, dots=10)
    for row, line in enumerate(TERMS):
        print_text(sheet, line, LEFT, 1540 + 42 * row, 24, fonts)
    print_text(sheet, "Please hand this in at the desk of any branch.", LEFT, 2200, 26, fonts)
    print_text(sheet, "Form 12 / 2026", WIDTH - 350, 2200, 26, fonts)
    return sheet


def draw_filled(fonts: Fonts, rng: np.random.Generator) -> np.ndarray:
    """Return a copy that somebody has filled in, as it is scanned: uint8 (HEIGHT, WIDTH, 3)."""
    pen = Pen(WIDTH, HEIGHT, fonts, rng)
    capitals = Hand("patrick-hand", 52, jitter=0.02, wander=0.03)
    for value, y in (("OKONKWO", 470), ("ADA LOUISE", 590), ("23071984", 715), ("40213", 860)):
        pen.comb(value, INNER, y + 50, CELL, capitals)
    pen.write("36.50", INNER + 40, 1050, capitals)
    pen.stroke([(INNER + 283, 1164), (INNER + 297, 1184), (INNER + 330, 1138)], 4)
    hand = Hand("patrick-hand", 58, slant=0.1, wander=0.04)
    pen.write("sea stories, old maps and poems", LEFT + 30, 1380, hand)
    sheet = apply_ink(draw_blank(fonts) * np.float32(0.98), pen.ink, BLUE, rng)
    return scan(sheet, rng, skew=1.2, noise=1.2)


def make(folder: Path, fonts: Fonts, seed: int) -> tuple[Path, Path]:
    """Draw the form into `folder` and return the paths of the blank and of the filled copy."""
    folder.mkdir(parents=True, exist_ok=True)
    blank, filled = folder / "form_blank.png", folder / "form_filled.jpg"
    grey = np.rint(draw_blank(fonts).mean(axis=2) / 17).astype(np.uint8) * 17
    Image.fromarray(grey).save(blank, optimize=True, dpi=(200, 200))
    image = Image.fromarray(draw_filled(fonts, np.random.default_rng(seed)))
    image.save(filled, quality=QUALITY, optimize=True, dpi=(200, 200))
    return blank, filled


def _print_heading(sheet: np.ndarray, fonts: Fonts) -> None:
    print_text(sheet, "Riverside Town Library", LEFT, 190, 60, fonts)
    print_text(sheet, "Application for membership", LEFT, 270, 42, fonts)
    print_text(
        sheet,
        "Please write in capitals, one letter in each box, with a dark pen.",
        LEFT,
        350,
        28,
        fonts,
    )
    rule(sheet, [(LEFT, 390, WIDTH - LEFT, 390)], FRAME, width=4)
    # The library's sign: an open book.
    x, y = WIDTH - 300, 230
    book = [(x, y - 90, x, y), (x, y, x + 80, y - 25), (x, y, x - 80, y - 25)]
    book += [(x + side, y - 25, x + side, y - 115) for side in (-80, 80)]
    book += [(x + side, y - 115, x, y - 90) for side in (-80, 80)]
    rule(sheet, book, FRAME, width=5)


def _frame(left: float, top: float, width: float, height: float) -> list[Segment]:
    right, bottom = left + width, top + height
    corners = [(left, top), (right, top), (right, bottom), (left, bottom)]
    return [(*a, *b) for a, b in zip(corners, corners[1:] + corners[:1], strict=True)]


def _boxes(sheet: np.ndarray, left: float, top: float, cells: int) -> None:
    inner = [left + n * CELL for n in range(1, cells)]
    bars = [(x, top, x, top + CELL_HEIGHT) for x in inner]
    rule(sheet, _frame(left, top, cells * CELL, CELL_HEIGHT) + bars, FRAME, width=2)


def _comb(sheet: np.ndarray, left: float, top: float, cells: int) -> None:
    right, bottom = left + cells * CELL, top + CELL_HEIGHT
    teeth = [(left + n * CELL, bottom - 24, left + n * CELL, bottom) for n in range(cells + 1)]
    rule(sheet, [(left, bottom, right, bottom), *teeth], FRAME, width=2)


@click.command()
@drawing_options
def main(fonts: Path, output: Path, seed: int) -> None:
    """Draw the sample form, blank and filled in."""
    for path in make(output, Fonts(fonts), seed):
        click.echo(f"{path} {path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
