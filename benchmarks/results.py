"""Measures everything the README states and writes it down: ``python -m benchmarks.results``.

Each section of RESULTS.md is one command and what it printed; those whose data or programs are
absent are named and skipped. Tesseract for comparison: ``apt-get install tesseract-ocr
tesseract-ocr-fra``.
"""

from __future__ import annotations

import argparse
import datetime
import importlib.metadata
import os
import platform
import shlex
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import hcr

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks" / "RESULTS.md"
DATA = "../shared/data"
PACKAGES = ("numpy", "onnxruntime", "opencv-python-headless", "scikit-image")
TESSERACT = "tesseract {image} - -l fra --psm 6"


@dataclass(frozen=True)
class Section:
    """A measurement: its title, the command after ``python -m``, what must be there for it."""

    title: str
    command: tuple[str, ...]
    folders: tuple[Path, ...] = ()
    programs: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()

    def missing(self) -> list[str]:
        """Return what is not there."""
        absent = [str(folder) for folder in self.folders if not (ROOT / folder).exists()]
        absent += [name for name in self.programs if shutil.which(name) is None]
        return absent + [name for name in self.modules if find_spec(name) is None]


def sections(data: Path) -> list[Section]:
    """Return all measurements on the data sets in a folder."""
    pages = data / "copiste" / "val"
    accuracy = ("benchmarks.accuracy", str(pages))
    return [
        Section("Pages and lines of Copiste d'un jour, validation writers", accuracy, (pages,)),
        Section("The same, every line by itself", (*accuracy, "--many-hands"), (pages,)),
        Section(
            "The same pages read by Tesseract",
            (*accuracy, "--reader", "none", "--command", TESSERACT),
            (pages,),
            ("tesseract",),
        ),
        Section("Sample pages of our own making", ("hcr.bench", "samples")),
        Section(
            "Single lines of several kinds",
            ("benchmarks.recognition", str(data), "--limit", "400"),
            (data / "copiste", data / "unipen", data / "tfds"),
            modules=("tensorflow_datasets", "wordfreq"),
        ),
        Section("Lines found on turned pages", ("benchmarks.lines", str(pages)), (pages,)),
        Section("Speed, memory, start-up, size", ("benchmarks.speed",)),
    ]


def measure(section: Section) -> tuple[str, bool]:
    """Run a section; return it as Markdown, and whether it succeeded or was skipped."""
    missing = section.missing()
    if missing:
        return f"## {section.title}\n\nSkipped: {', '.join(missing)} not there.\n", True
    done = subprocess.run(
        [sys.executable, "-m", *section.command], cwd=ROOT, capture_output=True, text=True
    )
    lines = [f"$ python -m {shlex.join(section.command)}", done.stdout.rstrip()]
    if done.returncode:
        said = done.stderr.strip().splitlines()[-1:]
        lines += [*said, f"(exit status {done.returncode})"]
    block = "\n".join(lines)
    return f"## {section.title}\n\n```text\n{block}\n```\n", done.returncode == 0


def heading() -> str:
    """Return title, date, commit, machine and versions."""
    found = [f"hcr {hcr.__version__}", f"Python {platform.python_version()}"]
    found += [f"{name} {importlib.metadata.version(name)}" for name in PACKAGES]
    if tesseract := output("tesseract", "--version"):
        found.append(tesseract.splitlines()[0])
    now = datetime.datetime.now(datetime.timezone.utc)
    commit = output("git", "rev-parse", "--short", "HEAD") or "unknown"
    changed = " with changes" if output("git", "status", "--porcelain", "-uno") else ""
    return (
        "# Results\n\nWritten by `python -m benchmarks.results`; do not edit.\n\n"
        f"{now:%Y-%m-%d}, commit {commit}{changed}; {platform.platform()}, {processor()}, "
        f"{os.cpu_count()} cores; {', '.join(found)}.\n"
    )


def processor() -> str:
    """Return the name of the processor, as far as it is known."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def output(*command: str) -> str:
    """Return what a command prints, nothing if it fails."""
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure all sections; return 1 if one of them failed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path(DATA), help=f"data sets [{DATA}]")
    parser.add_argument("-o", "--output", type=Path, default=RESULTS)
    options = parser.parse_args(arguments)
    parts, succeeded = [heading()], True
    for section in sections(options.data):
        print(f"{section.title} ...", file=sys.stderr, flush=True)
        text, good = measure(section)
        parts.append(text)
        succeeded &= good
    options.output.write_text("\n".join(parts), "utf-8")
    return 0 if succeeded else 1


if __name__ == "__main__":
    sys.exit(main())
