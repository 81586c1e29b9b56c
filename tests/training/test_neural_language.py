from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("keras")
pytest.importorskip("wordfreq")

from recognition.alphabet import LINE_ALPHABET
from recognition.neural_language import NeuralLanguage
from training.line_store import LineStore
from training.neural_language import (
    HISTORY,
    MODEL,
    NeuralLanguageRecipe,
    TextFeed,
    bits_per_character,
    exported,
    language_network,
    train_neural_language,
)
from training.text_streams import RunningText

LINES = ["la maison est dans la rue", "le chat est dans la maison"] * 4


@pytest.fixture
def recipe(tmp_path: Path) -> NeuralLanguageRecipe:
    store = tmp_path / "lines.npz"
    blank = np.full((4, 4), 255, np.uint8)
    LineStore([blank] * len(LINES), LINES, ["page"] * len(LINES)).save(store)
    return NeuralLanguageRecipe(
        (store,), (store,), None, (), (), tmp_path / "run", {"truth": 1.0}, 1, 100,
        batch_size=8, length=32, learning_rate=1e-2, units=32,
    )  # fmt: skip


def bits(folder: Path) -> list[float]:
    return [float(row.split(",")[2]) for row in (folder / HISTORY).read_text().splitlines()[1:]]


def test_training_learns_goes_on_and_leaves_a_model(recipe: NeuralLanguageRecipe) -> None:
    assert f"{recipe.output / MODEL}: " in train_neural_language(recipe)
    first = bits(recipe.output)
    assert len(first) == 1
    train_neural_language(replace(recipe, epochs=2, resume=True))
    _, last = bits(recipe.output)
    assert bits(recipe.output)[:1] == first
    assert last < first[0] < 5
    model = NeuralLanguage.load(recipe.output / MODEL)
    assert model.characters == LINE_ALPHABET.characters
    assert bits_per_character(model, [LINES]) == pytest.approx(last, abs=0.02)
    assert bits_per_character(model, [["Zyx qkw 48!"]]) > last + 1


def test_a_new_run_forgets_the_one_before(recipe: NeuralLanguageRecipe) -> None:
    short = replace(recipe, steps=2)
    train_neural_language(short)
    train_neural_language(short)
    assert len(bits(recipe.output)) == 1


def test_the_model_for_reading_is_the_network_that_was_trained() -> None:
    import keras

    keras.utils.set_random_seed(4)
    network = language_network(len(LINE_ALPHABET.characters) + 1, 16)
    weights = [np.random.default_rng(2).normal(size=w.shape) for w in network.get_weights()]
    network.set_weights(weights)
    model, text = exported(network), "Il est né à Lévis"
    symbols = [model.end, *model.symbols(text), model.end]
    logits = keras.ops.convert_to_numpy(network(np.array([symbols[:-1]], np.int32)))[0]
    log_probs = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    expected = log_probs[np.arange(len(symbols) - 1), symbols[1:]]
    ((found,),) = model.log_probs([[]], [[model.symbols(text)]])
    assert found == pytest.approx(expected, abs=1e-3)


def test_batches_hold_what_follows_and_do_not_recur(recipe: NeuralLanguageRecipe) -> None:
    end = len(LINE_ALPHABET)
    feed = TextFeed([(RunningText(LINES, LINE_ALPHABET), 1.0)], recipe, end)
    given, following = feed[0]
    assert given.shape == following.shape == (8, 32)
    assert np.array_equal(given[:, 1:], following[:, :-1])
    assert (given[:, 0] == end).all()
    assert np.array_equal(feed[0][0], given)
    feed.on_epoch_end()
    assert not np.array_equal(feed[0][0], given)


def test_without_text_there_is_nothing_to_learn(recipe: NeuralLanguageRecipe) -> None:
    with pytest.raises(ValueError, match="there is no text to learn"):
        train_neural_language(replace(recipe, truth=()))
