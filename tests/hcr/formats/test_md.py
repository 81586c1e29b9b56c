from __future__ import annotations

import pytest

from hcr import Document, Line, Page
from hcr.formats import FORMATS


def render(*pages: Page) -> str:
    return FORMATS["md"].render(Document("x", pages)).decode("utf-8")


def page(index: int, *places: tuple[int, str]) -> Page:
    lines = tuple(Line((10, top, 90, top + 20), (), text, 0.5) for top, text in places)
    return Page(index, 100, 500, lines=lines)


def test_paragraphs_lines_and_pages() -> None:
    first = page(0, (0, "Dear Tom,"), (30, "how are"), (60, "you?"), (150, "Jane"))
    text = render(first, page(1), page(2, (0, "P. S.")))
    assert text == "Dear Tom,\\\nhow are\\\nyou?\n\nJane\n\n---\n\n\n---\n\nP. S.\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# no heading", r"\# no heading"),
        ("- no list", r"\- no list"),
        ("1. no list", r"1\. no list"),
        ("12) no list", r"12\) no list"),
        ("===", r"\==="),
        ("2 * 3 * 4 <b> `x` [y](z) &amp; a_b", r"2 \* 3 \* 4 \<b\> \`x\` \[y\](z) \&amp; a\_b"),
        ("    no code", "no code"),
        ("3 - 1 = 2.", "3 - 1 = 2."),
        ("a\\", "a\\\\"),
    ],
)
def test_markup_is_escaped(text: str, expected: str) -> None:
    assert render(page(0, (0, text))) == f"{expected}\n"


def test_commonmark_reads_the_text_back() -> None:
    markdown = pytest.importorskip("markdown_it", reason="markdown-it-py is not installed")
    texts = ["# a", "- b", "1. c", "* d *", "<b>", "&lt;", "> e", "`f`", "---", "[g](h)", "| i |"]
    data = render(page(0, *((30 * i, text) for i, text in enumerate(texts))))
    tokens = markdown.MarkdownIt().parse(data)
    assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]
    children = tokens[1].children
    assert children is not None
    read = "".join("\n" if child.type == "hardbreak" else child.content for child in children)
    assert read.split("\n") == texts
