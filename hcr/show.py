"""Draws what was found: the page with its lines and words, and beside it the text in place."""

from __future__ import annotations

import cv2
import numpy as np

from hcr.document import Line, Page, Point, Word
from hcr.images import Pixels

# Okabe and Ito's palette, told apart by colour-blind people too; RGB.
_SURE = (0, 158, 115)
_LIKELY = (230, 159, 0)
_DOUBTFUL = (213, 94, 0)
_LEVELS = ((0.9, _SURE, "at least 0.9"), (0.6, _LIKELY, "0.6 to 0.9"), (0.0, _DOUBTFUL, "below"))
_LINE = (0, 114, 178)
_INK = (30, 30, 30)
_WHITE = (255, 255, 255)
_TINT = 0.25
_MAX_SIDE = 2500
_MIN_SIDE = 900
_LEGEND = 36
# A word wider than its place is written smaller, but not below this share of the others' size.
_LEAST_SHARE = 0.6
_LEAST_SIZE = 10
# Degrees from which text stands across the page or on its head: it is written level all the same.
_TURNED = 45


def colour(confidence: float) -> tuple[int, int, int]:
    """Return the RGB colour of a confidence: green from 0.9, amber from 0.6, else vermilion."""
    return next(rgb for least, rgb, _ in _LEVELS if confidence >= least)


def overlay(image: Pixels, page: Page) -> Pixels:
    """Draw a page's lines and words over its image and the text beside it.

    Parameters
    ----------
    image
        uint8 grey (h, w) or RGB (h, w, 3): the image that was read.
    page
        What was read.

    Returns
    -------
    uint8 (h', w', 3), RGB: on the left the page with outlines of lines, baselines and words tinted
    by confidence; on the right the recognised text where it stands on the page; below the
    legend. Large pages are reduced, small ones enlarged.
    """
    longer = max(page.width, page.height)
    scale = min(max(longer, _MIN_SIDE), _MAX_SIDE) / longer
    size = (max(1, round(page.width * scale)), max(1, round(page.height * scale)))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    colour_image = image if image.ndim == 3 else np.repeat(image[:, :, None], 3, axis=2)
    left: Pixels = np.array(cv2.resize(colour_image, size, interpolation=method), np.uint8)
    right = np.full_like(left, 255)
    _tint_words(left, page, scale)
    for line in page.lines:
        _draw_line(left, line, scale)
    _write_text(right, page, scale)
    rule = np.full((size[1], 2, 3), 200, np.uint8)
    sheet = np.hstack([left, rule, right])
    return np.vstack([sheet, _legend(sheet.shape[1], page)])


def encode(picture: Pixels, suffix: str) -> bytes:
    """Return an RGB picture, uint8 (h, w, 3), as the bytes of an image file.

    Raises
    ------
    ValueError
        If OpenCV writes no files that end in `suffix` (".png" and the like).
    """
    try:
        done, data = cv2.imencode(suffix, cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
    except cv2.error:
        done = False
    if not done:
        raise ValueError(f"no picture can be written as {suffix!r}")
    return bytes(data)


def _tint_words(picture: Pixels, page: Page, scale: float) -> None:
    tint = picture.copy()
    for line in page.lines:
        for word in line.words:
            cv2.rectangle(tint, *_corners(word, scale), colour(word.confidence), cv2.FILLED)
    cv2.addWeighted(tint, _TINT, picture, 1 - _TINT, 0, dst=picture)


def _draw_line(picture: Pixels, line: Line, scale: float) -> None:
    for word in line.words:
        cv2.rectangle(picture, *_corners(word, scale), colour(word.confidence), 2)
    for points, closed in ((line.polygon, True), (line.baseline, False)):
        if points:
            cv2.polylines(picture, [_scaled(points, scale)], closed, _LINE, 1, cv2.LINE_AA)


def _write_text(picture: Pixels, page: Page, scale: float) -> None:
    """Write the words at their places on the page, in one size where they fit."""
    cells = [(line, word) for line in page.lines for word in line.words]
    if not cells:
        return
    face = cv2.FontFace("sans")
    normal = 0.7 * scale * float(np.median([word.box[3] - word.box[1] for _, word in cells]))
    turned = abs(page.skew) > _TURNED
    for line, word in cells:
        left, top, right, bottom = (edge * scale for edge in word.box)
        fitting = normal * (right - left) / max(_width(word.text, face, normal), 1.0)
        size = max(min(normal, fitting), _LEAST_SHARE * normal, _LEAST_SIZE)
        foot = (top + bottom + size * 0.7) / 2 if turned else scale * _foot(line, word)
        shade = tuple(int(0.65 * c) for c in colour(word.confidence))
        cv2.putText(picture, word.text, (round(left), round(foot)), shade, face, int(size), 500)


def _foot(line: Line, word: Word) -> float:
    """Return the height of the baseline, if there is one, under the middle of a word."""
    if not line.baseline:
        return word.box[3]
    xs, ys = zip(*sorted(line.baseline), strict=True)
    return float(np.interp((word.box[0] + word.box[2]) / 2, xs, ys))


def _width(text: str, face: cv2.FontFace, size: float) -> float:
    """Return how many pixels a text takes across; measured large, as sizes are whole numbers."""
    measured = 100
    _, _, width, _ = cv2.getTextSize((0, 0), text, (0, 0), face, measured, 500)
    return float(width * size / measured)


def _legend(width: int, page: Page) -> Pixels:
    bar = np.full((_LEGEND, width, 3), 255, np.uint8)
    bar[0] = 200
    face = cv2.FontFace("sans")
    words = sum(len(line.words) for line in page.lines)
    text = f"{len(page.lines)} lines, {words} words; confidence"
    x, y = 10, 24
    (end, _), _ = cv2.putText(bar, text, (x, y), _INK, face, 16, 400)
    for _, rgb, name in _LEVELS:
        x = end + 16
        cv2.rectangle(bar, (x, y - 12), (x + 14, y + 2), rgb, cv2.FILLED)
        (end, _), _ = cv2.putText(bar, name, (x + 20, y), _INK, face, 16, 400)
    return bar


def _corners(word: Word, scale: float) -> tuple[tuple[int, int], tuple[int, int]]:
    left, top, right, bottom = (round(edge * scale) for edge in word.box)
    return (left, top), (right, bottom)


def _scaled(points: tuple[Point, ...], scale: float) -> np.ndarray:
    return np.rint(np.asarray(points, dtype=float) * scale).astype(np.int32)
