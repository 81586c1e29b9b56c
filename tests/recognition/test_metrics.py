"""Error rates: definitions, normalisation, alignment."""

from __future__ import annotations

import unicodedata

import editdistance
import jiwer
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recognition import metrics
from recognition.metrics import (
    Errors,
    NormaliseConfig,
    Score,
    alignment,
    bag_of_words_errors,
    cer,
    count_errors,
    normalise,
    score,
    wer,
)

CONFIGS = st.builds(NormaliseConfig, *[st.booleans()] * 6)
SHORT = st.text("abc éE'", max_size=12)


@given(st.text(), CONFIGS)
def test_normalisation_is_idempotent_and_nfc(text: str, config: NormaliseConfig) -> None:
    once = normalise(text, config)
    assert normalise(once, config) == once
    assert unicodedata.is_normalized("NFC", once)


@pytest.mark.parametrize(
    ("option", "text", "expected"),
    [
        ("fold_quotes", "l’été « dit » “oui” ‘a’", 'l\'été " dit " "oui" \'a\''),
        ("collapse_spaces", "  a\t\n b\N{NO-BREAK SPACE}c ", "a b c"),
        ("fold_case", "Été À LA", "été à la"),
        ("strip_accents", "Été çà Œ", "Ete ca Œ"),
        ("strip_punctuation", "a, b-c (d).", "a bc d"),
        ("fold_dashes", "1905–1910 — dit‑il…", "1905-1910 - dit-il..."),
    ],
)
def test_each_option_does_one_thing(option: str, text: str, expected: str) -> None:
    off = dict.fromkeys(NormaliseConfig.__dataclass_fields__, False)
    assert normalise(text, NormaliseConfig(**off)) == text
    assert normalise(text, NormaliseConfig(**{**off, option: True})) == expected


def test_by_default_accents_case_and_punctuation_count() -> None:
    assert normalise("L’E\N{COMBINING ACUTE ACCENT}té,  oui") == "L'Été, oui"


def test_a_score_is_a_sum_over_the_corpus_not_a_mean_of_rates() -> None:
    found = score([("aaaa bbbb", "aaaa bbbb"), ("c", "d")])
    assert found.cer == pytest.approx(1 / 10)
    assert found.wer == pytest.approx(1 / 3)
    assert (found.lines, found.exact_lines, found.exact_share) == (2, 1, 0.5)
    assert found.character_accuracy == pytest.approx(0.9)


def test_insertions_deletions_and_substitutions() -> None:
    found = score([("le chat noir", "la chat")])
    assert found.characters == Errors(12, insertions=0, deletions=5, substitutions=1)
    assert found.words == Errors(3, insertions=0, deletions=1, substitutions=1)
    assert count_errors("ab", "xaby") == Errors(2, insertions=2)


@pytest.mark.parametrize("hypothesis", ["", "ab cd"])
def test_an_empty_reference_counts_insertions(hypothesis: str) -> None:
    assert cer("", hypothesis) == len(hypothesis)
    assert wer("", hypothesis) == len(hypothesis.split())
    assert score([]) == Score()
    assert Score().cer == Score().wer == Score().bag_wer == 0
    # In a corpus they are insertions like any other.
    assert score([("", hypothesis), ("abcde", "abcde")]).cer == len(hypothesis) / 5


@given(SHORT, SHORT)
def test_rates_are_edit_distances_over_lengths(reference: str, hypothesis: str) -> None:
    found = score([(reference, hypothesis)])
    a, b = normalise(reference), normalise(hypothesis)
    assert found.characters.total == editdistance.eval(a, b)
    assert found.words.total == editdistance.eval(a.split(), b.split())
    assert found.cer == found.characters.total / max(len(a), 1)
    assert (found.exact_lines == 1) == (found.cer == 0) == (a == b)
    assert found.characters.insertions - found.characters.deletions == len(b) - len(a)
    assert abs(len(a) - len(b)) <= found.characters.total <= max(len(a), len(b))
    assert found.bag_errors <= found.words.total


@given(SHORT, SHORT, SHORT)
def test_the_number_of_errors_is_a_metric(a: str, b: str, c: str) -> None:
    def distance(x: str, y: str) -> int:
        return count_errors(x, y).total

    assert distance(a, b) == distance(b, a)
    assert distance(a, c) <= distance(a, b) + distance(b, c)
    assert (distance(a, b) == 0) == (a == b)


@given(st.lists(st.tuples(SHORT, SHORT), max_size=5))
def test_scores_of_parts_add_up(pairs: list[tuple[str, str]]) -> None:
    assert sum((score([pair]) for pair in pairs), Score()) == score(pairs)


@given(SHORT, SHORT)
def test_alignment_spells_both_texts_with_the_fewest_operations(a: str, b: str) -> None:
    pairs = alignment(a, b)
    assert "".join(x for x, _ in pairs if x is not None) == a
    assert "".join(y for _, y in pairs if y is not None) == b
    assert sum(x != y for x, y in pairs) == editdistance.eval(a, b)
    found = count_errors(a, b)
    assert sum(x is None for x, _ in pairs) == found.insertions
    assert sum(y is None for _, y in pairs) == found.deletions


def test_alignment_of_words() -> None:
    assert alignment(["un", "gros", "chat", "dort"], ["un", "chat", "dort", "là"]) == [
        ("un", "un"),
        ("gros", None),
        ("chat", "chat"),
        ("dort", "dort"),
        (None, "là"),
    ]
    # Two substitutions cost what a deletion, a hit and an insertion cost; jiwer takes them.
    assert alignment(["gros", "chat"], ["chat", "noir"]) == [("gros", "chat"), ("chat", "noir")]


@given(st.lists(st.sampled_from("ab"), max_size=6), st.randoms())
def test_a_bag_of_words_has_no_order(words: list[str], random: object) -> None:
    assert bag_of_words_errors(words, sorted(words)) == 0
    assert bag_of_words_errors(words, [*words, "c"]) == 1
    assert bag_of_words_errors([*words, "c"], ["d", *words]) == 1
    assert bag_of_words_errors(words, []) == len(words)


def random_pairs(count: int) -> tuple[list[str], list[str]]:
    """Texts of up to six words, and what edits at random places make of them."""
    rng = np.random.default_rng(6)
    letters = np.array(list("abcdé'. "))
    references, hypotheses = [], []
    for _ in range(count):
        reference = "".join(rng.choice(letters, rng.integers(0, 16)))
        hypothesis = list(reference)
        for _ in range(rng.integers(0, 6)):
            at = int(rng.integers(0, len(hypothesis) + 1))
            # Put in, take out or replace.
            hypothesis[at : at + int(rng.integers(0, 2))] = list(
                rng.choice(letters, rng.integers(0, 2))
            )
        references.append(normalise(reference))
        hypotheses.append(normalise("".join(hypothesis)))
    return references, hypotheses


def edits_of(alignment: list[jiwer.AlignmentChunk], units: int) -> Errors:
    """The operations of one of jiwer's alignments."""
    counts = dict.fromkeys(("insert", "delete", "substitute", "equal"), 0)
    for chunk in alignment:
        reference = chunk.ref_end_idx - chunk.ref_start_idx
        counts[chunk.type] += reference or chunk.hyp_end_idx - chunk.hyp_start_idx
    return Errors(units, counts["insert"], counts["delete"], counts["substitute"])


def test_errors_are_those_of_jiwer_on_10000_random_pairs() -> None:
    references, hypotheses = random_pairs(10_000)
    assert references.count("") > 100
    assert len(set(zip(references, hypotheses, strict=True))) > 8_000
    theirs = jiwer.process_words(references, hypotheses)
    theirs_by_character = jiwer.process_characters(references, hypotheses)
    found = score(zip(references, hypotheses, strict=True))
    assert found.wer == pytest.approx(theirs.wer)
    assert found.cer == pytest.approx(theirs_by_character.cer)
    words, characters = theirs.alignments, theirs_by_character.alignments
    for n, (reference, hypothesis) in enumerate(zip(references, hypotheses, strict=True)):
        pair = reference.split(), hypothesis.split()
        assert count_errors(*pair) == edits_of(words[n], len(pair[0]))
        assert count_errors(reference, hypothesis) == edits_of(characters[n], len(reference))


@pytest.mark.parametrize(
    ("reference", "hypothesis", "cer_there", "wer_there"),
    [
        ("Le chat noir dort.", "La chat noir  dort", 3 / 18, 1 / 4),
        ("L'été à Orléans, 1905", "L'ete a Orleans 1905", 5 / 21, 3 / 4),
        ("abc", "", 1.0, 1.0),
        ("un gros chat", "un chat gros et gras", 11 / 12, 1.0),
        ("Zwölf Boxkämpfer", "Zwo\N{COMBINING DIAERESIS}lf Boxkampfer", 1 / 16, 1 / 2),
        ("même", "meme", 1 / 4, 1.0),
    ],
)
def test_rates_are_those_of_dinglehopper(
    reference: str, hypothesis: str, cer_there: float, wer_there: float
) -> None:
    """Figures printed by dinglehopper 0.11.0: its CER keeps every space, its words are those of
    Unicode, without punctuation."""
    as_it_stands = NormaliseConfig(fold_quotes=False, collapse_spaces=False, fold_dashes=False)
    assert cer(reference, hypothesis, as_it_stands) == pytest.approx(cer_there)
    words_only = NormaliseConfig(strip_punctuation=True)
    assert wer(reference, hypothesis, words_only) == pytest.approx(wer_there)


@given(st.text("abc ", max_size=30), st.text("abc ", max_size=30))
def test_alignment_in_halves_has_no_more_operations(a: str, b: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(metrics, "_TABLE_CELLS", 20)
        pairs = alignment(a, b)
    assert "".join(x for x, _ in pairs if x is not None) == a
    assert "".join(y for _, y in pairs if y is not None) == b
    assert sum(x != y for x, y in pairs) == editdistance.eval(a, b)
