from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from pathlib import Path

import pytest

from hcr.batch.progress import Progress
from hcr.errors import ConfigError, InputError

ERROR = InputError("p.png", "it is bad", "mend it")


def test_one_line_sums_up(capsys: pytest.CaptureFixture[str]) -> None:
    with Progress(5, bar=True, summary=True) as progress:
        progress.keep()
        progress.done()
        progress.done()
        progress.done(ERROR)
    failure, summary = capsys.readouterr().err.splitlines()
    assert failure == "p.png: it is bad; mend it"
    pattern = r"5 inputs: 2 written, 1 kept from before, 1 failed, 1 not reached in \d+ s \(.*\)"
    assert re.fullmatch(pattern, summary)
    assert progress.failed == 1


@pytest.mark.parametrize(("total", "summary"), [(1, True), (2, False)])
def test_no_summary_of_one_input_or_printed_text(
    total: int, summary: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    with Progress(total, bar=True, summary=summary) as progress:
        progress.done()
    assert capsys.readouterr().err == ""


def test_no_summary_when_nothing_could_begin(capsys: pytest.CaptureFixture[str]) -> None:
    error = ConfigError("model", "it is none", "name another")
    with pytest.raises(ConfigError), Progress(2, bar=True, summary=True):
        raise error
    assert capsys.readouterr().err == ""


def test_terminal_shows_rate_time_left_and_failures(root: Path) -> None:
    code = """
import time
from hcr.batch.progress import Progress
from hcr.errors import InputError
with Progress(4, bar=True, summary=True) as progress:
    progress.keep()
    for error in (None, InputError("p.png", "it is bad", "mend it"), None):
        time.sleep(0.2)
        progress.done(error)
"""
    parent, child = pty.openpty()
    fcntl.ioctl(child, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 100, 0, 0))
    subprocess.run([sys.executable, "-c", code], stderr=child, cwd=root, check=True)
    os.close(child)
    shown = b""
    try:
        while block := os.read(parent, 65536):
            shown += block
    except OSError:  # Linux's way to say that the other end is closed
        pass
    os.close(parent)
    text = shown.decode()
    assert re.search(r"2/3 \[\d\d:\d\d<\d\d:\d\d, .*(input/s|s/input), failed=1\]", text)
    assert "p.png: it is bad; mend it" in text
    assert text.rstrip().splitlines()[-1].startswith("4 inputs: 2 written, 1 kept from before, 1 f")
