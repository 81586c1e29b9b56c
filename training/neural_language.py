"""Trains the recurrent network over characters that `recognition.neural_language` reads with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
from keras import layers
from numpy.typing import NDArray

from recognition.alphabet import LINE_ALPHABET
from recognition.language import LANGUAGES
from recognition.neural_language import NeuralLanguage
from training.corpus import cut_into_lines, running_text
from training.language_model import ink_labels
from training.layers import GRU
from training.names import Names, read_dictionary
from training.networks import dtype_policy
from training.recipe import load_lines
from training.schedule import adamw, cosine
from training.text_streams import MadeUpLines, Pages, RunningText, Stream, pages_of
from training.texts import TextConfig, TextSource

MODEL = "neural-language.npz"
WEIGHTS = "last.weights.h5"
HISTORY = "history.csv"
SOURCES = ("truth", "ink", *LANGUAGES, *(f"made-{code}" for code in LANGUAGES))
"""What text can be shared out among: transcriptions, running text and made-up lines."""
# As hands that print write, of which the line reader must make sense, too.
_MADE_UP = TextConfig(mixed=0.08, capitals=0.03)
_PAGES_IN = "fr"  # what the transcribed pages are written in
_WARMUP, _FINAL, _EMA, _CLIP, _DECAY = 0.02, 0.02, 0.99, 1.0, 0.01


@dataclass(frozen=True)
class NeuralLanguageRecipe:
    """How to train; see `hcr-train neural-language --help`.

    Attributes
    ----------
    truth, validate
        Stores or folders of lines whose transcriptions are learned; are predicted after each epoch.
    ink
        UNIPEN pen strokes: their words and lines.
    text
        Files and folders with running text of the languages.
    dictionary
        Files of words that are written small: `TextSource`.
    output
        Folder for checkpoints, history and the model.
    shares
        Share of the characters learned that each of `SOURCES` has.
    epochs, steps, batch_size, length
        Epochs of `steps` batches of `batch_size` runs of `length` symbols.
    learning_rate, seed, precision
        Peak of the cosine schedule; of everything random; "float32" or "mixed_bfloat16".
    units
        Units of the recurrent layer.
    init
        Weights to start from: `last.weights.h5` of a run.
    resume
        Go on from the folder's last checkpoint.
    """

    truth: tuple[Path, ...]
    validate: tuple[Path, ...]
    ink: Path | None
    text: tuple[Path, ...]
    dictionary: tuple[Path, ...]
    output: Path
    shares: Mapping[str, float]
    epochs: int
    steps: int
    batch_size: int = 128
    length: int = 128
    learning_rate: float = 3e-3
    seed: int = 1
    precision: str = "float32"
    units: int = 512
    init: Path | None = None
    resume: bool = False


class TextFeed(keras.utils.PyDataset):
    """Batches of runs of symbols and of the symbols that follow each of them.

    Parameters
    ----------
    streams : sequence of (Stream, float)
        Kinds of text, with shares.
    recipe : NeuralLanguageRecipe
    first : int
        Symbol that stands before the first line.
    epoch : int
        Epochs that an earlier run has had: the same ones are not drawn again.
    """

    def __init__(
        self,
        streams: Sequence[tuple[Stream, float]],
        recipe: NeuralLanguageRecipe,
        first: int,
        epoch: int = 0,
    ) -> None:
        super().__init__()
        self._streams = [stream for stream, _ in streams]
        shares = np.array([share for _, share in streams])
        self._shares = shares / shares.sum()
        self._recipe, self._first, self._epoch = recipe, first, epoch

    def __len__(self) -> int:
        return self._recipe.steps

    def __getitem__(self, index: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Return symbols and those after them, int32 (batch_size, length) both."""
        recipe = self._recipe
        rng = np.random.default_rng((recipe.seed, self._epoch, index))
        runs = np.full((recipe.batch_size, recipe.length + 1), self._first, np.int32)
        kinds = rng.choice(len(self._shares), len(runs), p=self._shares)
        for row, k in zip(runs, kinds, strict=True):
            row[1:] = self._streams[k].draw(rng, recipe.length)
        return runs[:, :-1], runs[:, 1:]

    def on_epoch_end(self) -> None:
        """Draw others in the next epoch."""
        self._epoch += 1


class _Record(keras.callbacks.Callback):
    """After each epoch predicts the validation pages, and saves weights and model."""

    def __init__(self, pages: Sequence[Sequence[str]], folder: Path) -> None:
        super().__init__()
        self._pages, self._folder = pages, folder

    def on_epoch_end(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        """Add a row to the history."""
        self.model.save_weights(self._folder / WEIGHTS)
        language = exported(self.model)
        language.save(self._folder / MODEL)
        learned = float((logs or {}).get("loss", np.nan)) / np.log(2)
        bits = bits_per_character(language, self._pages)
        history = self._folder / HISTORY
        if not history.exists():
            history.write_text("epoch,bits,val_bits\n")
        with history.open("a") as stream:
            stream.write(f"{epoch + 1},{learned:.4f},{bits:.4f}\n")
        if self._pages:
            print(f" - {bits:.3f} bits a character of the validation pages", flush=True)


def language_network(symbols: int, units: int, precision: str = "float32") -> keras.Model:
    """Build the network: int (n, t) symbols to logits of the symbols after them, float32.

    Parameters
    ----------
    symbols
        Characters, and the end of a line.
    units
        Of the gated recurrent unit (Cho et al. 2014).
    precision
        "float32" or "mixed_bfloat16".
    """
    with dtype_policy(precision):
        given = keras.Input((None,), dtype="int32", name="symbols")
        x = layers.Embedding(symbols, units // 8, name="embedding")(given)
        x = GRU(units, return_sequences=True, name="recurrent")(x)
        x = layers.Dropout(0.1)(x)
        logits = layers.Dense(symbols, dtype="float32", name="logits")(x)
    return keras.Model(given, logits, name="neural_language")


def exported(network: keras.Model, characters: str = LINE_ALPHABET.characters) -> NeuralLanguage:
    """Return the model for reading, of the network's present weights."""
    names = "embedding", "recurrent", "logits"
    weights = [w for name in names for w in network.get_layer(name).get_weights()]
    embedding, kernel, recurrent, bias, outputs, output_bias = weights
    inputs = embedding @ kernel + bias[0]
    return NeuralLanguage(characters, inputs, recurrent, bias[1], outputs, output_bias)


def bits_per_character(language: NeuralLanguage, pages: Sequence[Sequence[str]]) -> float:
    """Return what the language needs for a character of pages, line ends counted, in bits."""
    total, count = 0.0, 0
    for page in pages:
        lines = [language.symbols(line) for line in page]
        before: list[int] = []
        contexts = []
        for line in lines:
            contexts.append(list(before))
            before += [*line, language.end]
        total += sum(float(x.sum()) for (x,) in language.log_probs(contexts, [[x] for x in lines]))
        count += len(before)
    return -total / np.log(2) / count if count else float("nan")


def train_neural_language(recipe: NeuralLanguageRecipe) -> str:
    """Train and save the model; return a line that says what came out.

    Raises
    ------
    ValueError
        If the data cannot be used.
    """
    streams = _streams(recipe)
    recipe.output.mkdir(parents=True, exist_ok=True)
    history, backup = recipe.output / HISTORY, recipe.output / "checkpoint"
    if not recipe.resume:
        for path in (history, *backup.glob("*")):
            path.unlink(missing_ok=True)
    done = len(history.read_text().splitlines()) - 1 if history.exists() else 0
    keras.utils.set_random_seed(recipe.seed)
    network = language_network(len(LINE_ALPHABET) + 1, recipe.units, recipe.precision)
    if recipe.init is not None:
        network.load_weights(recipe.init)
    rate = cosine(recipe.epochs * recipe.steps, recipe.learning_rate, _WARMUP, _FINAL)
    network.compile(
        optimizer=adamw(rate, _DECAY, _EMA, _CLIP),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    pages = [page for path in recipe.validate for page in pages_of(load_lines(path))]
    network.fit(
        TextFeed(streams, recipe, len(LINE_ALPHABET), done),
        epochs=recipe.epochs,
        verbose="auto",
        callbacks=[
            keras.callbacks.BackupAndRestore(backup, delete_checkpoint=False),
            keras.callbacks.SwapEMAWeights(swap_on_epoch=True),
            _Record(pages, recipe.output),
        ],
    )
    return f"{recipe.output / MODEL}: {(recipe.output / MODEL).stat().st_size / 1e6:.1f} MB"


def _streams(recipe: NeuralLanguageRecipe) -> list[tuple[Stream, float]]:
    """Open every source that has both a share and data.

    Raises
    ------
    ValueError
        If there is none.
    """
    found: dict[str, Stream] = {}
    alphabet = LINE_ALPHABET
    wanted = {name for name, share in recipe.shares.items() if share > 0}
    dictionary = read_dictionary(recipe.dictionary) if recipe.dictionary else None
    if recipe.truth and "truth" in wanted:
        names = None if dictionary is None else Names(_PAGES_IN, dictionary, alphabet.characters)
        pages = [page for path in recipe.truth for page in pages_of(load_lines(path))]
        found["truth"] = Pages(pages, names, alphabet)
    if recipe.ink is not None and "ink" in wanted:
        found["ink"] = RunningText(ink_labels(recipe.ink), alphabet)
    rng = np.random.default_rng(recipe.seed)
    for language in LANGUAGES:
        if recipe.text and language in wanted:
            paragraphs = running_text(recipe.text, language, alphabet.characters, LANGUAGES)
            found[language] = RunningText(cut_into_lines(paragraphs, rng), alphabet)
        if f"made-{language}" in wanted:
            texts = TextSource(alphabet.characters, (language,), _MADE_UP, dictionary)
            found[f"made-{language}"] = MadeUpLines(texts, alphabet)
    if not found:
        raise ValueError("there is no text to learn: give --truth, --text or --ink")
    return [(stream, recipe.shares[name]) for name, stream in found.items()]
