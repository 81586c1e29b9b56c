"""Markdown (CommonMark): paragraphs with the lines kept as written, a rule between pages."""

from __future__ import annotations

import re

from hcr.document import Document, Line, Page
from hcr.formats.blocks import blocks

# Anything of these may open markup wherever it stands ...
_MARKUP = re.compile(r"([\\`*_\[\]<>&#|~$])")
# ... and these do so at the beginning of a line: lists and underlined headings.
_OPENING = re.compile(r"^(\s*)([-+=]|[0-9]+(?=[.)]))")


def render(document: Document) -> bytes:
    """Return the text of all pages; whatever would be markup is escaped."""
    return "\n---\n\n".join(map(_page, document.pages)).encode("utf-8")


def _page(page: Page) -> str:
    return "\n".join(_paragraph(lines) for lines in blocks(page))


def _paragraph(lines: tuple[Line, ...]) -> str:
    # A backslash at the end of a line keeps the line break.
    return "\\\n".join(_escaped(line.text) for line in lines) + "\n"


def _escaped(text: str) -> str:
    text = _MARKUP.sub(r"\\\1", " ".join(text.split()))
    opening = _OPENING.match(text)
    if not opening:
        return text
    # "1." becomes "1\.", "- " becomes "\- ".
    at = opening.end() if opening[2].isdigit() else opening.start(2)
    return f"{text[:at]}\\{text[at:]}"
