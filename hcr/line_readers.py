"""The ways to read lines that `--reader` names: the line network, characters, both."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

from hcr.images import Pixels
from segmentation.cells import Cells
from segmentation.characters import SplitLine, printed_share, split_characters

if TYPE_CHECKING:
    from recognition.character_lines import CharacterLineReader
    from recognition.crnn import LineReading

PRINTED = 0.85
"""Share of a line's ink in pieces as narrow as letters from which it counts as hand-printed.

At 0.4 four of six pages of running hand were read twice, three times slower and no better."""


@dataclass(frozen=True, eq=False)
class LineImage:
    """A straightened line.

    Attributes
    ----------
    grey
        uint8 (h, w), 255 = paper.
    ink
        bool (h, w).
    cells
        Columns of the cells, if it is written in boxes or on a comb; the frames are taken out.
    """

    grey: Pixels
    ink: npt.NDArray[np.bool_]
    cells: Cells | None = None

    def split(self) -> SplitLine:
        """Cut the line into characters."""
        # In cells the frames were taken out of the ink; elsewhere the reader's own threshold is
        # the one that its weights were fitted with.
        return split_characters(self.grey, self.ink if self.cells else None, self.cells)


class LineRecognizer(Protocol):
    """What reads grey line images; `recognition.crnn.LineReader` is one."""

    def read(self, images: list[Pixels]) -> Sequence[LineReading]:
        """Read grey line images, uint8 (h, w), dark on white; one reading each."""


class LineReaders(Protocol):
    """What the reader of pages needs."""

    wants_cells: bool
    """Whether to look for boxes and combs."""

    def looks_printed(self, ink: npt.NDArray[np.bool_]) -> bool:
        """Tell whether a line is to be read by characters."""

    def read(self, lines: Sequence[LineImage]) -> list[LineReading]:
        """Read lines; one reading each."""


class ByLine:
    """Reads whole lines."""

    wants_cells = False

    def __init__(self, recognizer: LineRecognizer) -> None:
        self._recognizer = recognizer

    def looks_printed(self, ink: npt.NDArray[np.bool_]) -> bool:
        """No line is read by characters."""
        return False

    def read(self, lines: Sequence[LineImage]) -> list[LineReading]:
        """Read lines; one reading each."""
        return list(self._recognizer.read([line.grey for line in lines]))


class ByCharacter:
    """Reads character by character."""

    wants_cells = True

    def __init__(self, characters: CharacterLineReader) -> None:
        self._characters = characters

    def looks_printed(self, ink: npt.NDArray[np.bool_]) -> bool:
        """All lines are read by characters."""
        return True

    def read(self, lines: Sequence[LineImage]) -> list[LineReading]:
        """Read lines; one reading each."""
        return self._characters.read_cut([line.split() for line in lines])


class Both:
    """Reads lines as a whole, hand-printed ones by character as well, and takes the better words.

    Parameters
    ----------
    recognizer
        Of whole lines.
    load
        Loads the reader of characters, once the first hand-printed line turns up.
    """

    wants_cells = True

    def __init__(self, recognizer: LineRecognizer, load: Callable[[], CharacterLineReader]) -> None:
        self._recognizer, self._load = recognizer, load

    def looks_printed(self, ink: npt.NDArray[np.bool_]) -> bool:
        """Tell whether most letters of a line stand apart."""
        return printed_share(ink) >= PRINTED

    def read(self, lines: Sequence[LineImage]) -> list[LineReading]:
        """Read lines; one reading each."""
        from recognition.combine import MARGIN, MARGIN_IN_CELLS, combine

        readings = list(self._recognizer.read([line.grey for line in lines]))
        printed = [k for k, line in enumerate(lines) if line.cells or self.looks_printed(line.ink)]
        if not printed:
            return readings
        others = self._characters.read_cut([lines[k].split() for k in printed])
        for k, other in zip(printed, others, strict=True):
            in_cells = lines[k].cells is not None
            margin = MARGIN_IN_CELLS if in_cells else MARGIN
            readings[k] = combine(readings[k], other, margin, in_cells)
        return readings

    @cached_property
    def _characters(self) -> CharacterLineReader:
        return self._load()
