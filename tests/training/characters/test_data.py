from __future__ import annotations

import numpy as np
import pytest

from training.characters.data import (
    CharacterSet,
    class_shares,
    common_classes,
    concatenate,
    keep_only,
    stratified_split,
    under,
)
from training.emnist import BYCLASS, BYMERGE, CLASSES


def numbered(labels: list[int], classes: tuple[str, ...]) -> CharacterSet:
    """Images whose pixels all hold their place in the list."""
    images = np.broadcast_to(np.arange(len(labels))[:, None, None], (len(labels), 28, 28))
    return CharacterSet(images.astype(np.uint8), np.array(labels, np.int64), classes)


def test_bymerge_alone_has_47_classes_named_by_capitals() -> None:
    assert "".join(common_classes([CLASSES["emnist/bymerge"]])) == BYMERGE


def test_byclass_tells_the_cases_apart_that_bymerge_leaves_open() -> None:
    classes = common_classes([CLASSES["emnist/byclass"], CLASSES["emnist/bymerge"]])
    assert "".join(classes[:62]) == BYCLASS
    assert classes[62:] == tuple(c + c.lower() for c in "CIJKLMOPSUVWXYZ")


def test_letters_and_digits_join() -> None:
    classes = common_classes([CLASSES["emnist/letters"], CLASSES["mnist"]])
    assert "".join(classes) == "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def test_sets_keep_their_images_when_put_together() -> None:
    exact, open_case = numbered([0, 1, 2], ("0", "C", "c")), numbered([1, 0], ("0", "Cc"))
    classes = common_classes([exact.classes, open_case.classes])
    joined = concatenate([under(exact, classes), under(open_case, classes)])
    assert joined.alphabet == "0Cc"
    assert [joined.classes[k] for k in joined.labels] == ["0", "C", "c", "Cc", "0"]
    assert joined.images[:, 0, 0].tolist() == [0, 1, 2, 0, 1]
    assert [joined.exact().classes[k] for k in joined.exact().labels] == ["0", "C", "c", "0"]


def test_images_of_a_foreign_class_are_refused() -> None:
    with pytest.raises(ValueError, match="'b'"):
        under(numbered([0, 1], ("a", "b")), ("a", "c"))
    assert under(numbered([0, 0], ("a", "b")), ("a", "c")).labels.tolist() == [0, 0]


def test_only_some_characters() -> None:
    data = numbered([0, 1, 2, 3, 3, 1], ("0", "C", "c", "Cc"))
    kept = keep_only(data, "cC")
    assert kept.classes == ("C", "c", "Cc")
    assert kept.images[:, 0, 0].tolist() == [1, 2, 3, 4, 5]
    assert [kept.classes[k] for k in kept.labels] == ["C", "c", "Cc", "Cc", "C"]
    # an open case may be the character that is left out
    assert keep_only(data, "0C").classes == ("0", "C")
    with pytest.raises(ValueError, match="'x'"):
        keep_only(data, "0x")
    with pytest.raises(ValueError, match="two different"):
        keep_only(data, "00")


def test_the_split_takes_its_share_of_every_class() -> None:
    data = numbered([0] * 100 + [1] * 20 + [2] * 2, ("a", "b", "c"))
    stays, apart = stratified_split(data, 0.1, np.random.default_rng(0))
    assert apart.counts.tolist() == [10, 2, 1]
    assert stays.counts.tolist() == [90, 18, 1]
    both = sorted([*stays.images[:, 0, 0].tolist(), *apart.images[:, 0, 0].tolist()])
    assert both == list(range(122))


def test_what_cannot_be_split_is_refused() -> None:
    data = numbered([0, 0, 1], ("a", "b"))
    with pytest.raises(ValueError, match="single image of 'b'"):
        stratified_split(data, 0.5, np.random.default_rng(0))
    for share in (0.0, 1.0):
        with pytest.raises(ValueError, match="between 0 and 1"):
            stratified_split(data, share, np.random.default_rng(0))


def test_open_cases_are_shared_out_as_the_reference_has_them() -> None:
    reference = numbered([0] * 400 + [1] * 300 + [2] * 100, ("0", "C", "c"))
    data = numbered([0] * 400 + [3] * 400, ("0", "C", "c", "Cc"))
    assert class_shares(data, reference) == pytest.approx([0.5, 0.375, 0.125], abs=2e-3)
