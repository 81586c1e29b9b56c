"""The loss and the accuracy of character training, for labels that may leave the case open."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray

_LEAST = 1e-7


class OpenLabelCrossEntropy(keras.losses.Loss):
    """Cross-entropy where some labels stand for several characters.

    The probability of such a label is the sum over its characters, so that a letter of unknown
    case teaches its shape and nothing about its case. With an offset, the network learns the
    probabilities under other class frequencies than those it is trained on (logit adjustment,
    Menon et al. 2021).

    Parameters
    ----------
    classes
        Of a `CharacterSet`: the alphabet, then labels of several characters.
    offset
        Added to the logits in training only, float (alphabet,): the logarithm of the trained
        over the wanted frequency of each class.
    """

    def __init__(self, classes: Sequence[str], offset: NDArray[np.float64] | None = None) -> None:
        super().__init__(name="open_label_cross_entropy")
        membership = label_membership(classes)
        self._several = membership[:, membership.shape[0] :]
        self._offset = np.zeros(len(membership)) if offset is None else np.asarray(offset)

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Return the loss of each image, float (n,), for targets float (n, classes)."""
        logits = ops.cast(y_pred, "float32") + ops.convert_to_tensor(self._offset, "float32")
        log_probs = ops.log_softmax(logits, axis=-1)
        if self._several.shape[1]:
            several = ops.convert_to_tensor(self._several, "float32")
            sums = ops.log(ops.matmul(ops.exp(log_probs), several) + _LEAST)
            log_probs = ops.concatenate([log_probs, sums], axis=-1)
        return -ops.sum(ops.cast(y_true, "float32") * log_probs, axis=-1)


def open_label_accuracy(classes: Sequence[str]) -> Any:
    """Return a Keras metric function: the share of the label that the best class agrees with."""
    membership = label_membership(classes)

    def accuracy(y_true: Any, y_pred: Any) -> Any:
        agreed = ops.take(ops.convert_to_tensor(membership), ops.argmax(y_pred, axis=-1), axis=0)
        return ops.sum(ops.cast(y_true, "float32") * agreed, axis=-1)

    return accuracy


def label_membership(classes: Sequence[str]) -> NDArray[np.float32]:
    """Return which label each character of the alphabet may bear, float32 (alphabet, classes)."""
    alphabet = [text for text in classes if len(text) == 1]
    return np.array([[c in text for text in classes] for c in alphabet], np.float32)
