"""hcr-train characters from end to end on class folders of drawn characters."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from click.testing import CliRunner, Result

from recognition.characters import CharacterClassifier
from training.cli import CHARACTER_SETS, main
from training.emnist import CLASSES

ALPHABET = "03A"


def draw_folders(place: Path, count: int) -> Path:
    rng = np.random.default_rng(count)
    for character in ALPHABET:
        (place / character).mkdir(parents=True)
        for number in range(count):
            image = np.full((60, 50), 255, np.uint8)
            at, pen = (6 + int(rng.integers(6)), 46), int(rng.integers(2, 5))
            cv2.putText(image, character, at, cv2.FONT_HERSHEY_SIMPLEX, 1.4, 0, pen, cv2.LINE_AA)
            cv2.imwrite(str(place / character / f"{number}.png"), image)
    return place


def call(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["characters", *map(str, arguments)])


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    place = tmp_path_factory.mktemp("folders")
    return draw_folders(place / "train", 40), draw_folders(place / "test", 8)


@pytest.fixture(scope="module")
def run(folders: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of two epochs, then resumed for two more."""
    output = tmp_path_factory.mktemp("run") / "out"
    for extra in (["--epochs", 2], ["--epochs", 4, "--resume"]):
        result = call("--folders", *folders, "-o", output, "--network", "baseline",
                      "--batch-size", 8, "--validation", 0.2, *extra)  # fmt: skip
        assert result.exit_code == 0, result.output
    return output


def test_a_run_leaves_everything_that_was_promised(run: Path) -> None:
    with (run / "history.csv").open(newline="") as stream:
        epochs = [row["epoch"] for row in csv.DictReader(stream)]
    assert epochs == ["1", "2", "3", "4"]
    for name in ("confusion.png", "history.png", "classes.csv", "confusion.csv", "report.txt"):
        assert (run / name).stat().st_size > 30
    figures = json.loads((run / "report.json").read_text(encoding="utf-8"))
    assert figures["baseline"]["images"] == 24


def test_the_model_reads_what_it_was_trained_on(run: Path, folders: tuple[Path, Path]) -> None:
    from training.folders import read_class_folders

    reader = CharacterClassifier.load(run / "characters.onnx")
    assert reader.alphabet == ALPHABET
    metadata = reader.network.metadata
    assert metadata["training"]["network"] == "baseline"
    assert sum(metadata["frequencies"].values()) == pytest.approx(1, abs=1e-4)
    test = read_class_folders(folders[1])
    assert (reader.classify(test.images).argmax(axis=1) == test.labels).mean() > 0.9


def test_a_run_goes_on_from_weights_under_a_teacher(
    run: Path, folders: tuple[Path, Path], tmp_path: Path
) -> None:
    options = ("--network", "baseline", "--batch-size", 8, "--epochs", 1, "--evenness", 0.5)
    earlier = ("--init", run / "best.weights.h5", "--teacher", run / "characters.onnx")
    result = call("--folders", *folders, "-o", tmp_path, *options, *earlier)
    assert result.exit_code == 0, result.output
    figures = json.loads((tmp_path / "report.json").read_text("utf-8"))["baseline"]["views"]
    # One epoch from scratch is not enough for this.
    assert next(iter(figures.values()))["accuracy"] > 0.9


def test_evaluating_the_model_gives_the_same_report(run: Path, folders: tuple[Path, Path]) -> None:
    result = call("--folders", *folders, "--evaluate", run / "characters.onnx")
    assert result.exit_code == 0, result.output
    written = (run / "report.txt").read_text(encoding="utf-8")
    shown = (text.replace("characters", "baseline").split() for text in (result.output, written))
    assert next(shown) == next(shown)


def test_a_batch_can_be_looked_at(folders: tuple[Path, Path], tmp_path: Path) -> None:
    picture = tmp_path / "batch.png"
    result = call("--folders", folders[0], "--show-batch", picture, "--only", "03")
    assert result.exit_code == 0, result.output
    shown = cv2.imread(str(picture))
    assert shown is not None
    assert shown.shape[1] > 1000


def test_wrong_calls_are_one_clear_line(
    run: Path, folders: tuple[Path, Path], tmp_path: Path
) -> None:
    model = run / "characters.onnx"
    for arguments, status, message in (
        ((), 2, "Missing option '-o'"),
        ((folders[1], "-o", tmp_path), 2, "TEST goes with --folders"),
        (("--folders", folders[0], "--only", "0x", "-o", tmp_path), 1, "no class for 'x'"),
        (("--folders", tmp_path, "-o", tmp_path), 1, "no pictures in class folders"),
        (("--folders", *folders, "--evaluate", __file__), 1, "cannot load it"),
        (("--folders", *folders, "--validation", 1, "--evaluate", model, "--only", "7"), 1, "'7'"),
    ):
        result = call(*arguments)
        assert result.exit_code == status, result.output
        assert message in result.output
        assert "Traceback" not in result.output


def test_the_sets_that_can_be_named_are_those_that_can_be_loaded() -> None:
    assert set(CHARACTER_SETS) == set(CLASSES)
