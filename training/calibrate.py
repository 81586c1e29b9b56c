"""Fits what a trained line model needs besides its weights: temperature, decoding, confidence."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recognition.alphabet import Alphabet
from recognition.confidence import (
    accepted_at_precision,
    apply_temperature,
    expected_calibration_error,
    fit_temperature,
)
from recognition.crnn import LineReader
from recognition.ctc import DecodeConfig, Window, beam_searches, greedy
from recognition.language import LANGUAGES, Language, load_language
from recognition.metrics import alignment, score
from recognition.network import Network
from recognition.prepare import prepare_line
from recognition.word_confidence import FEATURES, Decoded
from recognition.word_model import fit_word_model
from training.export import read_metadata, set_metadata
from training.line_store import LineStore, joined

# Lines that are enough to choose by: every one is read many times.
TEMPERATURE_LINES, DECODING_LINES = 150, 300
ALPHAS = (0.0, 0.4, 0.5, 0.6, 0.8, 1.0)
BETAS = (0.0, 1.0, 1.5, 2.0, 3.0)

# Parts into which pages are divided to judge the words of each by the others.
FOLDS = 6

# Lines decoded together, which share most of the cost.
TOGETHER = 32

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


def calibrate_line_model(
    model: Path, stores: Sequence[LineStore], languages: Sequence[str] = LANGUAGES
) -> CalibrationReport:
    """Fit temperature, language weights and word confidence on validation lines.

    The results are written into the model's metadata. Temperature and decoding weights are chosen
    on the lines given, so the error rates reported of them are a little better than on others;
    the confidences are judged page by page, by models that have not seen the page.

    Parameters
    ----------
    model
        ONNX line model; its metadata is replaced.
    stores
        Validation lines, by writers the model has not seen. Lines of a group are lines of a page,
        and are read as such (`recognition.adaptation`); so the same lines cut in two ways belong
        into two stores.
    languages
        What it will decode with, as `load_language` takes them.
    """
    with TemporaryDirectory(dir=model.parent) as folder:
        # The model is replaced at the end only: one that comes with hcr is not loaded half done.
        draft = Path(shutil.copy(model, folder))
        report = _calibrate(draft, stores, languages)
        draft.replace(model)
    return report


def _calibrate(
    model: Path, stores: Sequence[LineStore], languages: Sequence[str]
) -> CalibrationReport:
    lines = joined(stores)
    metadata = {**read_metadata(model), "temperature": 1.0, "word_model": None, "decoding": {}}
    metadata.pop("calibration", None)  # of models of version 0.1
    set_metadata(model, metadata)
    reader = LineReader(Network.load(model, "line"))
    alphabet = reader.alphabet
    language = load_language(languages, alphabet.characters)
    outputs = [reader.log_probs(prepare_line(image)) for image in lines.images]
    metadata["temperature"] = _temperature(outputs, lines.texts, alphabet)
    softened = [apply_temperature(frames, metadata["temperature"]) for frames in outputs]
    decoding = _choose_decoding(softened, lines.texts, alphabet, language)
    metadata["decoding"] = {"alpha": decoding.alpha, "beta": decoding.beta}
    set_metadata(model, metadata)
    judged = _judge_words(model, stores, language)
    fitted = fit_word_model(judged.features, judged.correct)
    metadata["word_model"] = {"weights": fitted.weights, "bias": fitted.bias}
    set_metadata(model, metadata)
    confidence, result = _held_out_confidence(judged), score(judged.pairs)
    best_paths = [alphabet.decode(greedy(frames, alphabet.blank).labels) for frames in outputs]
    return CalibrationReport(
        metadata["temperature"],
        decoding,
        score(zip(lines.texts, best_paths, strict=True)).cer,
        result.cer,
        result.wer,
        expected_calibration_error(confidence, judged.correct),
        accepted_at_precision(confidence, judged.correct).share,
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
    outputs: Sequence[LogProbs],
    texts: Sequence[str],
    alphabet: Alphabet,
    language: Language | None,
) -> DecodeConfig:
    """Return the language weight and the length bonus of least CER."""
    step = max(1, len(outputs) // DECODING_LINES)
    outputs, texts = outputs[::step], texts[::step]

    def error(config: DecodeConfig) -> float:
        read = [
            found[0]
            for first in range(0, len(outputs), TOGETHER)
            for found in beam_searches(
                [Window(frames) for frames in outputs[first : first + TOGETHER]],
                alphabet.blank, config, language,
            )
        ]  # fmt: skip
        found = [" ".join(alphabet.decode(hypothesis.labels).split()) for hypothesis in read]
        return score(zip(texts, found, strict=True)).cer

    plain = DecodeConfig(n_best=1)
    configs = [replace(plain, alpha=alpha, beta=beta) for alpha, beta in product(ALPHAS, BETAS)]
    best = min(configs, key=error)
    return DecodeConfig(alpha=best.alpha, beta=best.beta)


@dataclass(frozen=True)
class _Judged:
    """Words read on validation lines: features, rightness, the page of each; and the texts."""

    features: NDArray[np.float64]
    correct: NDArray[np.bool_]
    groups: NDArray[np.str_]
    pairs: list[tuple[str, str]]


def _judge_words(model: Path, stores: Sequence[LineStore], language: Language | None) -> _Judged:
    """Read all pages and compare every word with the truth."""
    reader = LineReader(Network.load(model, "line"), language=language)
    tables: list[NDArray[np.float64]] = [np.zeros((0, len(FEATURES)))]
    correct: list[bool] = []
    groups: list[str] = []
    pairs: list[tuple[str, str]] = []
    for store in stores:
        decoded = _read_pages(reader, store)
        for k, (text, group) in enumerate(zip(store.texts, store.groups, strict=True)):
            words: list[str] = []
            if k in decoded:
                labels = decoded[k].found[0].labels
                words = [reader.alphabet.decode(labels[a:b]) for a, b in decoded[k].ranges]
                tables.append(reader.features(decoded[k])[0])
            correct += _right_words(text.split(), words)
            groups += [group] * len(words)
            pairs.append((text, " ".join(words)))
    return _Judged(np.concatenate(tables), np.array(correct, bool), np.array(groups), pairs)


def _read_pages(reader: LineReader, store: LineStore) -> dict[int, Decoded]:
    """Read each group of lines as a page; lines without ink are left out."""
    prepared = [prepare_line(image) for image in store.images]
    pages: dict[str, list[int]] = {}
    for k, (line, group) in enumerate(zip(prepared, store.groups, strict=True)):
        if line.image.shape[1]:
            pages.setdefault(group, []).append(k)
    order = [k for page in pages.values() for k in page]
    outputs = [
        frames
        for page in pages.values()
        for frames in reader.adapted(reader.frames(prepared[k]) for k in page)
    ]
    decoded: dict[int, Decoded] = {}
    for first in range(0, len(order), TOGETHER):
        together = slice(first, first + TOGETHER)
        decoded.update(zip(order[together], reader.decode_all(outputs[together]), strict=True))
    return decoded


def _held_out_confidence(judged: _Judged) -> NDArray[np.float64]:
    """Return the confidence of each word by models fitted on the other pages' words."""
    confidence = np.zeros(len(judged.correct))
    pages = np.unique(judged.groups)
    for fold in range(min(FOLDS, len(pages))):
        held = np.isin(judged.groups, pages[fold::FOLDS])
        rest = ~held if len(pages) > 1 else held
        fitted = fit_word_model(judged.features[rest], judged.correct[rest])
        confidence[held] = fitted(judged.features[held])
    return confidence


def _right_words(truth: list[str], read: list[str]) -> list[bool]:
    """Tell of each word read whether the best alignment pairs it with the same word."""
    pairs: list[tuple[Any, Any]] = alignment(truth, read)
    return [expected == found for expected, found in pairs if found is not None]
