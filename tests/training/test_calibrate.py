from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from recognition.crnn import LineReader
from recognition.network import Network
from recognition.word_model import TERMS
from training.line_store import LineStore
from training.ngram import train_ngram

pytest.importorskip("keras")


@pytest.mark.parametrize("language", ["own.npz", "fr"])
def test_calibration_is_written_into_the_model(
    language: str, drawn_lines: LineStore, tmp_path: Path
) -> None:
    from recognition.alphabet import LINE_ALPHABET
    from training.calibrate import calibrate_line_model
    from training.export import export_line_network, line_metadata
    from training.networks import LineNetworkConfig, line_network

    network = line_network(LineNetworkConfig(48, len(LINE_ALPHABET) + 1, 4, 4, 8, 8, 1, 8))
    path = tmp_path / "line.onnx"
    export_line_network(network, line_metadata(LINE_ALPHABET, {"data": "own"}), path)
    short = LineStore(drawn_lines.images[:3], drawn_lines.texts[:3], drawn_lines.groups[:3])
    train_ngram(drawn_lines.texts, 3).save(tmp_path / "own.npz")
    own = language if language == "fr" else str(tmp_path / language)
    report = calibrate_line_model(path, [short], [own])
    metadata = Network.load(path, "line").metadata
    assert metadata["temperature"] == report.temperature > 0
    assert metadata["decoding"] == {"alpha": report.decoding.alpha, "beta": report.decoding.beta}
    weights = metadata["rescoring"]
    assert weights["neural"] == report.rescoring.neural
    assert language == "fr" or (weights["neural"], weights["kept"], weights["bonus"]) == (0, 1, 0)
    assert metadata["training"] == {"data": "own"}
    assert len(metadata["word_model"]["weights"]) == TERMS
    assert LineReader.load(path, languages=()).read(short.images)
    assert np.isfinite([report.cer, report.greedy_cer]).all()
    assert f"CER {report.cer:.2%}" in str(report)
