"""Draws the sample pages: ``python -m samples.make_samples --fonts FOLDER``.

The handwriting fonts come from the npm registry and are not part of the project. Fetch them with::

    npm install --prefix FOLDER @fontsource/cedarville-cursive @fontsource/la-belle-aurore ...

(the whole list is in samples/README.md).
"""

from __future__ import annotations

import zlib
from pathlib import Path

import click
import numpy as np
from PIL import Image

from samples.options import drawing_options
from samples.pages import PAGES
from samples.pen import Fonts

QUALITY = 62
"""JPEG quality: pages stay below 300 kB and show the blocks that scans show."""


def make(folder: Path, fonts: Fonts, seed: int, names: tuple[str, ...]) -> list[Path]:
    """Draw the named pages into ``folder``, each with its .gt.txt, and return the images' paths.

    A page depends on its name and the seed alone, not on the pages drawn before it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name in names:
        rng = np.random.default_rng([seed, zlib.crc32(name.encode())])
        sample = PAGES[name](fonts, rng)
        image = Image.fromarray(sample.image)
        if not np.ptp(sample.image, axis=2).any():
            image = image.convert("L")
        path = folder / name
        image.save(path, quality=QUALITY, optimize=True, dpi=(150, 150))
        truth = "".join(f"{line}\n" for line in sample.lines)
        path.with_suffix(".gt.txt").write_text(truth, encoding="utf-8")
        paths.append(path)
    return paths


@click.command()
@drawing_options
@click.argument("names", nargs=-1, type=click.Choice(sorted(PAGES)))
def main(fonts: Path, output: Path, seed: int, names: tuple[str, ...]) -> None:
    """Draw the sample pages NAMES (all if none is named)."""
    for path in make(output, Fonts(fonts), seed, names or tuple(PAGES)):
        click.echo(f"{path} {path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
