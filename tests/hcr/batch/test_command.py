"""hcr-read with folders of inputs, in processes of its own that are interrupted and killed."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner

from hcr.batch.manifest import NAME
from hcr.cli import main

COUNT = 40
BAD = {"b1.png": b"", "b2.pdf": b"%PDF-1.7 broken"}


def command(*arguments: object) -> list[str]:
    code = "from hcr.cli import main; main(prog_name='hcr-read')"
    return [sys.executable, "-c", code, *map(str, arguments)]


@pytest.fixture(scope="module")
def scans(tmp_path_factory: pytest.TempPathFactory, samples: Path) -> Path:
    """Text lines in a folder and its sub-folder, and two files that are bad."""
    folder = tmp_path_factory.mktemp("scans")
    (folder / "sub").mkdir()
    for number in range(COUNT):
        path = folder / ("sub" if number % 2 else ".") / f"p{number}.png"
        shutil.copy(samples / "line.png", path)
    for name, data in BAD.items():
        (folder / name).write_bytes(data)
    return folder


def start(scans: Path, out: Path, root: Path, *options: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        command("--level", "line", "-f", "txt", "-f", "json", "-o", out, *options, scans),
        cwd=root,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        # Whoever starts the tests in the background has Ctrl-C ignored in all that they start.
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
    )


def finish(process: subprocess.Popen[str], status: int) -> list[str]:
    """Wait for the end, and return what was written on standard error."""
    _, errors = process.communicate(timeout=600)
    assert process.returncode == status, errors
    return errors.splitlines()


def results(out: Path) -> dict[str, bytes]:
    return {
        path.relative_to(out).as_posix(): path.read_bytes()
        for path in out.rglob("*")
        if path.is_file() and not path.name.startswith(NAME)
    }


def wait_for_results(out: Path, count: int) -> None:
    for _ in range(3000):
        if len(list(out.rglob("*.json"))) >= count:
            return
        time.sleep(0.02)
    raise AssertionError("nothing is written")


def on_record(out: Path) -> dict[str, tuple[str, float]]:
    """What is written, with the time and duration of its reading."""
    base = sqlite3.connect(out / NAME)
    rows = base.execute("SELECT name, finished, seconds FROM inputs WHERE outcome = 'written'")
    found = {name: (finished, seconds) for name, finished, seconds in rows}
    base.close()
    return found


@pytest.mark.real_model
def test_killed_again_and_again_it_ends_as_if_undisturbed(
    scans: Path, tmp_path: Path, root: Path
) -> None:
    whole, out = tmp_path / "whole", tmp_path / "out"
    lines = finish(start(scans, whole, root, "--jobs", 2), 1)
    assert len(lines) == len(BAD) + 1
    assert f"{COUNT} written, 2 failed" in lines[-1]
    assert len(results(whole)) == 2 * COUNT
    before: dict[str, tuple[str, float]] = {}
    for count, options in ((3, ("--jobs", 2)), (15, ())):
        process = start(scans, out, root, "--resume", *options)
        wait_for_results(out, count)
        process.kill()
        process.communicate()  # ends when the workers have ended, too
        done = on_record(out)
        assert before.items() <= done.items()
        before = done
    assert 0 < len(before) < COUNT
    lines = finish(start(scans, out, root, "--resume", "--jobs", 2), 1)
    assert f"{len(before)} kept from before" in lines[-1]
    assert before.items() <= on_record(out).items()  # none was read twice
    assert results(out) == results(whole)


@pytest.mark.real_model
@pytest.mark.parametrize("options", [(), ("--jobs", 2)])
def test_interrupt_keeps_what_is_finished(
    scans: Path, tmp_path: Path, root: Path, options: tuple[object, ...]
) -> None:
    process = start(scans, tmp_path, root, *options)
    wait_for_results(tmp_path, 3)
    os.killpg(process.pid, signal.SIGINT)
    lines = finish(process, 130)
    assert lines[-1] == "hcr-read: interrupted"
    assert "not reached" in lines[-2]
    assert len(lines) <= len(BAD) + 2
    assert len(on_record(tmp_path)) >= 2  # the third may just have been written


@pytest.mark.real_model
def test_results_that_do_not_fit_are_told_of_and_resumed(
    scans: Path, samples: Path, tmp_path: Path, root: Path
) -> None:
    few = tmp_path / "few"
    few.mkdir()
    shutil.copy(samples / "line.png", few / "small.png")
    shutil.copy(samples / "letter_en.jpg", few / "large.jpg")

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (48_000, 48_000))  # the record needs 28 kB

    run = command("-f", "json", "-o", tmp_path / "out", "--resume", few)
    result = subprocess.run(run, cwd=root, capture_output=True, text=True, preexec_fn=limit)
    assert result.returncode == 1
    failure, _ = result.stderr.splitlines()
    assert failure.startswith(str(tmp_path / "out" / "large.json"))
    assert "File too large" in failure
    assert set(results(tmp_path / "out")) == {"small.json"}
    result = subprocess.run(run, cwd=root, capture_output=True, text=True, check=True)
    assert "1 written, 1 kept from before" in result.stderr
    assert set(results(tmp_path / "out")) == {"small.json", "large.json"}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--resume"], "--resume is about a folder"),
        (["--report", "r.html"], "--report is about a folder"),
        (["--scheduler", "tcp://h:1", "--jobs", "2"], "more workers"),
        (["--scheduler", "tcp://h:1", "--show", "x.png"], "leave out --scheduler"),
        (["--scheduler", "h"], "tcp://host:8786"),
        (["--jobs", "0"], "not in the range"),
    ],
)
def test_wrong_usage(options: list[str], message: str) -> None:
    result = CliRunner().invoke(main, [*options, "x.png"])
    assert result.exit_code == 2
    assert message in result.stderr


def test_settings_file_may_ask_for_resume(tmp_path: Path, page_file: Path) -> None:
    config = tmp_path / "hcr.toml"
    config.write_text('resume = true\noutput = "out"\nreport = "r.html"\n')
    arguments = ["--config", str(config), str(page_file)]
    assert CliRunner().invoke(main, arguments).exit_code == 0
    before = on_record(tmp_path / "out")
    assert CliRunner().invoke(main, arguments).exit_code == 0
    assert on_record(tmp_path / "out") == before
    assert "ab" in (tmp_path / "r.html").read_text("utf-8")
