"""Draws the fields of a template over its blank, and the readings over a filled form."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from hcr.forms.cut import find_cells, pixels
from hcr.forms.reading import FieldReading
from hcr.forms.template import Field, Template
from hcr.images import Pixels
from hcr.show import colour
from segmentation.enhance import binarize, denoise, flatten, to_grey
from segmentation.geometry import Box

# Okabe and Ito's palette, told apart by colour-blind people too; RGB.
_BOX = (0, 114, 178)
_CELL = (86, 180, 233)
_OPTION = (204, 121, 167)
_REVIEW = (213, 94, 0)
_SIDE = 2000
# A pixel darker than this is print or writing, which labels should not hide.
_PRINT = 160


def draw_template(template: Template, blank: Pixels) -> Pixels:
    """Draw fields with their cells and options, names and types over the blank.

    Parameters
    ----------
    template
        The form.
    blank
        uint8 (h, w) grey or (h, w, 3) RGB.

    Returns
    -------
    uint8 (h', w', 3), RGB; a large blank is reduced.
    """
    picture = _canvas(blank)
    printed = binarize(denoise(flatten(to_grey(_canvas(blank)))))
    for field in template.fields:
        box = pixels(field.box, picture.shape)
        for cell in find_cells(printed[box.top : box.bottom, box.left : box.right], field):
            corner = (box.left + cell.left, box.top + cell.top)
            opposite = (box.left + cell.right, box.top + cell.bottom)
            cv2.rectangle(picture, corner, opposite, _CELL, 1)
        _rectangle(picture, box, _BOX)
        _label(picture, box, f"{field.name}: {_kind(field)}", _BOX)
        for option in field.options:
            place = pixels(option.box, picture.shape)
            _rectangle(picture, place, _OPTION)
            below = Box(place.left, place.bottom, place.right, place.bottom)
            _label(picture, below, option.name, _OPTION, below=True)
    return picture


def draw_readings(template: Template, form: Pixels, readings: Sequence[FieldReading]) -> Pixels:
    """Draw the value of each field over a filled form that lies as the blank does.

    Parameters
    ----------
    template
        The form.
    form
        uint8 (h, w) grey: the scan laid over the blank.
    readings
        Of the template's fields.

    Returns
    -------
    uint8 (h', w', 3), RGB: green, amber or vermilion by confidence, thick where to review.
    """
    picture = _canvas(form)
    for field, reading in zip(template.fields, readings, strict=True):
        box = pixels(field.box, picture.shape)
        shade = _REVIEW if reading.review else colour(reading.confidence)
        _rectangle(picture, box, shade, 4 if reading.review else 2)
        mark = "? " if reading.review else ""
        _label(picture, box, f"{mark}{reading.value or '-'} {reading.confidence:.2f}", shade)
    return picture


def _canvas(image: Pixels) -> Pixels:
    """Return an RGB copy, reduced if it is large."""
    rgb = image if image.ndim == 3 else np.repeat(image[:, :, None], 3, axis=2)
    scale = min(1.0, _SIDE / max(rgb.shape))
    size = (max(1, round(rgb.shape[1] * scale)), max(1, round(rgb.shape[0] * scale)))
    return np.array(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), np.uint8)


def _kind(field: Field) -> str:
    cells = f", {field.layout} of {field.cells}" if field.cells else ""
    return f"{field.type}{cells}{', required' if field.required else ''}"


def _rectangle(picture: Pixels, box: Box, shade: tuple[int, int, int], width: int = 2) -> None:
    cv2.rectangle(picture, (box.left, box.top), (box.right, box.bottom), shade, width)


def _label(
    picture: Pixels, box: Box, text: str, shade: tuple[int, int, int], below: bool = False
) -> None:
    """Write above a box, or below it where that hides less, on a ground that hides the print."""
    face, size = cv2.FontFace("sans"), max(11, round(max(picture.shape) / 110))
    _, _, width, _ = cv2.getTextSize((0, 0), text, (0, 0), face, size, 500)
    left = max(0, min(box.left, picture.shape[1] - int(width) - 4))
    over, under = (
        Box(left, top, left + int(width) + 4, top + size + 4)
        for top in (box.top - size - 6, box.bottom + 2)
    )
    if over.top < 0:
        below = True
    elif under.bottom <= picture.shape[0]:
        below = below or _printed(picture, under) < _printed(picture, over)
    ground = under if below else over
    corners = (ground.left, ground.top), (ground.right, ground.bottom)
    cv2.rectangle(picture, *corners, (255, 255, 255), cv2.FILLED)
    dark = tuple(int(0.75 * value) for value in shade)
    cv2.putText(picture, text, (left + 2, ground.top + size), dark, face, size, 500)


def _printed(picture: Pixels, place: Box) -> float:
    """Return the share of a place on the page that is dark."""
    covered = picture[place.top : place.bottom, place.left : place.right]
    return float((covered.min(axis=2) < _PRINT).mean())
