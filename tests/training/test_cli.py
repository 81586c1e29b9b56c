from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from training.cli import main
from training.line_store import LineStore


def test_without_the_extra_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.startswith("training.")]:
        if name != "training.cli":
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "keras", None)
    arguments = ["crnn", "--validate", str(tmp_path), "-o", str(tmp_path / "run")]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 1
    assert "hcr[train]" in result.output
    assert "Traceback" not in result.output


def test_language_from_a_store(tmp_path: Path, drawn_lines: LineStore) -> None:
    pytest.importorskip("wordfreq")
    drawn_lines.save(tmp_path / "lines.npz")
    output = tmp_path / "language.npz"
    arguments = ["language", str(tmp_path / "lines.npz"), "-o", str(output), "--made-up", "50"]
    result = CliRunner().invoke(main, [*arguments, "--language", "en"])
    assert result.exit_code == 0, result.output
    assert str(output) in result.output
    assert hashlib.sha256(output.read_bytes()).hexdigest() in result.output
    assert CliRunner().invoke(main, [*arguments, "--language", "de"]).exit_code == 2


@pytest.mark.parametrize(
    ("shares", "problem"),
    [("books=1", "unknown source 'books'"), ("truth=1", "there is no text to learn")],
)
def test_a_neural_language_needs_text(shares: str, problem: str, tmp_path: Path) -> None:
    pytest.importorskip("keras")
    arguments = ["neural-language", "-o", str(tmp_path / "run"), "--shares", shares]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 1
    assert problem in result.output
    assert not (tmp_path / "run").exists()


def test_a_folder_without_truth_is_one_clear_line(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["cut", str(tmp_path), str(tmp_path / "out.npz")])
    assert result.exit_code == 1
    assert "no ALTO or PAGE files" in result.output
    assert not (tmp_path / "out.npz").exists()
