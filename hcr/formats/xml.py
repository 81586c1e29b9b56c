"""What the XML formats share: only characters that XML can hold, numbers and points as text."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterable
from xml.etree.ElementTree import Element

# What https://www.w3.org/TR/xml/#charsets leaves out: most control characters, halves of pairs.
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
XSI = "http://www.w3.org/2001/XMLSchema-instance"


def xml_text(text: str) -> str:
    """Return `text` with every character that XML cannot hold replaced by U+FFFD."""
    return _NO_XML.sub("\ufffd", text)


def to_bytes(root: Element) -> bytes:
    """Return an element tree as a UTF-8 file, indented."""
    ElementTree.indent(root)
    return to_bytes_as_is(root)


def to_bytes_as_is(root: Element) -> bytes:
    """Return an element tree as a UTF-8 file, with no white space added."""
    return ElementTree.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n"


def points_text(points: Iterable[tuple[int, int]]) -> str:
    """Return points as ALTO and PAGE write them: "x,y x,y"."""
    return " ".join(f"{x},{y}" for x, y in points)


def number(value: float) -> str:
    """Return a confidence or angle in digits, to four places, never with an exponent."""
    rounded = round(value, 4) + 0.0  # which makes -0.0 plain 0
    return f"{rounded:.4f}".rstrip("0").rstrip(".")
