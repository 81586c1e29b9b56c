"""The networks that are trained, in backend-neutral Keras."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import keras
from keras import layers

from recognition.candidates import COLUMNS, ROWS
from training.layers import (
    BatchNormalization,
    BidirectionalLSTM,
    Conv1D,
    Conv2D,
    RowPooling,
    SpanMask,
)

FRAME_STRIDE = 4
"""Columns of a prepared line that one output frame of the line network stands for."""
# A character is 3.4 frames wide in the median.
MASKED_SPAN = 5


@dataclass(frozen=True)
class LineNetworkConfig:
    """Sizes of the line network.

    Attributes
    ----------
    height
        Rows of a prepared line.
    classes
        Characters of the alphabet plus the CTC blank.
    stem, middle, deep, features
        Channels of the four convolutional stages.
    context
        Residual 1-D convolutions over neighbouring frames.
    recurrent
        Units of the BiLSTM in each direction.
    dropout
        Share of features dropped before and after the BiLSTM.
    masked
        Share of frames hidden from the BiLSTM, MASKED_SPAN frames in a row.
    precision
        "float32", or "mixed_bfloat16" to train about twice as fast where the processor can.
    """

    height: int
    classes: int
    stem: int = 32
    middle: int = 64
    deep: int = 128
    features: int = 192
    context: int = 2
    recurrent: int = 192
    dropout: float = 0.2
    masked: float = 0.2
    precision: str = "float32"


def line_network(config: LineNetworkConfig) -> keras.Model:
    """Build the CRNN line recognizer (Shi, Bai and Yao 2017).

    A stride-2 stem and residual convolutions, frames that keep the rows apart, a BiLSTM, and
    an auxiliary CTC shortcut that trains the convolutions directly (Retsinas et al. 2022).

    Parameters
    ----------
    config
        Sizes.

    Returns
    -------
    keras.Model
        float32 (n, height, w, 1) in 0..1, ink bright, to a dictionary of logits "main" and
        "shortcut", both float32 (n, ceil(w / FRAME_STRIDE), classes).
    """
    with dtype_policy(config.precision):
        return _line_network(config)


def _line_network(config: LineNetworkConfig) -> keras.Model:
    image = keras.Input((config.height, None, 1), name="image")
    x = _convolution(image, config.stem, 5, stride=2)
    x = _convolution(x, config.middle, 3, stride=2)
    x = _residual(x, config.middle)
    x = RowPooling()(x)
    x = _convolution(x, config.deep, 3)
    x = _residual(x, config.deep)
    x = RowPooling()(x)
    x = _convolution(x, config.features, 3)
    x = _frames(x, config.height // 16)
    x = _convolution_1d(x, config.features, 3)
    for _ in range(config.context):
        y = layers.SpatialDropout1D(config.dropout / 2)(x)
        x = layers.Add()([x, _convolution_1d(y, config.features, 5)])
    shortcut = Conv1D(config.classes, 3, padding="same", dtype="float32", name="shortcut")(x)
    x = layers.SpatialDropout1D(config.dropout)(x)
    x = SpanMask(config.masked, MASKED_SPAN)(x)
    x = BidirectionalLSTM(config.recurrent)(x)
    x = layers.SpatialDropout1D(config.dropout)(x)
    main = layers.Dense(config.classes, dtype="float32", name="main")(x)
    return keras.Model(image, {"main": main, "shortcut": shortcut}, name="line_network")


def line_reader_network(trained: keras.Model) -> keras.Model:
    """Return the part of a line network that reading needs.

    Returns
    -------
    keras.Model
        Image to log-probabilities, float32 (n, t, classes), and to what the BiLSTM is shown of
        each frame, float32 (n, t, features).
    """
    log_probs = layers.Activation("log_softmax", name="log_probs")(trained.output["main"])
    (mask,) = (layer for layer in trained.layers if isinstance(layer, SpanMask))
    return keras.Model(trained.input, [log_probs, mask.input], name="line_reader")


@contextmanager
def dtype_policy(name: str) -> Iterator[None]:
    """Build layers with a dtype policy that is not left behind."""
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(name)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


def _convolution(
    x: keras.KerasTensor,
    channels: int,
    size: int,
    stride: int = 1,
    activate: bool = True,
    momentum: float = 0.99,
) -> keras.KerasTensor:
    x = Conv2D(channels, size, strides=stride, padding="same", use_bias=False)(x)
    x = BatchNormalization(momentum=momentum)(x)
    return layers.Activation("relu")(x) if activate else x


def _residual(x: keras.KerasTensor, channels: int, momentum: float = 0.99) -> keras.KerasTensor:
    y = _convolution(x, channels, 3, momentum=momentum)
    y = _convolution(y, channels, 3, activate=False, momentum=momentum)
    return layers.Activation("relu")(layers.Add()([x, y]))


def _frames(x: keras.KerasTensor, rows: int) -> keras.KerasTensor:
    """Stack the rows of each column: a comma and an apostrophe differ by their row alone."""
    x = layers.Permute((2, 1, 3))(x)
    return layers.Reshape((-1, rows * x.shape[-1]))(x)


def _convolution_1d(x: keras.KerasTensor, channels: int, size: int) -> keras.KerasTensor:
    x = Conv1D(channels, size, padding="same", use_bias=False)(x)
    x = BatchNormalization()(x)
    return layers.Activation("relu")(x)


@dataclass(frozen=True)
class CharacterNetworkConfig:
    """Sizes of the character network.

    Attributes
    ----------
    classes
        Characters of the alphabet.
    channels, blocks
        Channels and residual blocks of each stage; every stage halves the picture's sides.
    dropout
        Share of features dropped before the classes.
    momentum
        Of the batch statistics; small sets have few batches to gather them from.
    precision
        "float32" or "mixed_bfloat16".
    """

    classes: int
    channels: tuple[int, ...] = (32, 80, 160)
    blocks: tuple[int, ...] = (1, 2, 2)
    dropout: float = 0.2
    momentum: float = 0.9
    precision: str = "float32"


def character_network(config: CharacterNetworkConfig) -> keras.Model:
    """Build the compact residual network for single characters (He et al. 2016).

    Parameters
    ----------
    config
        Sizes.

    Returns
    -------
    keras.Model
        float32 (n, 28, 28, 1) in 0..1, ink bright, to logits float32 (n, classes).
    """
    with dtype_policy(config.precision):
        return _character_network(config)


def _character_network(config: CharacterNetworkConfig) -> keras.Model:
    image = keras.Input((28, 28, 1), name="image")
    x = image
    for stage, (channels, blocks) in enumerate(zip(config.channels, config.blocks, strict=True)):
        x = _convolution(x, channels, 3 if stage else 5, stride=2, momentum=config.momentum)
        for _ in range(blocks):
            x = _residual(x, channels, config.momentum)
    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dropout(config.dropout)(x)
    logits = layers.Dense(config.classes, dtype="float32", name="logits")(x)
    return keras.Model(image, logits, name="character_network")


@dataclass(frozen=True)
class CandidateNetworkConfig:
    """Sizes of the network that tells whole characters from halves and pairs.

    Attributes
    ----------
    channels
        Of each stage; every stage halves the window's sides.
    dropout
        Share of features dropped before the verdict.
    precision
        "float32" or "mixed_bfloat16".
    """

    channels: tuple[int, int, int] = (16, 32, 48)
    dropout: float = 0.4
    precision: str = "float32"


def candidate_network(config: CandidateNetworkConfig) -> keras.Model:
    """Build the network of `recognition.candidates`.

    Parameters
    ----------
    config
        Sizes.

    Returns
    -------
    keras.Model
        float32 (n, ROWS, COLUMNS, 2) in 0..1 to logits float32 (n, 1).
    """
    with dtype_policy(config.precision):
        window = keras.Input((ROWS, COLUMNS, 2), name="window")
        first, *more = config.channels
        x = _convolution(window, first, 5, stride=2)
        for channels in more:
            x = _convolution(x, channels, 3, stride=2)
            x = _residual(x, channels)
        # Where things stand matters: the candidate is in the middle.
        x = layers.Dropout(config.dropout)(layers.Flatten()(x))
        logits = layers.Dense(1, dtype="float32", name="logits")(x)
        return keras.Model(window, logits, name="candidate_network")


def baseline_network(classes: int) -> keras.Sequential:
    """Build the small network of the tutorials, the yardstick beside `character_network`.

    Returns
    -------
    keras.Sequential
        float32 (n, 28, 28, 1) in 0..1 to logits float32 (n, classes).
    """
    return keras.Sequential(
        [
            keras.Input((28, 28, 1), name="image"),
            layers.Conv2D(32, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dense(128, activation="relu"),
            layers.Dense(classes, dtype="float32", name="logits"),
        ],
        name="baseline",
    )
