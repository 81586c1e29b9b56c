"""Fits what a trained line model needs besides its weights: temperature, decoding, confidence."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recognition.adaptation import LineFrames
from recognition.alphabet import Alphabet
from recognition.confidence import (
    accepted_at_precision,
    apply_temperature,
    expected_calibration_error,
    fit_temperature,
)
from recognition.crnn import LineReader
from recognition.ctc import DecodeConfig, Hypothesis, Window, beam_searches, greedy
from recognition.language import LANGUAGES, Language, load_language
from recognition.metrics import alignment, score
from recognition.network import Network
from recognition.prepare import prepare_line
from recognition.rescoring import RescoringConfig, lines_above, load_neural_language, rescored
from recognition.word_confidence import FEATURES
from recognition.word_model import fit_word_model
from training.export import read_metadata, set_metadata
from training.line_store import LineStore

# Lines that are enough to choose by: every one is read many times.
TEMPERATURE_LINES, DECODING_LINES = 150, 300
ALPHAS = (0.0, 0.4, 0.5, 0.6, 0.8, 1.0)
BETAS = (0.0, 1.0, 1.5, 2.0, 3.0)
# More than these read validation pages the same within 0.03 points of CER, and lone words worse.
NEURALS = (0.0, 0.2, 0.3, 0.4, 0.5, 0.6)
KEPTS = (1.0, 0.75, 0.5, 0.25)
BONUSES = (0.0, 0.5, 1.0, 1.5)

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
    rescoring: RescoringConfig
    greedy_cer: float
    cer: float
    wer: float
    calibration_error: float
    accepted: float

    def __str__(self) -> str:
        return (
            f"temperature {self.temperature:.2f}, alpha {self.decoding.alpha}, "
            f"beta {self.decoding.beta}, neural {self.rescoring.neural}, "
            f"kept {self.rescoring.kept}, bonus {self.rescoring.bonus}: "
            f"CER {self.cer:.2%} (greedy {self.greedy_cer:.2%}), "
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
    metadata = {**read_metadata(model), "temperature": 1.0, "word_model": None, "decoding": {}}
    for name in ("calibration", "rescoring"):  # the first one is of models of version 0.1
        metadata.pop(name, None)
    set_metadata(model, metadata)
    reader = LineReader(Network.load(model, "line"))
    alphabet = reader.alphabet
    language = load_language(languages, alphabet.characters)
    neural = load_neural_language(languages)
    pages = [page for store in stores for page in _pages(store, reader)]
    texts = [text for page in pages for text in page.texts]
    outputs = [line.log_probs for page in pages for line in page.lines]
    metadata["temperature"] = _temperature(outputs, texts, alphabet)
    pages = [page.softened(metadata["temperature"]) for page in pages]
    softened = [line.log_probs for page in pages for line in page.lines]
    decoding = _choose_decoding(softened, texts, alphabet, language)
    metadata["decoding"] = {"alpha": decoding.alpha, "beta": decoding.beta}
    set_metadata(model, metadata)
    reader = LineReader(Network.load(model, "line"), language=language, neural=neural)
    rescoring = _choose_rescoring(reader, pages)
    metadata["rescoring"] = asdict(rescoring)
    set_metadata(model, metadata)
    reader = LineReader(Network.load(model, "line"), language=language, neural=neural)
    judged = _judge_words(reader, pages)
    fitted = fit_word_model(judged.features, judged.correct)
    metadata["word_model"] = {"weights": fitted.weights, "bias": fitted.bias}
    set_metadata(model, metadata)
    confidence, result = _held_out_confidence(judged), score(judged.pairs)
    best_paths = [alphabet.decode(greedy(frames, alphabet.blank).labels) for frames in outputs]
    return CalibrationReport(
        metadata["temperature"],
        decoding,
        rescoring,
        score(zip(texts, best_paths, strict=True)).cer,
        result.cer,
        result.wer,
        expected_calibration_error(confidence, judged.correct),
        accepted_at_precision(confidence, judged.correct).share,
    )


@dataclass(frozen=True)
class _Page:
    """Lines of one hand: what they say, and what the network says of them; none of no ink."""

    group: str
    texts: list[str]
    lines: list[LineFrames]

    def softened(self, temperature: float) -> _Page:
        lines = [
            replace(line, log_probs=apply_temperature(line.log_probs, temperature))
            for line in self.lines
        ]
        return replace(self, lines=lines)


def _pages(store: LineStore, reader: LineReader) -> list[_Page]:
    """Let the network read each group of lines as a page; lines without ink are left out."""
    pages: dict[str, _Page] = {}
    for image, text, group in zip(store.images, store.texts, store.groups, strict=True):
        line = prepare_line(image)
        if line.image.shape[1]:
            page = pages.setdefault(group, _Page(group, [], []))
            page.texts.append(text)
            page.lines.append(reader.frames(line))
    return list(pages.values())


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


def _choose_rescoring(reader: LineReader, pages: Sequence[_Page]) -> RescoringConfig:
    """Return the weights of the neural language of least CER; of none without one."""
    rescorer = reader.rescorer
    if rescorer is None:
        return RescoringConfig(neural=0.0, kept=1.0, bonus=0.0)
    texts: list[str] = []
    found: list[list[Hypothesis]] = []
    log_probs: list[list[NDArray[np.float32]]] = []
    for page in pages:
        readings = reader.search(reader.adapted(page.lines))
        texts += page.texts
        found += readings
        above = lines_above([line[0].labels for line in readings])
        log_probs += rescorer.log_probs(readings, above)

    def error(config: RescoringConfig) -> float:
        read = [
            reader.alphabet.decode(rescored(*line, rescorer.decoding, config).found[0].labels)
            for line in zip(found, log_probs, strict=True)
        ]
        return score(zip(texts, (" ".join(text.split()) for text in read), strict=True)).cer

    grid = product(NEURALS, KEPTS, BONUSES)
    return min((RescoringConfig(*weights) for weights in grid), key=error)


@dataclass(frozen=True)
class _Judged:
    """Words read on validation lines: features, rightness, the page of each; and the texts."""

    features: NDArray[np.float64]
    correct: NDArray[np.bool_]
    groups: NDArray[np.str_]
    pairs: list[tuple[str, str]]


def _judge_words(reader: LineReader, pages: Sequence[_Page]) -> _Judged:
    """Read all pages and compare every word with the truth."""
    tables: list[NDArray[np.float64]] = [np.zeros((0, len(FEATURES)))]
    correct: list[bool] = []
    groups: list[str] = []
    pairs: list[tuple[str, str]] = []
    for page in pages:
        for text, line in zip(page.texts, reader.decode_page(page.lines), strict=True):
            labels = line.found[0].labels
            words = [reader.alphabet.decode(labels[a:b]) for a, b in line.ranges]
            tables.append(reader.features(line)[0])
            correct += _right_words(text.split(), words)
            groups += [page.group] * len(words)
            pairs.append((text, " ".join(words)))
    return _Judged(np.concatenate(tables), np.array(correct, bool), np.array(groups), pairs)


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
