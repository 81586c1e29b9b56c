"""What `hcr-train characters` does: show a batch, measure models, train one from end to end."""

from __future__ import annotations

import platform
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import cv2
import keras
import numpy as np

from recognition.characters import CharacterClassifier
from recognition.confidence import apply_temperature
from recognition.crnn import usable_cores
from training.characters.augment import augment_characters
from training.characters.data import CharacterSet
from training.characters.decision import decision_weights
from training.characters.evaluate import Evaluation, describe, evaluate, write_tables
from training.characters.feed import CharacterFeed, FeedConfig
from training.characters.fit import (
    BEST,
    CharacterFitConfig,
    fit_characters,
    predict,
    read_history,
)
from training.characters.measures import best_temperature
from training.characters.models import (
    NetworkName,
    build_network,
    character_metadata,
    export_characters,
)
from training.characters.options import (
    DataOptions,
    Parts,
    TrainOptions,
    load_parts,
    load_test,
)
from training.characters.pictures import draw_confused, draw_confusion, draw_curves, draw_sheet
from training.characters.teacher import opinions

BASELINE_EPOCHS = 3
_SHOWN = 96


def show_batch(data: DataOptions, options: TrainOptions, picture: Path) -> str:
    """Draw the first training images as the network sees them; return a line that says so."""
    feed = _feed(load_parts(data, options.ink), options, data.seed, first_epoch=0)
    images, labels = feed.images(_SHOWN)
    draw_sheet(images, labels, picture)
    return f"{picture}: {len(images)} images of the first batch"


def evaluate_models(data: DataOptions, models: Sequence[Path], output: Path | None) -> str:
    """Measure models on the test images and return the report.

    Parameters
    ----------
    data
        Names the test images.
    models
        ONNX files, at least one.
    output
        Folder for tables and pictures.

    Raises
    ------
    ValueError
        If a model or the data cannot be used.
    """
    test = load_test(data)
    unique = len({model.stem for model in models}) == len(models)
    names = [model.stem if unique else str(model) for model in models]
    evaluations = [_evaluate(*pair, test) for pair in zip(names, models, strict=True)]
    if output is not None:
        _write_report(evaluations, output)
    return describe(evaluations)


def train_characters(data: DataOptions, options: TrainOptions, output: Path) -> str:
    """Train, calibrate, export and measure; return the report.

    Parameters
    ----------
    data, options
        Of the command line.
    output
        Folder for everything that comes out.

    Raises
    ------
    ValueError
        If the data cannot be used.
    """
    output.mkdir(parents=True, exist_ok=True)
    cv2.setNumThreads(1)  # pictures of 28 pixels are not worth more
    parts = load_parts(data, options.ink)
    evaluations: list[Evaluation] = []
    histories: dict[str, list[dict[str, float]]] = {}
    for name, folder in _runs(options, output):
        print(f"{name}: {len(parts.train)} training images", flush=True)
        model = _train(name, parts, data, options, folder)
        evaluations.append(_evaluate(name, model, parts.test))
        histories[name] = read_history(folder)
    _write_report(evaluations, output)
    draw_curves(histories, output / "history.png")
    return describe(evaluations)


def _runs(options: TrainOptions, output: Path) -> Iterator[tuple[NetworkName, Path]]:
    """Yield the networks to train and where."""
    yield options.network, output
    if options.baseline and options.network != "baseline":
        yield "baseline", output / "baseline"


def _train(
    name: NetworkName, parts: Parts, data: DataOptions, options: TrainOptions, folder: Path
) -> Path:
    """Train one network and export it; return its ONNX file."""
    beside = name != options.network
    epochs = min(options.epochs, BASELINE_EPOCHS) if beside else options.epochs
    fit = CharacterFitConfig(
        epochs,
        options.learning_rate,
        optimizer="adamw" if name == "baseline" else options.optimizer,
        patience=options.patience,
        seed=data.seed,
    )
    alphabet = parts.train.alphabet
    keras.utils.set_random_seed(data.seed)
    network = build_network(name, len(alphabet), options.precision)
    first_epoch = len(read_history(folder)) if options.resume else 0
    # Balanced training is meant to see all classes as frequent.
    natural = options.balance == "none"
    even = np.full(len(alphabet), 1 / len(alphabet))
    offset, frequencies = (parts.offset, parts.frequencies) if natural else (None, even)
    feed = _feed(parts, options, data.seed, first_epoch, () if beside else options.teacher)
    initial = () if beside else options.init
    plain = parts.train.images[: parts.plain]
    best = fit_characters(network, feed, parts.validation, folder, fit, plain, offset,
                          options.resume, initial)  # fmt: skip
    temperature = _temperature(network, parts.validation)
    weights = decision_weights(frequencies, alphabet, options.evenness)
    shown = frequencies * weights / (frequencies * weights).sum()
    metadata = character_metadata(
        alphabet,
        temperature,
        {text: round(float(share), 6) for text, share in zip(alphabet, shown, strict=True)},
        _provenance(name, parts, data, options, best),
    )
    model = folder / "characters.onnx"
    # The reader divides by the temperature, and the weights count after that.
    export_characters(folder / BEST, name, metadata, model, temperature * np.log(weights))
    return model


def _temperature(network: keras.Model, validation: CharacterSet) -> float:
    log_probs = apply_temperature(predict(network, validation.images), 1.0)
    return round(best_temperature(log_probs, validation.labels), 3)


def _feed(
    parts: Parts,
    options: TrainOptions,
    seed: int,
    first_epoch: int,
    teachers: Sequence[Path] = (),
) -> CharacterFeed:
    held = None
    if teachers:
        scanned = parts.train.images[: len(parts.train) - parts.drawn]
        alphabet = parts.train.alphabet
        shares = parts.frequencies * np.exp(parts.offset)
        if options.balance != "none":
            shares = np.full(len(alphabet), 1 / len(alphabet))
        held = opinions(teachers, scanned, alphabet, shares, usable_cores())
    config = FeedConfig(
        batch_size=options.batch_size,
        balance=options.balance,
        mixup=options.mixup,
        smoothing=options.smoothing,
        trust=options.trust,
        seed=seed,
    )
    augment = augment_characters if options.augment else None
    return CharacterFeed(parts.train, config, first_epoch, augment, held)


def _evaluate(name: str, model: Path, test: CharacterSet) -> Evaluation:
    return evaluate(name, CharacterClassifier.load(model, usable_cores()), test)


def _write_report(evaluations: Sequence[Evaluation], output: Path) -> None:
    write_tables(evaluations, output)
    draw_confusion(evaluations[0], output / "confusion.png")
    draw_confused(evaluations[0], output / "confused.png")


def _provenance(
    name: NetworkName, parts: Parts, data: DataOptions, options: TrainOptions, best: Any
) -> dict[str, Any]:
    """Return what a model should tell of its training; no path of this machine is in it."""
    return {
        "finished": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "network": name,
        "data": list(data.data) if data.folders is None else ["folders"],
        "images": {"train": len(parts.train), "validation": len(parts.validation)},
        "options": {
            **asdict(options),
            "ink": options.ink is not None,
            "init": len(options.init),
            "teacher": len(options.teacher),
        },
        "seed": data.seed,
        "best": dict(best),
        "keras": keras.version(),
        "backend": keras.backend.backend(),
        "python": platform.python_version(),
    }
