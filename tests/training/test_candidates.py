from __future__ import annotations

from pathlib import Path

import cv2
import keras
import numpy as np
import pytest
from click.testing import CliRunner

from recognition.candidates import CandidateJudge
from segmentation.characters import split_characters
from training.candidates import (
    candidate_overlaps,
    drawn_candidates,
    held_back_writers,
    label_candidates,
    write_onnx,
)
from training.cli import main
from training.elsewhere import on_tensorflow
from training.ink import load_unipen


def written(text: str) -> np.ndarray:
    grey = np.full((90, 50 * len(text) + 60), 255, np.uint8)
    cv2.putText(grey, text, (20, 60), cv2.FONT_HERSHEY_SIMPLEX, 1.6, 20, 4, cv2.LINE_AA)
    return grey


def test_candidates_with_a_letters_box_are_whole() -> None:
    grey = written("HOLD")
    columns = np.flatnonzero((grey < 128).any(axis=0))
    rows = np.flatnonzero((grey < 128).any(axis=1))
    letters = np.split(columns, np.flatnonzero(np.diff(columns) > 1) + 1)
    boxes = [(run[0], rows[0], run[-1] + 1, rows[-1] + 1) for run in letters]
    line = split_characters(grey)
    whole, known = label_candidates(candidate_overlaps(line, boxes))
    assert whole.sum() == 4
    assert known[whole].all()
    for index in np.flatnonzero(whole):
        assert any(abs(line.candidates[index].box.left - box[0]) < 4 for box in boxes)
    pairs = [k for k, c in enumerate(line.candidates) if c.box.width > 1.6 * (boxes[0][2] - 20)]
    assert not whole[pairs].any()
    none, sure = label_candidates(candidate_overlaps(line, []))
    assert not none.any()
    assert sure.all()


def test_writers_are_held_back_whole(ink_archive: Path) -> None:
    ink = load_unipen(ink_archive)
    own, held = held_back_writers(ink)
    assert own | held == set(ink.writers.tolist())
    assert not own & held
    assert own
    assert held


def test_drawn_candidates_are_both_whole_and_not(ink_archive: Path) -> None:
    ink = load_unipen(ink_archive)
    own, _ = held_back_writers(ink)
    drawn = drawn_candidates(ink, own, 6, seed=1)
    assert drawn.windows.dtype == np.uint8
    assert len(drawn.windows) == len(drawn.whole)
    assert 0.05 < drawn.whole.mean() < 0.95
    again = drawn_candidates(ink, own, 6, seed=1)
    assert (again.windows == drawn.windows).all()
    with pytest.raises(ValueError, match="no line can be set"):
        drawn_candidates(ink, frozenset(), 6, seed=1)


def test_a_training_ends_in_a_model_that_judges(ink_archive: Path, tmp_path: Path) -> None:
    arguments = ["candidates", "--ink", str(ink_archive), "-o", str(tmp_path / "run")]
    done = CliRunner().invoke(main, [*arguments, "--lines", "30", "--epochs", "2"])
    assert done.exit_code == 0, done.output
    assert "candidates of other writers right" in done.output
    judge = CandidateJudge.load(tmp_path / "run" / "candidates.onnx")
    line = split_characters(written("HOLD"))
    odds = judge.log_odds(line)
    assert odds.shape == (len(line.candidates),)
    assert np.isfinite(odds).all()


def test_what_tensorflow_cannot_do_elsewhere_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(keras.backend, "backend", lambda: "torch")
    (tmp_path / "training").mkdir()
    (tmp_path / "training" / "__init__.py").write_text("raise SystemExit('not ours')")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError, match=r"missing\.weights\.h5"):
        on_tensorflow(write_onnx, str(tmp_path / "missing.weights.h5"), str(tmp_path / "m.onnx"))
