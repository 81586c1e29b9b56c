"""The `hcr-train` command."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import Any

import click

DIRECTORY = click.Path(exists=True, file_okay=False, path_type=Path)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
CHARACTER_SETS = (
    "emnist/byclass", "emnist/bymerge", "emnist/balanced", "emnist/letters", "emnist/digits",
    "emnist/mnist", "mnist",
)  # fmt: skip


@contextmanager
def clear_errors() -> Iterator[None]:
    """Turn what the user can mend into one line."""
    try:
        yield
    except ImportError as error:
        hint = 'training needs more than reading: pip install "hcr[train]"'
        raise click.ClickException(f"{error}; {hint}") from error
    except (ValueError, OSError) as error:
        raise click.ClickException(str(error)) from error


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="hcr")
def main() -> None:
    """Train the networks that hcr-read reads with.

    Needs the extra: pip install "hcr[train]".
    """


@main.command()
@click.option("--truth", type=DIRECTORY, multiple=True, help="Pages with ALTO or PAGE files.")
@click.option("--lines", type=DIRECTORY, multiple=True, help="Line images with .gt.txt files.")
@click.option("--store", type=FILE, multiple=True, help="Lines cut before (`hcr-train cut`).")
@click.option("--ink", type=FILE, help="UNIPEN pen strokes (.npz).")
@click.option("--emnist", type=DIRECTORY, help="TensorFlow Datasets directory with emnist.")
@click.option("--fonts", type=DIRECTORY, help="Handwriting fonts: .woff, .ttf or .otf files.")
@click.option("--validate", type=click.Path(exists=True, path_type=Path), multiple=True,
              required=True, help="Validation set: a folder like --truth or --lines, or a store. "
              "CER on the first one chooses the weights.")  # fmt: skip
@click.option("-o", "--output", type=click.Path(file_okay=False, path_type=Path), required=True,
              help="Folder for checkpoints, history, plots and line.onnx.")  # fmt: skip
@click.option("--shares", default="real=0.6,ink=0.2,words=0.1,characters=0.05,glyphs=0.05",
              show_default=True, help="What the training is mixed of.")  # fmt: skip
@click.option("--epochs", default=40, show_default=True, type=click.IntRange(1))
@click.option("--steps", default=200, show_default=True, type=click.IntRange(1),
              help="Batches in an epoch.")  # fmt: skip
@click.option("--batch-size", default=24, show_default=True, type=click.IntRange(1))
@click.option("--learning-rate", default=1e-3, show_default=True, type=float)
@click.option("--final-rate", default=0.01, show_default=True, type=float,
              help="Learning rate at the end, relative to the first.")  # fmt: skip
@click.option("--patience", default=10, show_default=True, type=click.IntRange(1),
              help="Epochs without a better CER before training stops.")  # fmt: skip
@click.option("--seed", default=1, show_default=True, type=int)
@click.option("--precision", type=click.Choice(["float32", "mixed_bfloat16"]), default="float32",
              show_default=True, help="mixed_bfloat16 is twice as fast where processor and backend "
              "have it.")  # fmt: skip
@click.option("--init", help="Start from these weights: best.weights.h5 of a run, or 'shipped'.")
@click.option("--resume", is_flag=True, help="Go on from the last checkpoint in --output.")
def crnn(**options: Any) -> None:
    r"""Train the line recognizer and export it to line.onnx.

    Runs on any backend of Keras (KERAS_BACKEND=torch is the fastest on a CPU). Exporting needs
    TensorFlow: after a training with another backend, run `hcr-train export`.

    \b
    Examples:
      hcr-train crnn --truth pages/train --validate pages/val -o run
      hcr-train crnn --ink unipen.npz --emnist ~/tensorflow_datasets \
          --truth pages/train --validate pages/val -o run --epochs 60
      hcr-train crnn --truth mine --validate mine_val --init shipped -o adapted
    """
    with clear_errors():
        from training.recipe import LineRecipe, train_line_reader

        click.echo(train_line_reader(LineRecipe(**options)))


@main.command()
@click.argument("run", type=DIRECTORY)
def export(run: Path) -> None:
    """Export the best weights of a finished training in the folder RUN to line.onnx."""
    with clear_errors():
        from training.recipe import export_run

        click.echo(export_run(run))


@main.command()
@click.argument("runs", nargs=-1, required=True, metavar="RUN[=WEIGHT]...")
@click.option("-o", "--output", type=click.Path(file_okay=False, path_type=Path), required=True,
              help="Folder for the mean, to be exported like a run.")  # fmt: skip
def average(runs: tuple[str, ...], output: Path) -> None:
    """Take the mean of the weights of line networks, each trained on from the one before.

    RUN is the folder of a finished training, a file of weights, or 'shipped'.
    """
    with clear_errors():
        from training.average import average_runs, parse_part

        average_runs([parse_part(run) for run in runs], output)
        click.echo(f"{output}: mean of {len(runs)} runs; next: hcr-train export {output}")


@main.command()
@click.argument("folder", type=DIRECTORY)
@click.argument("output", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--found", is_flag=True, help="Cut lines as segmentation finds them on the page, "
              "not along the outlines of the truth.")  # fmt: skip
def cut(folder: Path, output: Path, found: bool) -> None:
    """Cut the lines of FOLDER (ALTO or PAGE) once, into the .npz file OUTPUT."""
    with clear_errors():
        from training.ground_truth import read_folder
        from training.recipe import load_lines
        from training.truth_lines import store_pages

        store = store_pages(read_folder(folder), found=True) if found else load_lines(folder)
        store.save(output)
        click.echo(f"{output}: {len(store)} lines")


@main.command()
@click.argument("truth", type=click.Path(exists=True, path_type=Path), nargs=-1)
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), required=True)
@click.option("--language", type=click.Choice(["en", "fr"]), required=True)
@click.option("--ink", type=FILE, help="UNIPEN pen strokes (.npz): their words and lines.")
@click.option("--text", type=click.Path(exists=True, path_type=Path), multiple=True,
              help="File or folder of running text: plain, HTML, XML, gettext, dictd; packed "
              "ones too. Sentences of the language are found in it.")  # fmt: skip
@click.option("--made-up", default=100_000, show_default=True, type=click.IntRange(0),
              help="Lines of word lists added to the transcriptions.")  # fmt: skip
@click.option("--dictionary", type=FILE, multiple=True,
              help="Words that are written small, one a line: what else is in frequent use is "
              "taken for names, and made-up lines have such names.")  # fmt: skip
@click.option("--truth-weight", default=12.0, show_default=True, type=click.FloatRange(0.01),
              help="How much a transcription counts.")  # fmt: skip
@click.option("--text-weight", default=1.0, show_default=True, type=click.FloatRange(0.01),
              help="How much a line of running text counts.")  # fmt: skip
@click.option("--made-up-weight", default=1.0, show_default=True, type=click.FloatRange(0.01),
              help="How much a made-up line counts.")  # fmt: skip
@click.option("--doubt", default=4.0, show_default=True, type=click.FloatRange(0.1),
              help="How much to expect what no text has shown.")  # fmt: skip
@click.option("--max-ngrams", default=1_500_000, show_default=True, type=click.IntRange(0),
              help="Kept at most; the file takes about two bytes for each.")  # fmt: skip
def language(truth: tuple[Path, ...], ink: Path | None, output: Path, **options: Any) -> None:
    r"""Estimate the character n-gram of a language from all the text there is.

    TRUTH are stores or folders of lines whose transcriptions count most.

    \b
    Example:
      hcr-train language copiste/train --language fr --text books \
          --dictionary /usr/share/dict/french -o language-fr.npz
    """
    with clear_errors():
        from training.language_model import LanguageRecipe, ink_labels, train_language
        from training.recipe import load_lines

        texts = [text for path in truth for text in load_lines(path).texts]
        texts += ink_labels(ink) if ink else []
        ngram = train_language(texts, LanguageRecipe(**options))
        ngram.save(output)
        size = output.stat().st_size / 1e6
        click.echo(f"{output}: {len(ngram)} n-grams, {size:.1f} MB, {_checksum(output)}")


@main.command("neural-language")
@click.option("--truth", type=click.Path(exists=True, path_type=Path), multiple=True,
              help="Store or folder of lines, learned page by page.")  # fmt: skip
@click.option("--ink", type=FILE, help="UNIPEN pen strokes (.npz): their words and lines.")
@click.option("--text", type=click.Path(exists=True, path_type=Path), multiple=True,
              help="File or folder of running text, as for `hcr-train language`.")  # fmt: skip
@click.option("--dictionary", type=FILE, multiple=True,
              help="Words that are written small, one a line.")  # fmt: skip
@click.option("--validate", type=click.Path(exists=True, path_type=Path), multiple=True,
              help="Store or folder of lines that are predicted after each epoch.")  # fmt: skip
@click.option("-o", "--output", type=click.Path(file_okay=False, path_type=Path), required=True,
              help="Folder for checkpoints, history.csv and neural-language.npz.")  # fmt: skip
@click.option("--shares", default="truth=0.17,ink=0.04,fr=0.42,en=0.1,made-fr=0.22,made-en=0.05",
              show_default=True, help="Share of the characters of each kind of text.")  # fmt: skip
@click.option("--epochs", default=20, show_default=True, type=click.IntRange(1))
@click.option("--steps", default=500, show_default=True, type=click.IntRange(1),
              help="Batches an epoch, of 128 runs of 128 characters.")  # fmt: skip
@click.option("--learning-rate", default=3e-3, show_default=True, type=float)
@click.option("--seed", default=1, show_default=True, type=click.IntRange(0))
@click.option("--precision", type=click.Choice(["float32", "mixed_bfloat16"]), default="float32",
              show_default=True)  # fmt: skip
@click.option("--init", type=FILE, help="Start from these weights: last.weights.h5 of a run.")
@click.option("--resume", is_flag=True, help="Go on from the last checkpoint in --output.")
def neural_language(shares: str, **options: Any) -> None:
    r"""Train the recurrent network that weighs the readings of a line by the lines before.

    \b
    Example:
      hcr-train neural-language --truth lines.npz --text books --validate val.npz -o run
    """
    with clear_errors():
        from training.neural_language import (
            SOURCES,
            NeuralLanguageRecipe,
            train_neural_language,
        )
        from training.shares import parse_shares

        recipe = NeuralLanguageRecipe(shares=parse_shares(shares, SOURCES), **options)
        click.echo(train_neural_language(recipe))


@main.command()
@click.argument("model", type=FILE)
@click.option("--language", default="en,fr", show_default=True, metavar="LANGUAGES",
              help="What to decode with: codes or .npz files, or 'none'.")  # fmt: skip
@click.option("--validate", type=click.Path(exists=True, path_type=Path), required=True,
              multiple=True, help="Validation lines: a store or a folder.")  # fmt: skip
def calibrate(model: Path, language: str, validate: tuple[Path, ...]) -> None:
    """Fit temperature, decoding weights and word confidence of a line MODEL, in place."""
    with clear_errors():
        from recognition.language import parse_languages
        from training.calibrate import calibrate_line_model
        from training.recipe import load_lines

        stores = [load_lines(path) for path in validate]
        click.echo(calibrate_line_model(model, stores, parse_languages(language)))
        click.echo(f"{model}: {_checksum(model)}")


@main.command()
@click.option("--ink", type=FILE, required=True, help="UNIPEN pen strokes (.npz).")
@click.option("-o", "--output", type=click.Path(file_okay=False, path_type=Path), required=True,
              help="Folder for the weights and candidates.onnx.")  # fmt: skip
@click.option("--lines", default=3000, show_default=True, type=click.IntRange(3),
              help="Lines to draw; each has about 80 candidates.")  # fmt: skip
@click.option("--epochs", default=8, show_default=True, type=click.IntRange(1))
@click.option("--learning-rate", default=2e-3, show_default=True, type=float)
@click.option("--seed", default=1, show_default=True, type=click.IntRange(0))
@click.option("--precision", type=click.Choice(["float32", "mixed_bfloat16"]), default="float32",
              show_default=True)  # fmt: skip
def candidates(**options: Any) -> None:
    """Train the network that tells whole characters from halves and pairs, when lines are cut."""
    with clear_errors():
        from training.candidates import CandidateRecipe, train_candidates

        click.echo(train_candidates(CandidateRecipe(**options)))


@main.command()
def checksums() -> None:
    """Write down the SHA-256 of the models in recognition/weights, which loading verifies."""
    with clear_errors():
        from recognition.checksums import record

        for name, digest in record().items():
            click.echo(f"{digest}  {name}")


def _checksum(path: Path) -> str:
    """Return a model's checksum; write it down if the model is one that comes with hcr."""
    from recognition.checksums import WEIGHTS_FOLDER, record, sha256

    if path.resolve().parent == WEIGHTS_FOLDER:
        record()
    return f"SHA-256 {sha256(path.read_bytes())}"


@main.command()
@click.argument("test", type=DIRECTORY, required=False)
@click.option("--data", multiple=True, default=("emnist/byclass",), show_default=True,
              type=click.Choice(CHARACTER_SETS),
              help="TensorFlow Datasets; may be repeated: the first one says what is validated "
              "and tested, the others add to the training.")  # fmt: skip
@click.option("--data-dir", type=DIRECTORY, help="TensorFlow Datasets directory.")
@click.option("--download", is_flag=True, help="Fetch what is not in it.")
@click.option("--folders", type=DIRECTORY,
              help="Train on a folder of class folders instead, and test on TEST.")  # fmt: skip
@click.option("--ink", type=FILE,
              help="UNIPEN pen strokes (.npz): single characters drawn from them "
              "are added to the training.")  # fmt: skip
@click.option("--only", metavar="CHARACTERS", help="Leave out all others, as in 0123456789.")
@click.option("--validation", default=0.05, show_default=True, help="Share set apart.")
@click.option("-o", "--output", type=click.Path(file_okay=False, path_type=Path),
              help="Folder for checkpoints, pictures, report and characters.onnx.")  # fmt: skip
@click.option("--network", type=click.Choice(["residual", "baseline"]), default="residual",
              show_default=True)  # fmt: skip
@click.option("--baseline/--no-baseline", default=True, show_default=True,
              help="Train the tutorials' small network beside it, as a yardstick.")  # fmt: skip
@click.option("--epochs", default=20, show_default=True, type=click.IntRange(1))
@click.option("--batch-size", default=128, show_default=True, type=click.IntRange(2))
@click.option("--learning-rate", default=2e-3, show_default=True, type=float)
@click.option("--patience", default=6, show_default=True, type=click.IntRange(1),
              help="Epochs without a smaller validation loss before training stops.")  # fmt: skip
@click.option("--augment/--no-augment", default=True, show_default=True,
              help="Turn, shear, zoom, shift, bend, thin and thicken.")  # fmt: skip
@click.option("--mixup", default=0.0, show_default=True, type=click.FloatRange(0),
              help="Alpha of mixup; 0 is none.")  # fmt: skip
@click.option("--smoothing", default=0.0, show_default=True, type=click.FloatRange(0, 0.9),
              help="Of the labels.")  # fmt: skip
@click.option("--balance", type=click.Choice(["none", "weights", "sampling"]), default="none",
              show_default=True,
              help="Weigh rare classes more, or draw them more often.")  # fmt: skip
@click.option("--precision", type=click.Choice(["float32", "mixed_bfloat16"]), default="float32",
              show_default=True, help="mixed_bfloat16 is twice as fast where processor and backend "
              "can.")  # fmt: skip
@click.option("--seed", default=1, show_default=True, type=click.IntRange(0))
@click.option("--evenness", default=0.0, show_default=True, type=click.FloatRange(0, 1),
              help="0 makes the fewest errors; 1 the fewest in the mean over all classes, however "
              "rare. Changes the exported model alone.")  # fmt: skip
@click.option("--init", type=FILE, multiple=True,
              help="Start from these weights: best.weights.h5 of a run; may be repeated: the "
              "mean of them.")  # fmt: skip
@click.option("--teacher", type=FILE, multiple=True, metavar="MODEL",
              help="ONNX model whose opinion of the images counts beside the labels; may be "
              "repeated.")  # fmt: skip
@click.option("--trust", default=0.6, show_default=True, type=click.FloatRange(0, 1),
              help="How much the teachers' opinion counts; the rest is the label's.")  # fmt: skip
@click.option("--optimizer", type=click.Choice(["adamw", "muon"]), default="adamw",
              show_default=True)  # fmt: skip
@click.option("--resume", is_flag=True, help="Go on from the last checkpoint in --output.")
@click.option("--show-batch", type=click.Path(dir_okay=False, path_type=Path),
              help="Draw training images as the network sees them, and stop.")  # fmt: skip
@click.option("--evaluate", type=FILE, multiple=True, metavar="MODEL",
              help="Train nothing: measure this ONNX model; may be repeated.")  # fmt: skip
def characters(
    output: Path | None, show_batch: Path | None, evaluate: tuple[Path, ...], **options: Any
) -> None:
    r"""Train the character recognizer, export it to characters.onnx and measure it.

    \b
    Examples:
      hcr-train characters --data emnist/byclass --data emnist/bymerge \
          --data-dir ~/tensorflow_datasets -o run
      hcr-train characters --data emnist/byclass --data emnist/bymerge --ink unipen.npz \
          --data-dir ~/tensorflow_datasets --init run/best.weights.h5 -o longer
      hcr-train characters --data mnist --download -o digits
      hcr-train characters --folders train test -o mine
      hcr-train characters --evaluate run/characters.onnx -o figures
    """
    if output is None and show_batch is None and not evaluate:
        raise click.UsageError("Missing option '-o' / '--output'.")
    if options["test"] is not None and options["folders"] is None:
        raise click.UsageError("TEST goes with --folders TRAIN.")
    with clear_errors():
        from training.characters import recipe
        from training.characters.options import DataOptions, TrainOptions

        names = {field.name for field in fields(DataOptions)}
        data = DataOptions(**{name: options[name] for name in names})
        train = TrainOptions(**{k: v for k, v in options.items() if k not in names})
        if show_batch is not None:
            click.echo(recipe.show_batch(data, train, show_batch))
        elif evaluate:
            click.echo(recipe.evaluate_models(data, evaluate, output))
        elif output is not None:
            click.echo(recipe.train_characters(data, train, output))
