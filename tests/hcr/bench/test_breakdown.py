"""Confusions, classes, lengths, writers."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hcr.bench.breakdown import Confusion, by_length, by_writer, character_class, characters
from hcr.bench.scoring import Result
from recognition.metrics import Errors, Score, score

Make = Callable[..., Result]


@pytest.mark.parametrize(
    ("kind", "members"),
    [
        ("letters", "aZœß"),
        ("accented letters", "éÀçñ\N{COMBINING ACUTE ACCENT}"),
        ("digits", "07½"),
        ("punctuation", ".,'«-("),
        ("spaces", " \t\N{NO-BREAK SPACE}"),
        ("other signs", "€+=°"),
    ],
)
def test_classes(kind: str, members: str) -> None:
    assert {character_class(character) for character in members} == {kind}


def test_confusions_and_errors_by_class(make_result: Make) -> None:
    results = [make_result("a", "été 12", "ete 1"), make_result("b", "été", "étés")]
    confusions, classes = characters(results)
    assert confusions[0] == Confusion("é", "e", 2)
    assert set(confusions[1:]) == {Confusion("", "s", 1), Confusion("2", "", 1)}
    assert classes["accented letters"] == Errors(4, substitutions=2)
    assert classes["letters"] == Errors(2, insertions=1)
    assert classes["digits"] == Errors(2, deletions=1)
    assert classes["spaces"] == Errors(1)


@given(st.lists(st.tuples(*[st.text("ab1é. ", max_size=8)] * 2), min_size=1, max_size=5))
def test_classes_sum_up_to_the_whole(pairs: list[tuple[str, str]]) -> None:
    results = [Result(str(n), "p", "", a, b, score([(a, b)])) for n, (a, b) in enumerate(pairs)]
    # Scores are of normalised texts; these are compared as they stand.
    confusions, classes = characters(results)
    total = sum(classes.values(), Errors())
    assert total.units == sum(len(a) for a, _ in pairs)
    assert total.total == sum(confusion.count for confusion in confusions)


def test_by_length(make_result: Make) -> None:
    results = [make_result(str(n), "x" * n, "x" * (n - 1)) for n in (1, 5, 6, 81, 500)]
    parts = by_length([*results, make_result("0", "", "")])
    assert [(part.name, part.results) for part in parts] == [
        ("none", 1),
        ("1 to 5", 2),
        ("6 to 10", 1),
        ("over 80", 2),
    ]
    assert parts[1].score.cer == pytest.approx(2 / 6)


def test_by_writer_or_page_the_worst_first(make_result: Make) -> None:
    results = [
        make_result("p#1", "ab", "ab"),
        make_result("p#2", "ab", "xy"),
        make_result("q#1", "ab", ""),
    ]
    assert [(part.name, part.results, part.score.cer) for part in by_writer(results)] == [
        ("q", 1, 1.0),
        ("p", 2, 0.5),
    ]
    written = [make_result(f"{n}", "ab", "ab", writer="w") for n in range(3)]
    assert [(part.name, part.results) for part in by_writer(written)] == [("w", 3)]
    assert sum((part.score for part in by_writer(written)), Score()).lines == 3
