"""The `hcr-train` command."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

DIRECTORY = click.Path(exists=True, file_okay=False, path_type=Path)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


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
@click.option("--init", help="Start from these weights: best.weights.h5 of a run, or 'shipped'.")
@click.option("--resume", is_flag=True, help="Go on from the last checkpoint in --output.")
def crnn(**options: Any) -> None:
    r"""Train the line recognizer and export it to line.onnx.

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
@click.argument("folder", type=DIRECTORY)
@click.argument("output", type=click.Path(dir_okay=False, path_type=Path))
def cut(folder: Path, output: Path) -> None:
    """Cut the lines of FOLDER (ALTO or PAGE) once, into the .npz file OUTPUT."""
    with clear_errors():
        from training.recipe import load_lines

        store = load_lines(folder)
        store.save(output)
        click.echo(f"{output}: {len(store)} lines")


@main.command()
@click.argument("truth", type=click.Path(exists=True, path_type=Path), nargs=-1)
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), required=True)
@click.option("--ink", type=FILE, help="UNIPEN pen strokes (.npz): its lines of text.")
@click.option("--made-up", default=200_000, show_default=True, type=click.IntRange(0),
              help="Lines of word lists added to the transcriptions.")  # fmt: skip
def language(truth: tuple[Path, ...], ink: Path | None, output: Path, made_up: int) -> None:
    """Estimate the character n-gram from the transcriptions of TRUTH (stores or folders)."""
    with clear_errors():
        from training.language_model import train_language
        from training.recipe import ink_texts, load_lines

        texts = [text for path in truth for text in load_lines(path).texts]
        texts += ink_texts(ink) if ink else []
        ngram = train_language(texts, made_up)
        ngram.save(output)
        click.echo(f"{output}: {len(ngram)} n-grams, {output.stat().st_size / 1e6:.1f} MB")


@main.command()
@click.argument("model", type=FILE)
@click.option("--language", type=FILE, required=True, help="Character n-gram to decode with.")
@click.option("--validate", type=click.Path(exists=True, path_type=Path), required=True,
              help="Validation lines: a store or a folder.")  # fmt: skip
def calibrate(model: Path, language: Path, validate: Path) -> None:
    """Fit temperature, decoding weights and word confidence of a line MODEL, in place."""
    with clear_errors():
        from recognition.ngram import NGram
        from training.calibrate import calibrate_line_model
        from training.recipe import load_lines

        click.echo(calibrate_line_model(model, load_lines(validate), NGram.load(language)))
