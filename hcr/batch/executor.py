"""Does jobs on an executor of `concurrent.futures`: this process, several, or a cluster.

Workers hand results back and write nothing, so that any of them may die at any moment.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    Executor,
    Future,
    ProcessPoolExecutor,
    wait,
)
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from hcr.errors import InputError
from hcr.jobs import Job, Outcome, Task, run_job

if TYPE_CHECKING:
    from hcr.config import RunConfig

_PATIENCE = 0.1  # seconds that Ctrl-C may have to wait


class JobExecutor(Protocol):
    """What doing jobs needs of an executor of `concurrent.futures`."""

    @property
    def ahead(self) -> int:
        """How many jobs are worth submitting before the first has ended."""

    def submit(self, fn: Task, job: Job, config: RunConfig, path: Path, /) -> Future[Outcome]:
        """Begin to do a job."""

    def shutdown(self) -> None:
        """Let go of the workers once they have ended what they do."""

    def abandon(self) -> None:
        """Let go of the workers at once."""


class SerialExecutor(Executor):
    """Runs everything in this process, at once when submitted."""

    ahead = 1

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Call `fn` and return its outcome as a finished future."""
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future

    def abandon(self) -> None:
        """Do nothing: what was submitted has ended."""


class ProcessExecutor(ProcessPoolExecutor):
    """Runs jobs in processes of one thread each, which end with this one however it ends.

    Parameters
    ----------
    count
        Number of processes.
    """

    def __init__(self, count: int) -> None:
        # Spawned, not forked: a fork of a process with running threads may hang.
        context = get_context("spawn")
        self._far_end, self._lifeline = context.Pipe(duplex=False)
        super().__init__(count, context, _start_worker, (self._far_end,))
        self.ahead = 2 * count

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Call `fn` in a process that is free, or is started now."""
        with _interrupts_held():
            return super().submit(fn, *args, **kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Let the workers end what they do."""
        super().shutdown(wait, cancel_futures=cancel_futures)
        self._lifeline.close()
        self._far_end.close()

    def abandon(self) -> None:
        """End the workers in the midst of what they do."""
        self._lifeline.close()
        self.shutdown(cancel_futures=True)


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Let Ctrl-C wait for the end of this, and never reach the processes started meanwhile.

    One that comes while a lock of a future is being taken leaves it taken, and then the pool hangs.
    """
    before = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(before):
        yield
        return
    came = []
    signal.signal(signal.SIGINT, lambda *_: came.append(True))
    try:
        with _interrupts_blocked():
            yield
    finally:
        signal.signal(signal.SIGINT, before)
        if came:
            signal.raise_signal(signal.SIGINT)


@contextmanager
def _interrupts_blocked() -> Iterator[None]:
    """Block Ctrl-C in this thread and in the threads and processes that it starts."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _start_worker(far_end: Connection) -> None:
    """Keep a worker process to one thread, leave Ctrl-C to the parent, and end when it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # A parent that is killed leaves the pool's workers waiting for ever; its end of this pipe is
    # closed whatever it dies of.
    threading.Thread(target=_end_with, args=(far_end,), daemon=True).start()
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = "1"  # read when NumPy and others are imported, which comes now
    import cv2

    cv2.setNumThreads(1)


def _end_with(far_end: Connection) -> None:
    far_end.poll(None)
    os._exit(1)


def run_jobs(
    jobs: Iterable[Job],
    config: RunConfig,
    start: Callable[[], JobExecutor],
    task: Task = run_job,
    *,
    ordered: bool = False,
) -> Generator[Outcome, None, None]:
    """Do `task` for all jobs and yield the outcomes, as they come or in the order given.

    A worker process that dies (killed for want of memory) costs only the input it was reading.

    Parameters
    ----------
    jobs
        Taken one by one as there is room for them.
    start
        Starts an executor; called again when one has broken.

    Raises
    ------
    ConfigError, ModelError
        From `task`; the rest is not read.
    """
    todo = iter(jobs)
    broken = True
    while broken:
        broken = False
        try:
            yield from _on_one_executor(todo, config, start(), task, ordered)
        except _BrokenError as loss:
            broken = True
            # A dead worker breaks its whole pool and does not say what it was reading: the inputs
            # that were under way are read again one by one, each in a pool of its own.
            for job, outcome in loss.under_way:
                yield outcome or _alone(job, config, start, task)


@dataclass(eq=False)
class _BrokenError(Exception):
    """An executor has died; of what was under way on it some may have ended before."""

    under_way: list[tuple[Job, Outcome | None]]


def _on_one_executor(
    todo: Iterator[Job], config: RunConfig, executor: JobExecutor, task: Task, ordered: bool
) -> Generator[Outcome, None, None]:
    under_way: dict[Future[Outcome], Job] = {}
    try:
        _submit(todo, config, executor, task, under_way)
        while under_way:
            awaited = list(under_way)[:1] if ordered else list(under_way)
            for future in _first_ended(awaited):
                with _interrupts_held():
                    outcome = future.result()
                del under_way[future]
                yield outcome
            _submit(todo, config, executor, task, under_way)
    except BrokenExecutor:
        executor.abandon()
        raise _BrokenError([(job, _ended(future)) for future, job in under_way.items()]) from None
    except BaseException:
        executor.abandon()
        raise
    executor.shutdown()


def _first_ended(awaited: list[Future[Outcome]]) -> set[Future[Outcome]]:
    """Wait until some have ended; Ctrl-C comes between two short waits."""
    while True:
        with _interrupts_held():
            done = wait(awaited, _PATIENCE, FIRST_COMPLETED).done
        if done:
            return done


def _submit(
    todo: Iterator[Job],
    config: RunConfig,
    executor: JobExecutor,
    task: Task,
    under_way: dict[Future[Outcome], Job],
) -> None:
    """Submit jobs until there are enough under way."""
    while len(under_way) < executor.ahead:
        job = next(todo, None)
        if job is None:
            return
        try:
            future = executor.submit(task, job, config, job.path)
        except BrokenExecutor as error:
            future = Future()
            future.set_exception(error)
        under_way[future] = job


def _ended(future: Future[Outcome]) -> Outcome | None:
    if not future.done() or future.cancelled() or future.exception():
        return None
    return future.result()


def _alone(job: Job, config: RunConfig, start: Callable[[], JobExecutor], task: Task) -> Outcome:
    """Do a job by itself, and blame it if two workers die of it: one may be killed by chance."""
    for _ in range(2):
        try:
            (outcome,) = _on_one_executor(iter([job]), config, start(), task, True)
        except _BrokenError:
            continue
        return outcome
    return died(job)


def died(job: Job) -> Outcome:
    """Return the outcome of a job whose worker did not survive it."""
    problem = "the process reading it died, maybe for want of memory"
    return Outcome(job, error=InputError(job.path, problem, "use fewer --jobs or a smaller image"))
