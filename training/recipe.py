"""From the options of `hcr-train crnn` to a trained, exported and measured line reader."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import keras
import numpy as np

from recognition.alphabet import LINE_ALPHABET, Alphabet
from recognition.crnn import LineReader
from training.augment import augment_line
from training.emnist import load_emnist
from training.export import export_line_network, line_metadata
from training.feed import LineFeed, Share
from training.fit import HISTORY, FitConfig, finished_epochs, fit_line_network, trained_network
from training.fonts import FontSet
from training.ground_truth import read_folder, read_line_folder
from training.ink import load_unipen
from training.ink_setter import InkPool
from training.line_store import LineStore, joined
from training.pieces import piece_setters
from training.plots import plot_history
from training.pretrained import SHIPPED
from training.shares import parse_shares
from training.sources import (
    InkLines,
    RealLines,
    cell_lines,
    character_lines,
    font_lines,
    glyph_lines,
    piece_lines,
    word_lines,
)
from training.texts import TextConfig, TextSource
from training.truth_lines import store_pages

MODEL = "line.onnx"
PLOT = "history.png"
INK_CATEGORIES = ("7", "8")
MIXED_CAPITALS = 0.15
"""Share of the made-up lines in which some letters are capitals wherever they stand."""
SOURCES = ("real", "ink", "words", "characters", "glyphs", "cells", "fonts", "pieces")


@dataclass(frozen=True)
class LineRecipe:
    """What to train a line reader on, and how; see `hcr-train crnn --help`."""

    truth: tuple[Path, ...]
    lines: tuple[Path, ...]
    store: tuple[Path, ...]
    ink: Path | None
    emnist: Path | None
    fonts: Path | None
    validate: tuple[Path, ...]
    output: Path
    shares: str
    epochs: int
    steps: int
    batch_size: int
    learning_rate: float
    final_rate: float
    patience: int
    seed: int
    precision: str
    init: str | None
    resume: bool


def load_lines(path: Path) -> LineStore:
    """Load labelled lines: a store, a folder of ALTO or PAGE, or of lines with `.gt.txt`.

    Raises
    ------
    ValueError
        If there are no labelled lines.
    """
    if path.is_file():
        return LineStore.load(path)
    pairs = read_line_folder(path)
    if not pairs:
        return store_pages(read_folder(path))
    images = []
    for image, _ in pairs:
        grey = cv2.imread(str(image), cv2.IMREAD_GRAYSCALE)
        if grey is None:
            raise ValueError(f"{image}: not an image that OpenCV can read")
        images.append(np.asarray(grey, np.uint8))
    return LineStore(images, [text for _, text in pairs], [image.stem for image, _ in pairs])


def train_line_reader(recipe: LineRecipe) -> str:
    """Train, export to ONNX, plot; return one line that says what came out.

    Raises
    ------
    ValueError
        If the data cannot be used.
    """
    alphabet = LINE_ALPHABET
    config = FitConfig(
        epochs=recipe.epochs,
        steps=recipe.steps,
        batch_size=recipe.batch_size,
        learning_rate=recipe.learning_rate,
        final_rate=recipe.final_rate,
        patience=recipe.patience,
        seed=recipe.seed,
        precision=recipe.precision,
    )
    feed = LineFeed(
        _sources(recipe),
        alphabet,
        config.batch_size,
        config.steps,
        seed=config.seed,
        first_epoch=finished_epochs(recipe.output) if recipe.resume else 0,
        augment=augment_line,
    )
    fit_line_network(
        feed,
        {path.stem: load_lines(path) for path in recipe.validate},
        alphabet,
        recipe.output,
        config,
        {"shares": recipe.shares, "init": recipe.init or ""},
        _initial_weights(recipe.init),
        recipe.resume,
    )
    if keras.backend.backend() != "tensorflow":
        plot_history(recipe.output / HISTORY, recipe.output / PLOT)
        return f"{recipe.output}: trained; with TensorFlow run: hcr-train export {recipe.output}"
    return export_run(recipe.output)


def export_run(folder: Path) -> str:
    """Export the best weights of a finished run to ONNX, plot its history; return a line on it.

    Raises
    ------
    ValueError
        If the folder holds no finished run.
    """
    network, summary = trained_network(folder)
    model = folder / MODEL
    export_line_network(network, line_metadata(Alphabet(summary["alphabet"]), summary), model)
    if "best_cer" not in summary:
        return f"{model}: mean of {len(summary['mean_of'])} runs"
    plot_history(folder / HISTORY, folder / PLOT)
    return f"{model}: CER {summary['best_cer']:.2%} on the first validation set (greedy decoding)"


def _initial_weights(init: str | None) -> Path | None:
    if init is None:
        return None
    path = SHIPPED if init == "shipped" else Path(init)
    if not path.is_file():
        raise ValueError(f"--init: {path}: no such file")
    return path


def _sources(recipe: LineRecipe) -> list[Share]:
    """Open every source that has both a share and data."""
    weights, found = parse_shares(recipe.shares, SOURCES), []
    alphabet = LINE_ALPHABET
    stores = [load_lines(path) for path in (*recipe.truth, *recipe.lines, *recipe.store)]
    if stores and weights.get("real"):
        found.append(Share(RealLines(joined(stores)), weights["real"]))
    texts = TextSource(alphabet.characters, config=TextConfig(mixed=MIXED_CAPITALS))
    if stores and weights.get("pieces"):
        setters = piece_setters(joined(stores), LineReader.load(languages=()))
        found.append(Share(piece_lines(setters, texts), weights["pieces"]))
    if recipe.ink is not None:
        ink = load_unipen(recipe.ink)
        chosen = ink.select(INK_CATEGORIES, alphabet.characters)
        pool = InkPool(ink, frozenset(alphabet.characters))
        found.append(Share(InkLines(ink, chosen), weights.get("ink", 0)))
        found.append(Share(word_lines(pool, texts), weights.get("words", 0)))
        found.append(Share(character_lines(pool, texts, alphabet), weights.get("characters", 0)))
    if recipe.emnist is not None and (weights.get("glyphs") or weights.get("cells")):
        glyphs = load_emnist(recipe.emnist, cache_dir=recipe.output)
        found.append(Share(glyph_lines(glyphs, texts, alphabet), weights.get("glyphs", 0)))
        found.append(Share(cell_lines(glyphs, texts), weights.get("cells", 0)))
    if recipe.fonts is not None and weights.get("fonts"):
        fonts = FontSet(recipe.fonts)
        found.append(Share(font_lines(fonts, texts, alphabet), weights["fonts"]))
    found = [share for share in found if share.weight > 0]
    if not found:
        raise ValueError(
            "nothing to train on: give --truth, --lines, --store, --ink, --emnist or --fonts"
        )
    return found
