"""Keras layers that call the backend's own kernels where Keras itself would spell them out.

On PyTorch, Keras computes batch normalisation from its arithmetic and runs a recurrent layer as a
Python loop over time steps; PyTorch has one kernel for each. Weights, names and results are those
of the Keras layers, so a model trained with one backend loads in any other.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import layers, ops


class BatchNormalization(layers.BatchNormalization):
    """`keras.layers.BatchNormalization` over the last axis (Ioffe and Szegedy 2015)."""

    def call(self, inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
        """Normalise float (n, ..., channels)."""
        if keras.backend.backend() != "torch" or mask is not None or _is_symbolic(inputs):
            return super().call(inputs, training=training, mask=mask)
        import torch

        # Torch wants the channels second; a view of channels-last memory costs nothing.
        normalised = torch.nn.functional.batch_norm(
            inputs.movedim(-1, 1),
            self.moving_mean.value,
            self.moving_variance.value,
            self.gamma.value,
            self.beta.value,
            training=bool(training and self.trainable),
            momentum=1 - self.momentum,
            eps=self.epsilon,
        )
        return normalised.movedim(1, -1)


class Conv2D(layers.Conv2D):
    """`keras.layers.Conv2D` with "same" padding, which keeps its channels-last memory.

    Keras on PyTorch copies every picture twice, to channels-first memory and back.
    """

    def call(self, inputs: Any) -> Any:
        """Convolve float (n, rows, columns, channels)."""
        if keras.backend.backend() != "torch" or _is_symbolic(inputs):
            return super().call(inputs)
        import torch

        kernel = self.kernel.value.to(inputs.dtype).permute(3, 2, 0, 1)
        bias = None if self.bias is None else self.bias.value.to(inputs.dtype)
        sides = zip(inputs.shape[1:3], self.kernel_size, self.strides, strict=True)
        (top, bottom), (left, right) = (_same_padding(*side) for side in sides)
        picture, padding = inputs.movedim(-1, 1), (top, left)
        if (top, left) != (bottom, right):
            padding = (0, 0)
            picture = torch.nn.functional.pad(picture, (left, right, top, bottom))
        convolved = torch.nn.functional.conv2d(picture, kernel, bias, self.strides, padding)
        return convolved.movedim(1, -1)


class RowPooling(layers.MaxPooling2D):
    """The larger of two neighbouring rows: half as many rows, all of the columns.

    Parameters
    ----------
    **options
        Of `keras.layers.Layer`.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__((2, 1), **options)

    def call(self, inputs: Any) -> Any:
        """Halve the rows of float (n, rows, columns, channels)."""
        if keras.backend.backend() != "torch" or _is_symbolic(inputs):
            return super().call(inputs)
        import torch

        rows = inputs.shape[1] // 2 * 2
        # PyTorch's own pooling notes the place of every maximum: five times as slow.
        return torch.maximum(inputs[:, 0:rows:2], inputs[:, 1:rows:2])


class Conv1D(layers.Conv1D):
    """`keras.layers.Conv1D` with stride 1 and "same" padding by zeros, for odd sizes."""

    def call(self, inputs: Any) -> Any:
        """Convolve float (n, t, features)."""
        if keras.backend.backend() != "torch" or _is_symbolic(inputs):
            return super().call(inputs)
        import torch

        # As a picture one row high it keeps its channels-last memory, which is much faster.
        kernel = self.kernel.value.to(inputs.dtype).permute(2, 1, 0).unsqueeze(2)
        bias = None if self.bias is None else self.bias.value.to(inputs.dtype)
        picture = inputs.movedim(-1, 1).unsqueeze(2)
        padding = (0, self.kernel_size[0] // 2)
        return torch.nn.functional.conv2d(picture, kernel, bias, padding=padding).squeeze(2).mT


class BidirectionalLSTM(layers.Bidirectional):
    """An LSTM in both directions, concatenated (Graves and Schmidhuber 2005).

    Parameters
    ----------
    units
        Units in each direction.
    **options
        Of `keras.layers.Layer`.
    """

    def __init__(self, units: int, **options: Any) -> None:
        dtype = options.get("dtype")
        super().__init__(layers.LSTM(units, return_sequences=True, dtype=dtype), **options)

    def call(
        self, sequences: Any, initial_state: Any = None, mask: Any = None, training: Any = None
    ) -> Any:
        """Read float (n, t, features); return (n, t, 2 units)."""
        if keras.backend.backend() != "torch" or _is_symbolic(sequences):
            return super().call(sequences, initial_state, mask, training)
        import torch

        dtype = sequences.dtype
        weights = []
        for layer in (self.forward_layer, self.backward_layer):
            cell = layer.cell
            # Keras and Torch order the gates alike (input, forget, cell, output).
            bias = cell.bias.value
            kernels = cell.kernel.value.T, cell.recurrent_kernel.value.T
            weights += [each.to(dtype) for each in (*kernels, bias, torch.zeros_like(bias))]
        start = sequences.new_zeros((2, sequences.shape[0], weights[1].shape[1]))
        outputs, _, _ = torch.lstm(
            sequences, (start, start), weights, True, 1, 0.0, False, True, True
        )
        return outputs


class GRU(layers.GRU):
    """`keras.layers.GRU` over whole sequences from a state of zeros (Cho et al. 2014)."""

    def call(
        self, sequences: Any, initial_state: Any = None, mask: Any = None, training: Any = None
    ) -> Any:
        """Read float (n, t, features); return (n, t, units)."""
        if keras.backend.backend() != "torch" or _is_symbolic(sequences):
            return super().call(sequences, initial_state, mask, training)
        import torch

        cell, dtype = self.cell, sequences.dtype
        # Keras orders the gates as update, reset, candidate; Torch has reset first.
        update, reset, candidate = torch.arange(3 * self.units).split(self.units)
        order = torch.cat([reset, update, candidate])
        kernels = cell.kernel.value.T, cell.recurrent_kernel.value.T
        weights = [kernel[order].to(dtype) for kernel in kernels]
        weights += [bias[order].to(dtype) for bias in cell.bias.value]
        start = sequences.new_zeros((1, sequences.shape[0], self.units))
        outputs, _ = torch.gru(sequences, start, weights, True, 1, 0.0, False, False, True)
        return outputs


class SpanMask(layers.Layer):
    """Hides spans of frames while training, so that neighbours have to tell what stood there.

    As in Li et al. 2025 (HTR-VT), without a token of its own for what is hidden: zeros.

    Parameters
    ----------
    rate
        Share of the frames that are hidden, about (spans may overlap).
    span
        Frames hidden in a row.
    **options
        Of `keras.layers.Layer`.
    """

    def __init__(self, rate: float, span: int, **options: Any) -> None:
        super().__init__(**options)
        self._rate, self._span = rate, span
        self._seeds = keras.random.SeedGenerator()

    def call(self, inputs: Any, training: bool | None = None) -> Any:
        """Hide frames of float (n, t, features) if training."""
        if not training or self._rate == 0:
            return inputs
        shape = (*ops.shape(inputs)[:2], 1)
        starts = keras.random.uniform(shape, seed=self._seeds) < self._rate / self._span
        begun = ops.cumsum(ops.cast(starts, "float32"), axis=1)
        ended = ops.pad(begun, ((0, 0), (self._span, 0), (0, 0)))[:, : -self._span]
        return inputs * ops.cast(begun - ended < 0.5, inputs.dtype)


def _same_padding(size: int, kernel: int, stride: int) -> tuple[int, int]:
    """Zeros before and after, for ceil(size / stride) outputs; the odd one stands after."""
    total = max((-(-size // stride) - 1) * stride + kernel - size, 0)
    return total // 2, total - total // 2


def _is_symbolic(inputs: Any) -> bool:
    """Tell whether Keras is only finding out shapes."""
    if isinstance(inputs, keras.KerasTensor):
        return True
    return str(getattr(inputs, "device", "")) == "meta"
