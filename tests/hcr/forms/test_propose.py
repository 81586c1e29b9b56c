from __future__ import annotations

import cv2
import numpy as np
import pytest

from hcr.forms.propose import propose_fields
from hcr.forms.template import Template
from hcr.images import Pixels


def test_proposal_for_the_sample_is_its_template_but_for_names_and_types(
    blank_image: Pixels, template: Template
) -> None:
    fields = propose_fields(blank_image)
    assert [field.name for field in fields] == [f"field_{n}" for n in range(1, 8)]
    for made, right in zip(fields, template.fields, strict=True):
        assert (made.layout, made.cells) == (right.layout, right.cells)
        assert made.box == pytest.approx(right.box, abs=0.006)
        assert (made.type == "choice") == (right.type == "choice")
        for option, other in zip(made.options, right.options, strict=True):
            assert option.box == pytest.approx(other.box, abs=0.003)


def test_ticks_below_each_other_are_one_choice() -> None:
    page = np.full((1754, 1240, 3), 255, np.uint8)
    for number in range(4):
        top = 300 + 70 * number
        cv2.rectangle(page, (200, top), (230, top + 30), (0, 0, 0), 2)
    cv2.rectangle(page, (200, 900), (230, 930), (0, 0, 0), 2)
    first, second = propose_fields(page)
    assert (len(first.options), len(second.options)) == (4, 1)
    tops = [option.box[1] for option in first.options]
    assert tops == sorted(tops)


def test_nothing_is_proposed_for_bare_paper() -> None:
    assert propose_fields(np.full((800, 600), 255, np.uint8)) == ()
