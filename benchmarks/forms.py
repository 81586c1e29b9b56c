"""Measures the reading of forms on filled and scanned copies of the sample form.

    python -m benchmarks.forms ../shared/data/unipen/val.npz ../shared/data/tfds

The copies are written by real writers, stroke by stroke, and by EMNIST (`benchmarks.form_ink`,
`benchmarks.form_copies`); their free text is a line as somebody wrote it, or, with ``--words 1``,
words in any order (`benchmarks.form_text`). With ``--train`` they come from other writers, images
and names, and what `hcr.forms.confidence` holds is fitted to them and printed.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from benchmarks.form_copies import Copy
from benchmarks.form_fit import fitted_constants
from benchmarks.form_ink import copyist
from benchmarks.form_report import Judged, report
from hcr.forms.cut import Cutter
from hcr.forms.fields import FieldReader
from hcr.forms.picture import FieldPicture
from hcr.forms.read import prepare_blank
from hcr.forms.register import MismatchError, Registered, register
from hcr.forms.template import Template, load_template
from hcr.forms.warp import map_points

FORM = Path(__file__).parents[1] / "samples" / "form.toml"
SEED, TRAIN_SEED = 20261121, 7
NEAR = 3.0
"""A copy is registered if its corners are found within so many pixels (at 200 dpi)."""


@dataclass
class Tally:
    """What is counted over the copies."""

    copies: int = 0
    registered: int = 0
    seconds: float = 0.0


def read_copies(
    copies: Iterator[Copy], template: Template, reader: FieldReader, tally: Tally
) -> Iterator[tuple[Judged, FieldPicture]]:
    """Read all fields of all copies; those that are refused count as not registered."""
    blank = prepare_blank(template.blank)
    cutter = Cutter(blank)
    for copy in copies:
        tally.copies += 1
        start = time.perf_counter()
        try:
            registered = register(blank, copy.image)
        except MismatchError as error:
            print(f"copy {tally.copies} refused: {error}", flush=True)
            continue
        off = _off(registered, copy, blank.grey.shape)
        tally.registered += off <= NEAR
        if off > NEAR:
            print(f"copy {tally.copies}: a corner lies {off:.1f} pixels off", flush=True)
        fields = [(field, cutter.cut(registered, field).picture) for field in template.fields]
        read = reader.read_with_evidence(fields)
        tally.seconds += time.perf_counter() - start
        for (field, picture), (reading, evidence) in zip(fields, read, strict=True):
            yield Judged(field, copy.values[field.name], reading, evidence), picture


def _off(registered: Registered, copy: Copy, shape: tuple[int, ...]) -> float:
    """Return how far the corners of the blank are found from where they are, in pixels."""
    height, width = shape
    corners = np.array([(0, 0), (width, 0), (0, height), (width, height)], np.float64)
    true = corners @ copy.matrix[:, :2].T + copy.matrix[:, 2]
    return float(np.linalg.norm(map_points(registered.matrix, corners) - true, axis=1).max())


def main(arguments: Sequence[str] | None = None) -> int:
    """Fill, scan and read copies; print how well that went, or the constants fitted to them."""
    cv2.setNumThreads(1)
    options = _options(arguments)
    template = load_template(FORM)
    image = cv2.imread(str(template.blank), cv2.IMREAD_GRAYSCALE)
    filler = copyist(
        template,
        np.asarray(image, np.uint8),
        options.unipen,
        options.emnist,
        options.cache,
        options.train,
        1 - options.words,
    )
    rng = np.random.default_rng(TRAIN_SEED if options.train else options.seed)
    reader, tally = FieldReader.load(threads=1), Tally()
    read = read_copies(filler.copies(options.limit, rng), template, reader, tally)
    pairs = list(_with_progress(read, len(template.fields)))
    judged = [one for one, _ in pairs]
    print(
        f"{tally.registered} of {tally.copies} copies registered within {NEAR:g} pixels; "
        f"{tally.seconds / max(tally.copies, 1):.1f} s a copy"
    )
    for line in report(judged):
        print(line)
    if options.train:
        print(fitted_constants(pairs))
    return 0


def _with_progress(
    read: Iterator[tuple[Judged, FieldPicture]], fields: int
) -> Iterator[tuple[Judged, FieldPicture]]:
    for number, pair in enumerate(read, 1):
        yield pair
        if number % (10 * fields) == 0:
            print(f"{number // fields} copies read", file=sys.stderr, flush=True)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("unipen", type=Path, help="UNIPEN archive of the validation writers")
    parser.add_argument("emnist", type=Path, help="TensorFlow Datasets directory with EMNIST")
    parser.add_argument("--cache", type=Path, help="where EMNIST's arrays are kept")
    parser.add_argument("--limit", type=int, default=100, help="copies (default: 100)")
    parser.add_argument(
        "--seed", type=int, default=SEED, help="which copies; few writers fill them: try several"
    )
    parser.add_argument(
        "--words",
        type=float,
        default=0.0,
        help="share of free texts that are words in any order (default: 0)",
    )
    parser.add_argument("--train", action="store_true", help="fit the constants to other copies")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
