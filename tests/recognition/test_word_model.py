"""A regression that fits, and tells what it learned of single words and of pairs of features."""

from __future__ import annotations

import numpy as np
import pytest

from recognition.word_confidence import FEATURES
from recognition.word_model import PRODUCTS, TERMS, WordModel, fit_word_model, plain_word_model


def test_a_fitted_model_gives_the_probabilities_that_made_the_data() -> None:
    rng = np.random.default_rng(3)
    table = rng.normal(0, 1, (6000, len(FEATURES))) * np.linspace(0.1, 5, len(FEATURES))
    chance = 1 / (1 + np.exp(-(1.5 * table[:, 0] / 0.1 - 0.4 * table[:, -1] + 0.5)))
    model = fit_word_model(table, rng.random(6000) < chance)
    assert np.abs(model(table) - chance).mean() < 0.03
    assert model(table[:0].reshape(0, len(FEATURES))).shape == (0,)


def test_words_that_are_all_right_do_not_break_the_fit() -> None:
    rng = np.random.default_rng(4)
    table = rng.normal(0, 1, (50, len(FEATURES)))
    assert (fit_word_model(table, np.ones(50))(table) > 0.8).all()


def test_unusable_models_and_data_are_refused() -> None:
    with pytest.raises(ValueError, match="2 weights for"):
        WordModel((1.0, 2.0), 0.0)
    with pytest.raises(ValueError, match="finite"):
        WordModel((float("nan"),) * TERMS, 0.0)
    with pytest.raises(ValueError, match="judged words"):
        fit_word_model(np.zeros((3, len(FEATURES))), [True])


def test_pairs_of_features_are_learned_wherever_the_features_lie() -> None:
    rng = np.random.default_rng(6)
    table = rng.normal(0, 1, (8000, len(FEATURES))) * 3 + 7
    left, right = ((table[:, FEATURES.index(name)] - 7) / 3 for name in PRODUCTS[5])
    chance = 1 / (1 + np.exp(-(2 * left * right + 0.5)))
    model = fit_word_model(table, rng.random(8000) < chance)
    assert np.abs(model(table) - chance).mean() < 0.04


def test_the_plain_model_takes_the_words_own_probability() -> None:
    table = np.random.default_rng(7).normal(0, 1, (5, len(FEATURES)))
    np.testing.assert_allclose(plain_word_model()(table), 1 / (1 + np.exp(-table[:, 0])))
