"""hcr reads handwriting: `Reader().read("scan.png")` gives text, boxes and confidences.

Names are imported when first used, so that `import hcr` and `hcr-read --help` stay quick.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hcr.characters import CharacterReader
    from hcr.document import Document, Glyph, Line, Page, Word
    from hcr.errors import HcrError
    from hcr.reader import Reader, ReaderConfig

__version__ = "0.1.0"

__all__ = [
    "CharacterReader",
    "Document",
    "Glyph",
    "HcrError",
    "Line",
    "Page",
    "Reader",
    "ReaderConfig",
    "Word",
    "__version__",
]

_HOMES = {
    "CharacterReader": "hcr.characters",
    "Document": "hcr.document",
    "Glyph": "hcr.document",
    "HcrError": "hcr.errors",
    "Line": "hcr.document",
    "Page": "hcr.document",
    "Reader": "hcr.reader",
    "ReaderConfig": "hcr.reader",
    "Word": "hcr.document",
}


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'hcr' has no attribute {name!r}")
    return getattr(import_module(home), name)


def __dir__() -> list[str]:
    return __all__
