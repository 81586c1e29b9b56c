"""Programs are run, timed, weighed and stopped."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from hcr.bench.launch import run


def test_output_status_time_and_memory() -> None:
    code = (
        "import sys, time; time.sleep(0.2); print('é'); print('no', file=sys.stderr); sys.exit(3)"
    )
    done = run([sys.executable, "-X", "utf8", "-c", code])
    assert (done.output, done.errors, done.status) == ("é\n".encode(), b"no\n", 3)
    assert done.seconds >= 0.2


@pytest.mark.skipif(sys.platform == "win32", reason="memory is not measured there")
def test_memory_is_the_programs_own() -> None:
    ballast = bytearray(300_000_000)  # of this process: not to be counted
    ballast[::4096] = b"x" * len(ballast[::4096])
    small, large = (
        run(
            [
                sys.executable,
                "-S",
                "-c",
                f"b = bytearray({size}); b[::4096] = b'x' * len(b[::4096])",
            ]
        )
        for size in (1, 100_000_000)
    )
    assert small.memory is not None
    assert large.memory is not None
    assert small.memory < 60
    assert 100 <= large.memory < 130


def test_a_slow_program_is_stopped_with_its_children() -> None:
    # The child holds the output open: were it alive, its sixty seconds would have to be waited for.
    child = [sys.executable, "-c", "import time; time.sleep(60)"]
    start = time.monotonic()
    with pytest.raises(subprocess.TimeoutExpired):
        run([sys.executable, "-c", f"import subprocess; subprocess.run({child!r})"], timeout=1)
    assert time.monotonic() - start < 40


def test_a_missing_program_says_so() -> None:
    with pytest.raises(FileNotFoundError, match="no-such-program"):
        run(["no-such-program"])
