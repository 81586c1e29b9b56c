"""Measures the line recognizer on single lines of several kinds, through `Reader.read_line`.

Sets, all of writers that no training has seen:

- ``copiste``: lines of pages with ALTO truth, cropped to their polygon, nothing else done.
- ``unipen-words``, ``unipen-text``: pen strokes of UNIPEN categories 7 and 8, drawn by the plain
  pen below on tinted paper; training draws with another one.
- ``emnist-strings``: words of a word list and numbers, 3 to 12 characters, glyphs of the EMNIST
  test split side by side.

Protocol as in `benchmarks.accuracy`.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
import wordfreq
from numpy.typing import NDArray

import hcr
from recognition.metrics import score
from training.emnist import load_emnist
from training.ground_truth import clean_text, read_folder
from training.ink import InkSet, load_unipen

Image = NDArray[np.uint8]
Sample = tuple[Image, str]
SEED = 20261121
SETS = ("copiste", "unipen-words", "unipen-text", "emnist-strings")


def copiste_lines(folder: Path) -> Iterator[Sample]:
    """Crop every transcribed line to its polygon; what is outside takes the paper's colour."""
    for page in read_folder(folder):
        image = np.asarray(cv2.imread(str(page.image), cv2.IMREAD_COLOR_RGB), np.uint8)
        paper = np.median(image.reshape(-1, 3), axis=0).astype(np.uint8)
        for line in page.lines:
            text = clean_text(line.text)
            if text and len(line.polygon) >= 3:
                yield _crop(image, np.rint(line.polygon).astype(np.int32), paper), text


def _crop(image: Image, polygon: NDArray[np.int32], paper: Image) -> Image:
    x, y, width, height = cv2.boundingRect(polygon)
    mask = np.zeros(image.shape[:2], np.uint8)
    cv2.fillPoly(mask, [polygon], (1,))
    masked = np.where(mask[..., None] > 0, image, paper)
    return masked[max(0, y) : y + height, max(0, x) : x + width]


def ink_samples(ink: InkSet, category: str, rng: np.random.Generator) -> Iterator[Sample]:
    """Draw every usable sample of a UNIPEN category, in a random order."""
    for index in rng.permutation(ink.select((category,))).tolist():
        yield draw(ink.strokes(index), rng), ink.label(index)


def draw(strokes: Sequence[NDArray[np.float32]], rng: np.random.Generator) -> Image:
    """Draw strokes with a pen of even width in blue or black on tinted, slightly noisy paper."""
    points = np.concatenate(strokes)
    low, high = points.min(axis=0), points.max(axis=0)
    scale = rng.uniform(50, 110) / max(float(high[1] - low[1]), 100.0)
    margin = 20
    width, height = (np.ceil((high - low) * scale) + 2 * margin).astype(int).tolist()
    cover = np.zeros((height, width), np.uint8)
    thickness = int(rng.integers(2, 5))
    for stroke in strokes:
        corners = np.rint(((stroke - low) * scale + margin) * 16).astype(np.int32)
        cv2.polylines(cover, [corners], False, (255,), thickness, cv2.LINE_AA, 4)
    share = cv2.GaussianBlur(cover, (0, 0), 0.8)[..., None] / 255.0
    paper = rng.uniform(215, 250) + rng.uniform(-6, 6, 3)
    colour = np.array([(20, 20, 30), (30, 50, 130)][rng.integers(2)])
    image = paper * (1 - share) + colour * share + rng.normal(0, 4, (height, width, 1))
    return np.clip(image, 0, 255).astype(np.uint8)


def emnist_strings(folder: Path, rng: np.random.Generator, split: str = "test") -> Iterator[Sample]:
    """Set words and numbers from single glyphs, black on white, without end."""
    glyphs = load_emnist(folder, names=("byclass",), split=split, part="all")
    words = [w for lang in ("en", "fr") for w in wordfreq.top_n_list(lang, 20_000)]
    words = [w for w in words if 3 <= len(w) <= 12 and w.isascii() and w.isalpha()]
    while True:
        if rng.random() < 0.2:
            text = "".join(rng.choice(list("0123456789"), int(rng.integers(3, 13))))
        else:
            word = words[rng.integers(len(words))]
            text = (word, word.capitalize(), word.upper())[rng.choice(3, p=(0.6, 0.25, 0.15))]
        chosen = [glyphs.images[rng.choice(glyphs.indices(c))] for c in text]
        # EMNIST leaves two empty columns on each side: less than that between letters.
        row = np.concatenate([c[:, 1:-1] for c in chosen], axis=1)
        large = cv2.resize(row, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
        yield np.asarray(255 - np.pad(large, 12), np.uint8), text


def measure(name: str, samples: Iterator[Sample], limit: int, reader: hcr.Reader) -> None:
    """Read up to `limit` samples and print their error rates."""
    pairs, seconds = [], 0.0
    for image, text in samples:
        start = time.perf_counter()
        read = reader.read_line(image).text
        seconds += time.perf_counter() - start
        pairs.append((clean_text(text), clean_text(read)))
        if len(pairs) == limit:
            break
    rates = score(pairs)
    print(
        f"{name}: {len(pairs)} lines, CER {rates.cer:.2%}, WER {rates.wer:.2%}, "
        f"{1000 * seconds / max(1, len(pairs)):.0f} ms a line",
        flush=True,
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure all sets, or those named."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, help="folder with copiste/val, unipen/val.npz, tfds")
    parser.add_argument("--sets", nargs="+", choices=SETS, default=SETS)
    parser.add_argument("--limit", type=int, default=640, help="lines of each set")
    options = parser.parse_args(arguments)
    reader = hcr.Reader()
    for name in options.sets:
        rng = np.random.default_rng(SEED)
        if name == "copiste":
            samples = copiste_lines(options.data / "copiste" / "val")
        elif name == "emnist-strings":
            samples = emnist_strings(options.data / "tfds", rng)
        else:
            ink = load_unipen(options.data / "unipen" / "val.npz")
            samples = ink_samples(ink, "7" if name == "unipen-words" else "8", rng)
        measure(name, samples, options.limit, reader)
    return 0


if __name__ == "__main__":
    sys.exit(main())
