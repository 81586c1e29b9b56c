"""Cuts transcribed lines out of pages exactly as the reader cuts the lines it finds.

Lines are cut along the truth's outlines, and once more along those that segmentation finds on its
own: these are what a reader gets to see, with their neighbours' tails and their missing dots.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from segmentation.cut import cut_line
from segmentation.geometry import share_inside
from segmentation.page import open_sheet, segment
from segmentation.textline import TextLine
from training.ground_truth import TruthLine, TruthPage, clean_text
from training.line_store import LineStore

Grey = NDArray[np.uint8]

# A found line is a true one if its polygon covers so much of that baseline, and of no other.
COVERED = 0.9
TOUCHED = 0.1


def cut_pages(pages: Iterable[TruthPage]) -> Iterator[tuple[Grey, str, str]]:
    """Cut every transcribed line of pages, through the same cleaning and cut as the reader's.

    Yields
    ------
    tuple
        Line image uint8 (h, w), its text, the name of its page.

    Raises
    ------
    ValueError
        If a page image cannot be decoded.
    """
    for page in pages:
        sheet = open_sheet(_read(page), deskew=False)
        for line, text in _transcribed(page):
            cut = cut_line(sheet.grey, TextLine(line.baseline, line.polygon))
            yield cut.image, text, page.image.stem


def cut_found(pages: Iterable[TruthPage]) -> Iterator[tuple[Grey, str, str]]:
    """Cut the lines that segmentation finds, where they are clearly one transcribed line.

    Yields and raises what `cut_pages` does.
    """
    for page in pages:
        sheet = open_sheet(_read(page))
        lines = _transcribed(page)
        for found in segment(sheet):
            polygon = sheet.to_input(found.polygon)
            shares = [share_inside(line.baseline, polygon) for line, _ in lines]
            covered = [k for k, share in enumerate(shares) if share >= COVERED]
            if len(covered) == 1 and sum(share > TOUCHED for share in shares) == 1:
                yield cut_line(sheet.grey, found).image, lines[covered[0]][1], page.image.stem


def _read(page: TruthPage) -> Grey:
    image = cv2.imread(str(page.image), cv2.IMREAD_COLOR_RGB)
    if image is None:
        raise ValueError(f"{page.image}: not an image that OpenCV can read")
    return np.asarray(image, np.uint8)


def _transcribed(page: TruthPage) -> list[tuple[TruthLine, str]]:
    """Return the lines that have a text, a baseline and an outline, with their cleaned text."""
    texts = [(line, clean_text(line.text)) for line in page.lines]
    return [(n, text) for n, text in texts if text and n.baseline and len(n.polygon) >= 3]


def store_pages(pages: Iterable[TruthPage], found: bool = False) -> LineStore:
    """Cut the lines of pages into a store, along the truth or as segmentation finds them."""
    cuts = list(cut_found(pages) if found else cut_pages(pages))
    return LineStore([c[0] for c in cuts], [c[1] for c in cuts], [c[2] for c in cuts])
