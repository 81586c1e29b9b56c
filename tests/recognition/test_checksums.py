"""The shipped models are verified when they are loaded; other files are not."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from recognition import checksums
from recognition.language import LanguageError, load_ngram
from recognition.network import Network


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that stands for the one with the shipped models."""
    for module in ("recognition.checksums", "recognition.language"):
        monkeypatch.setattr(f"{module}.WEIGHTS_FOLDER", tmp_path)
    monkeypatch.setattr(checksums, "CHECKSUMS", tmp_path / "sha256.json")
    checksums.forget()
    yield tmp_path
    checksums.forget()


def test_every_shipped_model_is_listed_and_whole() -> None:
    folder = checksums.WEIGHTS_FOLDER
    models = {path.name for path in folder.iterdir() if path.suffix in (".onnx", ".npz")}
    listed = json.loads(checksums.CHECKSUMS.read_text("utf-8"))
    assert models == set(listed), "run `hcr-train checksums`"
    for name, digest in listed.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest, name


def test_a_changed_model_is_refused(shipped: Path) -> None:
    (shipped / "line.onnx").write_bytes(b"as trained")
    (shipped / "language-en.npz").write_bytes(b"as counted")
    checksums.record(shipped)
    (shipped / "line.onnx").write_bytes(b"as changed")
    (shipped / "language-en.npz").write_bytes(b"as changed")
    with pytest.raises(ValueError, match=r"line\.onnx: damaged or changed.*install hcr again"):
        Network.load(shipped / "line.onnx", "line")
    with pytest.raises(LanguageError, match=r"language-en\.npz: damaged or changed"):
        load_ngram("en")


def test_files_elsewhere_are_the_users_own(shipped: Path, tmp_path: Path) -> None:
    (shipped / "line.onnx").write_bytes(b"as trained")
    checksums.record(shipped)
    own = tmp_path / "own"
    own.mkdir()
    (own / "line.onnx").write_bytes(b"mine")
    checksums.check(own / "line.onnx")
    checksums.check(shipped / "line.onnx", b"as trained")


def test_a_damaged_list_is_one_line(shipped: Path) -> None:
    (shipped / "line.onnx").write_bytes(b"as trained")
    for content in ("{broken", "[1]"):
        (shipped / "sha256.json").write_text(content)
        checksums.forget()
        with pytest.raises(ValueError, match=r"sha256\.json: .*install hcr again"):
            checksums.check(shipped / "line.onnx")


def test_recording_lists_the_models(shipped: Path) -> None:
    (shipped / "a.onnx").write_bytes(b"a")
    (shipped / "README.md").write_bytes(b"text")
    assert checksums.record(shipped) == {"a.onnx": hashlib.sha256(b"a").hexdigest()}
    assert json.loads((shipped / "sha256.json").read_text()) == checksums.record(shipped)
