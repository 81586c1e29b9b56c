"""Cuts transcribed lines out of pages exactly as the reader cuts the lines it finds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from segmentation.cut import cut_line
from segmentation.page import open_sheet
from segmentation.textline import TextLine
from training.ground_truth import TruthPage, clean_text
from training.line_store import LineStore

Grey = NDArray[np.uint8]


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
        image = cv2.imread(str(page.image), cv2.IMREAD_COLOR_RGB)
        if image is None:
            raise ValueError(f"{page.image}: not an image that OpenCV can read")
        sheet = open_sheet(image, deskew=False)
        for line in page.lines:
            text = clean_text(line.text)
            if not text or not line.baseline or len(line.polygon) < 3:
                continue
            cut = cut_line(sheet.grey, TextLine(line.baseline, line.polygon))
            yield cut.image, text, page.image.stem


def store_pages(pages: Iterable[TruthPage]) -> LineStore:
    """Cut the lines of pages into a store."""
    cuts = list(cut_pages(pages))
    return LineStore([c[0] for c in cuts], [c[1] for c in cuts], [c[2] for c in cuts])
