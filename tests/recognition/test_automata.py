"""Automata accept what Python's own regular expressions match, and stay small."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recognition.alphabet import ASCII
from recognition.automata import NOWHERE, pattern_automaton, words_automaton
from recognition.patterns import PatternError

LETTERS = "ab1."


def patterns() -> st.SearchStrategy[str]:
    """Patterns over `LETTERS` that Python reads in the same way."""
    atoms = st.sampled_from(["a", "b", "1", r"\.", ".", r"\d", "[ab]", "[^a]", "[a-b1]", r"[\d.]"])

    def grow(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        repeat = st.sampled_from(["?", "*", "+", "{2}", "{1,}", "{0,2}", "{0}"])
        return st.one_of(
            st.tuples(inner, inner).map("".join),
            st.tuples(inner, inner).map(lambda two: f"(?:{two[0]}|{two[1]})"),
            st.tuples(inner, repeat).map(lambda two: f"({two[0]}){two[1]}"),
        )

    return st.recursive(atoms, grow, max_leaves=6)


@given(patterns(), st.lists(st.text(LETTERS, max_size=6), max_size=12))
def test_accepts_what_the_pattern_matches(pattern: str, texts: list[str]) -> None:
    try:
        automaton = pattern_automaton(pattern, LETTERS)
    except PatternError:
        assert not any(re.fullmatch(pattern, text) for text in texts)
        return
    for text in texts:
        assert automaton.matches(text) == bool(re.fullmatch(pattern, text))


@given(patterns())
def test_every_state_leads_to_an_end(pattern: str) -> None:
    automaton = pattern_automaton(pattern, LETTERS)
    for state in range(len(automaton.accepts)):
        reached, seen = [state], {state}
        while reached and not automaton.accepts[list(seen)].any():
            reached = [n for n in automaton.table[reached].ravel().tolist() if n not in seen]
            reached = [n for n in reached if n != NOWHERE]
            seen.update(reached)
        assert automaton.accepts[list(seen)].any()


def test_states_that_behave_alike_are_one() -> None:
    assert len(pattern_automaton("(a|b)*abb", LETTERS).table) == 4
    assert len(pattern_automaton("(a|b)(1|[.])|(b|a)([.]|1)", LETTERS).table) == 3


@given(st.lists(st.text("abc ", min_size=1, max_size=6), min_size=1, max_size=20))
def test_words_and_only_they_are_accepted(words: list[str]) -> None:
    automaton = words_automaton(words, ASCII)
    for word in words:
        assert automaton.matches(word)
        assert automaton.matches(word + "a") == (word + "a" in words)
    assert automaton.shortest() == min(map(len, words))


def test_characters_and_shortest() -> None:
    automaton = pattern_automaton("[A-C]{2,3}(?:-[0-9]+)?", ASCII)
    assert automaton.characters == frozenset("ABC-0123456789")
    assert automaton.shortest() == 2


def test_unreadable_characters_are_left_out_of_classes_only() -> None:
    assert pattern_automaton("[aж]+", ASCII).characters == frozenset("a")
    with pytest.raises(PatternError, match="'ж' can be read"):
        pattern_automaton("aж", ASCII)


@pytest.mark.parametrize(
    "pattern",
    ["((a{1,40}){1,40}){1,40}", ".*a.{18}", "(.{0,500}){0,500}", "((((a*)*)*b{0,500}){0,500})*"],
)
def test_hostile_pattern_ends_in_one_clear_line(pattern: str) -> None:
    with pytest.raises(PatternError, match=r"too many states|steps") as caught:
        pattern_automaton(pattern, ASCII)
    assert "\n" not in str(caught.value)
