"""The neural language: probabilities, contexts, lines that begin alike, the file."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recognition.neural_language import MEMORY, NeuralLanguage

CHARACTERS = "ab ?"
SHAPES = {
    "inputs": (5, 9),
    "recurrent": (3, 9),
    "recurrent_bias": (9,),
    "outputs": (3, 5),
    "output_bias": (5,),
}
TEXTS = st.text(CHARACTERS, max_size=6)


def random_language(seed: int = 1) -> NeuralLanguage:
    rng = np.random.default_rng(seed)
    arrays = {name: rng.normal(size=shape).astype(np.float32) for name, shape in SHAPES.items()}
    return NeuralLanguage(CHARACTERS, **arrays)


def by_hand(model: NeuralLanguage, context: str, line: str) -> float:
    """Log probability of a line, symbol by symbol as Cho et al. 2014 write it."""
    symbols = [model.end, *model.symbols(context), *([model.end] if context else [])]
    state, total = np.zeros(3), 0.0
    rest = [*model.symbols(line), model.end]
    for place, symbol in enumerate([*symbols, *rest]):
        if place >= len(symbols):
            odds = state @ model.outputs.astype(float) + model.output_bias
            total += float(odds[symbol] - np.log(np.exp(odds).sum()))
        given_, kept = model.inputs[symbol], state @ model.recurrent + model.recurrent_bias
        update, reset = (1 / (1 + np.exp(-(given_ + kept)[k : k + 3])) for k in (0, 3))
        candidate = np.tanh(given_[6:] + reset * kept[6:])
        state = update * state + (1 - update) * candidate
    return total


def log_probs(model: NeuralLanguage, context: str, lines: list[str]) -> list[float]:
    before = [*model.symbols(context), model.end] if context else []
    (found,) = model.log_probs([before], [[model.symbols(line) for line in lines]])
    return [float(line.sum()) for line in found]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(TEXTS, st.lists(TEXTS, max_size=5)), max_size=4), st.integers(0, 3))
def test_lines_have_the_probability_that_reading_them_one_by_one_gives(
    pages: list[tuple[str, list[str]]], seed: int
) -> None:
    model = random_language(seed)
    contexts = [[*model.symbols(c), model.end] if c else [] for c, _ in pages]
    found = model.log_probs(
        contexts, [[model.symbols(line) for line in lines] for _, lines in pages]
    )
    assert len(found) == len(pages)
    for (context, lines), got in zip(pages, found, strict=True):
        assert [len(x) for x in got] == [len(line) + 1 for line in lines]
        wanted = [by_hand(model, context, line) for line in lines]
        assert [x.sum() for x in got] == pytest.approx(wanted, abs=1e-4)


def test_a_line_goes_on_as_one_that_it_has_long_agreed_with() -> None:
    model = random_language()
    alike = ("ab" * MEMORY)[: MEMORY - 1]
    lines = [f"a{alike}b?a", f"b{alike}b?a", f" {alike}bab", f"{alike}b?"]
    symbols = [model.symbols(line) for line in lines]
    found, other = model.log_probs([[], []], [symbols, symbols[1:2]])
    # Only after MEMORY symbols: up to there the first difference counts.
    assert not np.isclose(found[1][:MEMORY], found[0][:MEMORY]).any()
    assert np.array_equal(found[1][MEMORY + 1 :], found[0][MEMORY + 1 :])
    for k, line in enumerate(lines):
        exact = by_hand(model, "", line)
        assert (float(found[k].sum()) == pytest.approx(exact, abs=1e-4)) == (k in (0, 3))
    # What another context is followed by is not taken for what this one is.
    assert float(other[0].sum()) == pytest.approx(by_hand(model, "", lines[1]), abs=1e-4)


def test_lines_of_one_character_and_none_share_what_is_left_of_longer_ones() -> None:
    model = random_language()
    short = log_probs(model, "ab", ["", *CHARACTERS])
    # What begins with a character goes on somehow: its probability is over that of it alone.
    assert sum(map(math.exp, short)) < 1


def test_unknown_characters_count_as_question_marks() -> None:
    model = random_language()
    assert model.symbols("a☃b") == model.symbols("a?b")


def test_large_numbers_do_not_overflow() -> None:
    model = random_language()
    arrays = {name: 1000 * getattr(model, name) for name in SHAPES}
    with np.errstate(over="raise", invalid="raise"):
        (found,) = log_probs(NeuralLanguage(CHARACTERS, **arrays), "", ["a b?"])
    assert math.isfinite(found)


def test_a_file_gives_the_model_back(tmp_path: Path) -> None:
    model = random_language()
    model.save(tmp_path / "m.npz")
    loaded = NeuralLanguage.load(tmp_path / "m.npz")
    assert loaded.characters == model.characters
    lines = ["ab ba", "?"]
    assert log_probs(loaded, "a", lines) == pytest.approx(log_probs(model, "a", lines), abs=0.05)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("inputs", np.zeros((5, 8), np.float32)),
        ("recurrent", np.zeros((0, 9), np.float32)),
        ("recurrent_bias", np.zeros((9, 1), np.float32)),
        ("outputs", np.full((3, 5), np.nan, np.float32)),
        ("outputs", np.full((3, 5), "x")),
        ("output_bias", np.full(5, np.inf, np.float32)),
        ("characters", np.frombuffer(b"a\0\0\0b\0\0\0b\0\0\0?\0\0\0", np.uint32)),
        ("characters", np.array([97, 98, 32, 99], np.uint32)),
        ("characters", np.array([97, 98, 32, 2**31], np.uint32)),
        ("format", np.array(2)),
        ("format", np.array([{}], object)),
    ],
)
def test_other_files_are_refused(name: str, value: np.ndarray, tmp_path: Path) -> None:
    random_language().save(tmp_path / "m.npz")
    with np.load(tmp_path / "m.npz") as archive:
        stored = {key: archive[key] for key in archive.files}
    np.savez(tmp_path / "m.npz", **{**stored, name: value})
    with pytest.raises(ValueError, match=r"m\.npz is not a neural language model"):
        NeuralLanguage.load(tmp_path / "m.npz")


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04 neither"])
def test_what_is_no_archive_is_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "m.npz").write_bytes(content)
    with pytest.raises(ValueError, match=r"m\.npz is not a neural language model"):
        NeuralLanguage.load(tmp_path / "m.npz")
