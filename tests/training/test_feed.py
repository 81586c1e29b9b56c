from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from recognition.alphabet import LINE_ALPHABET
from recognition.prepare import LINE_HEIGHT, prepare_line
from training.feed import LineFeed, Share, pad_batch
from training.line_store import LineStore
from training.networks import FRAME_STRIDE
from training.sources import RealLines

pytest.importorskip("keras")


def feed(lines: LineStore, **options: int) -> LineFeed:
    return LineFeed([Share(RealLines(lines), 1.0)], LINE_ALPHABET, 4, 6, **options)


def texts(batch: tuple[np.ndarray, dict[str, np.ndarray]]) -> list[str]:
    targets = batch[1]
    rows = zip(targets["labels"], targets["label_lengths"], strict=True)
    return [LINE_ALPHABET.decode(labels[:length].tolist()) for labels, length in rows]


def test_batches_hold_lines_with_their_texts(drawn_lines: LineStore) -> None:
    images, targets = feed(drawn_lines)[0]
    assert images.shape[:2] == (4, LINE_HEIGHT)
    assert images.dtype == np.float32
    assert images.max() <= 1.0
    assert (targets["frames"] * FRAME_STRIDE <= images.shape[2] + FRAME_STRIDE).all()
    for row, text in enumerate(texts((images, targets))):
        alone = prepare_line(drawn_lines.images[drawn_lines.texts.index(text)]).image
        shown = images[row, :, : alone.shape[1], 0]
        assert np.allclose(shown, alone / 255, atol=1e-6)


def test_same_seed_same_lines_and_epochs_differ(drawn_lines: LineStore) -> None:
    one, two = feed(drawn_lines, seed=3), feed(drawn_lines, seed=3)
    first = [texts(one[k]) for k in range(len(one))]
    assert first == [texts(two[k]) for k in range(len(two))]
    one.on_epoch_end()
    second = [texts(one[k]) for k in range(len(one))]
    assert first != second
    resumed = feed(drawn_lines, seed=3, first_epoch=1)
    assert second == [texts(resumed[k]) for k in range(len(resumed))]


def test_batches_hold_lines_of_like_width(drawn_lines: LineStore) -> None:
    widths = [targets["frames"] for _, targets in (feed(drawn_lines)[k] for k in range(6))]
    ranges = sorted((int(frames.min()), int(frames.max())) for frames in widths)
    assert ranges[0][0] < ranges[-1][1]
    assert all(before[1] <= after[0] for before, after in pairwise(ranges))


def test_labels_are_padded_with_the_blank() -> None:
    image = np.zeros((LINE_HEIGHT, 50), np.uint8)
    _, targets = pad_batch([(image, [1, 2, 3]), (image, [4])], LINE_ALPHABET)
    assert targets["labels"].tolist() == [[1, 2, 3], [4, LINE_ALPHABET.blank, LINE_ALPHABET.blank]]
    assert targets["label_lengths"].tolist() == [3, 1]
    assert targets["frames"].tolist() == [13, 13]


def test_the_first_two_batches_differ_in_shape(drawn_lines: LineStore) -> None:
    same = LineStore(drawn_lines.images[:1], drawn_lines.texts[:1], [""])
    (first, some), (second, others) = (feed(same)[index] for index in (0, 1))
    assert first.shape[2] != second.shape[2]
    assert some["labels"].shape[1] != others["labels"].shape[1]


def test_recurring_sentences_do_not_dominate(drawn_lines: LineStore) -> None:
    many = LineStore(
        drawn_lines.images + [drawn_lines.images[0]] * 92, drawn_lines.texts + ["alpha"] * 92, []
    )
    source, rng = RealLines(many), np.random.default_rng(0)
    drawn = [source.draw(rng)[1] for _ in range(2000)]
    # 93 ** 0.3 = 3.9 times as often as each of the seven others.
    assert 0.25 < drawn.count("alpha") / len(drawn) < 0.47


def test_giant_lines_are_left_out(drawn_lines: LineStore) -> None:
    giant = np.full((2500, 2500), 255, np.uint8)
    giant[1000:1500, ::7] = 0
    giants = LineStore([giant], ["giant"], [""])
    shares = [Share(RealLines(drawn_lines), 0.98), Share(RealLines(giants), 0.02)]
    mixed = LineFeed(shares, LINE_ALPHABET, 16, 24)
    assert {text for index in range(24) for text in texts(mixed[index])} == set(drawn_lines.texts)
