"""Names found as what is in use and in no dictionary."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import wordfreq

from training.names import Names, read_dictionary
from training.texts import TextConfig, TextSource

DICTIONARY = frozenset(
    word
    for word in wordfreq.top_n_list("fr", 30_000)
    if word not in {"france", "paris", "managua", "polanski", "éthiopie"}
)


@pytest.fixture(scope="module")
def names() -> Names:
    return Names("fr", DICTIONARY)


def test_names_are_capitalised_and_not_in_the_dictionary(names: Names) -> None:
    rng = np.random.default_rng(1)
    drawn = {names.draw(rng) for _ in range(2000)}
    assert len(drawn) > 500
    for name in drawn:
        assert name[0].isupper()
        assert name[0].lower() + name[1:] not in DICTIONARY


def test_the_frequent_ones_come_more_often(names: Names) -> None:
    rng = np.random.default_rng(2)
    drawn = [names.draw(rng) for _ in range(20_000)]
    counts = [drawn.count(name) for name in ("France", "Polanski")]
    assert counts[0] > max(10, 3 * counts[1])


def test_they_keep_to_the_alphabet(names: Names) -> None:
    plain = Names("fr", DICTIONARY, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
    assert len(plain) < len(names)
    rng = np.random.default_rng(3)
    assert all(plain.draw(rng).isascii() for _ in range(2000))


def test_a_dictionary_of_everything_leaves_no_names() -> None:
    everything = wordfreq.get_frequency_dict("fr", wordlist="best")
    with pytest.raises(ValueError, match="no names"):
        Names("fr", everything)


def test_made_up_text_has_them() -> None:
    config = TextConfig(vocabulary=3000, known_name=1.0)
    with_names = TextSource(languages=("fr",), config=config, dictionary=DICTIONARY)
    rng = np.random.default_rng(4)
    parts = [part for _ in range(300) for part in with_names.name(rng).replace("-", " ").split()]
    common = set(wordfreq.top_n_list("fr", 3000)) & DICTIONARY
    known = [part for part in parts if part.lower() in common]
    # Titles, particles: no other word of the dictionary.
    assert set(known) <= {"de", "du", "la", "des", "le", "M.", "Mme", "Me", "Dr", "Prof."}
    assert len(parts) > 300


def test_dictionaries_are_lists_of_words(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("maison\nété\n", encoding="utf-8")
    (tmp_path / "b").write_text("house", encoding="utf-8")
    assert read_dictionary([tmp_path / "a", tmp_path / "b"]) == {"maison", "été", "house"}
    (tmp_path / "c").write_bytes("été".encode("latin-1"))
    with pytest.raises(ValueError, match="c: not a list of words in UTF-8"):
        read_dictionary([tmp_path / "c"])
