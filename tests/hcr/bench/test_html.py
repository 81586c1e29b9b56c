"""The HTML report: whole, self-contained, and safe whatever the texts say."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest
from PIL import Image

from hcr.bench.compare import between
from hcr.bench.html import page
from hcr.bench.run import MeasureConfig, Measurement
from hcr.bench.scoring import Result
from hcr.bench.worst import mark, worst


class Outline(HTMLParser):
    """Collects tags, titles and text, and checks that tags are closed in order."""

    VOID = ("meta", "img", "line", "polyline", "circle")

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.heads: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.append(tag)
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: object) -> None:
        self.tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in ("h1", "h2", "h3"):
            self.heads.append(data)


@pytest.fixture
def html(measurements: list[Measurement]) -> str:
    return page(Path("t<ruth"), measurements, MeasureConfig(), between(measurements)).decode()


def test_all_sections_are_there(html: str) -> None:
    outline = Outline(html)
    assert outline.open == []
    assert outline.heads == [
        "hcr-bench: t<ruth",
        "hcr: single lines",
        "By page, the worst first",
        "Confidence of words",
        "By class of character",
        "By length of the truth",
        "Most frequent errors",
        "Most errors",
        "other: whole pages",
        "By page, the worst first",
        "By class of character",
        "By length of the truth",
        "Most frequent errors",
        "Most errors",
    ]
    assert outline.tags.count("svg") == 2


def test_it_needs_no_other_file(html: str) -> None:
    assert re.findall(r'(?:src|href)="(?!data:)', html) == []
    assert "<script" not in html
    assert "url(" not in html


def test_a_picture_shows_the_line(html: str) -> None:
    (data,) = re.findall(r'src="data:image/jpeg;base64,([^"]+)"', html)
    with Image.open(io.BytesIO(base64.b64decode(data))) as image:
        # The line's box with six pixels around it.
        assert image.size == (616 + 12, 35 + 12)
        assert image.convert("L").getextrema()[0] < 60


def test_what_differs_is_marked(html: str) -> None:
    assert "un &lt;ch<del>a</del>t&gt; <del>é</del>t<del>é</del>" in html
    assert "un &lt;ch<ins>o</ins>t&gt; <ins>e</ins>t<ins>e</ins>" in html
    assert mark("ab", "b") == ("<del>a</del>b", "b")
    assert mark("<&", "<") == ("&lt;<del>&amp;</del>", "&lt;")


def test_the_worst_come_first_and_right_ones_not_at_all(make_result: Callable[..., Result]) -> None:
    results = [
        make_result("right", "abc", "abc"),
        make_result("two", "abcdefgh", "abcdef"),
        make_result("three", "abc", ""),
        make_result("two of few", "ab", ""),
    ]
    assert [n.name for n in worst(results, 3)] == ["three", "two of few", "two"]
    assert [n.name for n in worst(results, 1)] == ["three"]


def test_a_picture_that_has_gone_is_left_out(
    measurements: list[Measurement], truth_folder: Path
) -> None:
    (truth_folder / "p1.png").unlink()
    assert b"<img" not in page(Path("truth"), measurements, MeasureConfig())


def test_nothing_measured_is_still_a_page() -> None:
    outline = Outline(page(Path("truth"), [Measurement("hcr")], MeasureConfig()).decode())
    assert outline.heads == ["hcr-bench: truth"]
