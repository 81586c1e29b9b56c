from __future__ import annotations

import os
from pathlib import Path

import pytest

from hcr.errors import OutputError
from hcr.files import natural_key, write_atomically


def test_natural_order_of_odd_names() -> None:
    names = ["10", "9a", "9", "a٣", "a", "", "9" * 200]
    ordered = sorted((Path(name) for name in names), key=natural_key)
    assert [path.name for path in ordered] == ["", "9", "9a", "10", "9" * 200, "a", "a٣"]


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
