"""A list of words: what it makes likelier, what it leaves alone, what files are refused."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from recognition.ctc import DecodeConfig, beam_search
from recognition.language import Language, NGramLanguage
from recognition.lexicon import NO_WORD, Lexicon, LexiconLanguage, read_lexicon
from training.ngram import train_ngram

ALPHABET = " -'.0189ABDEHNPQTUVXYZabcdeghilnopqrstuvwxyzé"
BLANK = len(ALPHABET)
LINES = ["the cat sat", "then the hat", "a bat and a bird"] * 3
PLAIN = NGramLanguage(train_ngram(LINES), ALPHABET)


def with_words(*words: str, chance: float = 0.5) -> LexiconLanguage:
    return LexiconLanguage(PLAIN, Lexicon(words), ALPHABET, chance)


def weight(language: Language, text: str) -> float:
    """Log weight of a whole line; holds the promise of `best` on the way."""
    state, total = language.start(), 0.0
    for character in text:
        gained, state = language.score(state, ALPHABET.index(character))
        assert -math.inf < gained <= language.best
        total += gained
    return total + language.end(state)


def seen(*rivals: list[tuple[str, float]] | str) -> NDArray[np.float32]:
    """Frames with a blank after each position; a position is a character or rivals."""
    probs = np.full((2 * len(rivals), BLANK + 1), 1e-6)
    probs[1::2, BLANK] = 1
    for row, position in zip(probs[::2], rivals, strict=True):
        for character, prob in [(position, 1.0)] if isinstance(position, str) else position:
            row[ALPHABET.index(character)] = prob
    return np.log(probs / probs.sum(axis=1, keepdims=True)).astype(np.float32)


def read(log_probs: NDArray[np.float32], language: Language) -> str:
    best = beam_search(log_probs, BLANK, DecodeConfig(alpha=0.6, beta=1.0), language)[0]
    return "".join(ALPHABET[label] for label in best.labels)


@pytest.mark.parametrize("text", ["Quzevyx", "the Quzevyx sat", "QUZEVYX.", "Pu-Quzevyx"])
def test_listed_words_are_far_likelier(text: str) -> None:
    assert weight(with_words("Quzevyx", "Abo"), text) > weight(PLAIN, text) + 8


@pytest.mark.parametrize("text", ["quzevyx", "Quzevyxa", "Quzev", "Quz-evyx"])
def test_what_only_resembles_a_listed_word_is_no_likelier(text: str) -> None:
    # The capital form stands for itself; a beginning or an extension is another word.
    assert weight(with_words("Quzevyx"), text) < weight(PLAIN, text) + 1e-9


def test_a_long_beginning_of_a_listed_word_may_be_another_word() -> None:
    word = "Quzevyxquzevyxquzevyx"
    assert weight(with_words(word), f"{word[:-1]}a") > -math.inf
    assert weight(with_words(word), word[:-1]) > -math.inf


@given(st.text(ALPHABET, max_size=20))
def test_other_words_lose_next_to_nothing(text: str) -> None:
    words = len("".join(c if c.isalnum() else " " for c in text).split())
    lost = weight(PLAIN, text) - weight(with_words("Quzevyx", "Hubert", chance=0.5), text)
    # At most the chance of a listed word, once a word.
    assert lost <= words * math.log(2) + 1e-9


def test_small_letters_stand_for_capitalised_and_upper_case() -> None:
    lexicon = Lexicon(["zeppo"])
    assert all(form in lexicon for form in ("zeppo", "Zeppo", "ZEPPO"))
    assert "zEppo" not in lexicon
    assert "zeppo" not in Lexicon(["Zeppo"])


def test_entries_of_several_words_count_as_words() -> None:
    lexicon = Lexicon(["Saint-Denis", "AB 12", "l'Isle"])
    assert all(word in lexicon for word in ("Saint", "Denis", "AB", "12", "l", "Isle"))


@given(st.lists(st.text("abc", min_size=1, max_size=4), min_size=1, max_size=8))
def test_the_next_characters_are_a_distribution(words: list[str]) -> None:
    lexicon = Lexicon(words)
    for prefix in {word[:k] for word in words for k in range(len(word) + 1)}:
        following = sum(lexicon.next_prob(prefix, character) for character in "abcABC")
        ends = lexicon.end_prob(prefix) if prefix else 0.0
        assert following + ends == pytest.approx(1)


def test_steps_through_a_list_are_numbered_once() -> None:
    lexicon = Lexicon(["abc", "ABD"])
    first, prob = lexicon.step(NO_WORD, "A")
    assert prob == lexicon.next_prob("", "A") > 0
    assert lexicon.step(NO_WORD, "A") == (first, prob)
    second, prob = lexicon.step(first, "B")
    assert prob == lexicon.next_prob("A", "B") > 0
    assert lexicon.end_prob_after(first) == lexicon.end_prob_after(second) == 0
    ends = [lexicon.step(second, character)[0] for character in "CD"]
    assert [lexicon.end_prob_after(end) for end in ends] == [1.0, 1.0]
    assert lexicon.step(second, "x") == (NO_WORD, 0.0)


def test_a_list_pays_off_and_others_survive() -> None:
    name = seen("Q", [("u", 0.5), ("a", 0.5)], [("t", 0.6), ("z", 0.4)], "e", "v", "y", "x")
    assert read(name, PLAIN) != "Quzevyx"
    assert read(name, with_words("Quzevyx")) == "Quzevyx"
    for text in ("the hat 0198", "Quter", "A8-91"):
        assert read(seen(*text), with_words("Quzevyx")) == text


def test_words_are_compared_in_nfc() -> None:
    assert "é" in Lexicon(["e\u0301"])


def test_a_chance_out_of_range_is_refused() -> None:
    for chance in (0.0, 1.0):
        with pytest.raises(ValueError, match="between 0 and 1"):
            with_words("the", chance=chance)


def test_a_file_of_words(tmp_path: Path) -> None:
    path = tmp_path / "names.txt"
    path.write_bytes("\ufeffBéchard\r\n\n  Quévillon \nSaint-Roch\n".encode())
    lexicon = read_lexicon(path)
    assert all(word in lexicon for word in ("Béchard", "Quévillon", "Saint", "Roch"))


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "no word"),
        (b"-\n--\n", "no word"),
        ("Béchard".encode("latin-1"), "not UTF-8"),
        (b"name\0name", "null character"),
        (b"x" * (8 * 2**20 + 1), "over 8 MiB"),
    ],
)
def test_files_that_are_no_lists(tmp_path: Path, content: bytes, problem: str) -> None:
    path = tmp_path / "names.txt"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=problem) as caught:
        read_lexicon(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)


def test_missing_files_and_folders(tmp_path: Path) -> None:
    for path in (tmp_path / "none.txt", tmp_path):
        with pytest.raises(ValueError, match="no such file"):
            read_lexicon(path)
