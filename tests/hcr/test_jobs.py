from __future__ import annotations

import os
import signal
from concurrent.futures import Executor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from hcr import Document, Reader
from hcr.config import RunConfig
from hcr.errors import InputError, ModelError
from hcr.jobs import Job, Outcome, SerialExecutor, read_all, run_job


def bytes_task(job: Job, config: RunConfig) -> Outcome:
    """Stands for reading in worker processes: dies on a name, fails on another."""
    if job.path.name == "killer":
        os.kill(os.getpid(), signal.SIGKILL)
    if job.path.name == "model":
        raise ModelError("model", "it is none", "name another")
    threads = os.environ.get("OMP_NUM_THREADS", "unset")
    return Outcome(job, (f"{job.path.name} {os.getpid()} {threads}".encode(),))


def names(outcomes: list[Outcome]) -> list[str]:
    return [outcome.job.path.name for outcome in outcomes]


def test_serial_executor_is_an_executor() -> None:
    with SerialExecutor() as executor:
        assert isinstance(executor, Executor)
        assert executor.submit(int, "7").result() == 7
        failed = executor.submit(int, "x")
        assert list(executor.map(int, ["1", "2"])) == [1, 2]
    with pytest.raises(ValueError, match="invalid literal"):
        failed.result()


def test_serial_runs_in_this_process_one_by_one() -> None:
    ran = []

    def task(job: Job, config: RunConfig) -> Outcome:
        ran.append(job.path.name)
        return Outcome(job)

    outcomes = read_all([Job(Path(name)) for name in "abc"], RunConfig(), task)
    next(outcomes)
    assert ran == ["a"]
    assert names(list(outcomes)) == ["b", "c"]


def test_processes_keep_the_order_and_one_thread_each() -> None:
    jobs = [Job(Path(str(n))) for n in range(7)]
    outcomes = list(read_all(jobs, RunConfig(jobs=2), bytes_task))
    assert names(outcomes) == [str(n) for n in range(7)]
    reports = [outcome.rendered[0].decode().split() for outcome in outcomes]
    assert {threads for _, _, threads in reports} == {"1"}
    assert str(os.getpid()) not in {pid for _, pid, _ in reports}


def test_dead_worker_costs_only_its_own_input() -> None:
    jobs = [Job(Path(name)) for name in ("a", "b", "killer", "c", "d")]
    outcomes = list(read_all(jobs, RunConfig(jobs=2), bytes_task))
    assert names(outcomes) == ["a", "b", "killer", "c", "d"]
    assert [outcome.error is None for outcome in outcomes] == [True, True, False, True, True]
    assert "died" in str(outcomes[2].error)


def test_broken_model_stops_everything() -> None:
    jobs = [Job(Path("model")), Job(Path("a"))]
    for count in (1, 2):
        with pytest.raises(ModelError):
            list(read_all(jobs, RunConfig(jobs=count), bytes_task))


def test_result_is_handed_back_rendered(page_file: Path) -> None:
    outcome = run_job(Job(page_file), RunConfig(format=("txt", "json")))
    assert outcome.error is None
    text, data = outcome.rendered
    assert text == b"ab cd\n" * 3
    assert Document.from_json(data).source == str(page_file)


def test_results_are_written(page_file: Path, tmp_path: Path) -> None:
    outputs = (tmp_path / "x.txt", tmp_path / "x.json")
    outcome = run_job(Job(page_file, outputs), RunConfig(format=("txt", "json")))
    assert outcome == Outcome(Job(page_file, outputs))
    assert outputs[0].read_bytes() == b"ab cd\n" * 3
    assert len(Document.from_json(outputs[1].read_bytes()).pages) == 1


def test_picture_for_every_page(tmp_path: Path, page: np.ndarray) -> None:
    path = tmp_path / "a.tif"
    image = Image.fromarray(page)
    image.save(path, save_all=True, append_images=[image, image])
    run_job(Job(path, show=tmp_path / "found.png"), RunConfig())
    pictures = sorted(found.name for found in tmp_path.glob("found*"))
    assert pictures == ["found-p2.png", "found-p3.png", "found.png"]
    assert Image.open(tmp_path / "found-p3.png").width > 1800


def test_errors_are_outcomes(tmp_path: Path) -> None:
    outcome = run_job(Job(tmp_path / "no.png"), RunConfig())
    assert isinstance(outcome.error, InputError)
    outcome = run_job(Job(tmp_path / "no.png"), replace(RunConfig(), level="line"))
    assert isinstance(outcome.error, InputError)


@pytest.mark.parametrize(
    ("fault", "message"),
    [(KeyError("x"), "fault of hcr"), (MemoryError(), "not enough memory")],
)
def test_faults_of_ours_are_one_line(
    page_file: Path, monkeypatch: pytest.MonkeyPatch, fault: Exception, message: str
) -> None:
    def fail(*_: object) -> None:
        raise fault

    monkeypatch.setattr(Reader, "read_pages", fail)
    outcome = run_job(Job(page_file), RunConfig())
    assert message in str(outcome.error)
    assert len(str(outcome.error).splitlines()) == 1


def test_full_disk_is_an_outcome(page_file: Path, tmp_path: Path) -> None:
    outcome = run_job(Job(page_file, (tmp_path / "no" / "x.txt",)), RunConfig())
    assert "cannot be written" in str(outcome.error)
    assert outcome.error is not None
    assert outcome.error.exit_code == 1
