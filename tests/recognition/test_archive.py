"""Files of arrays: what comes back, and what is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from recognition import archive
from recognition.archive import pack_text, read_arrays, refusing, unpack_text, write_arrays


def test_arrays_come_back(tmp_path: Path) -> None:
    arrays = {"a": np.arange(6, dtype=np.uint8), "b": np.eye(2, dtype=np.float16)}
    write_arrays(tmp_path / "m.npz", 3, arrays)
    back = read_arrays(tmp_path / "m.npz", 3)
    assert back.keys() == arrays.keys()
    assert all(np.array_equal(back[name], arrays[name]) for name in arrays)
    assert all(back[name].dtype == arrays[name].dtype for name in arrays)


@pytest.mark.parametrize("text", ["", "abc é œ", "\U0001f600\n"])
def test_texts_come_back(text: str) -> None:
    assert unpack_text(pack_text(text)) == text


def test_other_versions_are_refused(tmp_path: Path) -> None:
    write_arrays(tmp_path / "m.npz", 3, {})
    with pytest.raises(ValueError, match="version 3 of the format is not known"):
        read_arrays(tmp_path / "m.npz", 4)


def test_what_unpacks_to_too_much_is_not_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_arrays(tmp_path / "m.npz", 1, {"a": np.zeros(2**20, np.uint8)})
    assert (tmp_path / "m.npz").stat().st_size < 2**13
    monkeypatch.setattr(archive, "MAX_BYTES", 2**19)
    with pytest.raises(ValueError, match="unpacks to over"):
        read_arrays(tmp_path / "m.npz", 1)


def test_objects_are_not_unpickled(tmp_path: Path) -> None:
    np.savez(tmp_path / "m.npz", format=np.array(1), a=np.array([{}], object))
    with pytest.raises(ValueError, match="is not a thing"), refusing(tmp_path / "m.npz", "thing"):
        read_arrays(tmp_path / "m.npz", 1)


def test_missing_files_are_not_called_wrong_ones(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), refusing(tmp_path / "m.npz", "thing"):
        read_arrays(tmp_path / "m.npz", 1)
