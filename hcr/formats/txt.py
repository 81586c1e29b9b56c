"""Plain text: a line feed after every line, a form feed between pages, UTF-8."""

from __future__ import annotations

from hcr.document import Document


def render(document: Document) -> bytes:
    """Return the text of all pages."""
    return document.text.encode("utf-8")
