"""The fastest CTC loss of whatever backend Keras runs on."""

from __future__ import annotations

from typing import Any

import keras


def ctc_loss(labels: Any, label_lengths: Any, logits: Any, frames: Any) -> Any:
    """Connectionist temporal classification loss (Graves et al. 2006); blank is the last class.

    Parameters
    ----------
    labels
        int32 (n, longest), padded at the end.
    label_lengths
        int32 (n,).
    logits
        float32 (n, t, classes), not normalised.
    frames
        int32 (n,), frames of each line that are not padding.

    Returns
    -------
    tensor
        float32 (n,), negative log-probability of each labelling.
    """
    backend = keras.backend.backend()
    blank = logits.shape[-1] - 1
    if backend == "tensorflow":
        return _tensorflow(labels, label_lengths, logits, frames, blank)
    if backend == "torch":
        return _torch(labels, label_lengths, logits, frames, blank)
    return keras.ops.ctc_loss(labels, logits, label_lengths, frames, mask_index=blank)


def _tensorflow(labels: Any, label_lengths: Any, logits: Any, frames: Any, blank: int) -> Any:
    import tensorflow as tf

    # Sparse labels take the C++ kernel: 1 ms a line instead of 18 with dense ones.
    longest = tf.shape(labels)[1]
    where = tf.where(tf.sequence_mask(label_lengths, longest))
    shape = tf.cast(tf.shape(labels), tf.int64)
    sparse = tf.SparseTensor(where, tf.gather_nd(labels, where), shape)
    return tf.nn.ctc_loss(sparse, logits, None, frames, logits_time_major=False, blank_index=blank)


def _torch(labels: Any, label_lengths: Any, logits: Any, frames: Any, blank: int) -> Any:
    import torch

    log_probs = torch.log_softmax(logits, dim=-1).transpose(0, 1)
    return torch.nn.functional.ctc_loss(
        log_probs,
        labels.long(),
        frames.long(),
        label_lengths.long(),
        blank=blank,
        reduction="none",
        zero_infinity=True,
    )
