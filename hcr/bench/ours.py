"""hcr as a reader to measure, in a process of its own whose time and memory are only reading's."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from hcr.bench.item import Item
from hcr.bench.launch import MEGABYTE
from hcr.bench.reading import Reading, ReadLine, ReadWord, from_pages
from hcr.errors import InputError
from segmentation.textline import TextLine

if TYPE_CHECKING:
    from hcr.line_readers import LineReaders
    from hcr.reader import Reader, ReaderConfig

T = TypeVar("T")


class Hcr:
    """The reader of this package.

    Parameters
    ----------
    config
        Which model and readers.

    Raises
    ------
    ModelError
        If it cannot be loaded.
    """

    name = "hcr"
    cuts_lines = True

    def __init__(self, config: ReaderConfig | None = None) -> None:
        self._config = config
        self._pool: ProcessPoolExecutor | None = None
        try:
            self.start_up: float | None = self._call(_start, None)
        except BaseException:
            self.close()
            raise

    def read(self, item: Item) -> Reading:
        """Read a page or line from its file, decoding included."""
        return self._call(_read_file, item.truth.image, item.image, item.truth.is_line)

    def read_lines(self, item: Item) -> list[Reading]:
        """Read lines as pages are read from there on: through the page's cleaning and the cut."""
        outlines = [outline for _, outline in item.lines]
        return self._call(_read_outlines, item.truth.image, item.image, outlines)

    def close(self) -> None:
        """End the process."""
        if self._pool:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None

    def _call(self, action: Callable[..., T], source: Path | None, *arguments: Any) -> T:
        """Do something in the process that reads; start it if there is none."""
        if self._pool is None:
            # Spawned, not forked: a fork would count this process's memory as its own.
            self._pool = ProcessPoolExecutor(1, get_context("spawn"), _leave_interrupts)
        try:
            return self._pool.submit(action, self._config, *arguments).result()
        except BrokenExecutor:
            self.close()
            problem = "the process reading it died, maybe for want of memory"
            raise InputError(source or self.name, problem, "make it smaller") from None


def _leave_interrupts() -> None:
    """Leave Ctrl-C to the parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@lru_cache(maxsize=1)
def _readers(config: ReaderConfig | None) -> tuple[Reader, Reader, LineReaders]:
    """Return what reads pages, images of lines, and cut lines; the models are loaded once."""
    from hcr.line_models import load_readers
    from hcr.reader import Reader, ReaderConfig

    config = config or ReaderConfig()
    lines = load_readers(config)
    pages, single = replace(config, level="page"), replace(config, level="line")
    return Reader(pages, lines=lines), Reader(single, lines=lines), lines


def _start(config: ReaderConfig | None) -> float:
    """Load everything; return the seconds."""
    start = time.perf_counter()
    _readers(config)
    return time.perf_counter() - start


def _read_file(config: ReaderConfig | None, image: Path, is_line: bool) -> Reading:
    pages, lines, _ = _readers(config)
    _forget_peak()
    start = time.perf_counter()
    document = (lines if is_line else pages).read(image)
    return from_pages(document.pages, time.perf_counter() - start, _peak())


def _read_outlines(
    config: ReaderConfig | None, image: Path, outlines: list[TextLine]
) -> list[Reading]:
    """Read lines of a page; each is said to take its share of the time."""
    from hcr.images import load
    from hcr.line_readers import LineImage
    from segmentation.cut import cut_line
    from segmentation.page import open_sheet

    _, _, readers = _readers(config)
    _forget_peak()
    start = time.perf_counter()
    sheet = open_sheet(next(load(image)), deskew=False)
    ink = np.where(sheet.ink, 0, 255).astype(np.uint8)
    found = readers.read(
        [
            LineImage(cut_line(sheet.grey, outline).image, cut_line(ink, outline).image < 128)
            for outline in outlines
        ]
    )
    share, peak = (time.perf_counter() - start) / max(len(found), 1), _peak()
    return [Reading((ReadLine(line.text, (), _words(line.words)),), share, peak) for line in found]


def _words(words: Any) -> tuple[ReadWord, ...]:
    return tuple(ReadWord(word.text, None, min(word.confidence, 1.0)) for word in words)


def _forget_peak() -> None:
    """Let the kernel count this process's peak memory anew, where it can."""
    with suppress(OSError):  # only Linux has this file, and some containers forbid it
        Path("/proc/self/clear_refs").write_text("5")


def _peak() -> float | None:
    """Return the peak resident memory of this process in MB, on Linux since `_forget_peak`."""
    with suppress(OSError):
        status = Path("/proc/self/status").read_text("ascii", "replace")
        return float(status.partition("VmHWM:")[2].split(None, 1)[0]) * 1024 / MEGABYTE
    try:
        import resource
    except ImportError:  # Windows
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak * (1 if sys.platform == "darwin" else 1024) / MEGABYTE
