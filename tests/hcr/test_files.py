from __future__ import annotations

import os
from pathlib import Path

import pytest

from hcr.errors import ConfigError, HcrError, OutputError
from hcr.files import check_stems, expand, natural_key, write_atomically

PNG = frozenset([".png"])


def test_files_pass_in_the_order_given(tmp_path: Path) -> None:
    paths = [tmp_path / "b.txt", tmp_path / "a.png"]
    assert list(expand(paths, PNG)) == paths


def test_folder_gives_its_images_in_natural_order(tmp_path: Path) -> None:
    for name in ("p10.png", "p2.PNG", "P1.png", "notes.txt", ".hidden.png", "q.png"):
        (tmp_path / name).touch()
    (tmp_path / "folder.png").mkdir()
    found = [path.name for path in expand([tmp_path], PNG) if isinstance(path, Path)]
    assert found == ["P1.png", "p2.PNG", "p10.png", "q.png"]


def test_folder_without_images_is_an_error_among_the_rest(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    bad, good = expand([tmp_path / "empty", tmp_path / "a.png"], PNG)
    assert isinstance(bad, HcrError)
    assert "no images" in str(bad)
    assert good == tmp_path / "a.png"


def test_folder_that_may_not_be_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", refuse)  # root may list everything
    (error,) = expand([tmp_path], PNG)
    assert "Permission denied" in str(error)


def test_impossible_names_are_left_to_the_opening() -> None:
    long = Path("a" * 5000)
    assert list(expand([long], PNG)) == [long]


def test_natural_order_of_odd_names() -> None:
    names = ["10", "9a", "9", "a٣", "a", "", "9" * 200]
    ordered = sorted((Path(name) for name in names), key=natural_key)
    assert [path.name for path in ordered] == ["", "9", "9a", "10", "9" * 200, "a", "a٣"]


def test_equal_stems_are_refused() -> None:
    check_stems([Path("a/x.png"), Path("a/y.png")])
    with pytest.raises(ConfigError, match=r"b/x\.jpg: .*a/x\.png") as caught:
        check_stems([Path("a/x.png"), Path("b/x.jpg")])
    assert caught.value.exit_code == 2


def test_write_replaces_and_leaves_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "out.txt"
    write_atomically(path, b"old")
    write_atomically(path, b"new")
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


def test_written_files_have_ordinary_permissions(tmp_path: Path) -> None:
    path = tmp_path / "out.txt"
    write_atomically(path, b"x")
    plain = tmp_path / "plain.txt"
    plain.touch()
    assert path.stat().st_mode == plain.stat().st_mode


def test_failed_write_keeps_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "out.txt"
    path.write_bytes(b"old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match="No space left"):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_write_into_a_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="cannot be written"):
        write_atomically(tmp_path / "no" / "out.txt", b"x")
