"""What readers of all kinds say, in one form."""

from __future__ import annotations

from pathlib import Path

import pytest

from hcr.bench.reading import Reading, ReadLine, ReadWord, from_layout, from_pages, from_text
from hcr.document import Line, Page, Word
from segmentation.geometry import Box
from segmentation.layout_files import read_layout


def test_printed_text() -> None:
    reading = from_text("un\ndeux\n\ftrois\n", seconds=2.0, memory=10.0)
    assert [line.text for line in reading.lines] == ["un", "deux", "", "trois"]
    assert (reading.words, reading.seconds, reading.memory) == ((), 2.0, 10.0)


def test_pages_of_hcr() -> None:
    words = (Word((0, 0, 10, 10), "un", 0.5), Word((12, 0, 20, 10), "chat", 1.0))
    line = Line((0, 0, 20, 10), ((0, 9),), "un chat", 0.8, words, polygon=((0, 0), (20, 0), (0, 9)))
    reading = from_pages([Page(0, 30, 20, lines=(line,))] * 2)
    assert reading.text == "un chat\nun chat"
    assert reading.words[1] == ReadWord("chat", Box(12, 0, 20, 10), 1.0)


def test_alto(truth_folder: Path) -> None:
    reading = from_layout(read_layout(truth_folder / "p1.xml"))
    assert reading.text.startswith("un chat\n")
    assert reading.words[0] == ReadWord("un", Box(100, 124, 366, 152))


@pytest.mark.parametrize(("top", "texts"), [(0, "ab"), (9, "ab"), (10, "b"), (30, "")])
def test_below_a_cut(top: int, texts: str) -> None:
    lines = [
        ReadLine(
            text, ((0, low), (9, low), (0, low + 10)), (ReadWord(text, Box(0, low, 9, low + 9)),)
        )
        for text, low in (("a", 0), ("b", 20))
    ]
    below = Reading(tuple(lines)).below(top)
    assert "".join(line.text for line in below.lines) == texts
    for line in below.lines:
        word = line.words[0].box
        assert word is not None
        assert word.top == line.polygon[0][1] == {"a": 0, "b": 20}[line.text] - top
