"""Measures the reading of hand-printed lines by characters, beside the line network and both.

Lines are set from single characters of UNIPEN's validation writers (`training.printed_lines`),
whom no training has seen, and read by `Reader.read_line`.

Protocol: a character is found when its box and that of a glyph read have an intersection over union
of at least 0.5, one to one; F1 is over all characters of a set. Error rates are micro-averaged,
case counts.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

import hcr
from recognition.metrics import score
from training.ink import load_unipen
from training.printed_lines import LAYOUTS, Box, PrintedLine, PrintedLines

SEED = 20261121
READERS = ("crnn", "characters", "auto")
LEAST_OVERLAP = 0.5


@dataclass
class Matches:
    """Characters that are there, that were read, and that are both."""

    true: int = 0
    read: int = 0
    both: int = 0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall; 1 where there is nothing to find."""
        total = self.true + self.read
        return 2 * self.both / total if total else 1.0


def overlap(one: Sequence[float], other: Sequence[float]) -> float:
    """Return the intersection of two boxes over their union."""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    if width <= 0 or height <= 0:
        return 0.0
    areas = sum((box[2] - box[0]) * (box[3] - box[1]) for box in (one, other))
    return width * height / (areas - width * height)


def match(true: Sequence[Box], read: Sequence[Sequence[float]]) -> int:
    """Return how many boxes pair off, the best pairs first."""
    pairs = sorted(
        ((overlap(a, b), i, k) for i, a in enumerate(true) for k, b in enumerate(read)),
        reverse=True,
    )
    taken_true: set[int] = set()
    taken_read: set[int] = set()
    for share, i, k in pairs:
        if share < LEAST_OVERLAP:
            break
        if i not in taken_true and k not in taken_read:
            taken_true.add(i)
            taken_read.add(k)
    return len(taken_true)


def measure(lines: Sequence[PrintedLine], reader: hcr.Reader, name: str, verbose: bool) -> None:
    """Read lines and print their error rates."""
    pairs, found, seconds, compared, agreed = [], Matches(), 0.0, 0, 0
    for line in lines:
        start = time.perf_counter()
        read = reader.read_line(line.image)
        seconds += time.perf_counter() - start
        pairs.append((line.text, read.text))
        glyphs = [glyph.box for word in read.words for glyph in word.glyphs]
        found.true += len(line.boxes)
        found.read += len(glyphs)
        found.both += match(line.boxes, glyphs)
        compared += sum(word.agreement is not None for word in read.words)
        agreed += sum(bool(word.agreement) for word in read.words)
        if verbose:
            print(f"    {line.text!r:32} {read.text!r}")
    rates = score(pairs)
    both = f", both readers on {compared} words, agreeing on {agreed}" if compared else ""
    print(
        f"  {name:10} CER {rates.cer:.2%}, WER {rates.wer:.2%}, characters found: F1 "
        f"{found.f1:.2%}, {1000 * seconds / max(1, len(lines)):.0f} ms a line{both}",
        flush=True,
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure all layouts and readers, or those named."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("ink", type=Path, help="UNIPEN archive, such as unipen/val.npz")
    parser.add_argument("--layouts", nargs="+", choices=LAYOUTS, default=LAYOUTS)
    parser.add_argument("--readers", nargs="+", choices=READERS, default=READERS)
    parser.add_argument("--limit", type=int, default=100, help="lines of each layout")
    parser.add_argument("--verbose", action="store_true", help="print every line")
    options = parser.parse_args(arguments)
    source = PrintedLines(load_unipen(options.ink))
    readers = {name: hcr.Reader(hcr.ReaderConfig(reader=name)) for name in options.readers}
    for number, layout in enumerate(LAYOUTS):
        if layout not in options.layouts:
            continue
        rng = np.random.default_rng(SEED + number)
        lines = list(islice(source.draw(layout, rng), options.limit))
        print(f"{layout}: {len(lines)} lines", flush=True)
        for name, reader in readers.items():
            measure(lines, reader, name, options.verbose)
    return 0


if __name__ == "__main__":
    sys.exit(main())
