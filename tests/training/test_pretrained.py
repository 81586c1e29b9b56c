from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("keras")


def test_saved_weights_come_back_nearly_equal(tmp_path: Path) -> None:
    from training.networks import LineNetworkConfig, line_network
    from training.pretrained import load_pretrained, save_pretrained

    small = LineNetworkConfig(48, 11, 4, 4, 8, 8, 1, 8)
    one, two = line_network(small), line_network(small)
    save_pretrained(one, tmp_path / "w.npz")
    load_pretrained(two, tmp_path / "w.npz")
    for a, b in zip(one.get_weights(), two.get_weights(), strict=True):
        assert np.allclose(a, b, atol=1e-3)
    other = line_network(LineNetworkConfig(48, 12, 4, 4, 8, 8, 1, 8))
    with pytest.raises(ValueError, match="another network"):
        load_pretrained(other, tmp_path / "w.npz")


def test_refuses_other_files(tmp_path: Path) -> None:
    from training.networks import LineNetworkConfig, line_network
    from training.pretrained import load_pretrained

    path = tmp_path / "w.npz"
    path.write_bytes(b"PK nothing")
    with pytest.raises(ValueError, match="not a file of weights"):
        load_pretrained(line_network(LineNetworkConfig(48, 11, 4, 4, 8, 8, 1, 8)), path)
