"""Output formats: one renderer a module, found by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from hcr.document import Document
from hcr.formats import json, txt


@dataclass(frozen=True)
class Format:
    """An output format.

    Attributes
    ----------
    suffix
        Of the files, with the dot.
    render
        Turns a document into a file's bytes.
    separator
        Goes between documents on standard output.
    """

    suffix: str
    render: Callable[[Document], bytes]
    separator: bytes = b""


FORMATS = {
    "txt": Format(".txt", txt.render, separator=b"\f"),
    "json": Format(".json", json.render),
}
