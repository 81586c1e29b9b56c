"""Fits the regressions of `recognition.character_models` and prints them as they stand there.

Lines are set from single characters of those of UNIPEN's training writers that
`hcr-train candidates` holds back (`training.printed_lines`), and cleaned as `hcr.Reader` does.
WHOLE and GAPS come first; WORDS rests on the reader as it is, so that the script is run a second
time once the first two are in place. The table at the end shows what words of both readers
`recognition.combine` would take at several margins.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import islice, pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.recognition import emnist_strings
from hcr.line_readers import LineImage
from hcr.reader import clean_line
from recognition.arcs import candidate_features
from recognition.candidates import CandidateJudge
from recognition.character_lines import CharacterLineReader, gap_features, word_features
from recognition.character_models import Logistic
from recognition.characters import CharacterClassifier, prepare_character
from recognition.combine import combine
from recognition.confidence import logistic
from recognition.crnn import LineReader
from recognition.lattice import Lattice, best_paths
from recognition.metrics import score
from segmentation.characters import SplitLine, split_characters
from training.candidates import (
    LEAST_OVERLAP,
    candidate_overlaps,
    held_back_writers,
    label_candidates,
)
from training.ink import load_unipen
from training.printed_lines import LAYOUTS, PrintedLine, PrintedLines

Floats = NDArray[np.float64]
Prepared = tuple[PrintedLine, LineImage]
Found = tuple[PrintedLine, SplitLine, Floats, Floats]
SEED = 7
MARGINS = (-2.0, -1.0, 0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 99.0)


def prepared_lines(source: PrintedLines, layout: str, count: int) -> list[Prepared]:
    """Draw lines and clean them."""
    rng = np.random.default_rng(SEED + LAYOUTS.index(layout))
    drawn = islice(source.draw(layout, rng), count)
    return [(line, clean_line(line.image, with_cells=True)) for line in drawn]


def candidates(
    lines: Sequence[Prepared], classifier: CharacterClassifier, judge: CandidateJudge
) -> Iterator[Found]:
    """Yield each line, cut, with the features of its candidates and their overlaps with truth."""
    for line, image in lines:
        cut = image.split()
        if not cut.candidates or cut.cells is not None:
            continue
        pictures = np.stack([prepare_character(cut.picture(c)) for c in cut.candidates])
        log_probs = classifier.log_probs(pictures)
        features = candidate_features(cut, judge.log_odds(cut), log_probs, classifier.alphabet)
        yield line, cut, features, candidate_overlaps(cut, line.boxes)


def fit_whole(found: Sequence[Found]) -> Logistic:
    """Fit that a candidate is one whole character."""
    inputs, right = [], []
    for _, _, features, shares in found:
        whole, known = label_candidates(shares)
        inputs.append(features[known])
        right.append(whole[known])
    return fit(np.concatenate(inputs), np.concatenate(right))


def fit_gaps(found: Sequence[Found], whole: Logistic) -> Logistic:
    """Fit that a gap is a space, on gaps between neighbours that were found."""
    inputs, right = [], []
    for line, cut, features, shares in found:
        rough = rough_path(cut, whole.log_odds(features))
        words = np.cumsum([c == " " for c in line.text])
        word_of = [w for w, c in zip(words.tolist(), line.text, strict=True) if c != " "]
        rows = gap_features(cut, rough)
        for before, after in pairwise(rough):
            i, k = int(shares[before].argmax()), int(shares[after].argmax())
            if k == i + 1 and min(shares[before, i], shares[after, k]) >= LEAST_OVERLAP:
                inputs.append(rows[cut.candidates[after].first - 1])
                right.append(word_of[i] != word_of[k])
    return fit(np.array(inputs), np.array(right))


def rough_path(cut: SplitLine, whole: Floats) -> list[int]:
    """Return the candidates on the best path judged by their wholeness alone."""
    arcs = [(c.first, c.end) for c in cut.candidates]
    gaps = np.full(len(cut.slices) + 1, -99.0)
    lattice = Lattice(arcs, whole, np.zeros((len(arcs), 1)), "?", gaps)
    return list(best_paths(lattice)[0].arcs)


def fit_words(lines: Sequence[Prepared], reader: CharacterLineReader) -> Logistic:
    """Fit that a word is right."""
    inputs, right = [], []
    for line, image in lines:
        cut = image.split()
        if cut.slices:
            found = reader.search(cut)
            inputs.append(word_features(found))
            right += right_words(line.text.split(), found.paths[0].line.split())
    return fit(np.concatenate(inputs), np.array(right))


def right_words(true: Sequence[str], read: Sequence[str]) -> list[bool]:
    """Return which of the words read are words of the truth, aligned."""
    right = [False] * len(read)
    for block in SequenceMatcher(None, true, read, autojunk=False).get_matching_blocks():
        for k in range(block.b, block.b + block.size):
            right[k] = True
    return right


def fit(inputs: Floats, right: NDArray[np.bool_]) -> Logistic:
    """Fit a logistic regression with a light ridge by Newton's method, inputs standardised."""
    mean, scale = inputs.mean(axis=0), inputs.std(axis=0) + 1e-6
    design = np.column_stack([(inputs - mean) / scale, np.ones(len(inputs))])
    ridge = np.diag([1.0] * inputs.shape[1] + [1e-3])
    weights = np.zeros(design.shape[1])
    for _ in range(25):
        chance = logistic(design @ weights)
        curvature = (design * (chance * (1 - chance))[:, None]).T @ design + ridge
        weights += np.linalg.solve(curvature, design.T @ (right - chance) - ridge @ weights)
    plain = weights[:-1] / scale
    bias = float(weights[-1] - plain @ mean)
    return Logistic(tuple(round(float(w), 3) for w in plain), round(bias, 3))


def print_margins(
    name: str,
    lines: Sequence[tuple[str, LineImage]],
    first: LineReader,
    second: CharacterLineReader,
) -> None:
    """Print how many words are right at each margin of `combine`."""
    own = first.read([image.grey for _, image in lines])
    others = second.read_cut([image.split() for _, image in lines])
    total = sum(len(text.split()) for text, _ in lines)
    for margin in MARGINS:
        read = [
            combine(a, b, margin, image.cells is not None).text
            for (_, image), a, b in zip(lines, own, others, strict=True)
        ]
        right = sum(
            sum(right_words(text.split(), words.split()))
            for (text, _), words in zip(lines, read, strict=True)
        )
        cer = score((text, words) for (text, _), words in zip(lines, read, strict=True)).cer
        print(
            f"{name}: margin {margin:5.1f}: {right} of {total} words right, CER {cer:.2%}",
            flush=True,
        )


def glyph_lines(folder: Path, count: int) -> list[tuple[str, LineImage]]:
    """Set words and numbers of EMNIST's training glyphs, and clean them."""
    drawn = emnist_strings(folder, np.random.default_rng(SEED), "train")
    return [(text, clean_line(image, with_cells=True)) for image, text in islice(drawn, count)]


def main(arguments: Sequence[str] | None = None) -> int:
    """Fit and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("ink", type=Path, help="UNIPEN archive, such as unipen/train.npz")
    parser.add_argument("--limit", type=int, default=150, help="lines of each layout")
    parser.add_argument("--emnist", type=Path, help="TensorFlow Datasets directory with emnist")
    options = parser.parse_args(arguments)
    ink = load_unipen(options.ink)
    # The judge has not seen these writers, and is as sure of them as of any others.
    source = PrintedLines(ink, held_back_writers(ink)[1])
    lines = {layout: prepared_lines(source, layout, options.limit) for layout in LAYOUTS}
    found = list(candidates(lines["unboxed"], CharacterClassifier.load(), CandidateJudge.load()))
    whole = fit_whole(found)
    print(f"WHOLE = {whole}\nGAPS = {fit_gaps(found, whole)}", flush=True)
    reader = CharacterLineReader.load(split_characters, threads=1)
    print(f"WORDS = {fit_words([pair for of in lines.values() for pair in of], reader)}")
    network = LineReader.load(threads=1)
    texts = {of: [(line.text, image) for line, image in lines[of]] for of in LAYOUTS}
    print_margins("unboxed", texts["unboxed"], network, reader)
    print_margins("in cells", texts["boxed"] + texts["combed"], network, reader)
    if options.emnist:
        print_margins("glyphs", glyph_lines(options.emnist, options.limit), network, reader)
    return 0


if __name__ == "__main__":
    sys.exit(main())
