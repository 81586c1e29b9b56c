"""JSON as documented in the README: one line a document, UTF-8, so that several are JSON Lines."""

from __future__ import annotations

from hcr.document import Document


def render(document: Document) -> bytes:
    """Return the document as one line of JSON with a line feed."""
    return document.to_json().encode("utf-8") + b"\n"
