from __future__ import annotations

import pytest

pytest.importorskip("wordfreq")


def test_knows_both_languages_and_the_transcriptions() -> None:
    from training.language_model import train_language

    ngram = train_language(["Chicoutimi-sur-Mer"] * 5, made_up=3000, order=5, max_ngrams=200_000)
    for likely, unlikely in (
        ("the house of", "teh huose fo"),
        ("dans la maison", "dnas al miasno"),
        ("Chicoutimi", "Cihcoutmii"),
    ):
        assert ngram.text_log_prob(likely) > ngram.text_log_prob(unlikely) + 5


def test_recurring_lines_count_once() -> None:
    from training.language_model import train_language

    once = train_language(["abc"], made_up=0, order=3)
    often = train_language(["abc"] * 50, made_up=0, order=3)
    assert once.text_log_prob("abc") == often.text_log_prob("abc")
