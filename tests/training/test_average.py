"""Means of runs: what they hold, what is refused."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from training.cli import main

pytest.importorskip("tensorflow")


def run(folder: Path, seed: int, alphabet: str = "abc ") -> Path:
    """Leave what a finished run leaves."""
    import keras

    from training.networks import LineNetworkConfig, line_network

    keras.utils.set_random_seed(seed)
    config = LineNetworkConfig(48, len(alphabet) + 1, 4, 4, 8, 8, 1, 8)
    folder.mkdir()
    network = line_network(config)
    network.save_weights(folder / "best.weights.h5")
    network.set_weights([array + 1 for array in network.get_weights()])
    network.save_weights(folder / "last.weights.h5")
    summary = {"network": asdict(config), "alphabet": alphabet, "best_cer": 0.5}
    (folder / "summary.json").write_text(json.dumps(summary))
    return folder


def weights(folder: Path, name: str = "last.weights.h5") -> list[np.ndarray]:
    from training.fit import trained_network

    return trained_network(folder, name)[0].get_weights()


def test_the_mean_is_weighed_and_can_be_exported(tmp_path: Path) -> None:
    one, two, mean = run(tmp_path / "one", 1), run(tmp_path / "two", 2), tmp_path / "mean"
    given = ("average", f"{one}=3", str(two), "-o", str(mean))
    result = CliRunner().invoke(main, given, catch_exceptions=False)
    assert result.exit_code == 0
    for a, b, m in zip(weights(one), weights(two), weights(mean), strict=True):
        np.testing.assert_allclose(m, 0.75 * a + 0.25 * b, atol=1e-6)
    for last, best in zip(weights(mean), weights(mean, "best.weights.h5"), strict=True):
        np.testing.assert_array_equal(last, best)  # what means and exports take
    summary = json.loads((mean / "summary.json").read_text())
    assert summary["mean_of"] == {"one": 3.0, "two": 1.0}
    assert "best_cer" not in summary  # nobody has measured it
    result = CliRunner().invoke(main, ("export", str(mean)), catch_exceptions=False)
    assert result.output == f"{mean / 'line.onnx'}: mean of 2 runs\n"
    assert (mean / "line.onnx").is_file()


def test_a_file_of_weights_can_be_a_part(tmp_path: Path) -> None:
    from training.fit import trained_network
    from training.pretrained import save_pretrained

    one, two = run(tmp_path / "one", 1), run(tmp_path / "two", 2)
    save_pretrained(trained_network(two)[0], tmp_path / "two.npz")
    given = ("average", str(tmp_path / "two.npz"), str(one), "-o", str(tmp_path / "mean"))
    assert CliRunner().invoke(main, given, catch_exceptions=False).exit_code == 0
    best = weights(two, "best.weights.h5")
    for a, b, m in zip(weights(one), best, weights(tmp_path / "mean"), strict=True):
        np.testing.assert_allclose(m, 0.5 * (a + b), atol=2e-3)  # float16


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        (["one"], "at least two"),
        (["one=0", "two"], "over 0"),
        (["one=nan", "two"], "over 0"),
        (["one=x", "two"], "'x' is no weight"),
        (["one", "none"], "holds no finished training"),
        (["one", "other"], "not the network of"),
        (["one", "shipped"], "weights of another network"),
        (["shipped", "shipped"], "needs a run among its parts"),
    ],
)
def test_what_has_no_mean_is_refused(tmp_path: Path, parts: list[str], said: str) -> None:
    run(tmp_path / "one", 1)
    run(tmp_path / "two", 2)
    run(tmp_path / "other", 3, "ab ")
    paths = (part if part == "shipped" else str(tmp_path / part) for part in parts)
    result = CliRunner().invoke(main, ("average", *paths, "-o", str(tmp_path / "mean")))
    assert result.exit_code == 1
    assert said in result.output
    assert len(result.output.splitlines()) == 1
    assert not (tmp_path / "mean").exists()
