"""Readings against the truth: texts, words with confidences, places."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from hcr.bench.found import Found
from hcr.bench.item import Item, prepare
from hcr.bench.reading import Reading, ReadLine, ReadWord, from_layout, from_text
from hcr.bench.scoring import Judged, cluster, judge_lines, judge_page
from hcr.bench.truth import TruthConfig, read_truth
from recognition.metrics import NormaliseConfig
from segmentation.geometry import Box
from segmentation.layout_files import read_layout

PLAIN = NormaliseConfig()


@pytest.fixture
def item(truth_folder: Path, tmp_path: Path) -> Item:
    (truth,), _ = read_truth(truth_folder, TruthConfig(strike_outs=True))
    return prepare(replace(truth, writer="marie"), tmp_path)


@pytest.fixture
def perfect(item: Item, truth_folder: Path) -> Reading:
    return from_layout(read_layout(truth_folder / "p1.xml"))


def test_a_perfect_reading(item: Item, perfect: Reading) -> None:
    lines = tuple(
        replace(line, text=true.text)
        for line, true in zip(perfect.lines, item.truth.lines, strict=True)
    )
    found = judge_page(item, replace(perfect, lines=lines), PLAIN)
    assert (found.score.cer, found.score.lines, found.score.exact_lines) == (0, 1, 1)
    assert found.truth == found.reading == "un chat deux chiens C'est l'été"
    assert found.lines_found == Found(3, 3, 3)
    assert found.words_found == Found(7, 7, 7)
    assert (found.writer, found.page, found.failed) == ("marie", "p1", False)


def test_places_count_only_where_the_reader_tells_them(item: Item, perfect: Reading) -> None:
    found = judge_page(item, from_text("un chat"), PLAIN)
    assert found.lines_found is found.words_found is None
    missing = judge_page(item, replace(perfect, lines=perfect.lines[1:]), PLAIN)
    assert missing.lines_found == Found(2, 3, 2)
    # Whoever tells no places but finds nothing either has found no line.
    assert judge_page(item, Reading(()), PLAIN).lines_found == Found(0, 3, 0)


def test_a_failed_reading_has_read_nothing(item: Item) -> None:
    found = judge_page(item, None, PLAIN)
    assert (found.score.cer, found.reading, found.failed) == (1, "", True)
    lines = judge_lines(item, None, PLAIN)
    assert [line.score.cer for line in lines] == [1, 1, 1]
    assert all(line.failed for line in lines)


def test_words_are_judged_by_the_best_alignment(item: Item) -> None:
    words = (("un", 0.9), ("chien", 0.4), ("DEUX", 0.8), ("chiens", 0.7), ("!", 0.2))
    line = ReadLine("un chien DEUX chiens !", (), tuple(ReadWord(t, None, c) for t, c in words))
    judged = judge_page(item, Reading((line,)), PLAIN).words
    assert [word.confidence for word in judged] == [0.9, 0.4, 0.8, 0.7, 0.2]
    assert [word.right for word in judged] == [True, False, False, True, False]
    # Without punctuation there is one word less, and without case one more is right.
    lenient = NormaliseConfig(strip_punctuation=True, fold_case=True)
    judged = judge_page(item, Reading((line,)), lenient).words
    assert judged == (
        Judged(0.9, True),
        Judged(0.4, False),
        Judged(0.8, True),
        Judged(0.7, True),
    )


def test_lines_of_the_truth(truth_folder: Path, tmp_path: Path) -> None:
    (truth,), _ = read_truth(truth_folder)
    item = prepare(truth, tmp_path, cut_header=True)
    found = judge_lines(item, [from_text(text) for text in ("un chat", "", "C'est l'ete")], PLAIN)
    assert [line.name for line in found] == ["p1#1", "p1#2", "p1#3"]
    assert [line.score.characters.total for line in found] == [0, 19, 2]
    # The box is in the pixels of the whole image, of which the header was cut off.
    assert found[0].box == Box(95, 120, 711, 155)


def test_errors_are_shared_by_writers_or_pages(make_result: object) -> None:
    assert callable(make_result)
    known = [make_result(name, "a", "a", writer="w") for name in ("p#1", "q#1")]
    partly = [*known, make_result("r#1", "a", "a")]
    assert [cluster(known)(n) for n in known] == ["w", "w"]
    assert [cluster(partly)(n) for n in partly] == ["p", "q", "r"]
