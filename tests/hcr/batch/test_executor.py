from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from hcr.batch.executor import ProcessExecutor, SerialExecutor, run_jobs
from hcr.config import RunConfig
from hcr.errors import ModelError
from hcr.jobs import Job, Outcome

CONFIG = RunConfig()


def task(job: Job, config: RunConfig, path: Path) -> Outcome:
    """Stands for reading in worker processes: what it does is in the input's name."""
    name = path.name
    if name == "killer":
        os.kill(os.getpid(), signal.SIGKILL)
    if name == "killed once" and not path.exists():
        path.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    if name == "model":
        raise ModelError("model", "it is none", "name another")
    if name == "slow":
        time.sleep(1)
    if name == "endless":
        path.write_text(str(os.getpid()))
        time.sleep(600)
    threads = os.environ.get("OMP_NUM_THREADS", "unset")
    return Outcome(job, ((f"{name} {os.getpid()} {threads}".encode(),),))


def jobs_named(*names: str | Path) -> list[Job]:
    return [Job(Path(name)) for name in names]


def names(outcomes: list[Outcome]) -> list[str]:
    return [outcome.job.path.name for outcome in outcomes]


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def wait_until_dead(pid: int) -> None:
    for _ in range(300):
        if not is_alive(pid):
            return
        time.sleep(0.1)
    raise AssertionError(f"process {pid} lives on")


def wait_for(path: Path) -> str:
    for _ in range(600):
        if path.exists() and (text := path.read_text()):
            return text
        time.sleep(0.1)
    raise AssertionError(f"{path} does not appear")


def two() -> ProcessExecutor:
    return ProcessExecutor(2)


def test_serial_executor_is_an_executor() -> None:
    with SerialExecutor() as executor:
        assert isinstance(executor, Executor)
        assert executor.submit(int, "7").result() == 7
        failed = executor.submit(int, "x")
        assert list(executor.map(int, ["1", "2"])) == [1, 2]
    with pytest.raises(ValueError, match="invalid literal"):
        failed.result()


@pytest.mark.parametrize("ordered", [True, False])
def test_serial_runs_in_this_process_and_takes_jobs_as_it_goes(ordered: bool) -> None:
    taken = []

    def source() -> Iterator[Job]:
        for job in jobs_named("a", "b", "c"):
            taken.append(job.path.name)
            yield job

    outcomes = run_jobs(source(), CONFIG, SerialExecutor, task, ordered=ordered)
    first = next(outcomes)
    assert taken == ["a"]
    assert f" {os.getpid()} ".encode() in first.rendered[0][0]
    assert names(list(outcomes)) == ["b", "c"]


def test_processes_keep_the_order_and_one_thread_each() -> None:
    wanted = ["slow", *map(str, range(6))]
    outcomes = list(run_jobs(jobs_named(*wanted), CONFIG, two, task, ordered=True))
    assert names(outcomes) == wanted
    reports = [outcome.rendered[0][0].decode().split() for outcome in outcomes]
    assert {threads for _, _, threads in reports} == {"1"}
    assert str(os.getpid()) not in {pid for _, pid, _ in reports}


def test_without_order_nobody_waits_for_the_slow_one(tmp_path: Path) -> None:
    # One process is busy for ever; the rest can only come if the other takes all of it.
    wanted = [tmp_path / "endless", *map(str, range(6))]
    with closing(run_jobs(jobs_named(*wanted), CONFIG, two, task)) as outcomes:
        assert sorted(names([next(outcomes) for _ in range(6)])) == list("012345")
        pid = int(wait_for(tmp_path / "endless"))
    wait_until_dead(pid)  # closing does not wait for it


def test_dead_worker_costs_only_its_own_input() -> None:
    outcomes = list(run_jobs(jobs_named("a", "killer", "b"), CONFIG, two, task, ordered=True))
    assert names(outcomes) == ["a", "killer", "b"]
    assert [outcome.error is None for outcome in outcomes] == [True, False, True]
    assert "died" in str(outcomes[1].error)


def test_worker_that_is_killed_costs_nothing(tmp_path: Path) -> None:
    wanted = ["a", tmp_path / "killed once", "b", "c"]
    outcomes = list(run_jobs(jobs_named(*wanted), CONFIG, two, task))
    assert sorted(names(outcomes)) == ["a", "b", "c", "killed once"]
    assert [outcome.error for outcome in outcomes] == [None] * 4


@pytest.mark.parametrize("start", [SerialExecutor, two])
def test_broken_model_stops_everything(start: type[SerialExecutor]) -> None:
    with pytest.raises(ModelError):
        list(run_jobs(jobs_named("model", "a"), CONFIG, start, task))


def test_workers_end_with_their_parent_whatever_it_dies_of(tmp_path: Path, root: Path) -> None:
    pid_file = tmp_path / "endless"
    code = f"""
from pathlib import Path
from typing import Any
from hcr.batch.executor import ProcessExecutor, run_jobs
from hcr.config import RunConfig
from hcr.jobs import Job
from tests.hcr.batch.test_executor import task
if __name__ == "__main__":
    list(run_jobs([Job(Path({str(pid_file)!r}))], RunConfig(), lambda: ProcessExecutor(1), task))
"""
    script = tmp_path / "parent.py"
    script.write_text(code)
    environment = {**os.environ, "PYTHONPATH": str(root)}
    parent = subprocess.Popen(
        [sys.executable, str(script)], env=environment, stderr=subprocess.DEVNULL
    )
    worker = int(wait_for(pid_file))
    parent.kill()
    parent.wait()
    wait_until_dead(worker)


class InterruptedWithin(Future[Outcome]):
    """Ctrl-C comes while its outcome is being fetched, when locks may be half taken."""

    fetched = False

    def result(self, timeout: float | None = None) -> Outcome:
        signal.raise_signal(signal.SIGINT)
        outcome = super().result(timeout)
        self.fetched = True
        return outcome


def test_ctrl_c_comes_between_steps_not_within_one() -> None:
    future = InterruptedWithin()

    class Interrupted(SerialExecutor):
        def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
            future.set_result(super().submit(fn, *args, **kwargs).result())
            return future

    # Where the tests run in the background of a shell, Ctrl-C is ignored from the start.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            list(run_jobs(jobs_named("a", "b"), CONFIG, Interrupted, task))
        assert future.fetched
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGINT, before)
