from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from hcr.batch.manifest import NAME, Manifest
from hcr.batch.summary import PageSummary
from hcr.errors import ConfigError, OutputError
from hcr.jobs import Job

PAGE = PageSummary(((("a<b", 0.5), ("c", 1.0)),), 0.7, b"jpeg")


def opened(folder: Path, options: str = "{}", model: str = "m") -> Manifest:
    return Manifest(folder, options, model)


@pytest.fixture
def job(tmp_path: Path) -> Job:
    """A job whose result is there."""
    (tmp_path / "p.txt").write_text("text")
    return Job(Path("p.png"), (tmp_path / "p.txt",), name="p", digest="d")


def recorded(folder: Path, job: Job) -> None:
    with opened(folder) as manifest:
        manifest.written(job, job.outputs, 1.0, [PAGE])


def test_done_is_what_was_read_the_same_way(tmp_path: Path, job: Job) -> None:
    with opened(tmp_path) as manifest:
        assert not manifest.is_done(job)
    recorded(tmp_path, job)
    with opened(tmp_path) as manifest:
        assert manifest.is_done(job)
        assert not manifest.is_done(replace(job, digest="e"))
        assert not manifest.is_done(replace(job, name="q"))
    for other in (("{1}", "m"), ("{}", "n")):
        with opened(tmp_path, *other) as manifest:
            assert not manifest.is_done(job)


def test_the_folder_may_move(tmp_path: Path, job: Job) -> None:
    out = tmp_path / "out"
    out.mkdir()
    job.outputs[0].rename(out / "p.txt")
    recorded(out, replace(job, outputs=(out / "p.txt",)))
    with opened(out.rename(tmp_path / "moved")) as manifest:
        assert manifest.is_done(job)


def test_results_that_are_missing_or_emptied_are_not_done(tmp_path: Path, job: Job) -> None:
    recorded(tmp_path, job)
    (result,) = job.outputs
    with opened(tmp_path) as manifest:
        result.write_text("corrected by hand")
        assert manifest.is_done(job)
        result.write_bytes(b"")
        assert not manifest.is_done(job)
        result.unlink()
        assert not manifest.is_done(job)


def test_empty_result_of_a_blank_page_is_done(tmp_path: Path, job: Job) -> None:
    job.outputs[0].write_bytes(b"")
    recorded(tmp_path, job)
    with opened(tmp_path) as manifest:
        assert manifest.is_done(job)


def test_every_result_counts(tmp_path: Path, job: Job) -> None:
    picture = tmp_path / "shown" / "p.png"
    picture.parent.mkdir()
    picture.touch()
    with opened(tmp_path) as manifest:
        manifest.written(job, (*job.outputs, picture), 1.0, [])
        assert manifest.is_done(job)
        picture.unlink()
        assert not manifest.is_done(job)


def test_failures_are_not_done_and_may_follow_success(tmp_path: Path, job: Job) -> None:
    recorded(tmp_path, job)
    with opened(tmp_path) as manifest:
        manifest.failed(job, "p.png: broken; mend it", 0.1)
        assert not manifest.is_done(job)
        manifest.begin(["p"], resume=True)
        (entry,) = manifest.worst_first()
    assert (entry.problem, entry.number) == ("p.png: broken; mend it", 0)


def test_a_fresh_run_forgets_only_what_it_is_about(tmp_path: Path, job: Job) -> None:
    recorded(tmp_path, job)
    other = replace(job, name="other")
    recorded(tmp_path, other)
    with opened(tmp_path) as manifest:
        manifest.begin(["p"], resume=True)
        assert manifest.is_done(job)
        manifest.begin(["p"], resume=False)
        assert not manifest.is_done(job)
        assert manifest.is_done(other)


def test_record_is_readable_with_any_sqlite(tmp_path: Path, job: Job) -> None:
    recorded(tmp_path, job)
    base = sqlite3.connect(tmp_path / NAME)
    row = base.execute("SELECT name, source, digest, options, model, outcome FROM inputs")
    assert row.fetchall() == [("p", "p.png", "d", "{}", "m", "written")]
    assert base.execute("SELECT julianday(finished) > 2e6 FROM inputs").fetchone() == (1,)
    base.close()


def test_worst_first(tmp_path: Path, job: Job) -> None:
    with opened(tmp_path) as manifest:
        for name, confidences in (("good", [0.9, 0.2]), ("blank", [None]), ("other", [0.1])):
            pages = [replace(PAGE, confidence=sure) for sure in confidences]
            manifest.written(replace(job, name=name), job.outputs, 1.0, pages)
        manifest.failed(replace(job, name="bad"), "problem", 0.0)
        manifest.begin(["good", "blank", "bad", "never read"], resume=True)
        entries = list(manifest.worst_first())
    order = [(entry.name, entry.number) for entry in entries]
    assert order == [("bad", 0), ("blank", 1), ("good", 2), ("good", 1)]
    assert entries[-1].summary == replace(PAGE, confidence=0.9)


def test_pictures_may_come_later(tmp_path: Path, job: Job) -> None:
    with opened(tmp_path) as manifest:
        manifest.written(job, job.outputs, 1.0, [replace(PAGE, picture=b""), PAGE])
        assert manifest.lacks_pictures(job)
        manifest.add_pictures(job, [b"1", b"2"])
        assert not manifest.lacks_pictures(job)
        manifest.begin(["p"], resume=True)
        assert {e.number: e.summary.picture for e in manifest.worst_first()} == {1: b"1", 2: b"2"}


def test_names_that_are_no_utf8(tmp_path: Path, job: Job) -> None:
    odd = replace(job, name="p\udcff", path=Path("p\udcff.png"))
    recorded(tmp_path, odd)
    with opened(tmp_path) as manifest:
        assert manifest.is_done(odd)


def test_two_runs_may_share_a_folder(tmp_path: Path, job: Job) -> None:
    with opened(tmp_path) as first, opened(tmp_path) as second:
        first.begin(["p"], resume=False)
        second.begin(["q"], resume=False)
        first.written(job, job.outputs, 1.0, [PAGE])
        second.written(replace(job, name="q"), job.outputs, 1.0, [PAGE])
        assert first.is_done(job)
        assert second.is_done(job)


def test_what_is_no_record_is_refused(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(b"no database" * 1000)
    with pytest.raises(ConfigError, match="remove it"):
        opened(tmp_path)


def test_another_version_is_refused(tmp_path: Path) -> None:
    opened(tmp_path).__exit__(None, None, None)
    base = sqlite3.connect(tmp_path / NAME)
    base.execute("PRAGMA user_version = 99")
    base.close()
    with pytest.raises(ConfigError, match="another version"):
        opened(tmp_path)


def test_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="cannot be written"):
        opened(tmp_path / "no")


def test_a_full_disk_undoes_the_change_at_hand_only(tmp_path: Path, job: Job) -> None:
    recorded(tmp_path, job)
    with opened(tmp_path) as manifest:
        (pages,) = manifest._base.execute("PRAGMA page_count").fetchone()
        manifest._base.execute(f"PRAGMA max_page_count = {pages}")
        big = replace(PAGE, picture=b"x" * 10**6)
        with pytest.raises(OutputError, match="full"):
            manifest.written(replace(job, name="q"), job.outputs, 1.0, [big])
        assert not manifest.is_done(replace(job, name="q"))
        assert manifest.is_done(job)
