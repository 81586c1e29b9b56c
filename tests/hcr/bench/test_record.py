"""The JSON report, and reading it back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hcr.bench.record import dump, lines_of, load, to_dict
from hcr.bench.run import MeasureConfig, Measurement
from hcr.errors import ConfigError
from recognition.metrics import NormaliseConfig

CONFIG = MeasureConfig()


@pytest.fixture
def record(measurements: list[Measurement]) -> dict[str, Any]:
    return json.loads(dump(to_dict(Path("truth"), measurements, CONFIG)))


def test_figures_and_results(record: dict[str, Any]) -> None:
    ours, other = record["readers"]
    pages = ours["levels"]["pages"]
    assert (ours["name"], ours["start_up_seconds"], pages["count"]) == ("hcr", 0.25, 4)
    assert pages["figures"]["cer"] == {"value": 0.05, "low": 0.05, "high": 0.05}
    assert pages["seconds"] == 1.0
    assert "memory_mb" not in pages
    assert other["levels"]["pages"]["memory_mb"] == 80
    assert "lines" not in other["levels"]
    lines = ours["levels"]["lines"]
    assert lines["failed"] == 1
    assert lines["reliability"]["words"] == 3
    first = lines["results"][0]
    assert (first["truth"], first["reading"]) == ("un <chat> été", "un <chot> ete")
    assert first["counts"] == [1, 0, 13, 0, 0, 3, 3, 0, 0, 2, 2]
    assert record["normalisation"] == {
        "nfc": True,
        "fold_quotes": True,
        "collapse_spaces": True,
        "fold_case": False,
        "strip_accents": False,
        "strip_punctuation": False,
        "fold_dashes": True,
    }
    assert record["machine"]["cores"] >= 1


def test_what_was_written_is_read_back(
    record: dict[str, Any], measurements: list[Measurement], tmp_path: Path
) -> None:
    path = tmp_path / "report.json"
    path.write_bytes(dump(record))
    past = load(path, CONFIG)
    assert past["hcr"] == {
        "pages": lines_of(measurements[0].pages),
        "lines": lines_of(measurements[0].lines),
    }
    assert list(past) == ["hcr", "other"]


def test_another_normalisation_cannot_be_compared(record: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_bytes(dump(record))
    with pytest.raises(ConfigError, match="normalised in another way"):
        load(path, MeasureConfig(normalise=NormaliseConfig(fold_case=True)))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"\xff",
        b'{"format": "hcr-bench 1"}',
        b'{"format": "hcr-bench 9", "readers": []}',
        b'{"format": "hcr-bench 1", "readers": [3]}',
        b'{"format": "hcr-bench 1", "normalisation": {}, "readers": [{"name": "a", "levels":'
        b' {"pages": {"results": [{"name": "p", "cluster": "p", "truth": "", "counts": [1]}]}}}]}',
    ],
)
def test_other_files_are_no_report(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "report.json"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match="no report of hcr-bench"):
        load(path, CONFIG)
    with pytest.raises(ConfigError, match="cannot be read"):
        load(tmp_path / "gone.json", CONFIG)
