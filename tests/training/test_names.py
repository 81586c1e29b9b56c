"""Names found as what is in use and in no dictionary."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
import wordfreq

from training.names import Names, read_dictionary
from training.texts import TextConfig, TextSource

OF_PLACES = {"Saint", "Sainte", "La", "Le", "Les", "L", "Mont", "Nord"}
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
        parts = [part for part in re.split("[- ']", name) if part[0].isupper()]
        own = [part for part in parts if part not in OF_PLACES]
        assert own
        assert not {part[0].lower() + part[1:] for part in own} & DICTIONARY
    assert any("-sur-" in name for name in drawn)


def test_the_frequent_ones_come_as_much_more_often_as_asked(names: Names) -> None:
    rng = np.random.default_rng(2)
    sources = {
        "alike": Names("fr", DICTIONARY, exponent=0.0),
        "root": names,
        "real": Names("fr", DICTIONARY, exponent=1.0),
    }
    counts = [
        sum(source.draw(rng) in ("France", "Paris") for _ in range(10_000))
        for source in sources.values()
    ]
    assert counts[0] < 10
    assert counts[1] < 50
    assert counts[2] > 200


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
    made = [with_names.name(rng) for _ in range(300)]
    capitals = {word for name in made for word in re.split("[- ']", name) if word[0].isupper()}
    common = {word.capitalize() for word in wordfreq.top_n_list("fr", 3000)} & {
        word.capitalize() for word in DICTIONARY
    }
    assert len(capitals) > 300
    assert capitals & common <= OF_PLACES | {"Mme", "Me", "Dr"}  # titles


def test_dictionaries_are_lists_of_words(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("maison\nété\n", encoding="utf-8")
    (tmp_path / "b").write_text("house", encoding="utf-8")
    assert read_dictionary([tmp_path / "a", tmp_path / "b"]) == {"maison", "été", "house"}
    (tmp_path / "c").write_bytes("été".encode("latin-1"))
    with pytest.raises(ValueError, match="c: not a list of words in UTF-8"):
        read_dictionary([tmp_path / "c"])
