"""Which images are transcribed, and how."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from hcr.bench.truth import TruthConfig, read_truth
from hcr.errors import ConfigError


def images(folder: Path, *names: str) -> None:
    for name in names:
        Image.fromarray(np.full((20, 30), 255, np.uint8)).save(folder / name)


def test_alto_with_lines_and_places(truth_folder: Path) -> None:
    (truth,), errors = read_truth(truth_folder)
    assert errors == []
    assert (truth.name, truth.image, truth.is_line) == ("p1", truth_folder / "p1.png", False)
    assert truth.text == "un chat\ndeux >trois< chiens\nC'est l’été"
    assert [line.baseline[0] for line in truth.lines] == [(100, 150), (100, 300), (100, 450)]
    (struck,), _ = read_truth(truth_folder, TruthConfig(strike_outs=True))
    assert struck.text.split() == ["un", "chat", "deux", "chiens", "C'est", "l’été"]


@pytest.mark.parametrize("suffix", [".alto.xml", ".page.xml", ".XML"])
def test_names_as_hcr_read_writes_them(truth_folder: Path, suffix: str) -> None:
    (truth_folder / "p1.xml").rename(truth_folder / f"p1{suffix}")
    (truth,), errors = read_truth(truth_folder)
    assert (truth.name, len(truth.lines), errors) == ("p1", 3, [])


def test_plain_text_is_a_line_or_a_page(tmp_path: Path) -> None:
    images(tmp_path, "p10.png", "p2.JPG", "scan.jpg")
    (tmp_path / "p10.gt.txt").write_text("une ligne\n", "utf-8")
    (tmp_path / "p2.gt.txt").write_text("une\nou deux\n", "utf-8")
    (tmp_path / "notes.txt").write_text("nothing to do with it", "utf-8")
    truths, errors = read_truth(tmp_path)
    assert errors == []
    assert [(n.name, n.text, n.is_line) for n in truths] == [
        ("p2", "une\nou deux", False),
        ("p10", "une ligne", True),
    ]
    for level, expected in (("page", False), ("line", True)):
        truths, _ = read_truth(tmp_path, TruthConfig(level=level))
        assert {n.is_line for n in truths} == {expected}


@pytest.mark.parametrize(
    "table",
    [
        'a.png\tdit "oui"\tmarie\nsub/b.png\tnon\tjean\n',
        'File\tWriter\tText\na.png\tmarie\tdit "oui"\n\nsub/b.png\tjean\tnon\n',
    ],
)
def test_tables_with_and_without_titles(tmp_path: Path, table: str) -> None:
    (tmp_path / "sub").mkdir()
    images(tmp_path, "a.png", "sub/b.png")
    path = tmp_path / "truth.tsv"
    path.write_text(table, "utf-8")
    for source in (path, tmp_path):
        truths, errors = read_truth(source)
        assert errors == []
        assert [(n.name, n.text, n.writer) for n in truths] == [
            ("a", 'dit "oui"', "marie"),
            ("sub/b", "non", "jean"),
        ]


def test_of_two_transcriptions_the_one_with_places_counts(truth_folder: Path) -> None:
    (truth_folder / "p1.gt.txt").write_text("something else", "utf-8")
    (truth,), _ = read_truth(truth_folder)
    assert len(truth.lines) == 3


@pytest.mark.parametrize(
    ("pattern", "writer"), [(r"^\w(\d)", "1"), (r"^p\d", "p1"), ("nobody", "")]
)
def test_writers_from_names(truth_folder: Path, pattern: str, writer: str) -> None:
    (truth,), _ = read_truth(truth_folder, TruthConfig(writer=re.compile(pattern)))
    assert truth.writer == writer


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("x.xml", b"<html>", r"x\.xml: not well-formed"),
        ("p2.xml", b"<html/>", r"p2\.xml: neither ALTO nor PAGE"),
        ("lonely.gt.txt", b"text", r"lonely\.gt\.txt: there is no image"),
        ("p1.gt.txt", b"\xff\xfe\x00", r"p1\.gt\.txt: it is not UTF-8"),
        ("t.tsv", b"file\twriter\np1.png\tme\n", "no column 'text'"),
        ("t.tsv", b"p1.png\n", "row 1 has no text"),
        ("t.tsv", b"file\ttext\ngone.png\tx\n", "row 2: there is no image"),
    ],
)
def test_a_bad_file_is_one_line_and_costs_no_other(
    truth_folder: Path, name: str, content: bytes, problem: str
) -> None:
    (truth_folder / name).write_bytes(content)
    truths, (error,) = read_truth(truth_folder)
    assert [truth.name for truth in truths] == ["p1"]
    assert re.search(problem, str(error))
    assert "\n" not in str(error)


def test_mets_files_are_no_pages(truth_folder: Path) -> None:
    (truth_folder / "METS.xml").write_text("<mets/>", "utf-8")
    truths, errors = read_truth(truth_folder)
    assert (len(truths), errors) == (1, [])


def test_nothing_to_measure(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no transcribed images"):
        read_truth(tmp_path)
    with pytest.raises(ConfigError, match="cannot be read"):
        read_truth(tmp_path / "gone")
