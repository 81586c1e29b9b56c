from __future__ import annotations

import pickle
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hcr.errors import ConfigError, HcrError, InputError, ModelError, OutputError, printable


def test_message_is_file_problem_and_remedy() -> None:
    error = InputError(Path("a/b.png"), "it is empty", "scan it again")
    assert str(error) == "a/b.png: it is empty; scan it again"


@pytest.mark.parametrize(
    ("kind", "code"), [(InputError, 1), (OutputError, 1), (ConfigError, 2), (ModelError, 2)]
)
def test_errors_carry_their_exit_code_and_survive_pickling(kind: type[HcrError], code: int) -> None:
    error = pickle.loads(pickle.dumps(kind("x", "y", "z")))
    assert isinstance(error, kind)
    assert error.exit_code == code
    assert str(error) == "x: y; z"


@pytest.mark.parametrize(
    "name",
    ["a\x1b[31mred", "two\nlines", "bell\a", "c1\x9b31m", "rtl\u202ename", "raw\udc80byte"],
)
def test_control_characters_do_not_reach_the_terminal(name: str) -> None:
    assert str(InputError(name, "p", "r")).isprintable()


def test_ordinary_names_stay() -> None:
    assert printable("été 1/çà «б».png") == "été 1/çà «б».png"


@given(st.text())
def test_printable_is_printable_and_can_be_encoded(text: str) -> None:
    assert printable(text).isprintable()
    printable(text).encode("utf-8")
