"""What is kept of a page for the report: its words, how sure they are, and a small picture."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from hcr.document import Page
    from hcr.images import Pixels

_LONGER_SIDE = 360
_QUALITY = 60

Words: TypeAlias = tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class PageSummary:
    """A page in short.

    Attributes
    ----------
    lines
        The words of each line with their confidences.
    confidence
        Share of the characters that may be expected to stand in words read rightly; None where
        nothing was found on the page.
    picture
        Small JPEG of the page; empty if none was asked for.
    """

    lines: tuple[Words, ...]
    confidence: float | None
    picture: bytes = b""

    def lines_json(self) -> str:
        """Return the lines as JSON: ``[[["Dear", 0.96], ...], ...]``."""
        return json.dumps(self.lines, ensure_ascii=False)


def lines_from_json(text: str) -> tuple[Words, ...]:
    """Return what `PageSummary.lines_json` wrote."""
    return tuple(tuple((word, sure) for word, sure in line) for line in json.loads(text))


def summarise(page: Page, picture: bytes = b"") -> PageSummary:
    """Return a page in short."""
    lines = tuple(
        tuple((word.text, round(word.confidence, 4)) for word in line.words) for line in page.lines
    )
    letters = sum(len(line.text) for line in page.lines)
    sure = sum(len(line.text) * line.confidence for line in page.lines)
    return PageSummary(lines, sure / letters if letters else None, picture)


def thumbnail(pixels: Pixels) -> bytes:
    """Return a page, uint8 grey (h, w) or RGB (h, w, 3), as a small JPEG."""
    import cv2

    height, width = pixels.shape[:2]
    scale = min(1.0, _LONGER_SIDE / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    if small.ndim == 3:
        small = cv2.cvtColor(small, cv2.COLOR_RGB2BGR)
    _, data = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    return bytes(data)
