"""Proposes the fields of a template from the places to write that a blank form shows."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from hcr.forms.template import Field, Option, RelativeBox
from segmentation.enhance import binarize, denoise, flatten, to_grey
from segmentation.frames import Place, find_places, reading_order
from segmentation.geometry import Box


def propose_fields(image: npt.NDArray[np.uint8]) -> tuple[Field, ...]:
    """Return a field for each place to write, ``field_1`` and so on in reading order.

    Tick boxes in a row, or below each other, are the options of one choice. Nothing but their form
    is known of the places, so all others take any text.

    Parameters
    ----------
    image
        uint8 (h, w) grey or (h, w, 3) RGB: the blank form.
    """
    shape = image.shape[:2]
    places = find_places(binarize(denoise(flatten(to_grey(image)))))
    groups = [[place] for place in places if place.kind != "tick"]
    groups += _choices([place for place in places if place.kind == "tick"])
    group_of = {_around(group): group for group in groups}
    ordered = reading_order([Place("frame", box) for box in group_of])
    return tuple(
        _field(f"field_{number}", group_of[place.box], shape)
        for number, place in enumerate(ordered, 1)
    )


def _choices(ticks: list[Place]) -> list[list[Place]]:
    """Group tick boxes that belong to one question: those in a row, else those in a column."""
    rows: list[list[Place]] = []
    for tick in sorted(ticks, key=lambda place: place.box.left):
        row = next((row for row in rows if _is_level(row[-1].box, tick.box)), None)
        if row is None:
            rows.append([tick])
        else:
            row.append(tick)
    groups = [row for row in rows if len(row) > 1]
    alone = sorted((row[0] for row in rows if len(row) == 1), key=lambda place: place.box.top)
    columns: list[list[Place]] = []
    for tick in alone:
        column = next((each for each in columns if _is_below(each[-1].box, tick.box)), None)
        if column is None:
            columns.append([tick])
        else:
            column.append(tick)
    return groups + columns


def _is_level(box: Box, other: Box) -> bool:
    return abs(box.top - other.top) <= box.height / 2


def _is_below(box: Box, other: Box) -> bool:
    return abs(box.left - other.left) <= box.width / 2 and other.top - box.bottom <= 3 * box.height


def _around(group: list[Place]) -> Box:
    box = group[0].box
    for place in group[1:]:
        box = box.union(place.box)
    return box


def _field(name: str, group: list[Place], shape: tuple[int, ...]) -> Field:
    box = _relative(_around(group), shape)
    kind, cells = group[0].kind, len(group[0].cells)
    if kind == "tick":
        options = tuple(
            Option(f"option_{number}", _relative(place.box, shape))
            for number, place in enumerate(group, 1)
        )
        return Field(name, "choice", box, options=options)
    if kind == "boxes":
        return Field(name, "text", box, "boxes", cells)
    if kind == "comb":
        return Field(name, "text", box, "comb", cells)
    return Field(name, "text", box)


def _relative(box: Box, shape: tuple[int, ...]) -> RelativeBox:
    """Return a box relative to the page, rounded to what a tenth of a millimetre is on A4."""
    height, width = shape[:2]
    edges = (box.left / width, box.top / height, box.right / width, box.bottom / height)
    left, top, right, bottom = (min(max(round(edge, 4), 0.0), 1.0) for edge in edges)
    return left, top, right, bottom
