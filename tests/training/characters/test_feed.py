from __future__ import annotations

import numpy as np
import pytest

from training.characters.augment import CharacterAugmentConfig, augment_characters
from training.characters.data import CharacterSet
from training.characters.feed import CharacterFeed, FeedConfig, class_weights

CLASSES = ("a", "B", "b", "Bb")


@pytest.fixture
def data() -> CharacterSet:
    """200 images of "a", 20 of each other label; every pixel tells the label."""
    labels = np.array([0] * 200 + [1] * 20 + [2] * 20 + [3] * 20)
    images = np.broadcast_to((50 * labels)[:, None, None], (260, 28, 28)).astype(np.uint8)
    return CharacterSet(images, labels, CLASSES)


def test_an_epoch_shows_every_image_once_in_another_order(data: CharacterSet) -> None:
    feed = CharacterFeed(data, FeedConfig(batch_size=26))
    assert len(feed) == 10
    epochs = []
    for _ in range(2):
        batches = [feed[index] for index in range(len(feed))]
        targets = np.concatenate([y for _, y, _ in batches])
        shown = np.concatenate([x[:, 0, 0, 0] for x, _, _ in batches])
        assert np.allclose(shown * 255, 50 * targets.argmax(axis=1))
        assert targets.sum(axis=0).tolist() == [200, 20, 20, 20]
        epochs.append(shown)
        feed.on_epoch_end()
    assert not np.array_equal(epochs[0], epochs[1])


def test_a_resumed_feed_goes_on_where_it_was(data: CharacterSet) -> None:
    config = FeedConfig(batch_size=16, mixup=0.4, seed=3)
    first = CharacterFeed(data, config, augment=augment_characters)
    first.on_epoch_end()
    second = CharacterFeed(data, config, first_epoch=1, augment=augment_characters)
    for one, other in zip(first[2], second[2], strict=True):
        np.testing.assert_array_equal(one, other)


def test_smoothing_and_mixup_keep_targets_summing_to_one(data: CharacterSet) -> None:
    feed = CharacterFeed(data, FeedConfig(batch_size=64, smoothing=0.1, mixup=50))
    images, targets, weights = feed[0]
    assert images.shape == (64, 28, 28, 1)
    assert images.dtype == np.float32
    assert images.max() <= 1
    assert np.allclose(targets.sum(axis=1), 1, atol=1e-6)
    assert (targets[:, :3] > 0.03).all()
    assert ((targets > 0.2).sum(axis=1) > 1).any()
    assert np.unique(weights).tolist() == [1]


def test_rare_classes_weigh_more_or_come_more_often(data: CharacterSet) -> None:
    weights = class_weights(data)
    assert weights[1] == pytest.approx(10 * weights[0])
    assert weights[data.labels].mean() == pytest.approx(1)
    _, targets, given = CharacterFeed(data, FeedConfig(batch_size=128, balance="weights"))[0]
    assert given == pytest.approx(weights[targets.argmax(axis=1)])
    feed = CharacterFeed(data, FeedConfig(batch_size=250, balance="sampling"))
    _, targets, given = feed[0]
    assert np.unique(given).tolist() == [1]
    assert targets.sum(axis=0) == pytest.approx(62.5, abs=30)


def test_a_set_smaller_than_a_batch_is_one_batch(data: CharacterSet) -> None:
    feed = CharacterFeed(data.take(np.arange(5)), FeedConfig(batch_size=128))
    assert len(feed) == 1
    assert len(feed[0][0]) == 5


def test_variations_move_the_ink_a_little(data: CharacterSet) -> None:
    bar = np.zeros((300, 28, 28), np.uint8)
    bar[:, 4:24, 12:16] = 255
    varied = augment_characters(bar, np.random.default_rng(0))
    assert varied.shape == bar.shape
    assert varied.dtype == np.uint8
    ink = varied.sum(axis=(1, 2), dtype=np.int64) / bar[0].sum()
    assert 0.85 < ink.mean() < 1.15
    assert ink.std() > 0.02
    columns = (varied.sum(axis=1) @ np.arange(28)) / varied.sum(axis=(1, 2))
    assert columns.mean() == pytest.approx(13.5, abs=0.2)
    assert 0.4 < columns.std() < 1.5


def test_no_spread_changes_nothing() -> None:
    images = np.random.default_rng(0).integers(0, 256, (3, 28, 28)).astype(np.uint8)
    still = CharacterAugmentConfig(0, 0, 0, 0, 0, 0)
    np.testing.assert_array_equal(
        augment_characters(images, np.random.default_rng(1), still), images
    )


@pytest.mark.parametrize("shares", [{"trust": 3}, {"smoothing": -0.1}])
def test_shares_are_shares(shares: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="a share from 0 to 1"):
        FeedConfig(**shares)


def test_options_are_named() -> None:
    # In their order a seed was once taken for the trust in the teacher.
    with pytest.raises(TypeError):
        FeedConfig(16, "none", 0.0, 0.0, 3)  # type: ignore[misc]
