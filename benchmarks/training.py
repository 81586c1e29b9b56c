"""Measures how many real lines a second the line network is trained on, augmentation included.

Run it with KERAS_BACKEND=torch and --precision mixed_bfloat16 for the fastest way on a CPU.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import keras

from recognition.alphabet import LINE_ALPHABET
from recognition.prepare import LINE_HEIGHT
from training.augment import augment_line
from training.feed import LineFeed, Share
from training.fit import CtcModel
from training.networks import LineNetworkConfig, line_network
from training.recipe import load_lines
from training.sources import RealLines

BATCH = 24
WARM_UP = 12


def main(arguments: Sequence[str] | None = None) -> int:
    """Train for some batches and print the rate."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("lines", type=Path, help="store of lines (`hcr-train cut`), or a folder")
    parser.add_argument("--batches", type=int, default=72)
    parser.add_argument("--precision", default="float32")
    options = parser.parse_args(arguments)
    shares = [Share(RealLines(load_lines(options.lines)), 1.0)]
    classes = len(LINE_ALPHABET) + 1
    sizes = LineNetworkConfig(LINE_HEIGHT, classes, precision=options.precision)
    model = CtcModel(line_network(sizes), shortcut=0.2)
    model.build((None, LINE_HEIGHT, None, 1))
    model.compile(optimizer=keras.optimizers.AdamW(1e-4))
    steps = {"warm-up": WARM_UP, "measured": options.batches}
    for name, count in steps.items():
        feed = LineFeed(shares, LINE_ALPHABET, BATCH, count, seed=1, augment=augment_line)
        start = time.perf_counter()
        model.fit(feed, epochs=1, shuffle=False, verbose=0)
        rate = BATCH * count / (time.perf_counter() - start)
        if name == "measured":
            print(f"{keras.backend.backend()}, {options.precision}: {rate:.1f} lines a second")
    return 0


if __name__ == "__main__":
    sys.exit(main())
