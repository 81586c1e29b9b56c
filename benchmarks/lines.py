"""Measures how many text lines are found on pages with ALTO or PAGE truth, turned and upright.

A truth line is found when a line's polygon covers at least 75 % of its baseline's length and so
much of no other's. Lines above the first truth line that cover none are ignored: some sheets
carry a printed header that the truth leaves out.
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

from segmentation.geometry import Points, share_inside, transform_points
from segmentation.page import open_sheet, segment
from training.ground_truth import TruthPage, read_folder

COVERED = 0.75


@dataclass(frozen=True)
class Found:
    """Text lines found: right ones, all that are true, all that were reported."""

    right: int = 0
    true: int = 0
    reported: int = 0

    def __add__(self, other: Found) -> Found:
        return Found(
            self.right + other.right, self.true + other.true, self.reported + other.reported
        )

    def __str__(self) -> str:
        recall, precision = self.right / max(1, self.true), self.right / max(1, self.reported)
        return f"recall {recall:.2%}, precision {precision:.2%} ({self.true} lines)"


def match_lines(polygons: Sequence[Points], baselines: Sequence[Points]) -> tuple[Found, list[int]]:
    """Match found polygons with true baselines.

    Parameters
    ----------
    polygons, baselines
        In the same pixels, of an upright page.

    Returns
    -------
    Found
        The counts.
    list of int
        Which polygons count: all but a header's.
    """
    covers = np.array([[share_inside(b, p) >= COVERED for b in baselines] for p in polygons])
    covers = covers.reshape(len(polygons), len(baselines))
    first = min(min(y for _, y in baseline) for baseline in baselines)
    kept = [k for k, p in enumerate(polygons) if covers[k].any() or max(y for _, y in p) > first]
    right = {int(covers[k].argmax()) for k in kept if covers[k].sum() == 1}
    return Found(len(right), len(baselines), len(kept)), kept


def read_image(page: TruthPage) -> NDArray[np.uint8]:
    """Return the page's image, uint8 (h, w, 3) RGB."""
    return np.asarray(cv2.imread(str(page.image), cv2.IMREAD_COLOR_RGB), np.uint8)


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


def find_on_page(page: TruthPage, degrees: float) -> Found:
    """Find the lines of a page that was turned first, and compare them with the truth."""
    image, back = turn(read_image(page), degrees)
    sheet = open_sheet(image)
    polygons = [transform_points(sheet.to_input(line.polygon), back) for line in segment(sheet)]
    return match_lines(polygons, [line.baseline for line in page.lines])[0]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure a folder at several angles."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="page images with ALTO or PAGE files")
    parser.add_argument("--degrees", type=float, nargs="+", default=[0, 3, 10, 180])
    parser.add_argument("--verbose", action="store_true", help="name the pages with faults")
    options = parser.parse_args(arguments)
    pages = read_folder(options.folder)
    for degrees in options.degrees:
        start, total = time.perf_counter(), Found()
        for page in pages:
            found = find_on_page(page, degrees)
            total += found
            if options.verbose and not found.right == found.true == found.reported:
                print(f"  {page.image.stem:28} {found.right}/{found.true} of {found.reported}")
        seconds = (time.perf_counter() - start) / len(pages)
        print(f"turned by {degrees:g} degrees: {total}, {seconds:.2f} s a page", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
