"""A transcribed image made ready to be read by every reader from the same file."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from PIL import Image

from hcr.bench.truth import Truth
from hcr.images import Pixels, load
from segmentation.cut import cut_line
from segmentation.enhance import to_grey
from segmentation.geometry import Box, Points
from segmentation.layout_files import LayoutLine, LayoutWord
from segmentation.textline import TextLine

# Space left above the first line where the part above it is cut off, in pixels.
_HEADROOM = 10
_LEAST_SIDE = 4


@dataclass(frozen=True)
class Item:
    """An image to read.

    Attributes
    ----------
    truth
        In pixels of `image`.
    image
        The file that readers get.
    pixels
        The first page in it, uint8 (h, w) or (h, w, 3).
    top
        Rows that were cut off the original above it.
    folder
        For temporary files.
    """

    truth: Truth
    image: Path
    pixels: Pixels
    top: int
    folder: Path

    @cached_property
    def lines(self) -> list[tuple[LayoutLine, TextLine]]:
        """Lines of the truth that have text and a place on the page."""
        height, width = self.pixels.shape[:2]
        placed = []
        for line in self.truth.lines:
            outline = _outline(line, width, height)
            if line.text.strip() and outline:
                placed.append((line, outline))
        return placed

    @cached_property
    def line_images(self) -> list[Path]:
        """A file for each of `lines`: cut out and straightened, white outside its polygon."""
        grey = to_grey(self.pixels)
        paths = []
        for number, (_, outline) in enumerate(self.lines):
            paths.append(self.folder / f"line{number}.png")
            _save(cut_line(grey, outline).image, paths[-1])
        return paths


def prepare(truth: Truth, folder: Path, cut_header: bool = False) -> Item:
    """Load an image and cut it above its first true line if that is asked for.

    Parameters
    ----------
    folder
        For temporary files.
    cut_header
        Leave out what stands above the first line, such as a printed header that is not part of
        the transcription. Only where the place of the lines is known.

    Raises
    ------
    InputError
        If the image cannot be read.
    """
    pixels = next(load(truth.image))
    tops = [y for line in truth.lines for _, y in line.polygon]
    top = int(min(tops)) - _HEADROOM if cut_header and tops else 0
    if not 0 < top < pixels.shape[0] - _LEAST_SIDE:
        return Item(truth, truth.image, pixels, 0, folder)
    path = folder / "page.png"
    _save(pixels[top:], path)
    lines = tuple(_moved(line, top) for line in truth.lines)
    return Item(replace(truth, lines=lines), path, pixels[top:], top, folder)


def _save(pixels: Pixels, path: Path) -> None:
    Image.fromarray(pixels).save(path, compress_level=1)


def _outline(line: LayoutLine, width: int, height: int) -> TextLine | None:
    """Return a line's place inside the image, or None if it has none there."""
    limits = (width - 1, height - 1)
    polygon = _clipped(line.polygon, limits)
    if len(polygon) < 3:
        return None
    box = Box.around(polygon)
    if min(box.width, box.height) < _LEAST_SIDE:
        return None
    feet = ((float(box.left), float(box.bottom)), (float(box.right), float(box.bottom)))
    return TextLine(_clipped(line.baseline, limits) or feet, polygon)


def _clipped(points: Points, limits: tuple[int, int]) -> Points:
    return tuple((min(max(x, 0.0), limits[0]), min(max(y, 0.0), limits[1])) for x, y in points)


def _moved(line: LayoutLine, top: int) -> LayoutLine:
    return LayoutLine(
        line.text,
        tuple((x, y - top) for x, y in line.baseline),
        tuple((x, y - top) for x, y in line.polygon),
        tuple(LayoutWord(word.text, _raised(word.box, top)) for word in line.words),
    )


def _raised(box: Box, top: int) -> Box:
    return Box(box.left, box.top - top, box.right, box.bottom - top)
