"""Tries a batch the hard way, and measures it: ``python -m benchmarks.batch [PAGES...]``."""

from __future__ import annotations

import hashlib
import itertools
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click

from hcr.batch.manifest import NAME
from hcr.images import SUFFIXES

SAMPLES = Path(__file__).parents[1] / "samples"
FORMATS = ("-f", "txt", "-f", "json")


def command(*arguments: object) -> list[str]:
    """Return the command line of hcr-read in a process of its own."""
    code = "from hcr.cli import main; main(prog_name='hcr-read')"
    return [sys.executable, "-c", code, *map(str, arguments)]


def make_bad_files(folder: Path) -> int:
    """Write twelve files that cannot be read, each for another reason, and return their number."""
    whole = (SAMPLES / "letter_en.jpg").read_bytes()
    bad = {
        "empty.png": b"",
        "text.png": b"This is no picture.\n",
        "truncated.jpg": whole[: len(whole) // 3],
        "header.jpg": whole[:20],
        "zeros.tif": bytes(5000),
        "no_pages.tif": b"II*\0" + bytes(8),
        "broken.pdf": b"%PDF-1.7\nbroken",
        "empty.pdf": b"",
        "broken.webp": b"RIFF\x00\x10\x00\x00WEBPVP8 ",
        "huge.pgm": b"P5 100000 100000 255\n",
        "broken.gif": b"GIF89a",
        "broken.bmp": b"BM" + bytes(10),
    }
    for number, (name, content) in enumerate(bad.items()):
        (folder / f"bad{number}_{name}").write_bytes(content)
    return len(bad)


def make_scans(folder: Path, sources: list[Path], count: int) -> int:
    """Fill a folder with ``count`` pages, bad ones among them; return the number of those."""
    bad = make_bad_files(folder)
    for number, source in enumerate(itertools.islice(itertools.cycle(sources), count - bad)):
        target = folder / f"box{number % 4}" / f"{number:04d}_{source.name}"
        target.parent.mkdir(exist_ok=True)
        shutil.copy(source, target)
    return bad


def results(out: Path) -> dict[str, str]:
    """Return the digests of all that a run wrote."""
    return {
        str(path.relative_to(out)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(out.rglob("*"))
        if path.is_file() and not path.name.startswith(NAME)
    }


def on_record(out: Path) -> dict[str, tuple[str, float]]:
    """Return what is written, with the time and duration of its reading."""
    if not (out / NAME).exists():
        return {}
    base = sqlite3.connect(out / NAME)
    try:
        rows = base.execute("SELECT name, finished, seconds FROM inputs WHERE outcome = 'written'")
        return {name: (finished, seconds) for name, finished, seconds in rows}
    except sqlite3.OperationalError:  # killed before it had tables
        return {}
    finally:
        base.close()


def run(scans: Path, out: Path, *options: object) -> tuple[float, list[str]]:
    """Read a folder to the end; return the duration and the lines on standard error."""
    start = time.monotonic()
    arguments = command(*FORMATS, "-o", out, *options, scans)
    done = subprocess.run(arguments, stderr=subprocess.PIPE, text=True)
    if done.returncode not in (0, 1):
        raise click.ClickException(done.stderr)
    return time.monotonic() - start, done.stderr.splitlines()


def wait_for_pages(out: Path, count: int, process: subprocess.Popen[str]) -> None:
    """Wait until pages are written, or the process has ended."""
    while process.poll() is None and len(list(out.rglob("*.json"))) < count:
        time.sleep(0.05)


def killed_runs(scans: Path, out: Path, options: Sequence[str], good: int) -> None:
    """Resume five times and kill at random moments; no page on record may be read again."""
    chance = random.Random(7)
    before: dict[str, tuple[str, float]] = {}
    for turn in range(5):
        arguments = command(*FORMATS, "-o", out, "--resume", *options, scans)
        process = subprocess.Popen(arguments, stderr=subprocess.DEVNULL, text=True)
        wait_for_pages(out, len(before) + chance.randint(0, good // 6), process)
        time.sleep(chance.uniform(0, 1))
        process.kill()
        process.wait()
        now = on_record(out)
        again = [name for name, row in before.items() if now.get(name) != row]
        click.echo(f"  killed {turn + 1}: {len(now)} pages on record, {len(again)} read twice")
        check(not again, "a page on record was read again")
        before = now


def check(holds: bool, complaint: str) -> None:
    """End with a message unless something holds."""
    if not holds:
        raise click.ClickException(complaint)


def undisturbed(scans: Path, out: Path, count: int, bad: int) -> None:
    """Read all with one and with two workers, and compare their speed."""
    durations = []
    for jobs in (1, 2):
        shutil.rmtree(out, ignore_errors=True)
        duration, lines = run(scans, out, "--jobs", jobs)
        durations.append(duration)
        click.echo(
            f"--jobs {jobs}: {duration:.1f} s, {(count - bad) / duration:.2f} pages a second"
        )
        check(len(lines) == bad + 1, "not one line for each bad file:\n" + "\n".join(lines))
    click.echo("\n".join(lines))
    click.echo(f"two jobs are {durations[0] / durations[1]:.2f} times as fast as one")


@contextmanager
def cluster() -> Iterator[tuple[str, Callable[[], None]]]:
    """Start a Dask cluster of two workers; yield its address and what kills one of them."""
    import dask
    from distributed import Client, LocalCluster

    with (
        dask.config.set({"distributed.deploy.lost-worker-timeout": "10 minutes"}),
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0") as local,
        Client(local, set_as_default=False) as client,
    ):

        def kill_worker() -> None:
            pid = next(iter(client.run(os.getpid).values()))
            os.kill(pid, signal.SIGKILL)

        yield local.scheduler_address, kill_worker


def on_cluster(scans: Path, out: Path, good: int) -> None:
    """Read all on a cluster while a worker is killed."""
    with cluster() as (address, kill_worker):
        arguments = command(*FORMATS, "-o", out, "--scheduler", address, scans)
        process = subprocess.Popen(arguments, stderr=subprocess.PIPE, text=True)
        wait_for_pages(out, good // 3, process)
        check(process.poll() is None, "the cluster was done before a worker could be killed")
        kill_worker()
        _, errors = process.communicate()
        click.echo(errors.splitlines()[-1])


@click.command()
@click.argument("sources", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--count", default=200, show_default=True, help="Pages, 12 bad ones among them.")
@click.option("--keep", type=click.Path(path_type=Path), help="Work in this folder and keep it.")
@click.option("--with-cluster/--without-cluster", default=True)
def main(sources: tuple[Path, ...], count: int, keep: Path | None, with_cluster: bool) -> None:
    """Read many pages, bad ones among them, with one and two workers, killed and resumed.

    SOURCES are folders of pages, which are repeated; without any, the sample pages.
    """
    pages = [
        path
        for folder in sources or (SAMPLES,)
        for path in sorted(folder.iterdir())
        if path.suffix.lower() in SUFFIXES and path.name != "line.png"
    ]
    with tempfile.TemporaryDirectory() as scratch:
        base = keep or Path(scratch)
        scans, whole, killed = base / "scans", base / "whole", base / "killed"
        scans.mkdir(parents=True)
        bad = make_scans(scans, pages, count)
        undisturbed(scans, whole, count, bad)
        wanted = results(whole)
        check(len(wanted) == 2 * (count - bad), "not every good page was written")
        click.echo("killed with SIGKILL five times:")
        killed_runs(scans, killed, ("--jobs", "2"), count - bad)
        _, lines = run(scans, killed, "--resume", "--jobs", "2")
        click.echo(lines[-1])
        check(results(killed) == wanted, "the results differ from an undisturbed run's")
        click.echo("the results are those of an undisturbed run")
        if with_cluster:
            on_cluster(scans, base / "cluster", count - bad)
            check(results(base / "cluster") == wanted, "the cluster's results differ")
            click.echo("so are those of a cluster of which a worker was killed")


if __name__ == "__main__":
    main()
