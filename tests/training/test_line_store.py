from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from training.line_store import LineStore


def test_a_saved_store_comes_back_whole(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    images = [rng.integers(0, 256, size).astype(np.uint8) for size in ((3, 7), (1, 1), (20, 400))]
    store = LineStore(images, ["un", "œuf", "à la coque"], ["p1", "p1", "p2"])
    path = tmp_path / "lines.npz"
    store.save(path)
    loaded = LineStore.load(path)
    assert (loaded.texts, loaded.groups) == (store.texts, store.groups)
    assert all(np.array_equal(a, b) for a, b in zip(loaded.images, images, strict=True))


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 broken", b"text"])
def test_refuses_other_files(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "lines.npz"
    path.write_bytes(content)
    with pytest.raises(ValueError, match="not a store of lines"):
        LineStore.load(path)


def test_refuses_pickles(tmp_path: Path) -> None:
    path = tmp_path / "lines.npz"
    np.savez(path, pixels=np.array([{"a": 1}], object), shapes=1, texts=1, groups=1)
    with pytest.raises(ValueError, match="not a store of lines"):
        LineStore.load(path)
