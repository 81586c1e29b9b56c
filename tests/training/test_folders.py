from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from training.folders import read_class_folders


def draw(path: Path, text: str, size: float = 2.0, inverted: bool = False) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    image = np.full((round(40 * size), round(30 * size)), 255, np.uint8)
    at = round(4 * size), round(32 * size)
    cv2.putText(image, text, at, cv2.FONT_HERSHEY_SIMPLEX, size, 0, round(2 * size), cv2.LINE_AA)
    ok, data = cv2.imencode(path.suffix, 255 - image if inverted else image)
    assert ok
    path.write_bytes(data.tobytes())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    draw(tmp_path / "A/1.png", "A")
    draw(tmp_path / "A/2.jpg", "A", size=5.0)
    draw(tmp_path / "U+0061/1.png", "a", inverted=True)
    draw(tmp_path / "é/ça.png", "e")
    (tmp_path / "A/notes.txt").write_text("no picture")
    (tmp_path / ".cache").mkdir()
    return tmp_path


def test_pictures_and_labels(folder: Path) -> None:
    data = read_class_folders(folder)
    assert data.images.shape == (4, 28, 28)
    assert [data.classes[k] for k in data.labels] == ["A", "A", "a", "é"]
    # any size and colour becomes the same white on black
    assert np.abs(data.images[0].astype(int) - data.images[1]).mean() < 8
    assert (data.images[:, 0] < 128).all()
    assert (data.images.reshape(4, -1).max(axis=1) > 200).all()


def test_both_names_of_a_character_are_one_class(folder: Path) -> None:
    draw(folder / "U+0041/3.png", "A")
    data = read_class_folders(folder)
    assert sum(data.classes[k] == "A" for k in data.labels) == 3
    assert len(set(data.classes)) == len(data.classes)


@pytest.mark.parametrize("name", ["cat", "10", "U+", "U+zz", "U+110000", "U+0007"])
def test_a_folder_of_no_character_is_refused(folder: Path, name: str) -> None:
    (folder / name).mkdir()
    with pytest.raises(ValueError, match="named by one character"):
        read_class_folders(folder)


def test_broken_and_blank_pictures_are_named(folder: Path) -> None:
    (folder / "A/3.png").write_bytes(b"")
    with pytest.raises(ValueError, match=r"3\.png: not a picture"):
        read_class_folders(folder)
    ok, blank = cv2.imencode(".png", np.full((9, 9), 200, np.uint8))
    assert ok
    (folder / "A/3.png").write_bytes(blank.tobytes())
    with pytest.raises(ValueError, match=r"3\.png: nothing is drawn"):
        read_class_folders(folder)


def test_no_pictures(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no pictures in class folders"):
        read_class_folders(tmp_path)
