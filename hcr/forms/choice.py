"""Reads tick boxes: how much ink each box holds, how far it reaches, and which is meant."""

from __future__ import annotations

import math

import cv2
import numpy as np
import numpy.typing as npt

from hcr.forms.confidence import TICK_BIAS, TICK_WEIGHTS
from hcr.forms.evidence import Evidence
from hcr.forms.picture import FieldPicture
from hcr.forms.template import Field
from segmentation.geometry import Box

SEPARATOR = ";"
# Of a box's side: what is left out at its edges, where remains of the frame may be.
_EDGE = 0.14
# A box with so much ink inside is blacked out: beside another that is ticked it is a correction.
_BLACKED_OUT = 0.55


def read_choice(field: Field, picture: FieldPicture) -> Evidence:
    """Read the options of a choice.

    Parameters
    ----------
    field
        Of type choice.
    picture
        With a box for each option.

    Returns
    -------
    Evidence
        Its value is empty where nothing is ticked. Of a choice of one, two ticks are no value to
        rely on: both are named, and the share says so.
    """
    features = [tick_features(picture, box) for box in picture.options]
    chances = [tick_chance(one) for one in features]
    ticked = [number for number, chance in enumerate(chances) if chance > 0.5]
    certain = math.prod(max(chance, 1 - chance) for chance in chances)
    if len(ticked) > 1 and not field.multiple:
        kept = [number for number in ticked if features[number][0] < math.sqrt(_BLACKED_OUT)]
        ticked, certain = (kept, 0.5 * certain) if len(kept) == 1 else (ticked, 0.0)
    value = SEPARATOR.join(field.options[number].name for number in ticked)
    return Evidence(value, certain, 0.0)


def tick_features(picture: FieldPicture, box: Box) -> tuple[float, float]:
    """Measure the ink of a tick box.

    Returns
    -------
    (filled, reach)
        The square root of the share of the inside that is inked, and how far the strokes that
        are seen inside reach, in sides of the box; both 0 for an empty box.
    """
    side = min(box.width, box.height)
    edge = max(1, round(_EDGE * side))
    height, width = picture.ink.shape
    inside = Box(
        *(min(max(value, 0), limit) for value, limit in (
            (box.left + edge, width), (box.top + edge, height),
            (max(box.left + edge, box.right - edge), width),
            (max(box.top + edge, box.bottom - edge), height),
        ))
    )  # fmt: skip
    if not inside.area:
        return 0.0, 0.0
    seen = picture.ink[inside.top : inside.bottom, inside.left : inside.right]
    reach = _reach(picture.ink, inside, box) / max(side, 1)
    return math.sqrt(float(seen.mean())), min(reach, 2.0)


def tick_chance(features: tuple[float, float]) -> float:
    """Return the probability that a box with these features is ticked."""
    weighed = TICK_BIAS + sum(w * f for w, f in zip(TICK_WEIGHTS, features, strict=True))
    return 1 / (1 + math.exp(-min(max(weighed, -30.0), 30.0)))


def _reach(ink: npt.NDArray[np.bool_], inside: Box, box: Box) -> float:
    """Return the longer side of the box around all strokes that are seen inside."""
    height, width = ink.shape
    far = max(box.width, box.height) // 2
    near = Box(
        max(0, box.left - far), max(0, box.top - far),
        min(width, box.right + far), min(height, box.bottom + far),
    )  # fmt: skip
    window = ink[near.top : near.bottom, near.left : near.right].astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(window, connectivity=8)
    rows = slice(inside.top - near.top, inside.bottom - near.top)
    columns = slice(inside.left - near.left, inside.right - near.left)
    seen = np.setdiff1d(np.unique(labels[rows, columns]), [0])
    if not len(seen):
        return 0.0
    x, y, w, h = (stats[seen, k] for k in range(4))
    return float(max((x + w).max() - x.min(), (y + h).max() - y.min()))
