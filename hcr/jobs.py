"""Reads one input, in whichever process or on whichever machine, to the bytes of its results."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from hcr.batch.summary import PageSummary, summarise, thumbnail
from hcr.errors import ConfigError, HcrError, InputError, ModelError

if TYPE_CHECKING:
    from hcr.config import RunConfig
    from hcr.document import Page
    from hcr.images import Pixels
    from hcr.reader import Reader, ReaderConfig


@dataclass(frozen=True)
class Job:
    """One input to read.

    Attributes
    ----------
    outputs
        Where the result goes, one file a format; none if it is printed.
    show
        Where the picture of what was found goes; later pages get -p2, -p3 ... added.
    name
        Of the results, below the output folder and without suffix.
    digest
        SHA-256 of the input in hexadecimal, if it was taken; empty if it cannot be read.
    """

    path: Path
    outputs: tuple[Path, ...] = ()
    show: Path | None = None
    name: str = ""
    digest: str = ""

    @property
    def targets(self) -> tuple[Path, ...]:
        """All files that are certain to be written."""
        return self.outputs + ((self.show,) if self.show else ())


@dataclass(frozen=True)
class Outcome:
    """What became of a job.

    Attributes
    ----------
    rendered
        The results' bytes: of each format the files, mostly one; none after an error.
    pages
        The pages in short, if the results go to files.
    pictures
        Which pictures of what was found were written.
    seconds
        How long it took.
    error
        Why there are no results.
    """

    job: Job
    rendered: tuple[tuple[bytes, ...], ...] = ()
    pages: tuple[PageSummary, ...] = ()
    pictures: tuple[Path, ...] = ()
    seconds: float = 0.0
    error: HcrError | None = None


Task: TypeAlias = "Callable[[Job, RunConfig, Path], Outcome]"


def run_job(job: Job, config: RunConfig, path: Path) -> Outcome:
    """Read one input, from `path` in place of ``job.path``; what goes wrong is in the outcome.

    Raises
    ------
    ConfigError, ModelError
        Which would befall every other job as well.
    """
    start = time.monotonic()
    try:
        done = _read(job, config, path)
    except (ConfigError, ModelError):
        raise
    except HcrError as error:
        return failed(job, error, start)
    except MemoryError:
        problem, remedy = "there is not enough memory for it", "make it smaller"
        return failed(job, InputError(job.path, problem, remedy), start)
    except Exception as fault:  # one input that trips a bug must not cost the others
        problem = f"reading it failed ({type(fault).__name__}: {fault})"
        remedy = "this is a fault of hcr, please report it"
        return failed(job, InputError(job.path, problem, remedy), start)
    return Outcome(job, *done, seconds=time.monotonic() - start)


def failed(job: Job, error: HcrError, start: float) -> Outcome:
    """Return the outcome of a job that failed; the error names the input by its own path."""
    if isinstance(error, InputError):
        error = InputError(job.path, error.problem, error.remedy)
    return Outcome(job, seconds=time.monotonic() - start, error=error)


@lru_cache(maxsize=1)
def _reader(config: ReaderConfig) -> Reader:
    """Return this process's reader: the model is loaded once."""
    from hcr.reader import Reader

    return Reader(config)


def _read(
    job: Job, config: RunConfig, path: Path
) -> tuple[tuple[tuple[bytes, ...], ...], tuple[PageSummary, ...], tuple[Path, ...]]:
    from hcr.document import Document, source_name
    from hcr.formats import FORMATS

    pages, summaries, pictures = [], [], []
    for pixels, page in _reader(config.reader_config()).read_pages(path):
        pages.append(page)
        if job.outputs:
            summaries.append(summarise(page, thumbnail(pixels) if config.report else b""))
        if job.show:
            pictures.append(_show(pixels, page, job.show))
    document = Document(source_name(job.path), tuple(pages))
    rendered = tuple(FORMATS[name].render_files(document, path) for name in config.format)
    return rendered, tuple(summaries), tuple(pictures)


def _show(pixels: Pixels, page: Page, target: Path) -> Path:
    """Draw what was found on a page, and return where."""
    from hcr.files import write_atomically
    from hcr.show import encode, overlay

    if page.index:
        target = target.with_stem(f"{target.stem}-p{page.index + 1}")
    write_atomically(target, encode(overlay(pixels, page), target.suffix))
    return target
