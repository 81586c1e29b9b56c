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
from segmentation.words import x_height

if TYPE_CHECKING:
    from recognition.character_lines import CharacterLineReader
    from recognition.crnn import LineReading

PRINTED, PRINTED_IF_SHORT, SHORT = 0.85, 0.4, 40.0
"""Share of a line's ink in pieces as narrow as letters from which it counts as hand-printed; from
which a line does that is no wider than so many heights of small letters.

Print whose letters touch here and there is often below the first. Long lines of running hand often
pass the second: they would be read twice, three times slower and no better. Codes, numbers and
names, where the line network has the least to go by, are short."""


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
        """Tell whether the letters of a line stand apart: most, or many if it is short."""
        share = printed_share(ink)
        return share >= PRINTED or (share >= PRINTED_IF_SHORT and _width(ink) <= SHORT)

    def read(self, lines: Sequence[LineImage]) -> list[LineReading]:
        """Read lines; one reading each."""
        from recognition.combine import combine

        readings = list(self._recognizer.read([line.grey for line in lines]))
        printed = [k for k, line in enumerate(lines) if line.cells or self.looks_printed(line.ink)]
        if not printed:
            return readings
        others = self._characters.read_cut([lines[k].split() for k in printed])
        for k, other in zip(printed, others, strict=True):
            in_cells = lines[k].cells is not None
            readings[k] = combine(readings[k], other, in_cells=in_cells)
        return readings

    @cached_property
    def _characters(self) -> CharacterLineReader:
        return self._load()


def _width(ink: npt.NDArray[np.bool_]) -> float:
    """Return the width of a line's ink in heights of small letters."""
    columns = np.flatnonzero(ink.any(axis=0))
    return float(columns[-1] + 1 - columns[0]) / x_height(ink) if len(columns) else 0.0
