"""Measures how many text lines are found on pages with ALTO or PAGE truth, turned and upright.

A truth line is found when a line's polygon covers at least 75 % of its baseline's length and so
much of no other's. Pages are cut above their first true line: some carry a printed header that
the truth leaves out.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from hcr.bench.found import Found, find_lines
from hcr.bench.item import prepare
from hcr.bench.truth import Truth, read_truth
from segmentation.geometry import transform_points
from segmentation.page import open_sheet, segment


def turn(image: NDArray[np.uint8], degrees: float) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """Turn a page counter-clockwise on white, nothing cut off; return it and the 2x3 map back."""
    height, width = image.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    corners = [(0, 0), (width, 0), (0, height), (width, height)]
    moved = np.array(transform_points(corners, matrix))
    matrix[:, 2] -= moved.min(axis=0)
    size = np.ceil(np.ptp(moved, axis=0)).astype(int).tolist()
    turned = cv2.warpAffine(image, matrix, size, borderValue=(255, 255, 255))
    return np.asarray(turned, np.uint8), np.asarray(cv2.invertAffineTransform(matrix))


def find_on_page(truth: Truth, degrees: float) -> Found:
    """Find the lines of a page that was turned first, and compare them with the truth."""
    with tempfile.TemporaryDirectory() as folder:
        item = prepare(truth, Path(folder), cut_header=True)
    image, back = turn(item.pixels, degrees)
    sheet = open_sheet(image)
    polygons = [transform_points(sheet.to_input(line.polygon), back) for line in segment(sheet)]
    baselines = [line.baseline for line in item.truth.lines if line.baseline]
    return find_lines(polygons, baselines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure a folder at several angles."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="page images with ALTO or PAGE files")
    parser.add_argument("--degrees", type=float, nargs="+", default=[0, 3, 10, 180])
    parser.add_argument("--verbose", action="store_true", help="name the pages with faults")
    options = parser.parse_args(arguments)
    truths, _ = read_truth(options.folder)
    pages = [truth for truth in truths if truth.lines]
    for degrees in options.degrees:
        start, total = time.perf_counter(), Found()
        for page in pages:
            found = find_on_page(page, degrees)
            total += found
            if options.verbose and not found.right == found.true == found.reported:
                print(f"  {page.name:28} {found.right}/{found.true} of {found.reported}")
        seconds = (time.perf_counter() - start) / max(len(pages), 1)
        print(
            f"turned by {degrees:g} degrees: recall {total.recall:.2%}, precision "
            f"{total.precision:.2%} ({total.true} lines), {seconds:.2f} s a page",
            flush=True,
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
