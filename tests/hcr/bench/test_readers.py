"""Programs and files as readers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from hcr.bench.item import Item, prepare
from hcr.bench.readers import Command, Predictions
from hcr.bench.truth import read_truth
from hcr.document import Document, Line, Page
from hcr.errors import ConfigError, InputError


@pytest.fixture
def item(truth_folder: Path, tmp_path: Path) -> Item:
    return prepare(read_truth(truth_folder)[0][0], tmp_path, cut_header=True)


def test_a_program_gets_the_image_and_is_measured(
    item: Item, program: Callable[[str], str]
) -> None:
    reader = Command(program("import sys; print(open(sys.argv[1], 'rb').read(4)[1:].decode())"), 60)
    reading = reader.read(item)
    assert reading.text == "PNG"
    assert reading.seconds is not None
    assert reading.seconds > 0
    assert reader.name.startswith("python")


def test_a_program_reads_the_cut_lines(item: Item, program: Callable[[str], str]) -> None:
    code = "import sys, pathlib; print(pathlib.Path(sys.argv[1]).name)"
    readings = Command(program(code), 60).read_lines(item)
    assert [reading.text for reading in readings] == ["line0.png", "line1.png", "line2.png"]


@pytest.mark.parametrize(
    ("code", "timeout", "problem"),
    [
        ("import sys; sys.exit('no \\x1b[1m ink')", 60, r"status 1 \(no \\x1b\[1m ink\)"),
        ("import time; time.sleep(60)", 0.5, r"took over 0\.5 s"),
        ("import os; os.kill(os.getpid(), 9)", 60, "status -9"),
    ],
)
def test_a_program_that_fails_costs_its_page(
    item: Item, program: Callable[[str], str], code: str, timeout: float, problem: str
) -> None:
    with pytest.raises(InputError, match=problem) as caught:
        Command(program(code), timeout).read(item)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("command", "problem"),
    [
        ("tesseract", "has no {image}"),
        ("{image}", "has no {image}"),
        ("a '{image}", "quot"),
        ("no-such-program {image}", "no program 'no-such-program'"),
    ],
)
def test_wrong_commands(command: str, problem: str) -> None:
    with pytest.raises(ConfigError, match=problem):
        Command(command, 60)


def test_a_program_that_cannot_start(item: Item, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    broken.write_bytes(b"\x7fELF no program")
    broken.chmod(0o755)
    with pytest.raises(ConfigError, match="broken cannot be started"):
        Command(f"{broken} {{image}}", 60).read(item)


def test_texts_made_elsewhere(item: Item, tmp_path: Path) -> None:
    (tmp_path / "p1.txt").write_text("un\nchat\n", "utf-8")
    reading = Predictions(tmp_path).read(item)
    assert (reading.text, reading.seconds) == ("un\nchat", None)


def test_documents_made_elsewhere_are_cut_like_the_page(item: Item, tmp_path: Path) -> None:
    lines = tuple(
        Line(
            (0, top, 9, top + 9), ((0, top),), text, 1.0, polygon=((0, top), (9, top), (0, top + 9))
        )
        for text, top in (("header", 10), ("un", 120))
    )
    document = Document("p1.png", (Page(0, 900, 700, lines=lines),))
    (tmp_path / "p1.json").write_text(document.to_json(), "utf-8")
    reading = Predictions(tmp_path).read(item)
    assert reading.text == "un"
    assert reading.lines[0].polygon[0] == (0, 10)


@pytest.mark.parametrize("suffix", [".xml", ".alto.xml"])
def test_alto_made_elsewhere(item: Item, truth_folder: Path, suffix: str) -> None:
    (truth_folder / "p1.xml").rename(truth_folder / f"p1{suffix}")
    reading = Predictions(truth_folder).read(item)
    assert reading.text == "un chat\ndeux >trois< chiens\nC'est l’été"


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("p2.txt", b"", "has no reading of it"),
        ("p1.txt", b"\xff\xfe", "cannot be used"),
        ("p1.json", b"{}", "document has no 'source'"),
        ("p1.xml", b"<a>", "not well-formed"),
    ],
)
def test_missing_and_broken_files(
    item: Item, tmp_path: Path, name: str, content: bytes, problem: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=problem):
        Predictions(tmp_path).read(item)


def test_a_missing_folder_is_wrong_usage(item: Item, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such folder"):
        Predictions(tmp_path / "gone")
    with pytest.raises(ConfigError, match="not of lines"):
        Predictions(tmp_path).read_lines(item)
