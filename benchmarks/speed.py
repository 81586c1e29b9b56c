"""Prints how fast and how large the installed hcr is: ``python -m benchmarks.speed``."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import click
from packaging.requirements import Requirement
from PIL import Image

from hcr.bench.launch import run

SAMPLES = Path(__file__).parents[1] / "samples"
PAGE = SAMPLES / "letter_en.jpg"
LINE = SAMPLES / "line.png"
PACKAGES = ("hcr", "segmentation", "recognition", "training")
A4_300_DPI = (2480, 3508)


def command() -> list[str]:
    """Return how to start hcr-read: the script of this environment."""
    script = shutil.which("hcr-read", path=str(Path(sys.executable).parent))
    if script is None:
        raise click.ClickException("hcr-read is not installed beside this Python: pip install .")
    return [script]


def seconds(action: Callable[[], object], repeats: int) -> float:
    """Return the median duration of ``action``, after one unmeasured run."""
    action()
    durations = []
    for _ in range(repeats):
        start = time.perf_counter()
        action()
        durations.append(time.perf_counter() - start)
    return statistics.median(durations)


def run_quietly(*arguments: str) -> None:
    """Run hcr-read to its end.

    Raises
    ------
    subprocess.CalledProcessError
        When it ends with another status than 0.
    """
    subprocess.run([*command(), *arguments], check=True, stdout=subprocess.DEVNULL)


def peak_memory(*arguments: str) -> float:
    """Return the peak resident memory of one hcr-read process in MB (10**6 bytes).

    Raises
    ------
    click.ClickException
        When it fails, or the system does not tell.
    """
    done = run([*command(), *arguments])
    if done.status or done.memory is None:
        raise click.ClickException(f"hcr-read: {done.errors.decode('utf-8', 'replace')}")
    return done.memory


def reading_distributions() -> set[str]:
    """Return the names of hcr and all distributions that reading requires, directly or not."""
    found: set[str] = set()
    waiting = ["hcr"]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        for line in importlib.metadata.requires(name) or []:
            requirement = Requirement(line)
            if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                waiting.append(re.sub(r"[-_.]+", "-", requirement.name).lower())
    return found


def install_size() -> float:
    """Return the size of the reading environment's files in MB, without Python and pip."""
    files: set[Path] = set()
    for name in reading_distributions():
        distribution = importlib.metadata.distribution(name)
        files |= {Path(str(distribution.locate_file(file))) for file in distribution.files or []}
    # An editable install lists no sources of its own.
    root = Path(__file__).parents[1]
    if not any(file.name == "line.onnx" for file in files):
        files |= {file for package in PACKAGES for file in (root / package).rglob("*")}
    return sum(file.stat().st_size for file in files if file.is_file()) / 1e6


def page_seconds() -> float:
    """Return the duration of reading one page of 25 lines with a Reader that has read before."""
    from hcr import Reader

    reader = Reader()
    return seconds(lambda: reader.read(PAGE), 5)


@click.command()
def main() -> None:
    """Measure speed, memory and size of the installed hcr on the sample pages."""
    command()  # says what to do where hcr is not installed
    versions = [
        f"{name} {importlib.metadata.version(name)}"
        for name in ("hcr", "onnxruntime", "opencv-python-headless", "numpy")
    ]
    lines = len(PAGE.with_suffix(".gt.txt").read_text("utf-8").splitlines())
    click.echo(f"{platform.platform()}, {platform.machine()}, {os.cpu_count()} cores")
    click.echo(f"Python {platform.python_version()}, {', '.join(versions)}")
    with tempfile.TemporaryDirectory() as folder:
        large = str(Path(folder) / "a4_300dpi.png")
        with Image.open(PAGE) as page:
            page.convert("L").resize(A4_300_DPI, Image.Resampling.BICUBIC).save(large)
        click.echo(f"peak memory, A4 page at 300 dpi    {peak_memory(large):7.0f} MB")
    help_time = seconds(lambda: run_quietly("--help"), 5)
    click.echo(f"hcr-read --help                    {help_time:7.2f} s")
    line_time = seconds(lambda: run_quietly("--level", "line", str(LINE)), 5)
    click.echo(f"hcr-read --level line, one image   {line_time:7.2f} s")
    click.echo(f"page of {lines} lines, after start-up  {page_seconds():7.2f} s")
    click.echo(f"reading environment on disk        {install_size():7.0f} MB")


if __name__ == "__main__":
    main()
