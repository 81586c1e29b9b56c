"""From the objects that JSON is made of to a document; errors name the place that is wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from hcr.document import Document, Glyph, Line, Page, Point, Word

T = TypeVar("T")
N = TypeVar("N", int, float)
# No pixel, angle or page number is further out.
_LARGEST = 1e9


def document_of(data: Any) -> Document:
    """Return the document that `Document.to_dict` wrote.

    Raises
    ------
    ValueError
        If a key is missing or a value is not of the documented kind; the message names it.
    """
    return Document(_text(data, "source", "document"), _many(data, "pages", "document", _page))


def _page(data: Any, where: str) -> Page:
    index, width, height = (
        _whole(_get(data, key, where), f"{where}.{key}") for key in ("index", "width", "height")
    )
    skew = _number(_get(data, "skew", where), f"{where}.skew")
    return Page(index, width, height, skew, _many(data, "lines", where, _line))


def _line(data: Any, where: str) -> Line:
    return Line(
        **_cell(data, where),
        baseline=_many(data, "baseline", where, _point),
        words=_many(data, "words", where, _word),
        alternatives=_many(data, "alternatives", where, _alternative, optional=True),
        polygon=_many(data, "polygon", where, _point, optional=True),
    )


def _word(data: Any, where: str) -> Word:
    return Word(
        **_cell(data, where),
        glyphs=_many(data, "glyphs", where, _glyph),
        alternatives=_many(data, "alternatives", where, _alternative, optional=True),
        agreement=_agreement(data, where),
    )


def _agreement(data: dict[str, Any], where: str) -> bool | None:
    value = data.get("agreement")
    if "agreement" in data and not isinstance(value, bool):
        raise ValueError(f"{where}.agreement must be true or false")
    return value


def _glyph(data: Any, where: str) -> Glyph:
    return Glyph(**_cell(data, where))


def _cell(data: Any, where: str) -> dict[str, Any]:
    """Return what lines, words and glyphs have in common."""
    return {
        "text": _text(data, "text", where),
        "confidence": _number(_get(data, "confidence", where), f"{where}.confidence"),
        "box": _many(data, "box", where, _whole),
    }


def _point(data: Any, where: str) -> Point:
    x, y = _pair(data, where)
    return _number(x, where), _number(y, where)


def _alternative(data: Any, where: str) -> tuple[str, float]:
    text, confidence = _pair(data, where)
    if not isinstance(text, str):
        raise ValueError(f"{where} must begin with text")
    return _encodable(text, where), _number(confidence, where)


def _pair(data: Any, where: str) -> tuple[Any, Any]:
    if not isinstance(data, list) or len(data) != 2:
        raise ValueError(f"{where} must be a pair")
    return data[0], data[1]


def _get(data: Any, key: str, where: str) -> Any:
    if not isinstance(data, dict) or key not in data:
        raise ValueError(f"{where} has no {key!r}")
    return data[key]


def _text(data: Any, key: str, where: str) -> str:
    value = _get(data, key, where)
    return _encodable(value, f"{where}.{key}")


def _many(
    data: Any, key: str, where: str, convert: Callable[[Any, str], T], optional: bool = False
) -> tuple[T, ...]:
    if optional and isinstance(data, dict) and key not in data:
        return ()
    values = _get(data, key, where)
    if not isinstance(values, list):
        raise ValueError(f"{where}.{key} must be a list")
    return tuple(convert(value, f"{where}.{key}[{i}]") for i, value in enumerate(values))


def _whole(value: Any, where: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError(f"{where} must be a whole number")
    return _in_range(value, where)


def _number(value: Any, where: str) -> float:
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        raise ValueError(f"{where} must be a number")
    return float(_in_range(value, where))


def _in_range(value: N, where: str) -> N:
    if not -_LARGEST <= value <= _LARGEST:  # NaN is not either
        raise ValueError(f"{where} must lie between {-_LARGEST:.0e} and {_LARGEST:.0e}")
    return value


def _encodable(value: Any, where: str) -> str:
    """Return a text; JSON can write halves of characters, which no file can hold."""
    if not isinstance(value, str):
        raise ValueError(f"{where} must be text")
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        raise ValueError(f"{where} must be text of whole characters") from None
    return value
