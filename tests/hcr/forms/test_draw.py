from __future__ import annotations

import cv2
import numpy as np

from hcr.forms.cut import pixels
from hcr.forms.draw import draw_readings, draw_template
from hcr.forms.reading import FieldReading
from hcr.forms.template import Template
from hcr.images import Pixels

BLUE, VERMILION, GREEN, PINK = (0, 114, 178), (213, 94, 0), (0, 158, 115), (204, 121, 167)


def has(picture: Pixels, edges: tuple[float, float, float, float], shade: tuple[int, ...]) -> bool:
    """Tell whether the outline of a box is drawn in a colour."""
    box = pixels(edges, picture.shape)
    middle = (box.left + box.right) // 2, (box.top + box.bottom) // 2
    sides = [picture[box.top, middle[0]], picture[middle[1], box.left]]
    return all(tuple(side.tolist()) == shade for side in sides)


def test_template_is_drawn_over_the_blank(template: Template, blank_image: Pixels) -> None:
    picture = draw_template(template, blank_image)
    assert picture.shape == (2000, 1414, 3)
    assert all(has(picture, f.box, BLUE) for f in template.fields if f.type != "choice")
    choice = next(field for field in template.fields if field.type == "choice")
    assert all(has(picture, option.box, PINK) for option in choice.options)


def test_readings_are_coloured_by_what_is_to_do(template: Template, filled_image: Pixels) -> None:
    readings = [FieldReading("x", 0.99, False) for _ in template.fields]
    readings[0] = FieldReading("=\u2028doubtful" * 30, 0.3, True)
    before = filled_image.copy()
    picture = draw_readings(template, filled_image[:, :, 0], readings)
    assert has(picture, template.fields[0].box, VERMILION)
    assert all(has(picture, field.box, GREEN) for field in template.fields[1:])
    assert np.array_equal(filled_image, before)


def test_labels_hide_no_question_where_there_is_room_below(
    template: Template, blank_image: Pixels
) -> None:
    # The form asks "What do you like to read?" right above the box for the answer.
    likes = next(n for n, field in enumerate(template.fields) if field.name == "likes")
    box = pixels(template.fields[likes].box, (2000, 1414))
    grey = cv2.resize(blank_image, (1414, 2000), interpolation=cv2.INTER_AREA)
    readings = [FieldReading("x", 0.99, False) for _ in template.fields]
    picture = draw_readings(template, grey, readings)
    above = slice(box.top - 45, box.top - 3), slice(box.left, box.right)
    assert (grey[above] < 128).sum() > 100
    assert np.array_equal(picture[above][:, :, 0] < 128, grey[above] < 128)
    below = slice(box.bottom + 3, box.bottom + 25), slice(box.left, box.right)
    assert (picture[below][:, :, 0] < 128).sum() > 20
