"""Lines cut along the truth and as segmentation finds them."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from segmentation.page import open_sheet, segment
from training.ground_truth import TruthLine, TruthPage
from training.truth_lines import cut_found, cut_pages, store_pages


def truth(samples: Path) -> TruthPage:
    """The sample letter, its found lines taken for the truth."""
    path = samples / "letter_en.jpg"
    image = cv2.imread(str(path), cv2.IMREAD_COLOR_RGB)
    sheet = open_sheet(image)
    texts = (samples / "letter_en.gt.txt").read_text(encoding="utf-8").splitlines()
    lines = tuple(
        TruthLine(text, sheet.to_input(line.baseline), sheet.to_input(line.polygon))
        for text, line in zip(texts, segment(sheet), strict=True)
    )
    return TruthPage(path, image.shape[1], image.shape[0], lines)


def test_found_lines_get_the_text_that_is_on_them(samples: Path) -> None:
    page = truth(samples)
    found = list(cut_found([page]))
    assert [text for _, text, _ in found] == [line.text for line in page.lines]
    assert {name for *_, name in found} == {"letter_en"}


def test_a_line_that_covers_two_is_left_out(samples: Path) -> None:
    page = truth(samples)
    twice = (*page.lines, TruthLine("again", page.lines[0].baseline, page.lines[0].polygon))
    doubled = TruthPage(page.image, page.width, page.height, twice)
    texts = [text for _, text, _ in cut_found([doubled])]
    assert texts == [line.text for line in page.lines[1:]]


def test_both_cuts_show_the_same_writing(samples: Path) -> None:
    page = truth(samples)
    for (one, _, _), (other, _, _) in zip(cut_pages([page]), cut_found([page]), strict=True):
        assert abs(one.shape[1] - other.shape[1]) < 0.1 * other.shape[1]
        assert 0.7 < np.sum(one < 128) / np.sum(other < 128) < 1.4


def test_a_store_holds_the_found_lines(samples: Path) -> None:
    page = truth(samples)
    assert store_pages([page], found=True).texts == [line.text for line in page.lines]
