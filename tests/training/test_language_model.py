from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("wordfreq")


def test_knows_its_language_and_the_transcriptions() -> None:
    from training.language_model import LanguageRecipe, train_language

    recipe = LanguageRecipe("fr", made_up=3000, order=5, max_ngrams=200_000, doubt=2)
    ngram = train_language(["Chicoutimi-sur-Mer"] * 5, recipe)
    for likely, unlikely in (("dans la maison", "dnas al miasno"), ("Chicoutimi", "Cihcoutmii")):
        assert ngram.text_log_prob(likely) > ngram.text_log_prob(unlikely) + 5


def test_recurring_lines_count_once() -> None:
    from training.language_model import LanguageRecipe, train_language

    recipe = LanguageRecipe("en", made_up=0, order=3)
    once, often = (train_language(["abc"] * n, recipe) for n in (1, 50))
    assert once.text_log_prob("abc") == often.text_log_prob("abc")


def test_running_text_is_learnt(tmp_path: Path) -> None:
    from training.language_model import LanguageRecipe, train_language

    text = "The wombat and the quokka were seen by all of the people of the town. "
    (tmp_path / "book.txt").write_text(text * 3, "utf-8")
    without = LanguageRecipe("en", made_up=200, order=5)
    given = LanguageRecipe("en", (tmp_path,), made_up=200, order=5)
    line = "the wombat and the quokka"
    plain, learnt = (train_language([], recipe).text_log_prob(line) for recipe in (without, given))
    assert learnt > plain + 10
