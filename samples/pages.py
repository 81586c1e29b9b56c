"""The sample pages: what is on each sheet, in whose hand, on what paper, and how it was taken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from samples import texts
from samples.faults import photograph, scan
from samples.pen import Fonts, Hand, Pen
from samples.sheet import Colour, Ink, Segment, apply_ink, paper, print_text, rule

BLUE = Ink((38, 52, 120), strength=0.92, fade=0.12)
BLACK = Ink((35, 34, 38), strength=0.9, fade=0.1)
PENCIL = Ink((86, 86, 90), strength=0.72, fade=0.18, grain=0.35)
CHALK = Ink((232, 232, 226), strength=0.85, fade=0.2, grain=0.4, weight=0.5)


@dataclass(frozen=True)
class Sample:
    """One finished page.

    Attributes
    ----------
    image : uint8 (h, w, 3) RGB
    lines : the text lines in reading order
    """

    image: np.ndarray
    lines: tuple[str, ...]


Maker = Callable[[Fonts, np.random.Generator], Sample]


def letter_en(fonts: Fonts, rng: np.random.Generator) -> Sample:
    """Draw an English letter in blue ink on unlined paper."""
    lines = tuple(texts.LETTER_EN.splitlines())
    hand = Hand("cedarville-cursive", 47, slant=0.05, jitter=0.008, wander=0.10)
    pen = Pen(1240, 1754, fonts, rng)
    _write_block(pen, lines, hand, left=125, top=110, pitch=65, ragged=14)
    sheet = apply_ink(paper(1240, 1754, (243, 239, 228), rng), pen.ink, BLUE, rng)
    return Sample(scan(sheet, rng, skew=0.7), lines)


def letter_fr(fonts: Fonts, rng: np.random.Generator) -> Sample:
    """Draw a French letter in black ink, written with a thin pen and a slope upwards."""
    lines = tuple(texts.LETTER_FR.splitlines())
    hand = Hand("la-belle-aurore", 50, slant=0.08, jitter=0.008, wander=0.12, gap=0.34)
    pen = Pen(1160, 1480, fonts, rng)
    _write_block(pen, lines, hand, left=115, top=120, pitch=72, ragged=10)
    ink = Ink(BLACK.colour, strength=0.85, fade=0.15, weight=0.25)
    sheet = apply_ink(paper(1160, 1480, (240, 240, 238), rng), pen.ink, ink, rng)
    return Sample(_grey(scan(sheet, rng, skew=1.6)), lines)


def notes_ruled(fonts: Fonts, rng: np.random.Generator) -> Sample:
    """Draw lecture notes on ruled paper with a margin and holes for a binder."""
    lines = tuple(texts.NOTES.splitlines())
    width, height, pitch = 1180, 1320, 72
    sheet = paper(width, height, (247, 246, 240), rng)
    rows = np.arange(136, height - 40, pitch).tolist()
    rule(sheet, [(0, y, width, y) for y in rows], (150, 178, 214), width=2)
    rule(sheet, [(150, 0, 150, height)], (222, 132, 140), width=2)
    for y in (250, 1060):
        rule(sheet, [(52, y, 53, y)], (120, 118, 115), width=22, dots=4)
    hand = Hand("over-the-rainbow", 49, jitter=0.014, wander=0.05)
    pen = Pen(width, height, fonts, rng)
    _write_block(pen, lines, hand, left=172, top=136 - 5, pitch=pitch, ragged=10)
    pen.stroke([(174, 222), (330, 219), (520, 223)], 3)
    return Sample(scan(apply_ink(sheet, pen.ink, BLUE, rng), rng, skew=-1.1), lines)


def photo_shadow(fonts: Fonts, rng: np.random.Generator) -> Sample:
    """Draw a list that was photographed on a table: turned, in perspective, in shadow."""
    lines = tuple(texts.PHOTO.splitlines())
    hand = Hand("nothing-you-could-do", 42, jitter=0.012, wander=0.12, gap=0.4)
    pen = Pen(1060, 1300, fonts, rng)
    _write_block(pen, lines, hand, left=110, top=150, pitch=82, ragged=18)
    pen.stroke([(108, 168), (300, 160), (520, 170)], 3)
    ink = Ink(BLACK.colour, strength=0.9, fade=0.12, weight=0.3)
    sheet = apply_ink(paper(1060, 1300, (236, 233, 225), rng), pen.ink, ink, rng)
    return Sample(photograph(sheet, rng, skew=4.5), lines)


def form(fonts: Fonts, rng: np.random.Generator) -> Sample:
    """Draw a printed form filled in by hand: boxes, combs, tick boxes, a free line."""
    width, height = 1240, 1180
    sheet = paper(width, height, (250, 250, 249), rng)
    pen = Pen(width, height, fonts, rng)
    capitals = Hand("patrick-hand", 44, jitter=0.02, wander=0.03)
    frame: Colour = (70, 72, 78)
    print_text(sheet, "Membership application", 90, 110, 46, fonts)
    lines = ["Membership application"]
    for row, (label, value) in enumerate(
        (("Surname", "OKONKWO"), ("First name", "ADA LOUISE"), ("Street", "17 MILL LANE"))
    ):
        y = 200 + row * 95
        print_text(sheet, label, 90, y + 45, 27, fonts)
        rule(sheet, _box(330, y, 820, 66), frame, width=2)
        pen.write(value, 350 + rng.uniform(0, 12), y + 50, capitals)
        lines.append(f"{label} {value}")
    for row, (label, value, cells) in enumerate(
        (
            ("Post code", "CB4 1YT", 7),
            ("Date of birth", "23071984", 8),
            ("Member no.", "0056193", 7),
        )
    ):
        y = 510 + row * 95
        print_text(sheet, label, 90, y + 45, 27, fonts)
        rule(sheet, _box(330, y, cells * 58, 66), frame, width=2)
        teeth = [(330 + n * 58, y + 22, 330 + n * 58, y + 66) for n in range(1, cells)]
        rule(sheet, teeth, frame, width=2)
        pen.comb(value, 330, y + 52, 58, capitals)
        lines.append(f"{label} {value}")
    print_text(sheet, "Fee", 90, 840, 27, fonts)
    for column, (label, ticked) in enumerate(
        (("adult", True), ("child", False), ("family", False))
    ):
        x = 330 + column * 230
        rule(sheet, _box(x, 811, 36, 36), frame, width=2)
        print_text(sheet, label, x + 52, 840, 27, fonts)
        if ticked:
            pen.stroke([(x + 5, 826), (x + 15, 842), (x + 42, 802)], 3.5)
    lines.append("Fee adult child family")
    print_text(sheet, "Remarks", 90, 935, 27, fonts)
    rule(sheet, [(330, 942, 1150, 942)], frame, width=2, dots=9)
    pen.write("Please send the card to my office", 340, 932, Hand("patrick-hand", 40, slant=0.1))
    lines.append("Remarks Please send the card to my office")
    print_text(sheet, "Signed", 90, 1060, 27, fonts)
    rule(sheet, [(330, 1067, 780, 1067)], frame, width=2)
    pen.write("Ada Okonkwo", 360, 1056, Hand("cedarville-cursive", 46, slant=0.15))
    lines.append("Signed Ada Okonkwo")
    sheet = apply_ink(sheet, pen.ink, BLUE, rng)
    return Sample(scan(sheet, rng, skew=0.4), tuple(lines))


def amounts(fonts: Fonts, rng: np.random.Generator) -> Sample:
    """Draw a page of a cash book: dates, numbers and amounts on squared paper."""
    width, height, square = 1160, 1240, 38
    sheet = paper(width, height, (246, 246, 243), rng)
    grid = [(0.0, y, float(width), y) for y in np.arange(20.0, height, square).tolist()]
    grid += [(x, 0.0, x, float(height)) for x in np.arange(15.0, width, square).tolist()]
    rule(sheet, grid, (196, 208, 216))
    hand = Hand("kalam", 42, jitter=0.02, wander=0.05)
    pen = Pen(width, height, fonts, rng)
    lines = []
    for row, line in enumerate(texts.AMOUNTS.splitlines()):
        cells = line.split("|")
        baseline = 20 + square * (3 + 2 * row) - 6
        for text, left in zip(cells[:3], (80, 330, 510), strict=True):
            pen.write(text, left + rng.normal(0, 5), baseline, hand)
        start = 1040 - fonts.get(hand.font, hand.size).getlength(cells[3])
        pen.write(cells[3], start + rng.normal(0, 5), baseline, hand)
        lines.append(" ".join(cells))
    total = 20 + square * 28 - 18
    pen.stroke([(800, total), (930, total - 3), (1060, total + 1)], 3)
    return Sample(_grey(scan(apply_ink(sheet, pen.ink, BLACK, rng), rng, skew=-0.5)), tuple(lines))


def list_two_columns(fonts: Fonts, rng: np.random.Generator) -> Sample:
    """Draw two lists beside each other on one sheet, to be read one after the other."""
    left, right = texts.LEFT_COLUMN.splitlines(), texts.RIGHT_COLUMN.splitlines()
    hand = Hand("shadows-into-light", 42, jitter=0.014, wander=0.07)
    pen = Pen(1160, 1120, fonts, rng)
    _write_block(pen, left, hand, left=110, top=130, pitch=78, ragged=10)
    _write_block(pen, right, hand, left=650, top=142, pitch=78, ragged=10)
    pen.stroke([(108, 146), (190, 143), (262, 147)], 3)
    pen.stroke([(650, 158), (760, 155), (872, 159)], 3)
    ink = Ink((150, 32, 44), strength=0.9, fade=0.12, weight=0.15)
    sheet = apply_ink(paper(1160, 1120, (248, 247, 243), rng), pen.ink, ink, rng)
    return Sample(scan(sheet, rng, skew=0.9), (*left, *right))


def board(fonts: Fonts, rng: np.random.Generator) -> Sample:
    """Draw a school board: chalk on black, badly wiped."""
    lines = tuple(texts.BOARD.splitlines())
    hand = Hand("gloria-hallelujah", 46, jitter=0.012, wander=0.08)
    pen = Pen(1000, 860, fonts, rng)
    _write_block(pen, lines, hand, left=90, top=125, pitch=104, ragged=20)
    slate = paper(1000, 860, (42, 50, 47), rng)
    wiped = Pen(1000, 860, fonts, rng)
    for x, y in rng.uniform((0, 0), (1000, 860), (14, 2)):
        wiped.stroke([(x, y), (x + rng.uniform(60, 260), y + rng.uniform(-40, 40))], 40)
    slate = apply_ink(slate, wiped.ink, Ink((150, 155, 150), strength=0.06, grain=0.9), rng)
    return Sample(_grey(scan(apply_ink(slate, pen.ink, CHALK, rng), rng, specks=0)), lines)


def recipe_pencil(fonts: Fonts, rng: np.random.Generator) -> Sample:
    """Draw a French recipe in pencil on a sheet with dotted rules."""
    lines = tuple(texts.RECIPE_FR.splitlines())
    width, height, pitch = 1000, 1080, 74
    sheet = paper(width, height, (244, 240, 230), rng)
    rows = np.arange(148, height - 40, pitch).tolist()
    rule(sheet, [(70, y, width - 70, y) for y in rows], (150, 150, 150), width=1.2, dots=8)
    hand = Hand("covered-by-your-grace", 44, jitter=0.016, wander=0.05, tracking=0.02)
    pen = Pen(width, height, fonts, rng)
    _write_block(pen, lines, hand, left=95, top=148 - 6, pitch=pitch, ragged=12)
    return Sample(_grey(scan(apply_ink(sheet, pen.ink, PENCIL, rng), rng, skew=-0.8)), lines)


def line(fonts: Fonts, rng: np.random.Generator) -> Sample:
    """Draw one line, cut out of its page, for ``hcr-read --level line``."""
    pen = Pen(1050, 96, fonts, rng)
    pen.write(texts.LINE, 22, 62, Hand("reenie-beanie", 56, jitter=0.012, wander=0.06))
    ink = Ink(BLACK.colour, weight=0.3)
    sheet = apply_ink(paper(1050, 96, (241, 240, 236), rng), pen.ink, ink, rng)
    return Sample(_grey(scan(sheet, rng, specks=2)), (texts.LINE,))


PAGES: dict[str, Maker] = {
    "letter_en.jpg": letter_en,
    "letter_fr.jpg": letter_fr,
    "notes_ruled.jpg": notes_ruled,
    "photo_shadow.jpg": photo_shadow,
    "form.jpg": form,
    "amounts.jpg": amounts,
    "list_two_columns.jpg": list_two_columns,
    "board.jpg": board,
    "recipe_pencil.jpg": recipe_pencil,
    "line.png": line,
}


def _write_block(
    pen: Pen,
    lines: tuple[str, ...] | list[str],
    hand: Hand,
    left: float,
    top: float,
    pitch: float,
    ragged: float,
) -> None:
    """Write lines below each other; ``ragged`` is the spread of where they begin."""
    for row, text in enumerate(lines):
        start = left + pen.rng.uniform(0, ragged)
        pen.write(text, start, top + row * pitch, hand)


def _box(x: float, y: float, width: float, height: float) -> list[Segment]:
    """Return the four sides of a frame."""
    right, bottom = x + width, y + height
    return [
        (x, y, right, y),
        (x, bottom, right, bottom),
        (x, y, x, bottom),
        (right, y, right, bottom),
    ]


def _grey(image: np.ndarray) -> np.ndarray:
    """Return the image without its colours, still (h, w, 3)."""
    grey = np.rint(image @ np.array([0.299, 0.587, 0.114]))
    return np.repeat(grey[..., None], 3, axis=2).astype(np.uint8)
