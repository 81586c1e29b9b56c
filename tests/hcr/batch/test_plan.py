from __future__ import annotations

from pathlib import Path

import pytest

from hcr.batch.inputs import Found
from hcr.batch.plan import make_jobs
from hcr.errors import ConfigError


def inputs(*names: str) -> list[Found]:
    return [Found(Path(name), Path(name).with_suffix("")) for name in names]


def refused(names: list[str], suffixes: list[str], output: Path, show: Path | None = None) -> str:
    with pytest.raises(ConfigError) as caught:
        make_jobs(inputs(*names), suffixes, output, show)
    assert caught.value.exit_code == 2
    return str(caught.value)


def test_results_are_named_after_the_input_in_the_same_sub_folders(tmp_path: Path) -> None:
    jobs = make_jobs(inputs("a/p.1.png", "p.png"), [".txt", ".alto.xml"], tmp_path)
    assert [job.name for job in jobs] == ["a/p.1", "p"]
    assert jobs[0].outputs == (tmp_path / "a/p.1.txt", tmp_path / "a/p.1.alto.xml")
    assert jobs[0].targets == jobs[0].outputs


def test_without_output_folder_nothing_is_named() -> None:
    jobs = make_jobs(inputs("p.png", "p.jpg", "p.png"), [".txt"])
    assert [job.targets for job in jobs] == [(), (), ()]


def test_pictures_are_named_after_several_inputs_only(tmp_path: Path) -> None:
    show = tmp_path / "found.png"
    (job,) = make_jobs(inputs("a/p.png"), [".txt"], show=show)
    assert job.targets == (show,)
    jobs = make_jobs(inputs("a/p.png", "b/p.png"), [".txt"], show=show)
    assert [job.show for job in jobs] == [tmp_path / "found-a-p.png", tmp_path / "found-b-p.png"]


def test_equal_names_are_refused(tmp_path: Path) -> None:
    assert "p.png" in (line := refused(["p.png", "p.jpg"], [".txt"], tmp_path))
    assert line.startswith("p.jpg: its result would have the same name")
    assert "same name" in refused(["p.png", "p.a.png"], [".a.b", ".b"], tmp_path)
    assert "same name" in refused(["a/b.png", "a-b.png"], [".txt"], tmp_path, tmp_path / "s.png")


def test_the_same_input_twice_is_read_once(tmp_path: Path) -> None:
    assert len(make_jobs(inputs("p.png", "p.png"), [".txt"], tmp_path)) == 1


def test_no_input_is_written_over(tmp_path: Path) -> None:
    scans, link = tmp_path / "scans", tmp_path / "link"
    scans.mkdir()
    link.symlink_to(scans)
    found = [Found(scans / "p.pdf", Path("p"))]
    with pytest.raises(ConfigError, match="would overwrite the input"):
        make_jobs(found, [".pdf"], link)
    assert make_jobs(found, [".txt"], link)[0].outputs == (link / "p.txt",)
