"""Fits what a trained line model needs besides its weights: temperature, decoding, confidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recognition.alphabet import Alphabet
from recognition.confidence import (
    accepted_at_precision,
    apply_temperature,
    expected_calibration_error,
    fit_calibration,
    fit_temperature,
)
from recognition.crnn import LineReader
from recognition.ctc import DecodeConfig, beam_search, greedy
from recognition.language import NGramLanguage
from recognition.metrics import alignment, score
from recognition.network import Network
from recognition.ngram import NGram
from recognition.prepare import prepare_line
from training.export import read_metadata, set_metadata
from training.line_store import LineStore

# Lines that are enough to choose by: every one is read many times.
TEMPERATURE_LINES, DECODING_LINES = 150, 300
ALPHAS = (0.0, 0.4, 0.6, 0.8, 1.0, 1.2)
BETAS = (0.0, 1.0, 2.0, 3.0)

LogProbs = NDArray[np.float32]


@dataclass(frozen=True)
class CalibrationReport:
    """What calibration chose, and what came of it on the validation lines."""

    temperature: float
    decoding: DecodeConfig
    greedy_cer: float
    cer: float
    wer: float
    calibration_error: float
    accepted: float

    def __str__(self) -> str:
        return (
            f"temperature {self.temperature:.2f}, alpha {self.decoding.alpha}, "
            f"beta {self.decoding.beta}: CER {self.cer:.2%} (greedy {self.greedy_cer:.2%}), "
            f"WER {self.wer:.2%}, calibration error {self.calibration_error:.2%}, "
            f"{self.accepted:.1%} of the words accepted at 99 % precision"
        )


def calibrate_line_model(model: Path, lines: LineStore, ngram: NGram) -> CalibrationReport:
    """Fit temperature, language weights and word confidence on validation lines.

    The results are written into the model's metadata. All of it is chosen on the lines given,
    so what is reported of them is a little better than on others.

    Parameters
    ----------
    model
        ONNX line model; its metadata is replaced.
    lines
        Validation lines, by writers the model has not seen.
    ngram
        The language model it will decode with.
    """
    metadata = {**read_metadata(model), "temperature": 1.0, "calibration": None, "decoding": {}}
    set_metadata(model, metadata)
    reader = LineReader(Network.load(model, "line"), ngram=ngram)
    alphabet = reader.alphabet
    outputs = [reader.log_probs(prepare_line(image)) for image in lines.images]
    metadata["temperature"] = _temperature(outputs, lines.texts, alphabet)
    softened = [apply_temperature(frames, metadata["temperature"]) for frames in outputs]
    decoding = _choose_decoding(softened, lines.texts, alphabet, ngram)
    metadata["decoding"] = {"alpha": decoding.alpha, "beta": decoding.beta}
    set_metadata(model, metadata)
    raw, correct, pairs = _read_words(model, lines, ngram)
    fitted = fit_calibration(raw, correct)
    metadata["calibration"] = {"raw": fitted.raw, "calibrated": fitted.calibrated}
    set_metadata(model, metadata)
    confidence, result = fitted(raw), score(pairs)
    best_paths = [alphabet.decode(greedy(frames, alphabet.blank).labels) for frames in outputs]
    return CalibrationReport(
        metadata["temperature"],
        decoding,
        score(zip(lines.texts, best_paths, strict=True)).cer,
        result.cer,
        result.wer,
        expected_calibration_error(confidence, correct),
        accepted_at_precision(confidence, correct).share,
    )


def _temperature(outputs: Sequence[LogProbs], texts: Sequence[str], alphabet: Alphabet) -> float:
    usable = [
        (frames, alphabet.encode(text))
        for frames, text in zip(outputs, texts, strict=True)
        if len(frames) and alphabet.covers(text)
    ]
    step = max(1, len(usable) // TEMPERATURE_LINES)
    return round(fit_temperature(usable[::step], alphabet.blank), 3)


def _choose_decoding(
    outputs: Sequence[LogProbs], texts: Sequence[str], alphabet: Alphabet, ngram: NGram
) -> DecodeConfig:
    """Return the language weight and the length bonus of least CER."""
    language = NGramLanguage(ngram, alphabet.characters)
    step = max(1, len(outputs) // DECODING_LINES)
    outputs, texts = outputs[::step], texts[::step]

    def error(config: DecodeConfig) -> float:
        read = [beam_search(frames, alphabet.blank, config, language)[0] for frames in outputs]
        found = [" ".join(alphabet.decode(hypothesis.labels).split()) for hypothesis in read]
        return score(zip(texts, found, strict=True)).cer

    plain = DecodeConfig(n_best=1)
    configs = [replace(plain, alpha=alpha, beta=beta) for alpha, beta in product(ALPHAS, BETAS)]
    best = min(configs, key=error)
    return DecodeConfig(alpha=best.alpha, beta=best.beta)


def _read_words(
    model: Path, lines: LineStore, ngram: NGram
) -> tuple[NDArray[np.float64], NDArray[np.bool_], list[tuple[str, str]]]:
    """Read all lines; return confidence and rightness of every word, and truth with reading."""
    reader = LineReader(Network.load(model, "line"), ngram=ngram)
    confidence: list[float] = []
    correct: list[bool] = []
    pairs: list[tuple[str, str]] = []
    for text, reading in zip(lines.texts, reader.read(lines.images), strict=True):
        words = [word.text for word in reading.words]
        confidence += [word.confidence for word in reading.words]
        correct += _right_words(text.split(), words)
        pairs.append((text, reading.text))
    return np.array(confidence), np.array(correct, bool), pairs


def _right_words(truth: list[str], read: list[str]) -> list[bool]:
    """Tell of each word read whether the best alignment pairs it with the same word."""
    pairs: list[tuple[Any, Any]] = alignment(truth, read)
    return [expected == found for expected, found in pairs if found is not None]
