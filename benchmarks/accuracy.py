"""Measures hcr on pages with ALTO or PAGE truth: pages, lines found, lines read.

Protocol: NFC, typographic quotes and dashes folded, white space collapsed, struck-out writing
(`>...<`) dropped from the truth. Page CER compares the page's whole text in reading order.
Lines read above the first truth line that cover none (a printed header that the truth leaves
out) are ignored. A truth line is found when a read line's polygon covers at least 75 % of its
baseline and of no other's.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

import hcr
from hcr.document import Line
from recognition.crnn import LineReader
from recognition.metrics import Score, score
from segmentation.cut import cut_line
from segmentation.page import open_sheet
from segmentation.textline import TextLine
from training.ground_truth import Points, TruthPage, clean_text, read_folder

COVERED = 0.75


@dataclass(frozen=True)
class Found:
    """Text lines found on pages: right ones, all that are true, all that were reported."""

    right: int
    true: int
    reported: int

    def __add__(self, other: Found) -> Found:
        return Found(
            self.right + other.right, self.true + other.true, self.reported + other.reported
        )


def covered_share(polygon: Points, baseline: Points) -> float:
    """Share of a baseline's length that lies inside a polygon."""
    if len(polygon) < 3 or not baseline:
        return 0.0
    points = np.asarray(baseline, np.float64)
    lengths = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    steps = np.linspace(0, lengths[-1], max(2, int(lengths[-1] / 4)))
    xs, ys = (np.interp(steps, lengths, points[:, axis]) for axis in (0, 1))
    contour = np.asarray(polygon, np.float32)
    inside = [
        cv2.pointPolygonTest(contour, (x, y), False) >= 0 for x, y in zip(xs, ys, strict=True)
    ]
    return float(np.mean(inside))


def compare_page(lines: Sequence[Line], truth: TruthPage) -> tuple[Found, list[Line]]:
    """Match read lines with the truth; return the counts and the lines that are not header."""
    shares = np.array([[covered_share(n.polygon, t.baseline) for t in truth.lines] for n in lines])
    shares = shares.reshape(len(lines), len(truth.lines)) >= COVERED
    first = min(min(y for _, y in line.baseline) for line in truth.lines)
    kept = [k for k, n in enumerate(lines) if shares[k].any() or n.box[3] > first]
    exact = shares.sum(axis=1) == 1
    right = {int(shares[k].argmax()) for k in kept if exact[k]}
    return Found(len(right), len(truth.lines), len(kept)), [lines[k] for k in kept]


def read_truth_lines(page: TruthPage, image: NDArray[np.uint8], reader: LineReader) -> Score:
    """Read the lines that the truth outlines: recognition apart from segmentation."""
    sheet = open_sheet(image, deskew=False)
    cuts = [cut_line(sheet.grey, TextLine(n.baseline, n.polygon)).image for n in page.lines]
    readings = reader.read(cuts)
    pairs = zip(page.lines, readings, strict=True)
    return score((clean_text(line.text), clean_text(reading.text)) for line, reading in pairs)


def page_text(lines: Sequence[Line]) -> str:
    """Return the text of lines as the protocol compares it."""
    return clean_text(" ".join(line.text for line in lines))


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure a folder; return 1 if the page CER is above `--fail-above`."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="page images with ALTO or PAGE files")
    parser.add_argument("--fail-above", type=float, default=1.0, help="page CER, 0 to 1")
    parser.add_argument("--pages-only", action="store_true", help="do not read the truth's lines")
    parser.add_argument("--verbose", action="store_true", help="a line a page")
    options = parser.parse_args(arguments)
    reader, line_reader = hcr.Reader(), LineReader.load()
    pages, lines, found, seconds = Score(), Score(), Found(0, 0, 0), 0.0
    truths = read_folder(options.folder)
    for truth in truths:
        image = np.asarray(cv2.imread(str(truth.image), cv2.IMREAD_COLOR_RGB), np.uint8)
        start = time.perf_counter()
        document = reader.read(truth.image)
        seconds += time.perf_counter() - start
        counts, kept = compare_page(document.pages[0].lines, truth)
        result = score([(clean_text(" ".join(n.text for n in truth.lines)), page_text(kept))])
        pages, found = pages + result, found + counts
        if options.verbose:
            print(f"{truth.image.stem:28} CER {result.cer:6.1%}  {counts}", flush=True)
        if not options.pages_only:
            lines += read_truth_lines(truth, image, line_reader)
    print(f"{len(truths)} pages: CER {pages.cer:.2%}, WER {pages.wer:.2%}")
    recall, precision = found.right / found.true, found.right / max(1, found.reported)
    print(f"text lines found: recall {recall:.2%}, precision {precision:.2%} of {found.true}")
    if not options.pages_only:
        print(f"truth's line polygons: CER {lines.cer:.2%}, WER {lines.wer:.2%}")
    print(f"{seconds / len(truths):.2f} s a page")
    if pages.cer > options.fail_above:
        print(f"page CER is above {options.fail_above:.2%}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
