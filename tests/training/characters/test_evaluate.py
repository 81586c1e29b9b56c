from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from recognition.characters import CharacterClassifier
from recognition.network import Network
from training.characters.data import CharacterSet
from training.characters.evaluate import describe, evaluate, write_tables


class Painted(Network):
    """A network that reads the class painted into the first pixel, and is 90 % sure of it."""

    def __init__(self, alphabet: str) -> None:
        metadata = {"kind": "characters", "alphabet": alphabet, "size": 28}
        super().__init__(None, metadata, Path("painted.onnx"))  # type: ignore[arg-type]

    def run(self, batch: np.ndarray) -> np.ndarray:
        count = len(self.metadata["alphabet"])
        painted = np.rint(batch[:, 0, 0, 0] * 255).astype(int)
        rows = np.full((len(batch), count), 0.1 / (count - 1), np.float32)
        rows[np.arange(len(batch)), painted] = 0.9
        return np.log(rows)


def painted(found: list[int], labels: list[int], classes: tuple[str, ...]) -> CharacterSet:
    images = np.zeros((len(found), 28, 28), np.uint8)
    images[:, 0, 0] = found
    return CharacterSet(images, np.array(labels, np.int64), classes)


ALPHABET = "01Cc"
DATA = painted([0, 1, 2, 3, 2, 0], [0, 1, 2, 3, 3, 1], tuple(ALPHABET))
READER = CharacterClassifier(Painted(ALPHABET))


def test_views_fold_what_cannot_be_told_apart() -> None:
    result = evaluate("painted", READER, DATA)
    accuracies = {view: figures.accuracy for view, figures in result.views.items()}
    assert accuracies == {
        "as labelled": pytest.approx(4 / 6),
        "47 merged classes": pytest.approx(5 / 6),
    }
    assert result.kinds == {"digits": pytest.approx(2 / 3)}
    assert result.found.tolist() == [0, 1, 2, 3, 2, 0]


def test_data_of_fewer_and_of_open_classes() -> None:
    digits = evaluate("painted", READER, painted([0, 2, 1], [0, 0, 1], ("0", "1")))
    assert digits.exact.images == 3
    assert digits.exact.confusion.sum() == 3
    merged = evaluate("painted", READER, painted([3, 2, 1], [1, 1, 0], ("1", "Cc")))
    assert merged.exact.accuracy == 1
    with pytest.raises(ValueError, match="no class for 'x'"):
        evaluate("painted", READER, painted([0], [0], ("x", "0")))


def test_the_report_has_the_figures_of_all_models(tmp_path: Path) -> None:
    other = evaluate("other", CharacterClassifier(Painted("10Cc")), DATA)
    evaluations = [evaluate("painted", READER, DATA), other]
    text = describe(evaluations)
    assert "66.67 %" in text
    assert "1 as 0 1" in text
    assert text.splitlines()[1].split() == ["painted", "other"]
    write_tables(evaluations, tmp_path / "out")
    report = (tmp_path / "out/report.txt").read_text(encoding="utf-8")
    assert report == text + "\n"
    figures = json.loads((tmp_path / "out/report.json").read_text(encoding="utf-8"))
    assert figures["painted"]["views"]["as labelled"]["accuracy"] == pytest.approx(4 / 6)
    with (tmp_path / "out/confusion.csv").open(newline="") as stream:
        table = list(csv.reader(stream))
    assert table[0][1:] == list(ALPHABET)
    assert table[4] == ["c", "0", "0", "1", "1"]
    with (tmp_path / "out/classes.csv").open(newline="") as stream:
        classes = {row["class"]: row for row in csv.DictReader(stream)}
    assert classes["1"]["recall"] == "0.5000"
    assert classes["0"]["precision"] == "0.5000"


def test_pictures(tmp_path: Path) -> None:
    from training.characters.pictures import draw_confused, draw_confusion, draw_curves, draw_sheet

    result = evaluate("painted", READER, DATA)
    draw_confusion(result, tmp_path / "confusion.png")
    assert draw_confused(result, tmp_path / "confused.png")
    draw_sheet(DATA.images, [*"01Cc$_"], tmp_path / "sheet.png")
    row = {"loss": 1.0, "accuracy": 0.5, "val_loss": 0.9, "val_accuracy": 0.6}
    draw_curves({"painted": [{"epoch": 1, **row}]}, tmp_path / "curves.png")
    for name in ("confusion", "confused", "sheet", "curves"):
        assert (tmp_path / f"{name}.png").stat().st_size > 2000
    right = evaluate("painted", READER, painted([0, 1], [0, 1], tuple(ALPHABET)))
    assert not draw_confused(right, tmp_path / "none.png")
    assert not (tmp_path / "none.png").exists()
