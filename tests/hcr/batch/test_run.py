from __future__ import annotations

import errno
import os
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from hcr import Page, Reader
from hcr.batch.inputs import Found, find_inputs
from hcr.batch.manifest import NAME
from hcr.batch.plan import make_jobs
from hcr.batch.progress import Progress
from hcr.batch.run import run_batch
from hcr.config import RunConfig
from hcr.errors import ConfigError, OutputError
from hcr.formats import FORMATS
from hcr.images import SUFFIXES

TEXT = b"ab cd\n"


class Batch:
    """A folder of scans, runs over it with the fake model, and what was read in them."""

    def __init__(self, folder: Path) -> None:
        self.scans, self.out = folder / "scans", folder / "out"
        self.read: list[str] = []
        self.config = RunConfig(output=self.out, level="line")  # quicker than pages
        self.out.mkdir()

    def run(self, **changed: object) -> list[str]:
        """Run, and return the names of the inputs that were opened, sorted."""
        self.read.clear()
        self.failed = 0
        config = replace(self.config, **changed)  # type: ignore[arg-type]
        found = [i for i in find_inputs([self.scans], SUFFIXES) if isinstance(i, Found)]
        suffixes = [FORMATS[name].suffix for name in config.format]
        jobs = make_jobs(found, suffixes, self.out, config.show)
        with Progress(len(jobs), bar=False, summary=True) as progress:
            run_batch(jobs, config, progress)
            self.failed = progress.failed
        return sorted(self.read)

    def resume(self, **changed: object) -> list[str]:
        return self.run(resume=True, **changed)

    def results(self) -> dict[str, bytes]:
        return {
            path.relative_to(self.out).as_posix(): path.read_bytes()
            for path in self.out.rglob("*")
            if path.is_file() and not path.name.startswith(NAME)
        }


@pytest.fixture
def line(page: np.ndarray) -> np.ndarray:
    return page[110:170]


@pytest.fixture
def batch(tmp_path: Path, line: np.ndarray, monkeypatch: pytest.MonkeyPatch) -> Batch:
    """Two good scans, one of them in a sub-folder, and a bad one."""
    batch = Batch(tmp_path)
    (batch.scans / "sub").mkdir(parents=True)
    for name in ("a.png", "sub/b.png"):
        Image.fromarray(line).save(batch.scans / name)
    (batch.scans / "bad.png").write_bytes(b"bad")
    read_pages = Reader.read_pages

    def spy(reader: Reader, source: Path) -> Iterator[tuple[np.ndarray, Page]]:
        batch.read.append(source.name)
        return read_pages(reader, source)

    monkeypatch.setattr(Reader, "read_pages", spy)
    return batch


def test_all_good_ones_are_written_and_the_bad_one_told_of(
    batch: Batch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert batch.run() == ["a.png", "b.png", "bad.png"]
    assert batch.results() == {"a.txt": TEXT, "sub/b.txt": TEXT}
    assert batch.failed == 1
    failure, summary = capsys.readouterr().err.splitlines()
    assert failure.startswith(f"{batch.scans}/bad.png: ")
    assert summary.startswith("3 inputs: 2 written, 1 failed in ")


def test_resume_reads_only_what_failed(batch: Batch, capsys: pytest.CaptureFixture[str]) -> None:
    batch.run()
    assert batch.resume() == ["bad.png"]
    assert "0 written, 2 kept from before, 1 failed" in capsys.readouterr().err
    Image.new("L", (50, 50)).save(batch.scans / "bad.png")
    assert batch.resume() == ["bad.png"]
    assert batch.resume() == []
    assert batch.failed == 0


def test_without_resume_all_is_read_again(batch: Batch) -> None:
    batch.run()
    assert batch.run() == ["a.png", "b.png", "bad.png"]


def test_resume_reads_what_is_missing_or_has_changed(batch: Batch, line: np.ndarray) -> None:
    (batch.scans / "bad.png").unlink()
    assert batch.resume() == ["a.png", "b.png"]
    (batch.out / "a.txt").unlink()
    assert batch.resume() == ["a.png"]
    scan = batch.scans / "sub" / "b.png"
    before = scan.stat()
    Image.fromarray(255 - line).save(scan)
    os.utime(scan, ns=(before.st_atime_ns, before.st_mtime_ns))  # only the content tells
    assert batch.resume() == ["b.png"]
    scan.touch()
    assert batch.resume() == []


@pytest.mark.parametrize("changed", [{"format": ("txt", "json")}, {"level": "page"}])
def test_other_options_mean_reading_again(batch: Batch, changed: dict[str, object]) -> None:
    batch.run()
    assert batch.resume(**changed) == ["a.png", "b.png", "bad.png"]
    assert batch.resume(**changed) == ["bad.png"]


def test_another_model_means_reading_again(batch: Batch, tmp_path: Path) -> None:
    model = tmp_path / "model.onnx"
    model.write_bytes(b"1")
    batch.run(model=model)
    assert batch.resume(model=model) == ["bad.png"]
    model.write_bytes(b"2")
    assert batch.resume(model=model) == ["a.png", "b.png", "bad.png"]


def test_what_was_corrected_by_hand_is_kept(batch: Batch) -> None:
    batch.run()
    (batch.out / "a.txt").write_text("corrected")
    batch.resume()
    assert (batch.out / "a.txt").read_text() == "corrected"


def test_a_format_of_one_file_a_page_gets_numbered_names(batch: Batch, line: np.ndarray) -> None:
    image = Image.fromarray(line)
    image.save(batch.scans / "two.tif", save_all=True, append_images=[image])
    batch.run(format=("page",))
    assert set(batch.results()) == {
        *("a.page.xml", "sub/b.page.xml", "two.page.xml", "two-p2.page.xml"),
    }
    (batch.out / "two-p2.page.xml").unlink()
    assert batch.resume(format=("page",)) == ["bad.png", "two.tif"]


def test_a_later_page_does_not_take_the_name_of_another_input(
    batch: Batch, line: np.ndarray, capsys: pytest.CaptureFixture[str]
) -> None:
    image = Image.fromarray(line)
    image.save(batch.scans / "a.tif", save_all=True, append_images=[image])
    (batch.scans / "a.png").rename(batch.scans / "a-p2.png")
    batch.run(format=("page",))
    assert "a.tif: page 2 would have the name" in capsys.readouterr().err
    assert batch.failed == 2


def test_pictures_belong_to_the_results(batch: Batch, tmp_path: Path) -> None:
    show = tmp_path / "shown.png"
    batch.run(show=show)
    assert batch.resume(show=show) == ["bad.png"]
    (tmp_path / "shown-sub-b.png").unlink()
    assert batch.resume(show=show) == ["b.png", "bad.png"]
    assert (tmp_path / "shown-sub-b.png").exists()


def test_report_after_the_event_reads_nothing_again(batch: Batch, tmp_path: Path) -> None:
    batch.run()
    report = tmp_path / "r.html"
    assert batch.resume(report=report) == ["bad.png"]
    text = report.read_text("utf-8")
    assert text.count("<img ") == 2
    assert text.count(">ab</mark>") == 4  # on 2 pages, in the text and to review
    assert text.index("bad.png") < text.index("sub/b.png")


def test_report_without_a_folder_is_refused_before_reading(batch: Batch, tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        batch.run(report=tmp_path / "no" / "r.html")
    assert batch.read == []


def test_a_full_disk_ends_the_run_and_resume_goes_on(
    batch: Batch, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr("hcr.files.os.fsync", fail)
        with pytest.raises(OutputError, match="disk is full") as caught:
            batch.run()
    assert caught.value.exit_code == 1
    assert batch.read == ["a.png"]
    assert batch.results() == {}
    assert batch.resume() == ["a.png", "b.png", "bad.png"]
    assert batch.results() == {"a.txt": TEXT, "sub/b.txt": TEXT}


def test_one_result_that_cannot_be_written_costs_only_itself(batch: Batch) -> None:
    (batch.out / "a.txt").mkdir()
    assert batch.run() == ["a.png", "b.png", "bad.png"]
    assert batch.failed == 2
    assert batch.results() == {"sub/b.txt": TEXT}
    (batch.out / "a.txt").rmdir()
    assert batch.resume() == ["a.png", "bad.png"]


def test_file_in_place_of_a_sub_folder(batch: Batch) -> None:
    (batch.out / "sub").touch()
    batch.run()
    assert batch.failed == 2
    assert (batch.out / "a.txt").read_bytes() == TEXT


def test_interrupt_keeps_what_is_finished(
    batch: Batch, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    spy = Reader.read_pages

    def interrupted(reader: Reader, source: Path) -> Iterator[tuple[np.ndarray, Page]]:
        if source.name == "b.png":
            raise KeyboardInterrupt
        return spy(reader, source)

    with monkeypatch.context() as patch:
        patch.setattr(Reader, "read_pages", interrupted)
        with pytest.raises(KeyboardInterrupt):
            batch.run()
    assert "3 inputs: 1 written, 1 failed, 1 not reached in" in capsys.readouterr().err
    assert batch.results() == {"a.txt": TEXT}
    assert batch.resume() == ["b.png", "bad.png"]


def test_leftovers_of_killed_runs_are_removed(batch: Batch) -> None:
    folder = batch.out / "sub"
    folder.mkdir()
    old, young, other = (folder / name for name in (".hcr-abcd_123", ".hcr-efgh4567", ".hcr-x"))
    # The run that was killed a few seconds ago; one that is under way; nothing of ours.
    for path, seconds in ((old, -4), (young, 60), (other, -3600)):
        path.touch()
        os.utime(path, (time.time() + seconds,) * 2)
    batch.run()
    assert (old.exists(), young.exists(), other.exists()) == (False, True, True)


def test_every_finished_page_is_on_record(batch: Batch) -> None:
    batch.run()
    base = sqlite3.connect(batch.out / NAME)
    rows = base.execute("SELECT name, outcome, outputs, problem <> '' FROM inputs ORDER BY name")
    assert rows.fetchall() == [
        ("a", "written", '[["a.txt", 6]]', 0),
        ("bad", "failed", "[]", 1),
        ("sub/b", "written", '[["sub/b.txt", 6]]', 0),
    ]
    base.close()
