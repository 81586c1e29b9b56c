"""A transcribed page with known places, programs that read, and results to report on."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from hcr.bench.run import Measurement
from hcr.bench.scoring import Judged, Result
from recognition.metrics import score
from segmentation.geometry import Box

# Of the lines of the fixture `page`.
TEXTS = ("un chat", "deux >trois< chiens", "C'est l’été")
BASES = (150, 300, 450)


def alto(texts: tuple[str, ...] = TEXTS) -> str:
    """The transcription of the fixture `page`: a word box around each of its scribbles."""
    lines = "".join(
        f'<TextLine BASELINE="100 {base} 706 {base}"><Shape>'
        f'<Polygon POINTS="95,{base - 30} 711,{base - 30} 711,{base + 5} 95,{base + 5}"/></Shape>'
        + "".join(
            f'<String CONTENT="{word.replace(">", "&gt;").replace("<", "&lt;")}" '
            f'HPOS="{left}" VPOS="{base - 26}" WIDTH="266" HEIGHT="28"/>'
            for left, word in zip((100, 440, 440), text.split(), strict=False)
        )
        + "</TextLine>"
        for base, text in zip(BASES, texts, strict=True)
    )
    return (
        '<alto xmlns="http://www.loc.gov/standards/alto/ns-v4#"><Layout>'
        f'<Page WIDTH="900" HEIGHT="700"><PrintSpace>{lines}</PrintSpace></Page></Layout></alto>'
    )


@pytest.fixture
def truth_folder(tmp_path: Path, page: np.ndarray) -> Path:
    """A folder with p1.png and p1.xml."""
    folder = tmp_path / "truth"
    folder.mkdir()
    Image.fromarray(page).save(folder / "p1.png")
    (folder / "p1.xml").write_text(alto(), "utf-8")
    return folder


@pytest.fixture
def program(tmp_path: Path) -> Callable[[str], str]:
    """Write a Python program and return the command that runs it on an image."""

    def write(code: str) -> str:
        path = tmp_path / "program.py"
        path.write_text(code, "utf-8")
        return f"'{sys.executable}' '{path}' {{image}}"

    return write


def result(name: str, truth: str, reading: str, **others: object) -> Result:
    page = name.partition("#")[0]
    known = {"writer": "", "words": ()} | others
    return Result(
        name, page, truth=truth, reading=reading, score=score([(truth, reading)]), **known
    )


@pytest.fixture
def make_result() -> Callable[..., Result]:
    """Make a result of a name, truth, reading and further fields."""
    return result


@pytest.fixture
def measurements(truth_folder: Path) -> list[Measurement]:
    """Two readers; the first with lines, confidences and pictures, the second worse."""
    words = (Judged(0.9, True), Judged(0.4, False))
    image, box = truth_folder / "p1.png", Box(95, 120, 711, 155)
    lines = [
        result("a#1", "un <chat> été", "un <chot> ete", words=words, image=image, box=box),
        result("b#1", "12 chats", "12 chats", words=words[:1], seconds=0.5),
        result("c#1", "trois", "", failed=True),
    ]
    names = ("a", "b", "c", "d")
    good = [
        result(name, "un deux trois quatre", "un deux trois quatr", seconds=1.0) for name in names
    ]
    bad = [result(name, "un deux trois quatre", "x", seconds=2.0, memory=80.0) for name in names]
    return [Measurement("hcr", 0.25, good, lines), Measurement("other", None, bad)]
