"""The worst results, to be looked at: picture, truth and reading with what differs marked."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from html import escape
from itertools import groupby

from PIL import Image

from hcr.bench.scoring import Result
from hcr.errors import InputError
from hcr.images import Pixels, load
from recognition.metrics import alignment

_LINE_WIDTH, _PAGE_WIDTH = 1000, 560
_MARGIN = 6
_QUALITY = 70


def worst(results: Sequence[Result], count: int) -> list[Result]:
    """Return the results with most character errors, the worst first."""
    wrong = [result for result in results if result.score.characters.total]
    return sorted(wrong, key=lambda n: (-n.score.characters.total, -n.score.cer, n.name))[:count]


def show(result: Result) -> str:
    """Return a result as HTML."""
    truth, reading = mark(result.truth, result.reading)
    errors = result.score.characters
    head = f"{result.name}: {errors.total} errors in {errors.units} characters"
    if result.failed:
        head += ", given up on"
    kind = "line" if result.box else "page"
    return (
        f'<figure class="{kind}">{_picture(result)}<figcaption>{escape(head)}</figcaption>'
        f"<dl><dt>truth</dt><dd>{truth}</dd><dt>read</dt><dd>{reading}</dd></dl></figure>"
    )


def mark(truth: str, reading: str) -> tuple[str, str]:
    """Return both texts as HTML, in <del> what was missed, in <ins> what was read instead."""
    pairs = alignment(truth, reading)
    return (
        _marked([(a, a != b) for a, b in pairs if a is not None], "del"),
        _marked([(b, a != b) for a, b in pairs if b is not None], "ins"),
    )


def _marked(characters: Sequence[tuple[str, bool]], tag: str) -> str:
    parts = []
    for wrong, group in groupby(characters, key=lambda pair: pair[1]):
        text = escape("".join(character for character, _ in group))
        parts.append(f"<{tag}>{text}</{tag}>" if wrong else text)
    return "".join(parts)


def _picture(result: Result) -> str:
    """Return an <img> that holds its picture, or nothing if the file has gone since."""
    if result.image is None:
        return ""
    try:
        pixels = next(load(result.image))
    except InputError:
        return ""
    data = base64.b64encode(_jpeg(_part(pixels, result), bool(result.box))).decode("ascii")
    return f'<img alt="" loading="lazy" src="data:image/jpeg;base64,{data}">'


def _part(pixels: Pixels, result: Result) -> Pixels:
    if result.box is None:
        return pixels
    left, top = max(result.box.left - _MARGIN, 0), max(result.box.top - _MARGIN, 0)
    return pixels[top : result.box.bottom + _MARGIN, left : result.box.right + _MARGIN]


def _jpeg(pixels: Pixels, is_line: bool) -> bytes:
    image = Image.fromarray(pixels)
    width = _LINE_WIDTH if is_line else _PAGE_WIDTH
    image.thumbnail((width, 4 * width), Image.Resampling.LANCZOS)
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=_QUALITY)
    return stream.getvalue()
