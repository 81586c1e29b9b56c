"""Dates that exist are accepted, and no others; amounts become plain numbers."""

from __future__ import annotations

import calendar
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recognition.alphabet import ASCII
from recognition.automata import Automaton, pattern_automaton
from recognition.dates import AMOUNT, date_pattern, is_date_layout, plain_amount
from recognition.patterns import PatternError

LAYOUTS = {
    "DDMMYYYY": "{day:02d}{month:02d}{year}",
    "YYYY-MM-DD": "{year}-{month:02d}-{day:02d}",
    "MM/DD/YYYY": "{month:02d}/{day:02d}/{year}",
    "D.M.YYYY": "{day}.{month}.{year}",
}


@pytest.fixture(scope="module")
def automata() -> dict[str, Automaton]:
    return {layout: pattern_automaton(date_pattern(layout), ASCII) for layout in LAYOUTS}


def exists(day: int, month: int, year: int) -> bool:
    if not (1900 <= year <= 2099 and 1 <= month <= 12):
        return False
    return 1 <= day <= calendar.monthrange(year, month)[1]


@given(
    st.sampled_from(sorted(LAYOUTS)),
    st.integers(0, 33),
    st.integers(0, 13),
    st.one_of(st.integers(1890, 2110), st.sampled_from([1900, 1904, 2000, 2024, 2100])),
)
def test_only_dates_that_exist_are_accepted(
    automata: dict[str, Automaton], layout: str, day: int, month: int, year: int
) -> None:
    text = LAYOUTS[layout].format(day=day, month=month, year=year)
    assert automata[layout].matches(text) == exists(day, month, year)


@pytest.mark.parametrize("text", ["31.02.2024", "29.02.2023", "31.04.1999", "00.01.2000"])
def test_impossible_days_are_refused(text: str) -> None:
    automaton = pattern_automaton(date_pattern("DD.MM.YYYY"), ASCII)
    assert not automaton.matches(text)
    assert not automaton.matches(text.replace(".", "/"))


def test_leading_zeros_are_optional_in_one_letter() -> None:
    automaton = pattern_automaton(date_pattern("D.M.YY"), ASCII)
    assert all(map(automaton.matches, ("1.2.03", "01.02.03", "29/2/04", "29-02-00")))
    assert not automaton.matches("29.2.03")


def test_other_layouts_are_refused() -> None:
    assert not any(map(is_date_layout, ("", "DD.MM", "DDMMYYYYDD", "[0-9]{8}", "DD of MM YYYY")))
    with pytest.raises(PatternError, match=r"DD\.MM\.YYYY"):
        date_pattern("DD.MM")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("36.50", "36.50"), ("36,50", "36.50"), ("1 200,00 €", "1200.00"), ("$1,200", "1200"),
        ("40.-", "40.00"), ("1.234.567,89", "1234567.89"), ("€ 7", "7"), ("-3.50", "-3.50"),
    ],
)  # fmt: skip
def test_amounts_become_plain_numbers(text: str, number: str) -> None:
    assert pattern_automaton(AMOUNT, ASCII + "€£").matches(text)
    assert plain_amount(text) == number


@pytest.mark.parametrize("text", ["", "1,20,3", "12 34", "3.5", "€", "1.2345", "--3"])
def test_no_amount(text: str) -> None:
    assert not pattern_automaton(AMOUNT, ASCII + "€£").matches(text)
    assert not re.fullmatch(AMOUNT, text)
    assert plain_amount(text) == text
