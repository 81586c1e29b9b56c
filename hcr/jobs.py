"""Reads inputs one after the other, or several at a time in processes of one thread each."""

from __future__ import annotations

import os
import signal
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from hcr.errors import ConfigError, HcrError, InputError, ModelError

if TYPE_CHECKING:
    from hcr.config import RunConfig
    from hcr.reader import Reader, ReaderConfig


@dataclass(frozen=True)
class Job:
    """One input to read.

    Attributes
    ----------
    outputs
        Where the result goes, one file a format; none hands the rendered bytes back.
    show
        Where the picture of what was found goes; later pages get -p2, -p3 ... added.
    """

    path: Path
    outputs: tuple[Path, ...] = ()
    show: Path | None = None


@dataclass(frozen=True)
class Outcome:
    """What became of a job: rendered bytes, one a format (none if written to files), or error."""

    job: Job
    rendered: tuple[bytes, ...] = ()
    error: HcrError | None = None


Task: TypeAlias = "Callable[[Job, RunConfig], Outcome]"


class SerialExecutor(Executor):
    """Runs everything in this process, at once when submitted."""

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Call `fn` and return its outcome as a finished future."""
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


def run_job(job: Job, config: RunConfig) -> Outcome:
    """Read one input and render or write the result; what goes wrong is in the outcome.

    Raises
    ------
    ConfigError, ModelError
        Which would befall every other job as well.
    """
    try:
        return Outcome(job, _read(job, config))
    except (ConfigError, ModelError):
        raise
    except HcrError as error:
        return Outcome(job, error=error)
    except MemoryError:
        problem, remedy = "there is not enough memory for it", "make it smaller"
        return Outcome(job, error=InputError(job.path, problem, remedy))
    except Exception as fault:  # one input that trips a bug must not cost the others
        problem = f"reading it failed ({type(fault).__name__}: {fault})"
        remedy = "this is a fault of hcr, please report it"
        return Outcome(job, error=InputError(job.path, problem, remedy))


def read_all(
    jobs: Iterable[Job], config: RunConfig, task: Task = run_job
) -> Generator[Outcome, None, None]:
    """Do `task` for all jobs, `config.jobs` at a time; yield the outcomes in the order given.

    A worker process that dies (killed for want of memory) costs only the input it was reading.

    Raises
    ------
    ConfigError, ModelError
        From `task`; the rest is not read.
    """
    todo = deque(jobs)
    # A dead worker breaks its whole pool and does not say what it was reading: the inputs that
    # were under way are then read again one by one, each in a pool of its own.
    suspects = 0
    while todo:
        batch = [todo[0]] if suspects else list(todo)
        done = 0
        executor = _executor(config)
        try:
            for outcome in _in_order(executor, task, batch, config):
                done += 1
                yield outcome
        except BrokenExecutor:
            if suspects:
                done = 1
                yield Outcome(todo[0], error=_died(todo[0].path))
            else:
                suspects = _ahead(config) + 1
        finally:
            executor.shutdown(cancel_futures=True)
        for _ in range(done):
            todo.popleft()
        suspects = max(0, suspects - 1)


def _executor(config: RunConfig) -> Executor:
    if config.jobs == 1:
        return SerialExecutor()
    # Spawned, not forked: a fork of a process with running threads may hang.
    return ProcessPoolExecutor(config.jobs, get_context("spawn"), initializer=_start_worker)


def _ahead(config: RunConfig) -> int:
    """Return how many jobs are under way at a time; results wait for their turn."""
    return 1 if config.jobs == 1 else 2 * config.jobs


def _in_order(
    executor: Executor, task: Task, jobs: Iterable[Job], config: RunConfig
) -> Iterator[Outcome]:
    waiting: deque[Future[Outcome]] = deque()
    for job in jobs:
        waiting.append(executor.submit(task, job, config))
        if len(waiting) >= _ahead(config):
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


def _start_worker() -> None:
    """Keep a worker process to one thread, and leave Ctrl-C to the parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = "1"  # read when NumPy and others are imported, which comes now
    import cv2

    cv2.setNumThreads(1)


def _died(path: Path) -> InputError:
    return InputError(path, "the process reading it died, maybe for want of memory", "try --jobs 1")


@lru_cache(maxsize=1)
def _reader(config: ReaderConfig) -> Reader:
    """Return this process's reader: the model is loaded once."""
    from hcr.reader import Reader

    return Reader(config)


def _read(job: Job, config: RunConfig) -> tuple[bytes, ...]:
    from hcr.document import Document, source_name
    from hcr.files import write_atomically
    from hcr.formats import FORMATS

    reader = _reader(config.reader_config())
    pages = []
    for pixels, page in reader.read_pages(job.path):
        pages.append(page)
        if job.show:
            from hcr.show import encode, overlay

            target = _page_name(job.show, page.index)
            write_atomically(target, encode(overlay(pixels, page), target.suffix))
    document = Document(source_name(job.path), tuple(pages))
    rendered = tuple(FORMATS[name].render(document) for name in config.format)
    for target, data in zip(job.outputs, rendered, strict=False):
        write_atomically(target, data)
    return () if job.outputs else rendered


def _page_name(path: Path, index: int) -> Path:
    return path if index == 0 else path.with_stem(f"{path.stem}-p{index + 1}")
