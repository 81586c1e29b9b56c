"""Runs a program and measures its time and peak memory.

This file is also run as a script, in a small Python of its own: Linux counts a child's peak
memory from that of the process that starts it, and a benchmark is no small process.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

MEGABYTE = 1e6


@dataclass(frozen=True)
class Run:
    """A program's output and exit status, seconds, and peak memory in MB (None if unknown)."""

    output: bytes
    errors: bytes
    status: int
    seconds: float
    memory: float | None


def run(command: list[str], timeout: float | None = None) -> Run:
    """Run a program to its end.

    Raises
    ------
    OSError
        If it cannot be started.
    subprocess.TimeoutExpired
        If it takes longer than `timeout` seconds; it and its children are killed.
    """
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        launcher = [sys.executable, "-I", "-S", __file__, str(report), *command]
        output, errors = _communicate(launcher, timeout)
        if not report.exists():
            raise OSError("the program was killed together with what measured it")
        found = json.loads(report.read_text("utf-8"))
    if "errno" in found:
        raise OSError(found["errno"], os.strerror(found["errno"]), command[0])
    return Run(output, errors, found["status"], found["seconds"], found["memory"])


def _communicate(launcher: list[str], timeout: float | None) -> tuple[bytes, bytes]:
    process = subprocess.Popen(
        launcher,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        return process.communicate(timeout=timeout)
    finally:
        if process.poll() is None:
            if hasattr(os, "killpg"):
                os.killpg(process.pid, signal.SIGKILL)  # the launcher's children with it
            process.kill()
            process.communicate()


def _measure(command: list[str]) -> dict[str, float | int | None]:
    """Run a program in this process's streams; return status, seconds and memory."""
    start = time.perf_counter()
    try:
        process = subprocess.Popen(command)
    except OSError as error:
        return {"errno": error.errno}
    if not hasattr(os, "wait4"):
        status, memory = process.wait(), None
    else:
        _, code, usage = os.wait4(process.pid, 0)
        status = process.returncode = os.waitstatus_to_exitcode(code)
        memory = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024) / MEGABYTE
    return {"status": status, "seconds": time.perf_counter() - start, "memory": memory}


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(json.dumps(_measure(sys.argv[2:])), "utf-8")
