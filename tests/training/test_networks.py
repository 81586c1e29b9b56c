from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("keras")


def test_frames_and_distributions() -> None:
    from training.networks import FRAME_STRIDE, LineNetworkConfig, line_network, line_reader_network

    network = line_network(LineNetworkConfig(48, 11, 4, 4, 8, 8, 1, 8))
    for width in (32, 61, 300):
        images = np.random.default_rng(0).random((2, 48, width, 1)).astype(np.float32)
        outputs = network(images)
        frames = -(-width // FRAME_STRIDE)
        assert outputs["main"].shape == outputs["shortcut"].shape == (2, frames, 11)
        log_probs, features = (np.asarray(part) for part in line_reader_network(network)(images))
        assert features.shape == (2, frames, 8)
        assert np.allclose(np.exp(log_probs).sum(axis=-1), 1, atol=1e-5)
