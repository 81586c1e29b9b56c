"""A page that PIL draws, and a recognizer that reads without a model."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from recognition.crnn import GlyphReading, LineReading, WordReading


class FakeRecognizer:
    """Reads every line as "ab cd", half and half of its inked columns; no ink as nothing."""

    def __init__(self, text: str = "ab cd") -> None:
        self.text = text
        self.images: list[np.ndarray] = []

    def read(self, images: Sequence[np.ndarray]) -> list[LineReading]:
        self.images.extend(images)
        return [self._read_line(image) for image in images]

    def _read_line(self, image: np.ndarray) -> LineReading:
        columns = np.flatnonzero((image < 128).any(axis=0))
        texts = self.text.split()
        if not len(columns) or not texts:
            return LineReading("", 1.0, (), ())
        edges = np.linspace(columns[0], columns[-1] + 1, len(texts) + 1)
        words = tuple(
            self._read_word(text, *span)
            for text, *span in zip(texts, edges[:-1], edges[1:], strict=True)
        )
        return LineReading(self.text, 0.75, words, ((self.text, 0.5), ("at cd", 0.25)))

    def _read_word(self, text: str, start: float, end: float) -> WordReading:
        edges = np.linspace(start, end, len(text) + 1)
        glyphs = tuple(
            GlyphReading(letter, 0.9, *span)
            for letter, *span in zip(text, edges[:-1], edges[1:], strict=True)
        )
        return WordReading(text, 0.75, start, end, glyphs)


class FakeCharacters:
    """Finds nothing in any line."""

    def read_cut(self, lines: Sequence[object]) -> list[LineReading]:
        return [LineReading("", 1.0, (), ()) for _ in lines]


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "real_model: reads with the model that comes with hcr")


@pytest.fixture
def recognizer() -> FakeRecognizer:
    return FakeRecognizer()


@pytest.fixture(autouse=True)
def fake_model(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let everything in this process read with the fake, unless a test asks for the real model."""
    if request.node.get_closest_marker("real_model"):
        yield
        return
    from hcr import jobs
    from recognition.character_lines import CharacterLineReader
    from recognition.crnn import LineReader

    monkeypatch.setattr(LineReader, "load", lambda *_, **__: FakeRecognizer())
    monkeypatch.setattr(CharacterLineReader, "load", lambda *_, **__: FakeCharacters())
    jobs._reader.cache_clear()
    yield
    jobs._reader.cache_clear()


def scribble(draw: ImageDraw.ImageDraw, left: int, base: int, letters: int) -> None:
    """Draw a word of u-shaped joined strokes with x-height 24."""
    for n in range(letters):
        x = left + 22 * n
        draw.line([(x, base - 24), (x, base - 4), (x + 6, base)], fill=20, width=4)
        draw.line([(x + 6, base), (x + 16, base - 6), (x + 16, base - 24)], fill=20, width=4)
        draw.line([(x + 16, base - 6), (x + 22, base - 2)], fill=20, width=4)


@pytest.fixture
def page() -> np.ndarray:
    """uint8 (700, 900): three lines of two words each, baselines at 150, 300 and 450."""
    image = Image.new("L", (900, 700), 245)
    draw = ImageDraw.Draw(image)
    for base in (150, 300, 450):
        scribble(draw, 100, base, 12)
        scribble(draw, 440, base, 12)
    return np.array(image)


@pytest.fixture
def page_file(tmp_path: Path, page: np.ndarray) -> Path:
    path = tmp_path / "page.png"
    Image.fromarray(page).save(path)
    return path


@pytest.fixture
def blank_file(tmp_path: Path) -> Path:
    path = tmp_path / "blank.png"
    Image.new("L", (600, 800), 245).save(path)
    return path
