from __future__ import annotations

import logging
import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import pytest

from hcr.batch.cluster import ClusterExecutor
from hcr.batch.executor import run_jobs
from hcr.config import RunConfig
from hcr.errors import ConfigError, HcrError, ModelError
from hcr.jobs import Job, Outcome, run_job

distributed = pytest.importorskip("distributed", reason="extra cluster")
dask = pytest.importorskip("dask")

CONFIG = RunConfig(level="line")
QUIET = {"dashboard_address": ":0", "silence_logs": logging.CRITICAL}


def task(job: Job, config: RunConfig, path: Path) -> Outcome:
    """Stands for reading on a worker; what it does is in what it is sent."""
    order = path.read_text()
    if order == "die" or (order.startswith("/") and not Path(order).exists()):
        if order != "die":
            Path(order).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    if order == "raise":
        raise ModelError("model", "it is none", "name another")
    report = f"{order} {os.getpid()} {cv2.getNumThreads()} {config.jobs} {path.suffix}"
    return Outcome(job, ((report.encode(),),))


@pytest.fixture(scope="module")
def cluster() -> Iterator[distributed.LocalCluster]:
    # Two threads a worker: they must not read two pages at a time all the same.
    # A local cluster does not wait long for a worker that was killed to be there again.
    patient = {"distributed.deploy.lost-worker-timeout": "10 minutes"}
    with (
        dask.config.set(patient),
        distributed.LocalCluster(n_workers=2, threads_per_worker=2, **QUIET) as cluster,
    ):
        yield cluster


@pytest.fixture
def address(cluster: distributed.LocalCluster) -> str:
    return str(cluster.scheduler_address)


def jobs_with(folder: Path, *orders: str) -> list[Job]:
    """Inputs that hold the given orders."""
    jobs = []
    for number, order in enumerate(orders):
        path = folder / f"{number}.png"
        path.write_text(order)
        jobs.append(Job(path))
    return jobs


def run(
    jobs: list[Job], address: str, config: RunConfig = CONFIG, ordered: bool = True
) -> list[Outcome]:
    return list(run_jobs(jobs, config, lambda: ClusterExecutor(address), task, ordered=ordered))


def test_inputs_are_sent_and_results_come_back_in_order(tmp_path: Path, address: str) -> None:
    orders = [str(n) for n in range(12)]
    jobs = jobs_with(tmp_path, *orders)
    outcomes = run(jobs, address)
    assert [outcome.job for outcome in outcomes] == jobs
    reports = [outcome.rendered[0][0].decode().split() for outcome in outcomes]
    assert [report[0] for report in reports] == orders
    assert str(os.getpid()) not in {report[1] for report in reports}
    assert {tuple(report[2:]) for report in reports} == {("1", "1", ".png")}


def test_a_worker_killed_in_the_middle_loses_nothing(tmp_path: Path, address: str) -> None:
    orders = ["a", "b", str(tmp_path / "killed once"), "c", "d"]
    outcomes = run(jobs_with(tmp_path, *orders), address, ordered=False)
    assert [outcome.error for outcome in outcomes] == [None] * 5
    read = {outcome.rendered[0][0].decode().split()[0] for outcome in outcomes}
    assert len(read) == 5
    assert (tmp_path / "killed once").exists()


def test_an_input_that_kills_its_workers_is_given_up(
    tmp_path: Path, cluster: distributed.LocalCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster.scheduler, "allowed_failures", 0)  # quicker than the usual 3
    (outcome,) = run(jobs_with(tmp_path, "die"), cluster.scheduler_address)
    assert "died" in str(outcome.error)


def test_what_cannot_be_opened_is_told_as_on_this_machine(tmp_path: Path, address: str) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    names = ["no.png", "pipe.png", "."]
    outcomes = run([Job(tmp_path / name) for name in names], address)
    local = [run_job(Job(tmp_path / name), CONFIG, tmp_path / name) for name in names]
    assert [str(outcome.error) for outcome in outcomes] == [str(one.error) for one in local]


def test_broken_model_stops_everything(tmp_path: Path, address: str) -> None:
    with pytest.raises(ModelError, match="it is none"):
        run(jobs_with(tmp_path, "raise", "a"), address)


def test_workers_must_read_as_we_do(
    tmp_path: Path, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hcr.batch.digests.hcr.__version__", "99.0")
    config = replace(CONFIG, level="page")  # its digest is not remembered from other tests
    with pytest.raises(ModelError, match="version of hcr"):
        run(jobs_with(tmp_path, "a"), address, config)


def test_model_is_named_by_a_path_that_holds_in_every_folder(
    tmp_path: Path, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("m.onnx").write_bytes(b"model")
    config = replace(CONFIG, model=Path("m.onnx"))
    assert run(jobs_with(tmp_path, "a"), address, config)[0].error is None


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("localhost", "tcp://host:8786"),
        ("http://localhost:1", "tcp://host:8786"),
        ("tcp://127.0.0.1:1", "no scheduler answers"),
    ],
)
def test_no_scheduler(address: str, message: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hcr.batch.cluster._CONNECT_SECONDS", 0.5)
    with pytest.raises(ConfigError, match=message):
        ClusterExecutor(address)


def test_scheduler_without_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hcr.batch.cluster._WORKER_SECONDS", 0.2)
    with (
        distributed.LocalCluster(n_workers=0, **QUIET) as empty,
        pytest.raises(ConfigError, match="no workers"),
    ):
        ClusterExecutor(empty.scheduler_address)


def test_scheduler_that_goes_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hcr.batch.cluster._CONNECT_SECONDS", 2)
    with distributed.LocalCluster(n_workers=1, **QUIET) as cluster:
        jobs = jobs_with(tmp_path, *"abcdefgh")
        outcomes = run_jobs(jobs, CONFIG, lambda: ClusterExecutor(cluster.scheduler_address), task)
        assert next(outcomes).error is None
        cluster.close()
        with pytest.raises(HcrError, match="--resume") as caught:
            list(outcomes)
    assert caught.value.exit_code == 1
