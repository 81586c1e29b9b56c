"""Made-up text: deterministic, of both languages, within the alphabet and the length."""

from __future__ import annotations

import re

import numpy as np
import pytest
import wordfreq

from training.codes import random_code
from training.texts import TextConfig, TextSource


@pytest.fixture(scope="module")
def source() -> TextSource:
    return TextSource(config=TextConfig(vocabulary=3000))


def test_same_generator_same_lines(source: TextSource) -> None:
    one, two = ([source.line(rng) for _ in range(20)] for rng in map(np.random.default_rng, (3, 3)))
    assert one == two
    assert len(set(one)) > 15


def test_lines_keep_to_the_alphabet() -> None:
    alphabet = "abcdefghijklmnopqrstuvwxyz é.,0123456789"
    source = TextSource(alphabet, config=TextConfig(vocabulary=3000))
    rng = np.random.default_rng(0)
    lines = [source.line(rng) for _ in range(200)]
    assert set("".join(lines)) <= set(alphabet)
    assert all(line and line == " ".join(line.split()) for line in lines)


def test_length_is_about_what_was_asked(source: TextSource) -> None:
    rng = np.random.default_rng(1)
    lengths = [len(source.line(rng, longest=40, shortest=30)) for _ in range(200)]
    assert 28 < np.mean(lengths) < 48
    assert np.percentile(lengths, 90) <= 48


def test_all_kinds_of_characters_occur(source: TextSource) -> None:
    rng = np.random.default_rng(2)
    text = " ".join(source.line(rng) for _ in range(1500))
    for wanted in (
        "é",
        "è",
        "ç",
        "à",
        "'",
        "-",
        "(",
        ")",
        ".",
        ",",
        "?",
        ";",
        "«",
        "@",
        "_",
        "%",
        "$",
    ):
        assert wanted in text, wanted
    assert set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") <= set(text)
    assert re.search(r"\b(18|19|20)\d\d\b", text)
    assert re.search(r"\w+_\d+", text)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_words_are_of_the_language(source: TextSource, language: str) -> None:
    rng = np.random.default_rng(4)
    words = [source.word(rng, language).split("'")[-1] for _ in range(200)]
    known = sum(wordfreq.word_frequency(word, language) > 0 for word in words)
    assert known > 190


def test_frequent_words_are_drawn_more_often() -> None:
    rng = np.random.default_rng(5)
    source = TextSource(languages=("en",), config=TextConfig(vocabulary=3000, rare_character=0.0))
    words = [source.word(rng) for _ in range(2000)]
    assert words.count("the") > 20 > words.count("hotel")


@pytest.mark.parametrize("language", ["en", "fr"])
def test_codes_hold_digits_or_signs(language: str) -> None:
    rng = np.random.default_rng(6)
    codes = [random_code(rng, language, ["house", "garden"]) for _ in range(300)]
    assert all(codes)
    assert sum(any(c.isdigit() for c in code) for code in codes) > 200


def test_unknown_language_is_refused() -> None:
    with pytest.raises(ValueError, match="tlh"):
        TextSource(languages=("en", "tlh"))
    with pytest.raises(ValueError, match="none"):
        TextSource(languages=())


def test_a_hand_that_mixes_capitals_in_writes_a_letter_always_alike() -> None:
    mixed = TextSource(config=TextConfig(vocabulary=3000, code=0.0, capitals=0.0, mixed=1.0))
    rng = np.random.default_rng(5)
    lines = [mixed.line(rng, longest=60, shortest=50) for _ in range(100)]
    inside = [re.sub(r"(?<![^\W\d_])[^\W\d_]", "", line) for line in lines]  # no first letters
    assert sum(any(map(str.isupper, line)) for line in inside) > 90
    raised = {c for line in inside for c in line if c.isupper()}
    assert len(raised) > 20
    # But for what is in capitals anyway: some names.
    both = [{c for c in line if c.islower() and c.upper() in line} for line in inside]
    assert sum(map(len, both)) < 0.05 * sum(len(set(line.lower())) for line in inside)
