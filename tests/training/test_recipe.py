from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from training.line_store import LineStore
from training.recipe import load_lines

pytest.importorskip("wordfreq")


def test_line_images_with_texts(tmp_path: Path, drawn_lines: LineStore) -> None:
    for index, (image, text) in enumerate(zip(drawn_lines.images, drawn_lines.texts, strict=True)):
        cv2.imwrite(str(tmp_path / f"{index}.png"), image)
        (tmp_path / f"{index}.gt.txt").write_text(text + "\n", encoding="utf-8")
    loaded = load_lines(tmp_path)
    assert loaded.texts == drawn_lines.texts
    assert all(np.array_equal(a, b) for a, b in zip(loaded.images, drawn_lines.images, strict=True))


def test_an_undecodable_image_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"nothing")
    (tmp_path / "a.gt.txt").write_text("text", encoding="utf-8")
    with pytest.raises(ValueError, match=r"a\.png"):
        load_lines(tmp_path)
