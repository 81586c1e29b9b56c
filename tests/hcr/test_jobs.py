from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from hcr import Document, Reader
from hcr.config import RunConfig
from hcr.errors import ConfigError, InputError, ModelError
from hcr.jobs import Job, Outcome, run_job

CONFIG = RunConfig(format=("txt", "json"))


def read(job: Job, config: RunConfig = CONFIG) -> Outcome:
    return run_job(job, config, job.path)


def test_result_is_handed_back_rendered(page_file: Path) -> None:
    outcome = read(Job(page_file))
    assert outcome.error is None
    (text,), (data,) = outcome.rendered
    assert text == b"ab cd\n" * 3
    assert Document.from_json(data).source == str(page_file)
    assert outcome.seconds > 0
    assert outcome.pages == ()


def test_nothing_is_written(page_file: Path, tmp_path: Path) -> None:
    read(Job(page_file, (tmp_path / "x.txt", tmp_path / "x.json")))
    assert list(tmp_path.iterdir()) == [page_file]


def test_pages_in_short_go_with_results_for_files(page_file: Path) -> None:
    job = Job(page_file, (Path("x.txt"),))
    (page,) = read(job).pages
    assert page.lines == ((("ab", 0.75), ("cd", 0.75)),) * 3
    assert page.picture == b""
    (page,) = read(job, replace(CONFIG, report=Path("r.html"))).pages
    assert page.picture.startswith(b"\xff\xd8\xff")


def test_input_may_lie_elsewhere_and_keeps_its_name(page_file: Path) -> None:
    job = Job(Path("far/away.png"))
    outcome = run_job(job, CONFIG, page_file)
    assert Document.from_json(outcome.rendered[1][0]).source == "far/away.png"
    outcome = run_job(job, CONFIG, page_file.with_name("no.png"))
    assert outcome.job == job
    assert str(outcome.error).startswith("far/away.png: there is no such file")


def test_picture_for_every_page(tmp_path: Path, page: np.ndarray) -> None:
    path = tmp_path / "a.tif"
    image = Image.fromarray(page)
    image.save(path, save_all=True, append_images=[image, image])
    outcome = read(Job(path, show=tmp_path / "found.png"))
    pictures = sorted(found.name for found in tmp_path.glob("found*"))
    assert pictures == ["found-p2.png", "found-p3.png", "found.png"]
    assert sorted(picture.name for picture in outcome.pictures) == pictures
    assert Image.open(tmp_path / "found-p3.png").width > 1800


def test_errors_are_outcomes(tmp_path: Path, page_file: Path) -> None:
    for level in ("page", "line"):
        outcome = read(Job(tmp_path / "no.png"), RunConfig(level=level))  # type: ignore[arg-type]
        assert isinstance(outcome.error, InputError)
        assert outcome.rendered == ()
    outcome = read(Job(page_file, show=tmp_path / "no" / "x.png"))
    assert "cannot be written" in str(outcome.error)


@pytest.mark.parametrize(
    ("fault", "message"),
    [(KeyError("x"), "fault of hcr"), (MemoryError(), "not enough memory")],
)
def test_faults_of_ours_are_one_line(
    page_file: Path, monkeypatch: pytest.MonkeyPatch, fault: Exception, message: str
) -> None:
    outcome = read_with_fault(page_file, monkeypatch, fault)
    assert message in str(outcome.error)
    assert len(str(outcome.error).splitlines()) == 1


@pytest.mark.parametrize("kind", [ConfigError, ModelError])
def test_what_would_befall_all_jobs_is_raised(
    page_file: Path, monkeypatch: pytest.MonkeyPatch, kind: type[ConfigError]
) -> None:
    with pytest.raises(kind):
        read_with_fault(page_file, monkeypatch, kind("model", "it is none", "name another"))


def read_with_fault(path: Path, monkeypatch: pytest.MonkeyPatch, fault: Exception) -> Outcome:
    def fail(*_: object) -> Iterator[object]:
        raise fault

    monkeypatch.setattr(Reader, "read_pages", fail)
    return read(Job(path))
