from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recognition.alphabet import LINE_ALPHABET, Alphabet


@given(st.text(st.sampled_from(LINE_ALPHABET.characters)))
def test_decode_undoes_encode(text: str) -> None:
    assert LINE_ALPHABET.decode(LINE_ALPHABET.encode(text)) == text


def test_blank_is_the_class_after_the_last_character() -> None:
    alphabet = Alphabet("ab ")
    assert alphabet.blank == len(alphabet) == 3
    assert alphabet.encode("ba") == [1, 0]


def test_line_alphabet_has_what_english_and_french_need() -> None:
    sentence = "Où ça, «Noël» — l'œuf à 12 € n'est-il pas mûr? Yes: it's 50% [sic]."
    assert LINE_ALPHABET.covers(sentence.replace("—", "-"))


def test_refuses_repeats_and_what_nfc_would_change() -> None:
    with pytest.raises(ValueError, match="repeats"):
        Alphabet("aa")
    with pytest.raises(ValueError, match="NFC"):
        Alphabet("a\u212b")  # the ångström sign, which NFC turns into a letter
    assert unicodedata.normalize("NFC", LINE_ALPHABET.characters) == LINE_ALPHABET.characters


def test_names_the_character_it_cannot_encode() -> None:
    with pytest.raises(ValueError, match="'ж'"):
        LINE_ALPHABET.encode("aж")
    assert not LINE_ALPHABET.covers("ж")
