"""The character n-gram: distributions, counts worked out by hand, pruning, the file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recognition.ngram import NGram
from training.ngram import mix_ngram, train_ngram

LINES = [
    "la maison est grande",
    "le chat est dans la maison",
    "the cat is in the house",
    "été 1887",
]


def distribution(model: NGram, state: int) -> dict[str, float]:
    """Probability of every character, of the end (\\n) and of an unknown one (?)."""
    codes = {c: model.code(c) for c in model.characters} | {"\n": model.end, "?": model.code("☃")}
    states = np.full(len(codes), state, np.int32)
    log_probs, _ = model.states.score(states, np.array(list(codes.values()), np.int32))
    return dict(zip(codes, np.exp(log_probs).tolist(), strict=True))


def state_of(model: NGram, text: str, state: int = 0) -> int:
    """State after a text, from that of nothing known."""
    for character in text:
        _, after = model.states.score(
            np.array([state], np.int32), np.array([model.code(character)], np.int32)
        )
        state = int(after[0])
    return state


@settings(max_examples=25)
@given(
    st.lists(st.text("abé ", max_size=12), min_size=1, max_size=6).filter(any),
    st.integers(2, 6),
    st.integers(0, 60),
    st.text("abé ☃", max_size=7),
    st.booleans(),
)
def test_every_context_has_a_distribution(
    lines: list[str], order: int, most: int, text: str, at_start: bool
) -> None:
    model = train_ngram(lines, order, most)
    total = sum(distribution(model, state_of(model, text, model.start if at_start else 0)).values())
    assert total == pytest.approx(1, abs=0.04)  # sixteenths of a nat are 3 % to either side


def test_bigram_by_hand() -> None:
    # After a: b twice, the end once. p(b) = (2 + T p1(b)) / (3 + T), T = 2 kinds.
    model = train_ngram(["ab", "ab", "a"], order=2)
    # Said: a 3, b 2, ends 3, an unknown one 0; N = 8, T = 3, 4 codes.
    first = {
        name: (count + 3 / 4) / (8 + 3) for name, count in {"a": 3, "b": 2, "\n": 3, "?": 0}.items()
    }
    after_a = distribution(model, state_of(model, "a"))
    assert after_a["b"] == pytest.approx((2 + 2 * first["b"]) / 5, rel=0.04)
    assert after_a["\n"] == pytest.approx((1 + 2 * first["\n"]) / 5, rel=0.04)
    assert after_a["a"] == pytest.approx(2 * first["a"] / 5, rel=0.07)
    assert distribution(model, 0) == pytest.approx(first, rel=0.04)


def test_weights_are_repetitions() -> None:
    other = ["un chat noir", "1888"]
    mixed = mix_ngram([(LINES, 3.0), (other, 1.0)], 5)
    repeated = train_ngram(LINES * 3 + other, 5)
    assert mixed.text_log_prob("le chat noir") == repeated.text_log_prob("le chat noir")
    light = mix_ngram([(LINES, 3.0), (other, 0.1)], 5)
    assert light.text_log_prob("un chat noir") < mixed.text_log_prob("un chat noir")


def test_doubt_is_for_text_that_is_unlike_the_training() -> None:
    bold, doubting = (mix_ngram([(LINES * 4, 1.0)], 5, doubt=doubt) for doubt in (1.0, 8.0))
    assert doubting.text_log_prob("la maison") < bold.text_log_prob("la maison")
    assert doubting.text_log_prob("lemiisto") > bold.text_log_prob("lemiisto")


def test_weight_and_doubt_must_be_over_0() -> None:
    with pytest.raises(ValueError, match="over 0"):
        mix_ngram([(LINES, 0.0)])
    with pytest.raises(ValueError, match="over 0"):
        mix_ngram([(LINES, 1.0)], doubt=0.0)


def test_n_grams_do_not_reach_over_lines() -> None:
    model = train_ngram(["ab", "cd"], order=4)
    start = distribution(model, model.start)
    assert start["a"] == pytest.approx(start["c"])
    assert start["a"] > 2 * start["b"]
    after_b = distribution(model, state_of(model, "ab", model.start))
    assert after_b["\n"] == max(after_b.values())


def test_longer_contexts_help() -> None:
    text = "maison est dans la maison"
    short, long = (train_ngram(LINES * 5, order).text_log_prob(text) for order in (2, 6))
    assert long > short + 5


def test_pruning_keeps_the_promised_number_and_what_matters() -> None:
    lines = [line for line in LINES for _ in range(4)] + ["qwxz kjv"]
    whole = train_ngram(lines, 6)
    pruned = train_ngram(lines, 6, len(whole) // 3)
    assert len(whole) // 10 < len(pruned) <= len(whole) // 3
    assert pruned.text_log_prob("la maison") > train_ngram(lines, 2).text_log_prob("la maison")
    characters = len(whole.characters) + 3  # start, end and unknown
    assert len(train_ngram(lines, 6, 0)) == characters


def test_text_is_compared_in_nfc() -> None:
    model = train_ngram(LINES)
    assert model.text_log_prob("été") == model.text_log_prob("e\N{COMBINING ACUTE ACCENT}te\u0301")
    assert "\u0301" not in model.characters


def test_a_saved_model_is_the_same_and_needs_no_pickle(tmp_path: Path) -> None:
    model = train_ngram(LINES)
    path = tmp_path / "fr.npz"
    model.save(path)
    with np.load(path, allow_pickle=False) as archive:
        assert all(archive[name].dtype != object for name in archive.files)
    loaded = NGram.load(path)
    assert len(loaded) == len(model)
    assert loaded.text_log_prob("le chat ☃") == model.text_log_prob("le chat ☃")


@pytest.mark.parametrize("content", [b"", b"not a model", b"PK\x03\x04 cut off"])
def test_what_is_no_model_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "bad.npz"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"bad\.npz is not a character n-gram"):
        NGram.load(path)


@pytest.mark.parametrize("name", ["labels", "log_probs", "backoffs", "children"])
def test_a_model_whose_arrays_do_not_fit_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / "bad.npz"
    train_ngram(LINES).save(path)
    with np.load(path) as archive:
        stored = dict(archive)
    for wrong in (stored[name][:-1], stored[name].astype(np.int32)):
        np.savez(path, **{**stored, name: wrong})
        with pytest.raises(ValueError, match="not a character n-gram"):
            NGram.load(path)


def changed(model: NGram, path: Path, **arrays: list[int]) -> Path:
    """A file of a model with other arrays."""
    model.save(path)
    with np.load(path) as archive:
        stored = dict(archive)
    np.savez(path, **{**stored, **{name: np.array(a, np.uint8) for name, a in arrays.items()}})
    return path


def test_a_trie_that_is_none_is_refused(tmp_path: Path) -> None:
    # Start, end, unknown one, a; after the start an a.
    model = NGram(
        2, "a", *(np.array(a, np.uint8) for a in ([0, 1, 2, 3, 3], [9] * 5, [9] * 4, [1, 0, 0, 0]))
    )
    path = tmp_path / "bad.npz"
    model.save(path)
    assert NGram.load(path).text_log_prob("a") == model.text_log_prob("a")
    twice = {"labels": [0, 1, 2, 3, 3, 3], "log_probs": [9] * 6, "children": [2, 0, 0, 0]}
    with pytest.raises(ValueError, match="not in order"):
        NGram.load(changed(model, path, **twice))
    deep = {"labels": [0, 1, 2, 3, 3, 3], "log_probs": [9] * 6, "backoffs": [9] * 5}
    with pytest.raises(ValueError, match="longer than its order"):
        NGram.load(changed(model, path, **deep, children=[1, 0, 0, 0, 1]))


def test_a_model_that_unpacks_to_too_much_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.npz"
    np.savez_compressed(path, labels=np.zeros(65 * 2**20, np.uint8))
    with pytest.raises(ValueError, match="over 64 MiB"):
        NGram.load(path)


def test_another_archive_is_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "bad.npz", weights=np.zeros(3))
    with pytest.raises(ValueError, match="not a character n-gram"):
        NGram.load(tmp_path / "bad.npz")


def test_training_needs_text_and_a_sane_order() -> None:
    for lines in ([], ["", ""]):
        with pytest.raises(ValueError, match="not 0"):
            train_ngram(lines)
    with pytest.raises(ValueError, match="order"):
        train_ngram(LINES, order=1)
    with pytest.raises(ValueError, match="not 300"):
        train_ngram(["".join(map(chr, range(0x4E00, 0x4E00 + 300)))])
