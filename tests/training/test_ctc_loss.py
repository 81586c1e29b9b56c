from __future__ import annotations

import numpy as np
import pytest

from recognition.alignment import labelling_log_probs

keras = pytest.importorskip("keras")


def test_is_the_negative_log_probability_of_the_labelling() -> None:
    from training.ctc_loss import ctc_loss

    rng = np.random.default_rng(0)
    logits = rng.normal(size=(3, 9, 5)).astype(np.float32)
    labels = np.array([[0, 1, 1], [2, 4, 4], [3, 2, 4]], np.int32)
    lengths, frames = np.array([3, 1, 2], np.int32), np.array([9, 6, 4], np.int32)
    losses = keras.ops.convert_to_numpy(ctc_loss(labels, lengths, logits, frames))
    log_probs = logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))
    for row in range(3):
        given = log_probs[row, : frames[row]], [labels[row, : lengths[row]].tolist()], 4
        assert losses[row] == pytest.approx(-labelling_log_probs(*given)[0], rel=1e-4)
