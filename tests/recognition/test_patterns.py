"""Patterns: what cannot be used is refused in one line that says where."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recognition.patterns import LONGEST_PATTERN, PatternError, parse_pattern


@pytest.mark.parametrize(
    ("pattern", "problem"),
    [
        ("(", "'(' without ')'"),
        ("a)", "')' without '('"),
        ("[ab", "ends too early"),
        ("[]", "ends too early"),
        ("a{", "write '\\{'"),
        ("a{3,2}", "wrong way round"),
        ("a{501}", "more than 500"),
        ("a**", "one repetition after another"),
        ("a+?", "one repetition after another"),
        ("*a", "out of place"),
        ("a|+", "out of place"),
        ("a^b", "out of place"),
        ("a$b", "out of place"),
        ("(?=a)b", "only '(?:'"),
        (r"(a)\1", "'\\1' is not supported"),
        (r"\bA", "'\\b' is not supported"),
        ("[z-a]", "a range the wrong way round"),
        (r"[\d-z]", "a range needs a character"),
        ("\\", "ends too early"),
        ("(" * 60 + ")" * 60, "groups inside each other"),
        ("a" * (LONGEST_PATTERN + 1), "longer than"),
    ],
)
def test_malformed_pattern_is_refused(pattern: str, problem: str) -> None:
    with pytest.raises(PatternError, match=r".+") as caught:
        parse_pattern(pattern)
    assert problem in str(caught.value)
    assert "\n" not in str(caught.value)


def test_place_of_the_fault_is_named() -> None:
    with pytest.raises(PatternError, match="character 4"):
        parse_pattern("ab[z-a]c".replace("[z-a]", "**"))


def test_anchors_at_the_ends_change_nothing() -> None:
    assert parse_pattern("^[A-Z]{2}$") == parse_pattern("[A-Z]{2}")
    assert parse_pattern(r"a\$") == parse_pattern(r"^a\$")


@given(st.text("ab01()[]{}|?*+.\\^$,-dws", max_size=30))
def test_any_text_parses_or_is_refused(pattern: str) -> None:
    with suppress(PatternError):
        parse_pattern(pattern)
