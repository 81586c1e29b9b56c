"""hcr itself, measured in a process of its own with the model that comes with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from hcr.bench.item import prepare
from hcr.bench.ours import Hcr
from hcr.bench.truth import Truth, read_truth
from hcr.errors import InputError, ModelError
from hcr.reader import ReaderConfig
from recognition.metrics import cer
from segmentation.layout_files import LayoutLine


@pytest.fixture(scope="module")
def reader() -> Iterator[Hcr]:
    reader = Hcr()
    yield reader
    reader.close()


@pytest.fixture
def line(samples: Path) -> Truth:
    truths, _ = read_truth(samples)
    return next(truth for truth in truths if truth.name == "line")


def test_an_image_of_a_line(reader: Hcr, line: Truth, tmp_path: Path) -> None:
    assert line.is_line
    reading = reader.read(prepare(line, tmp_path))
    assert cer(line.text, reading.text) < 0.5
    assert all(word.confidence is not None for word in reading.words)
    assert reading.seconds is not None
    assert reading.memory is not None
    # More than a model, less than this process with all its tests.
    assert 50 < reading.memory < 1000
    assert reader.start_up is not None


def test_lines_cut_by_the_truth_and_the_page_they_are_on(
    reader: Hcr, samples: Path, tmp_path: Path
) -> None:
    truths, _ = read_truth(samples)
    letter = next(truth for truth in truths if truth.name == "letter_en")
    page = reader.read(prepare(letter, tmp_path))
    assert cer(letter.text, page.text) < 0.5
    found = [n for n in page.lines if len(n.text) > 20][:3]
    lines = tuple(LayoutLine(n.text, (), n.polygon) for n in found)
    cut = reader.read_lines(prepare(replace(letter, lines=lines), tmp_path))
    assert len(cut) == 3
    for reading, expected in zip(cut, found, strict=True):
        assert cer(expected.text, reading.text) < 0.5
        assert reading.words


def test_what_cannot_be_read_is_an_error_and_the_next_is_read(
    reader: Hcr, line: Truth, tmp_path: Path
) -> None:
    item = prepare(line, tmp_path)
    with pytest.raises(InputError, match="no such file"):
        reader.read(replace(item, image=tmp_path / "gone.png"))
    assert reader.read(item).text


def test_a_wrong_model(tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_bytes(b"no model")
    with pytest.raises(ModelError, match=r"model\.onnx"):
        Hcr(ReaderConfig(model=tmp_path / "model.onnx"))
