"""Measures hcr on pages with ALTO or PAGE truth: pages, lines found, lines read.

Protocol: NFC, typographic quotes and dashes folded, white space collapsed, struck-out writing
(`>...<`) dropped from the truth. Page CER compares the page's whole text in reading order.
Lines read above the first truth line that cover none (a printed header that the truth leaves
out) are ignored. A truth line is found when a read line's polygon covers at least 75 % of its
baseline and of no other's.
"""

from __future__ import annotations

import argparse
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

import hcr
from benchmarks.lines import Found, match_lines, read_image
from hcr.document import Line
from recognition.crnn import LineReader
from recognition.metrics import Score, score
from segmentation.cut import cut_line
from segmentation.page import open_sheet
from segmentation.textline import TextLine
from training.ground_truth import TruthPage, clean_text, read_folder


def read_truth_lines(page: TruthPage, image: NDArray[np.uint8], reader: LineReader) -> Score:
    """Read the lines that the truth outlines: recognition apart from segmentation."""
    sheet = open_sheet(image, deskew=False)
    cuts = [cut_line(sheet.grey, TextLine(n.baseline, n.polygon)).image for n in page.lines]
    readings = reader.read(cuts)
    pairs = zip(page.lines, readings, strict=True)
    return score((clean_text(line.text), clean_text(reading.text)) for line, reading in pairs)


def run_command(command: str, page: TruthPage) -> str:
    """Return what another program prints for a page, cut above its first true line.

    The cut takes the printed header away, which hcr's own score leaves out too.
    """
    top = min(y for line in page.lines for _, y in line.polygon)
    image = read_image(page)[max(0, int(top) - 10) :]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "page.png"
        cv2.imwrite(str(path), cv2.cvtColor(image, cv2.COLOR_RGB2BGR))
        words = [word.replace("{image}", str(path)) for word in shlex.split(command)]
        done = subprocess.run(words, capture_output=True, check=True, text=True)
    return clean_text(done.stdout)


def measure_command(command: str, pages: Sequence[TruthPage]) -> None:
    """Print the page error rates of another program."""
    start = time.perf_counter()
    pairs = [(true_text(page), run_command(command, page)) for page in pages]
    total, seconds = score(pairs), (time.perf_counter() - start) / len(pages)
    print(f"{command}: CER {total.cer:.2%}, WER {total.wer:.2%}, {seconds:.2f} s a page")


def true_text(page: TruthPage) -> str:
    """Return the transcription of a page as the protocol compares it."""
    return clean_text(" ".join(line.text for line in page.lines))


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
    parser.add_argument("--command", help="measure this program instead, as 'NAME {image}'")
    options = parser.parse_args(arguments)
    if options.command:
        measure_command(options.command, read_folder(options.folder))
        return 0
    reader, line_reader = hcr.Reader(), LineReader.load()
    pages, lines, found, seconds = Score(), Score(), Found(), 0.0
    truths = read_folder(options.folder)
    for truth in truths:
        start = time.perf_counter()
        document = reader.read(truth.image)
        seconds += time.perf_counter() - start
        read = document.pages[0].lines
        counts, kept_at = match_lines([n.polygon for n in read], [n.baseline for n in truth.lines])
        kept = [read[k] for k in kept_at]
        result = score([(true_text(truth), page_text(kept))])
        pages, found = pages + result, found + counts
        if options.verbose:
            print(f"{truth.image.stem:28} CER {result.cer:6.1%}  {counts}", flush=True)
        if not options.pages_only:
            lines += read_truth_lines(truth, read_image(truth), line_reader)
    print(f"{len(truths)} pages: CER {pages.cer:.2%}, WER {pages.wer:.2%}")
    print(f"text lines found: {found}")
    if not options.pages_only:
        print(f"truth's line polygons: CER {lines.cer:.2%}, WER {lines.wer:.2%}")
    print(f"{seconds / len(truths):.2f} s a page")
    if pages.cer > options.fail_above:
        print(f"page CER is above {options.fail_above:.2%}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
