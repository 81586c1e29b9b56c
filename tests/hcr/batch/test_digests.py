from __future__ import annotations

import hashlib
import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from hcr.batch.digests import file_digest, model_digest, options_text
from hcr.config import RunConfig
from hcr.images import ImagesConfig


def test_file_digest_is_sha256(tmp_path: Path) -> None:
    path = tmp_path / "x"
    data = b"ab" * 2_000_000
    path.write_bytes(data)
    assert file_digest(path) == hashlib.sha256(data).hexdigest()


def test_what_is_no_readable_file_has_no_digest(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")  # would block
    assert {file_digest(tmp_path / name) for name in ("pipe", "no", "", "nul\0")} == {""}


def test_model_digest_changes_with_what_is_in_the_model(tmp_path: Path) -> None:
    model = tmp_path / "m.onnx"
    digests = {model_digest(None)}
    for data in (b"1", b"2"):
        model.write_bytes(data)
        digests.add(model_digest(model))
    assert len(digests) == 3
    moved = model.rename(tmp_path / "n.onnx")
    assert model_digest(moved) in digests


@pytest.mark.parametrize(
    "changed",
    [
        {"format": ("json",)},
        {"level": "line"},
        {"show": Path("x.png")},
        {"language": ("fr",)},
        {"images": ImagesConfig(pdf_dpi=200)},
    ],
)
def test_options_that_change_results(changed: dict[str, object]) -> None:
    assert options_text(replace(RunConfig(), **changed)) != options_text(RunConfig())  # type: ignore[arg-type]


def test_files_that_options_name_count_by_their_content(tmp_path: Path) -> None:
    texts = []
    for name, data in (("a.npz", b"1"), ("b.npz", b"1"), ("c.npz", b"2")):
        path = tmp_path / name
        path.write_bytes(data)
        config = RunConfig(language=("en", str(path)), lexicon=path)
        texts.append(options_text(config))
    assert texts[0] == texts[1] != texts[2]
    assert "npz" not in texts[0]


def test_options_that_change_no_results() -> None:
    elsewhere = RunConfig(
        output=Path("o"), jobs=3, resume=True, report=Path("r.html"), scheduler="tcp://h:1"
    )
    assert options_text(elsewhere) == options_text(RunConfig())
    assert json.loads(options_text(elsewhere))["format"] == ["txt"]
