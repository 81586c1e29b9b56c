"""Documents for the renderers: one as it is read, and one with everything that can go wrong."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from hcr import Document, Glyph, Line, Page, Reader, Word
from tests.hcr.conftest import FakeRecognizer, scribble

CONTROL = "a\x00\x1b[31m\x85&<b>\"'\ufffe]]>"
RIGHT_TO_LEFT = "שלום"


@pytest.fixture(scope="session")
def scan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page of 900 x 700 pixels: three lines of two words each."""
    image = Image.new("L", (900, 700), 245)
    draw = ImageDraw.Draw(image)
    for base in (150, 300, 450):
        scribble(draw, 100, base, 12)
        scribble(draw, 440, base, 12)
    path = tmp_path_factory.mktemp("scan") / "scan.png"
    image.save(path, dpi=(150, 150))
    return path


@pytest.fixture(scope="session")
def document(scan: Path) -> Document:
    """What is read of it, by the fake recognizer: "ab cd" three times."""
    return Reader(recognizer=FakeRecognizer()).read(scan)


def word(text: str, left: int, top: int = 100) -> Word:
    width = 20 * len(text)
    glyphs = tuple(
        Glyph((left + 20 * i, top, left + 20 * i + 20, top + 30), character, 0.5)
        for i, character in enumerate(text)
    )
    return Word((left, top, left + width, top + 30), text, 0.875, glyphs)


@pytest.fixture
def hostile() -> Document:
    """Two pages of 400 x 300 with what a reader should not, but a JSON file may hold; one empty."""
    far = ((-500.0, -500.0), (9000.0, -3.5), (9000.0, 9000.0), (-1.0, 1e6))
    lines = (
        Line((10, 100, 200, 130), (), CONTROL, 0.5, (word(CONTROL, 10),)),
        Line((10, 50, 90, 80), ((10.0, 75.0),), RIGHT_TO_LEFT, 0.5, (word(RIGHT_TO_LEFT, 10, 50),)),
        Line((-50, -50, 5000, 5000), far, "far", 1.0, (word("far", 5000, -90),), (), far),
        Line((10, 150, 10, 150), ((10.0, 150.0), (10.0, 150.0)), "no words", 0.0),
        Line((10, 180, 60, 200), (), "", 0.0, (Word((10, 180, 60, 200), "", 0.0),)),
        Line(
            (10, 220, 90, 250),
            ((10.0, 245.0), (90.0, 244.0)),
            "a\ud800😀",
            0.25,
            (Word((10, 220, 90, 250), "a\ud800😀", 0.25, (Glyph((10, 220, 90, 250), "ff", 1.0),)),),
            (("a\ud800😀", 0.25), ("\x07", 0.125)),
        ),
    )
    return Document('a&b "<c>\\.png', (Page(0, 400, 300, -180.0, lines), Page(1, 400, 300)))


@pytest.fixture
def pdftotext() -> Callable[..., str]:
    """Return what Poppler's pdftotext finds in a PDF."""
    if not shutil.which("pdftotext"):
        pytest.skip("pdftotext is not installed (Debian: poppler-utils)")

    def run(path: Path, *options: str) -> str:
        command = ["pdftotext", *options, str(path), "-"]
        return subprocess.run(command, check=True, capture_output=True).stdout.decode("utf-8")

    return run
