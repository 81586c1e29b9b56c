from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from recognition.alphabet import LINE_ALPHABET
from recognition.crnn import LineReader
from recognition.network import Network
from training.cli import main
from training.line_store import LineStore

pytest.importorskip("keras")


@pytest.fixture(scope="module")
def run(drawn_lines: LineStore, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of one epoch, then resumed for a second."""
    folder = tmp_path_factory.mktemp("run")
    store = folder / "lines.npz"
    drawn_lines.save(store)
    for extra in (["--epochs", "1"], ["--epochs", "2", "--resume"]):
        result = CliRunner().invoke(main, [
            "crnn", "--store", str(store), "--validate", str(store), "-o", str(folder / "run"),
            "--steps", "2", "--batch-size", "2", *extra,
        ])  # fmt: skip
        assert result.exit_code == 0, result.output
    return folder / "run"


def test_a_run_leaves_history_plot_summary_and_model(run: Path) -> None:
    rows = (run / "history.csv").read_text().splitlines()
    assert rows[0] == "epoch,seconds,loss,lines"
    assert [row.split(",")[0] for row in rows[1:]] == ["1", "2"]
    assert (run / "history.png").stat().st_size > 5000
    summary = json.loads((run / "summary.json").read_text(encoding="utf-8"))
    assert summary["fit"]["seed"] == 1
    assert summary["versions"]["keras"] != "unknown"


def test_the_exported_model_reads_as_the_trained_network_does(
    run: Path, drawn_lines: LineStore
) -> None:
    from recognition.prepare import prepare_line
    from training.networks import LineNetworkConfig, line_network, line_reader_network

    trained = line_network(LineNetworkConfig(48, len(LINE_ALPHABET) + 1))
    trained.load_weights(run / "best.weights.h5")
    reader = LineReader.load(run / "line.onnx")
    line = prepare_line(drawn_lines.images[0])
    batch = line.image[None, :, :, None].astype(np.float32) / 255
    expected = np.asarray(line_reader_network(trained)(batch)[0])[0]
    assert np.allclose(reader.network.run(batch)[0], expected, atol=1e-3)


def test_the_model_says_what_it_is(run: Path) -> None:
    metadata = Network.load(run / "line.onnx", "line").metadata
    assert metadata["alphabet"] == LINE_ALPHABET.characters
    assert metadata["training"]["data"]["shares"].startswith("real=")
    with pytest.raises(ValueError, match="a model for line, not for characters"):
        Network.load(run / "line.onnx", "characters")


def test_bad_options_are_one_clear_line(tmp_path: Path, drawn_lines: LineStore) -> None:
    store = tmp_path / "lines.npz"
    drawn_lines.save(store)
    base = ["crnn", "--validate", str(store), "-o", str(tmp_path / "run")]
    nothing = CliRunner().invoke(main, base)
    assert nothing.exit_code == 1
    assert "nothing to train on" in nothing.output
    unknown = CliRunner().invoke(main, [*base, "--store", str(store), "--shares", "reel=1"])
    assert "unknown source 'reel'" in unknown.output


def test_a_run_in_mixed_precision_is_exported_in_float32(
    tmp_path: Path, drawn_lines: LineStore
) -> None:
    import keras

    store, folder = tmp_path / "lines.npz", tmp_path / "run"
    drawn_lines.save(store)
    trained = CliRunner().invoke(main, [
        "crnn", "--store", str(store), "--validate", str(store), "-o", str(folder),
        "--steps", "2", "--batch-size", "2", "--epochs", "1", "--precision", "mixed_bfloat16",
    ])  # fmt: skip
    assert trained.exit_code == 0, trained.output
    assert keras.config.dtype_policy().name == "float32"
    first = LineReader.load(folder / "line.onnx")
    (folder / "line.onnx").unlink()
    again = CliRunner().invoke(main, ["export", str(folder)])
    assert again.exit_code == 0, again.output
    readings = [
        reader.read(drawn_lines.images[:2])
        for reader in (first, LineReader.load(folder / "line.onnx"))
    ]
    assert readings[0] == readings[1]


def test_exporting_what_is_no_run_is_one_clear_line(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["export", str(tmp_path)])
    assert result.exit_code == 1
    assert "holds no finished training" in result.output
