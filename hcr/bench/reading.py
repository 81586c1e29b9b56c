"""What any reader says about a page: text, and where it knows them lines, words, confidences."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from hcr.document import Page
from segmentation.geometry import Box, Points
from segmentation.layout_files import Layout


@dataclass(frozen=True)
class ReadWord:
    """A word; box and confidence are None where the reader gives none."""

    text: str
    box: Box | None = None
    confidence: float | None = None


@dataclass(frozen=True)
class ReadLine:
    """A line; polygon and words are empty where the reader gives none."""

    text: str
    polygon: Points = ()
    words: tuple[ReadWord, ...] = ()


@dataclass(frozen=True)
class Reading:
    """A page as read.

    Attributes
    ----------
    lines
        In reading order.
    seconds, memory
        Time and peak memory (MB) it took; None if not known.
    """

    lines: tuple[ReadLine, ...]
    seconds: float | None = None
    memory: float | None = None

    @property
    def text(self) -> str:
        """All lines, separated by line feeds."""
        return "\n".join(line.text for line in self.lines)

    @property
    def words(self) -> tuple[ReadWord, ...]:
        """The words of all lines."""
        return tuple(word for line in self.lines for word in line.words)

    def below(self, top: int) -> Reading:
        """Return the reading of a page that is cut at row `top`: no lines above it, all moved."""
        if not top:
            return self
        kept = [n for n in self.lines if not n.polygon or max(y for _, y in n.polygon) > top]
        return replace(self, lines=tuple(_moved(line, top) for line in kept))


def from_text(text: str, seconds: float | None = None, memory: float | None = None) -> Reading:
    """Return a reading of which only the text is known; form feeds between pages go."""
    lines = text.replace("\f", "\n").strip("\n").split("\n")
    return Reading(tuple(ReadLine(line) for line in lines), seconds, memory)


def from_pages(
    pages: Iterable[Page], seconds: float | None = None, memory: float | None = None
) -> Reading:
    """Return what hcr read."""
    lines = [
        ReadLine(
            line.text,
            line.polygon,
            tuple(ReadWord(word.text, Box(*word.box), word.confidence) for word in line.words),
        )
        for page in pages
        for line in page.lines
    ]
    return Reading(tuple(lines), seconds, memory)


def from_layout(layout: Layout) -> Reading:
    """Return what an ALTO or PAGE file says."""
    lines = [
        ReadLine(
            line.text, line.polygon, tuple(ReadWord(word.text, word.box) for word in line.words)
        )
        for line in layout.lines
    ]
    return Reading(tuple(lines))


def _moved(line: ReadLine, top: int) -> ReadLine:
    words = tuple(
        replace(
            word,
            box=word.box
            and Box(word.box.left, word.box.top - top, word.box.right, word.box.bottom - top),
        )
        for word in line.words
    )
    return replace(line, polygon=tuple((x, y - top) for x, y in line.polygon), words=words)
