"""Reader: from an image to a page of text with boxes and confidences."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from hcr.document import Document, Line, Page, Point, source_name
from hcr.fields import Fields
from hcr.images import ImagesConfig, Pixels, from_array, load
from hcr.layout import Strip, place_line
from hcr.line_models import load_readers
from hcr.line_readers import ByLine, LineImage, LineReaders, LineRecognizer
from segmentation.cells import open_cells
from segmentation.cut import CutLine, cut_line
from segmentation.enhance import PAPER, is_inverted, to_grey
from segmentation.geometry import Floats, invert_affine
from segmentation.page import Sheet, open_sheet, segment

# An image higher than a tenth of this is no text line.
_WIDEST_PADDING = 4000


@dataclass(frozen=True)
class ReaderConfig:
    """How to read.

    Attributes
    ----------
    level
        What an image holds: a page, or one text line.
    model
        A line model (ONNX); None is the one that comes with hcr.
    threads
        For the network; 0 is one for every core.
    images
        Limits and resolution for files.
    language
        What the writing may be in: "en", "fr", files of `hcr-train language`; none of them
        reads by the image alone.
    lexicon
        A text file of words that are likely to occur, one a line.
    reader
        "crnn" reads lines as a whole, "characters" character by character; "auto" as a whole,
        hand-printed lines both ways.
    one_hand
        A page is by one hand: its lines teach the reader how the hand writes. Otherwise each line
        is read by itself, which is faster.
    """

    level: Literal["page", "line"] = "page"
    model: Path | None = None
    threads: int = 0
    images: ImagesConfig = field(default_factory=ImagesConfig)
    language: tuple[str, ...] = ("en", "fr")
    lexicon: Path | None = None
    reader: Literal["auto", "crnn", "characters"] = "auto"
    one_hand: bool = True


class Reader:
    """Reads pages or lines of handwriting.

    Parameters
    ----------
    config
        How to read.
    recognizer
        A line recognizer to use, alone, instead of loading what `config` says.
    lines
        Loaded readers of lines to use, as `hcr.line_models.load_readers` returns them.

    Raises
    ------
    ModelError
        If the model cannot be loaded.

    Examples
    --------
    >>> print(Reader().read("letter.png").text)  # doctest: +SKIP
    """

    def __init__(
        self,
        config: ReaderConfig | None = None,
        *,
        recognizer: LineRecognizer | None = None,
        lines: LineReaders | None = None,
    ) -> None:
        self.config = config or ReaderConfig()
        if recognizer is not None:
            lines = ByLine(recognizer)
        self._lines: LineReaders = lines or load_readers(self.config)

    def read(self, source: str | Path | Pixels) -> Document:
        """Read all pages of a file, or an image.

        Parameters
        ----------
        source
            Path of an image, multi-page TIFF or PDF; or uint8 (h, w) grey, (h, w, 3) RGB or
            (h, w, 4) RGBA.

        Returns
        -------
        Document
            A page without writing has no lines.

        Raises
        ------
        InputError
            If the file cannot be read.
        ValueError
            If the array is no image.
        """
        name = "" if isinstance(source, np.ndarray) else source_name(source)
        return Document(name, tuple(page for _, page in self.read_pages(source)))

    def read_pages(self, source: str | Path | Pixels) -> Iterator[tuple[Pixels, Page]]:
        """Read one page after the other and yield it with its image, uint8 grey or RGB.

        Raises what `read` raises, when the page at fault is reached.
        """
        if isinstance(source, np.ndarray):
            images = iter([from_array(source)])
        else:
            images = load(source, self.config.images)
        read = self._read_page if self.config.level == "page" else self._read_line_page
        for index, image in enumerate(images):
            yield image, read(image, index)

    def read_line(self, image: Pixels) -> Line:
        """Read an image of one text line; without writing, the line's text is empty.

        Parameters
        ----------
        image
            uint8 (h, w) grey, (h, w, 3) RGB or (h, w, 4) RGBA, dark on light or light on dark.
        """
        image = from_array(image)
        height, width = image.shape[:2]
        found = clean_line(image, self._lines.wants_cells)
        (reading,) = self._lines.read([found])
        corners = ((0, 0), (width, 0), (width, height), (0, height))
        baseline = _flat_baseline(found.ink)
        strip = Strip(found.ink, lambda points: points, baseline, corners, width, height)
        return place_line(reading, strip)

    def _read_line_page(self, image: Pixels, index: int) -> Page:
        height, width = image.shape[:2]
        line = self.read_line(image)
        return Page(index, width, height, lines=(line,) if line.text else ())

    def _read_page(self, image: Pixels, index: int) -> Page:
        height, width = image.shape[:2]
        sheet = open_sheet(image)
        # The ink goes through the same cut as the grey, so that both have the same columns.
        ink = np.where(sheet.ink, 0, 255).astype(np.uint8)
        fields = Fields(image, sheet) if self._lines.wants_cells else None
        strips, images = [], []
        for line in segment(sheet):
            cut = cut_line(sheet.grey, line)
            found = LineImage(cut.image, cut_line(ink, line).image < 128)
            if fields and self._lines.looks_printed(found.ink):
                cut, found = fields.look(line) or (cut, found)
            images.append(found)
            strips.append(
                Strip(
                    ink=found.ink,
                    to_page=partial(_to_page, cut, invert_affine(sheet.matrix)),
                    baseline=sheet.to_input(line.baseline),
                    polygon=sheet.to_input(line.polygon),
                    width=width,
                    height=height,
                )
            )
        readings = self._lines.read(images) if images else []
        placed = [place_line(*pair) for pair in zip(readings, strips, strict=True)]
        # A smudge or a scratch that reads as nothing is no line.
        lines = tuple(line for line in placed if line.text)
        return Page(index, width, height, _text_angle(sheet), lines)


def _to_page(cut: CutLine, matrix: Floats, points: Floats) -> Floats:
    """Map points of a cut line to the input image; many at a time, hence no tuples."""
    on_sheet = np.asarray(cut.to_sheet(points.tolist()))
    return on_sheet @ matrix[:, :2].T + matrix[:, 2]


def clean_line(image: Pixels, with_cells: bool) -> LineImage:
    """Return a line image as evenly lit grey, dark on white, with its ink, perhaps its cells.

    It is laid on a strip of paper as wide as lines on pages are: ink, paper and rules are told
    apart by their size, which a single word or letter alone does not show.
    """
    grey = to_grey(image)
    height, width = grey.shape
    paper = np.median(np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]]))
    strip = np.full((height, max(width, min(10 * height, _WIDEST_PADDING))), paper, np.uint8)
    strip[:, :width] = grey
    field = open_cells(PAPER - strip if is_inverted(grey) else strip) if with_cells else None
    if field:
        return LineImage(field.grey[:, :width], field.ink[:, :width], field.cells)
    sheet = open_sheet(strip, deskew=False)
    return LineImage(sheet.grey[:, :width], sheet.ink[:, :width])


def _text_angle(sheet: Sheet) -> float:
    """Return the angle in degrees by which the text rises to the right in the input image."""
    angle = round(sheet.orientation + sheet.skew, 2)
    return angle - 360 if angle > 180 else angle


def _flat_baseline(ink: npt.NDArray[np.bool_]) -> tuple[Point, Point]:
    """Return a level baseline through the feet of the ink; most columns have no descender."""
    height, width = ink.shape
    feet = height - np.argmax(ink[::-1], axis=0)[ink.any(axis=0)]
    row = float(np.median(feet)) if len(feet) else float(height)
    return (0.0, row), (float(width), row)
