"""What each type of field may hold, and errors that name the field."""

from __future__ import annotations

import pytest

from hcr.errors import ConfigError
from hcr.forms.kinds import Kind, kind_of
from hcr.forms.template import Field
from recognition.alphabet import ASCII, FRENCH, SIGNS

ALPHABET = ASCII + FRENCH + SIGNS
BOX = (0.1, 0.1, 0.9, 0.2)


def kind(**values: object) -> Kind:
    found = kind_of(Field(**{"name": "it", "box": BOX, **values}), ALPHABET)  # type: ignore[arg-type]
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("values", "accepted", "refused"),
    [
        ({"type": "digits"}, ["7", "0612 34"], ["", "12a", " 1"]),
        ({"type": "digits", "layout": "boxes", "cells": 5}, ["12345"], ["1 2", "A"]),
        ({"type": "digits", "pattern": "[0-9]{5}"}, ["40213"], ["4021", "402134"]),
        ({"type": "date"}, ["1.2.1984", "01/02/84"], ["31.02.1984", "1.13.84"]),
        ({"type": "date", "layout": "comb", "cells": 8}, ["29022024"], ["29022023", "29.02.24"]),
        ({"type": "date", "layout": "comb", "cells": 6}, ["310199"], ["310299"]),
        ({"type": "date", "pattern": "MM/DD/YYYY"}, ["02/28/2001"], ["28/02/2001"]),
        ({"type": "date", "pattern": "[0-9]{4}"}, ["1999"], ["01.01.1999"]),
        ({"type": "amount"}, ["36.50", "1 200,00 €"], ["12,3", "x"]),
        ({"type": "code", "pattern": "[A-Z]{2}[0-9]{4}"}, ["AB0123"], ["ab0123", "AB012"]),
        ({"type": "name", "layout": "boxes", "cells": 9}, ["ADA LOUISE", "O'NEIL"], ["Ada", " A"]),
        ({"type": "lexicon", "words": ("Jean-Luc", "Ada")}, ["Ada", "JEAN-LUC"], ["Jean"]),
    ],
)
def test_what_a_field_may_hold(
    values: dict[str, object], accepted: list[str], refused: list[str]
) -> None:
    automaton = kind(**values).automaton
    assert [text for text in accepted if not automaton.matches(text)] == []
    assert [text for text in refused if automaton.matches(text)] == []


def test_values_are_written_in_one_way() -> None:
    assert kind(type="digits").value("0612 34") == "061234"
    assert kind(type="amount").value("1 200,50 €") == "1200.50"
    assert kind(type="amount", pattern="[0-9]+,[0-9]{2}").value("12,50") == "12,50"
    assert kind(type="lexicon", words=("Ada",)).value("ADA") == "Ada"


@pytest.mark.parametrize("field_type", ["text", "name"])
def test_a_line_of_text_may_hold_anything(field_type: str) -> None:
    assert kind_of(Field("it", field_type, BOX), ALPHABET) is None  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"type": "code", "pattern": "[A-Z"}, "ends too early"),
        ({"type": "code", "pattern": "Ж[0-9]"}, "can be read"),
        ({"type": "code", "pattern": ".*a.{30}"}, "too many states"),
        ({"type": "code", "pattern": "[0-9]{9}", "layout": "boxes", "cells": 5}, "5 cells"),
        ({"type": "date", "layout": "comb", "cells": 7}, "7 cells"),
        ({"type": "lexicon", "words": ("да",)}, "'да' has characters"),
    ],
)
def test_what_cannot_be_used_is_said_in_one_line(values: dict[str, object], problem: str) -> None:
    with pytest.raises(ConfigError, match=r"^field 'it': ") as caught:
        kind(**values)
    assert problem in str(caught.value)
    assert "\n" not in str(caught.value)
