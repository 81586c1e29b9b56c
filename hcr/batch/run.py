"""Runs a batch into a folder: reads what is not done, writes it safely and records it."""

from __future__ import annotations

import errno
import os
import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from hcr.batch.digests import file_digest, model_digest, options_text
from hcr.batch.executor import JobExecutor, ProcessExecutor, SerialExecutor, run_jobs
from hcr.batch.manifest import Manifest
from hcr.batch.plan import page_target
from hcr.batch.progress import Progress
from hcr.errors import ConfigError, HcrError, OutputError
from hcr.files import write_atomically
from hcr.jobs import Job, Outcome

if TYPE_CHECKING:
    from hcr.config import RunConfig

# What `write_atomically` leaves behind when it is killed.
_LEFTOVER = re.compile(r"\.hcr-[a-z0-9_]{8}")
_LEFTOVER_SECONDS = 2
_FULL = (errno.ENOSPC, errno.EDQUOT)


def choose_executor(config: RunConfig) -> Callable[[], JobExecutor]:
    """Return what starts the executor that the settings ask for."""
    if config.scheduler:
        from hcr.batch.cluster import ClusterExecutor

        address = config.scheduler
        return lambda: ClusterExecutor(address)
    if config.jobs:
        count = config.jobs
        return lambda: ProcessExecutor(count)
    return SerialExecutor


def run_batch(jobs: Sequence[Job], config: RunConfig, progress: Progress) -> None:
    """Read inputs into ``config.output``, and write the report if one is asked for.

    Each input is recorded as soon as its results are on the disk, so that whatever ends the run
    costs at most what was being read.

    Parameters
    ----------
    jobs
        With outputs and names.
    config
        With `resume`, what the folder's record says is done as it would be now is left alone.
    progress
        Is told of every input.

    Raises
    ------
    HcrError
        If nothing can be read or written, or no more: wrong model, full disk, lost cluster.
    """
    began = time.time()
    folder, report = config.output, config.report
    assert folder is not None
    if report and not report.parent.is_dir():
        raise ConfigError(report, "there is no such folder for the report", "make it first")
    read_with = options_text(config), model_digest(config.model)
    with Manifest(folder, *read_with) as manifest:
        manifest.begin((job.name for job in jobs), config.resume)
        todo = _todo(jobs, manifest, config.resume, progress)
        planned = {target for job in jobs for target in job.outputs}
        try:
            with closing(run_jobs(todo, config, choose_executor(config))) as outcomes:
                for outcome in outcomes:
                    progress.done(_keep(outcome, manifest, planned))
        finally:
            _sweep({target.parent for job in jobs for target in job.targets}, began)
        if report:
            from hcr.batch.report import write_report

            write_report(report, jobs, manifest, config.images)


def _todo(
    jobs: Sequence[Job], manifest: Manifest, resume: bool, progress: Progress
) -> Iterator[Job]:
    """Yield what is to be read, with its digest, which is taken before the reading begins."""
    for job in jobs:
        job = replace(job, digest=file_digest(job.path))
        if resume and manifest.is_done(job):
            progress.keep()
        else:
            yield job


def _keep(outcome: Outcome, manifest: Manifest, planned: set[Path]) -> HcrError | None:
    """Write and record the results of a job, or record its error and return it."""
    job, error = outcome.job, outcome.error
    written = [*outcome.pictures]
    if error is None:
        try:
            written += _write(job, outcome.rendered, planned)
        except OutputError as problem:
            cause = problem.__context__  # what the system said
            if isinstance(cause, OSError) and cause.errno in _FULL:
                remedy = "make room and run again with --resume"
                raise OutputError(job.outputs[0], "the disk is full", remedy) from None
            error = problem
    if error is None:
        manifest.written(job, written, outcome.seconds, outcome.pages)
    else:
        manifest.failed(job, str(error), outcome.seconds)
    return error


def _write(job: Job, rendered: Sequence[Sequence[bytes]], planned: set[Path]) -> list[Path]:
    """Write the results of a job and return where they are."""
    folder = job.outputs[0].parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        problem = f"no such folder can be made ({error.strerror})"
        raise OutputError(folder, problem, "write to another folder") from error
    written = []
    for first, parts in zip(job.outputs, rendered, strict=True):
        for index, data in enumerate(parts):
            target = page_target(job, first, index)
            if index and target in planned:
                problem = f"page {index + 1} would have the name of another input's result"
                raise OutputError(job.path, problem, "rename one of the inputs")
            write_atomically(target, data)
            written.append(target)
    _flush(folder)
    return written


def _flush(folder: Path) -> None:
    """See to it that the folder's new names survive a power cut, where the system can do that."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _sweep(folders: set[Path], began: float) -> None:
    """Remove what runs that were killed in the midst of writing left behind before this one."""
    # One that is younger may belong to another run that is under way.
    newest = min(began, time.time() - _LEFTOVER_SECONDS)
    for folder in folders:
        with suppress(OSError), os.scandir(folder) as entries:
            for entry in entries:
                if _LEFTOVER.fullmatch(entry.name) and entry.stat().st_mtime < newest:
                    Path(entry).unlink()
