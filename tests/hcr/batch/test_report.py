from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from hcr.batch.manifest import Manifest
from hcr.batch.report import write_report
from hcr.batch.summary import PageSummary, Words
from hcr.errors import OutputError
from hcr.images import ImagesConfig
from hcr.jobs import Job

VOID = {"meta", "img"}


class Strict(HTMLParser):
    """Collects tags, attributes and text; every tag must be closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def page(confidence: float | None, *lines: Words, picture: bytes = b"jpeg") -> PageSummary:
    return PageSummary(lines, confidence, picture)


class Batch:
    """A record to fill, and the report on it."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "report.html"
        self.jobs: list[Job] = []
        self.manifest = Manifest(folder, "{}", "m")

    def add(self, source: str | Path, *pages: PageSummary, problem: str = "") -> None:
        job = Job(Path(source), name=str(source), digest="d")
        self.jobs.append(job)
        if problem:
            self.manifest.failed(job, problem, 0.0)
        else:
            self.manifest.written(job, (), 1.0, pages)

    def report(self) -> Strict:
        self.manifest.begin([job.name for job in self.jobs], resume=True)
        write_report(self.path, self.jobs, self.manifest, ImagesConfig())
        parser = Strict()
        parser.feed(self.path.read_text("utf-8"))
        parser.close()
        assert parser.open == []
        return parser


@pytest.fixture
def batch(tmp_path: Path) -> Batch:
    return Batch(tmp_path)


def test_pages_come_worst_first_with_all_about_them(batch: Batch) -> None:
    batch.add("good.png", page(0.95, (("fine", 0.95),)))
    batch.add("two.tif", page(0.9, (("x", 0.9),)), page(0.25, (("Dear", 0.93), ("Anna", 0.31))))
    batch.add("blank.png", page(None))
    batch.add("bad.png", problem="bad.png: the file is empty; scan it again")
    text = batch.report().text
    marks = ["bad.png", "is empty", "blank.png", "no writing", "two.tif, page 2", "25%"]
    marks += ["Dear Anna", "To review (1): Anna 31%", "two.tif, page 1", "good.png", "95%", "fine"]
    places = [text.index(mark) for mark in marks]
    assert places == sorted(places)
    assert "4 pages with 4 words, of which 1 are" in text
    assert "1 inputs could not be read" in text


def test_words_to_review_stand_out_and_come_worst_first(batch: Batch) -> None:
    batch.add("p.png", page(0.5, (("a", 0.7), ("b", 0.95)), (("c", 0.2), ("d", 0.899))))
    found = batch.report()
    assert "To review (3): c 20%, a 70%, d 90%" in found.text
    assert found.tags.count("mark") == 6
    assert found.attributes.count(("class", "doubtful")) == 2


def test_nothing_that_was_read_or_named_becomes_markup(batch: Batch) -> None:
    evil = '<script>alert("x")</script>&amp;\'"><img src=x onerror=y>'
    batch.add(evil.replace("/", "-"), page(0.5, ((evil, 0.5), (evil, 1.0))))
    batch.add("\x1b[31m\udcff.png", problem=evil)
    found = batch.report()
    assert "script" not in found.tags
    assert found.tags.count("img") == 1
    assert not [name for name, _ in found.attributes if name.startswith("on")]
    assert found.text.count('<script>alert("x")</script>&amp;') == 4  # text, marks, list, problem
    assert "\x1b" not in found.text


def test_it_needs_nothing_but_itself(batch: Batch) -> None:
    batch.add("p.png", page(0.5, (("a", 0.5),)))
    found = batch.report()
    sources = [value or "" for name, value in found.attributes if name in ("src", "href")]
    assert [source.partition(",")[0] for source in sources] == ["data:image/jpeg;base64"]
    assert not re.search(r"url\(|@import|<link", batch.path.read_text("utf-8"))


def test_long_lists_of_words_are_cut(batch: Batch) -> None:
    batch.add("p.png", page(0.1, tuple((f"w{n}", 0.1) for n in range(200))))
    assert "To review (200)" in (text := batch.report().text)
    assert "and 140 more" in text


def test_pictures_that_were_not_kept_are_made(batch: Batch, tmp_path: Path) -> None:
    image = Image.fromarray(np.full((50, 40), 200, np.uint8))
    image.save(tmp_path / "p.tif", save_all=True, append_images=[image])
    batch.add(tmp_path / "p.tif", page(0.5, picture=b""), page(0.5, picture=b""))
    batch.add("gone.png", page(0.5, picture=b""))
    found = batch.report()
    assert found.tags.count("img") == 2
    assert "gone.png" in found.text


def test_report_that_cannot_be_written(batch: Batch) -> None:
    batch.path = batch.path.parent / "no" / "report.html"
    with pytest.raises(OutputError):
        batch.report()
