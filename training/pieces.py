"""Lines that a hand never wrote, put together from pieces of those that it did.

The pieces are runs of characters cut out of transcribed lines where CTC aligns them, as in StackMix
(Shonenkov et al. 2021), all of one page: one hand, one pen. A network that sees its few thousand
real lines again and again learns their wording by heart; here the same ink says something new.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recognition.alignment import align
from recognition.crnn import LineReader, usable_cores
from recognition.prepare import prepare_line
from segmentation.geometry import true_runs
from training.line_store import LineStore
from training.networks import FRAME_STRIDE
from training.texts import TextSource

Ink = NDArray[np.uint8]
Columns = NDArray[np.int64]

ROWS = 72
"""Height of the pieces: half as large again as what networks take, as augmentation comes first."""
LEAST_SURE = 0.5
"""Probability that a character must reach in a frame to be cut out."""
BORDER = 0.65
"""Where two characters meet, on the way from the one's peak to the next: peaks stand early."""
STRAYING = 12.0
"""Rows of ink that a cut rather goes through than the whole way off."""
FAINT = 0.5
"""Rows of ink in a column that count as none."""
SLACK = 2.0
"""Columns that a border may lie inside of a peak."""
SHORTEST_PIECE, LONGEST_PIECE = 3, 8
"""Between these is drawn how long the next piece is to be; it is shorter where none is found."""
FEWEST = 200
"""Characters that a page must offer."""
OWN_WORDS = 0.3
"""Share of the lines that are nothing but words of the page in another order."""
PIECE_LENGTH = 2.0
"""Characters that the pieces of a new word must have in the mean, at least."""
TRIED = 3
"""Places a piece is tried from; the one that joins best is taken."""
END = "\n"
UNSURE = "\0"


@dataclass(frozen=True)
class AlignedLine:
    """A line with the places where its characters begin.

    Attributes
    ----------
    ink
        uint8 (ROWS, w), bright on 0.
    text
        n characters, UNSURE for those that must not be cut out.
    cuts
        int64 (n + 1,): columns of the characters' borders.
    """

    ink: Ink
    text: str
    cuts: Columns


class PieceSetter:
    """Writes with the hand of a page.

    Parameters
    ----------
    lines
        The page's lines.
    """

    def __init__(self, lines: Sequence[AlignedLine]) -> None:
        self._lines = lines
        self._text = END.join(line.text for line in lines)
        lengths = [len(line.text) + 1 for line in lines]
        self._starts = np.cumsum([0, *lengths[:-1]])
        self._characters = frozenset(self._text) - {END, UNSURE}
        self._words = [word for word in self._text.split() if UNSURE not in word]

    @property
    def usable(self) -> bool:
        """Whether the page has enough to offer."""
        return len(self) >= FEWEST and bool(self._words)

    def __len__(self) -> int:
        """Return the number of characters that can be cut out, spaces too."""
        return sum(character not in (END, UNSURE) for character in self._text)

    def compose(self, text: str, rng: np.random.Generator) -> tuple[Ink, str]:
        """Set a text as far as the page has its characters.

        Returns
        -------
        grey
            uint8 (ROWS, w), 255 = paper.
        written
            What it says.
        """
        text = " ".join("".join(c for c in text if c in self._characters).split())
        parts: list[Ink] = []
        place = 0
        while place < len(text):
            length, starts = self._occurrences(text[place : place + LONGEST_PIECE], rng)
            tried = rng.choice(starts, min(TRIED, len(starts)), replace=False)
            pieces = [self._piece(int(start), length) for start in tried]
            parts.append(min(pieces, key=lambda piece: _seam(parts[-1:], piece)))
            place += length
        ink = np.hstack(parts) if parts else np.zeros((ROWS, 1), np.uint8)
        return np.asarray(255 - ink, np.uint8), text

    def covers(self, word: str) -> bool:
        """Tell whether the page has a word in pieces that are not mostly single characters."""
        place = pieces = 0
        while place < len(word):
            lengths = range(LONGEST_PIECE, 0, -1)
            found = (n for n in lengths if word[place : place + n] in self._text)
            length = next(found, 0)
            if not length:
                return False
            place, pieces = place + length, pieces + 1
        return len(word) >= PIECE_LENGTH * pieces

    def own_word(self, rng: np.random.Generator) -> str:
        """Return a word of the page."""
        return self._words[int(rng.integers(len(self._words)))]

    def _occurrences(self, text: str, rng: np.random.Generator) -> tuple[int, list[int]]:
        """Find where the page has a beginning of the text: a long one, now and then a short."""
        wanted = int(rng.integers(SHORTEST_PIECE, LONGEST_PIECE + 1))
        for length in range(min(wanted, len(text)), 0, -1):
            pattern = f"(?={re.escape(text[:length])})"
            if found := [match.start() for match in re.finditer(pattern, self._text)]:
                return length, found
        raise AssertionError("the text has been reduced to characters of the page")

    def _piece(self, start: int, length: int) -> Ink:
        number = int(np.searchsorted(self._starts, start, side="right")) - 1
        line, first = self._lines[number], start - int(self._starts[number])
        return line.ink[:, line.cuts[first] : line.cuts[first + length]]


def piece_setters(store: LineStore, reader: LineReader) -> list[PieceSetter]:
    """Align the lines of pages with what is written there.

    Parameters
    ----------
    store
        Transcribed lines; their groups are the pages. Of lines that a page has several times (cut
        in several ways) the first one counts.
    reader
        Whose network aligns.

    Returns
    -------
    list of PieceSetter
        One for every page that has enough to offer.

    Raises
    ------
    ValueError
        If no page has.
    """
    first: dict[tuple[str, str], Ink] = {}
    for image, text, page in zip(store.images, store.texts, store.groups, strict=True):
        first.setdefault((page, text), image)
    with ThreadPoolExecutor(usable_cores()) as pool:
        aligned = pool.map(lambda item: align_line(item[1], item[0][1], reader), first.items())
        pages: dict[str, list[AlignedLine]] = {}
        for (page, _), line in zip(first, aligned, strict=True):
            if line is not None:
                pages.setdefault(page, []).append(line)
    setters = [PieceSetter(lines) for lines in pages.values()]
    setters = [setter for setter in setters if setter.usable]
    if not setters:
        raise ValueError(f"pieces: no page with {FEWEST} characters that can be cut out")
    return setters


def align_line(grey: Ink, text: str, reader: LineReader) -> AlignedLine | None:
    """Find the borders of a line's characters; None if the text does not fit the line."""
    alphabet = reader.alphabet
    text = alphabet.keep(text)
    small, large = prepare_line(grey), prepare_line(grey, ROWS)
    if not text or not small.image.shape[1]:
        return None
    labels = alphabet.encode(text)
    log_probs = reader.log_probs(small)
    try:
        spans = align(log_probs, [labels], alphabet.blank)[0]
    except ValueError:
        return None
    sure = [
        log_probs[start:end, label].max() >= np.log(LEAST_SURE)
        for (start, end), label in zip(spans, labels, strict=True)
    ]
    columns = [[small.to_source(FRAME_STRIDE * edge) for edge in span] for span in spans]
    edges = (np.array(columns) - large.offset) * large.scale
    marked = "".join(c if keep else UNSURE for c, keep in zip(text, sure, strict=True))
    return AlignedLine(large.image, marked, _cuts(large.image, text, edges))


def _cuts(ink: Ink, text: str, spans: NDArray[np.float64]) -> Columns:
    """Cut between neighbouring spans where there is little ink, not far from where to expect it."""
    weight = ink.sum(axis=0) / 255
    width = len(weight)
    cuts = [0]
    for end, start in zip(spans[:-1, 1], spans[1:, 0], strict=True):
        first = int(np.clip(end - SLACK, cuts[-1], width - 1))
        last = int(np.clip(start + SLACK, first + 1, width))
        way = (np.arange(first, last) - end) / max(start - end, 1.0)
        cuts.append(first + int(np.argmin(weight[first:last] + STRAYING * np.abs(way - BORDER))))
    cuts.append(width)
    for place in range(1, len(text) - 1):
        if text[place] == " ":
            first, last = np.clip((spans[place - 1, 1], spans[place + 1, 0]), 0, width).astype(int)
            # The peak of a space often stands in the next letter already.
            gaps = true_runs(weight[first:last] < FAINT)
            start, end = max(gaps, key=lambda gap: gap[1] - gap[0], default=(0, 0))
            if end - start > 1:
                cuts[place], cuts[place + 1] = first + start, first + end
    return np.maximum.accumulate(cuts)


def _seam(before: Sequence[Ink], piece: Ink) -> float:
    """How badly a piece joins what stands before it: the difference of the columns that meet."""
    if not before or not before[0].shape[1] or not piece.shape[1]:
        return 0.0
    return float(np.abs(before[0][:, -1].astype(np.int16) - piece[:, 0]).sum())


def choose_text(
    setter: PieceSetter, texts: TextSource, length: int, rng: np.random.Generator
) -> str:
    """Return made-up text in which words of the page stand for what it has no good pieces for."""
    own = rng.random() < OWN_WORDS
    line = texts.line(rng, longest=length, shortest=max(1, int(0.8 * length)))
    words = (
        word if not own and setter.covers(word) else setter.own_word(rng) for word in line.split()
    )
    return " ".join(words)
