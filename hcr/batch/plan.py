"""Which input is written to which files; refuses what would overwrite something."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path

from hcr.batch.inputs import Found
from hcr.errors import ConfigError
from hcr.jobs import Job


def make_jobs(
    inputs: Sequence[Found],
    suffixes: Sequence[str],
    output: Path | None = None,
    show: Path | None = None,
) -> list[Job]:
    """Return the jobs, each with the names of all that it will write.

    Parameters
    ----------
    inputs
        What `hcr.batch.inputs.find_inputs` found. With `output`, an input that comes twice under
        one name is read once.
    suffixes
        Of the files to write in `output`, one a format.
    output
        Folder of the results; None if they are not written to files.
    show
        Picture of what was found; of several inputs each gets its name added.

    Raises
    ------
    ConfigError
        If two results would have the same name, or one that of an input.
    """
    if output:
        inputs = list(dict.fromkeys(inputs))
    several = len(inputs) > 1
    jobs = [_job(found, suffixes, output, show, several) for found in inputs]
    _check_targets(jobs)
    return jobs


def page_target(job: Job, first: Path, index: int) -> Path:
    """Return where a result goes that has a file for each page: -p2, -p3 ... are added."""
    stem = Path(job.name).name
    suffix = first.name.removeprefix(stem)
    return first.with_name(f"{stem}-p{index + 1}{suffix}") if index else first


def _job(
    found: Found, suffixes: Sequence[str], output: Path | None, show: Path | None, several: bool
) -> Job:
    outputs: tuple[Path, ...] = ()
    if output:
        base = output / found.name
        outputs = tuple(base.with_name(base.name + suffix) for suffix in suffixes)
    if show and several:
        show = show.with_stem(f"{show.stem}-{'-'.join(found.name.parts)}")
    return Job(found.path, outputs, show, found.name.as_posix())


def _check_targets(jobs: Iterable[Job]) -> None:
    taken: dict[str, Path] = {}
    inputs = {_place(job.path): job.path for job in jobs if job.targets}
    for job in jobs:
        for target in job.targets:
            place = _place(target)
            if place in inputs:
                problem = f"its result {target} would overwrite the input {inputs[place]}"
                raise ConfigError(job.path, problem, "write to another folder")
            if place in taken:
                problem = f"its result would have the same name as that of {taken[place]}"
                remedy = "rename one of them or read them into different folders"
                raise ConfigError(job.path, problem, remedy)
            taken[place] = job.path


def _place(path: Path) -> str:
    """Return a text that is the same for names of the same file, whether it exists or not."""
    return os.path.normcase(_resolved(path.parent) / path.name)


@lru_cache(maxsize=1024)
def _resolved(folder: Path) -> Path:
    return folder.resolve()
