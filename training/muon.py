"""Muon for networks with convolutions, in backend-neutral Keras."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops


class Muon(keras.optimizers.Muon):
    """Muon (Jordan et al. 2024) that also takes the kernels of convolutions as matrices.

    The step of a matrix is its momentum with all singular values made alike (five iterations of
    Newton and Schulz), scaled as AdamW's steps are (Liu et al. 2025), so that rate and weight
    decay of AdamW hold. Keras's own optimizer does this for dense kernels alone; a kernel of a
    convolution is flattened here to (rows * columns * inputs, outputs). Biases, scales, kernels
    of a single input channel and the layers in `exclude_layers` step as in AdamW.
    """

    def _should_use_adamw(self, variable: Any) -> bool:
        if len(variable.shape) < 2 or variable.shape[-2] == 1:
            return True
        return any(name in variable.path for name in self.exclude_layers)

    def _muon_update_step(self, gradient: Any, variable: Any, lr: Any, m: Any) -> None:
        self.assign_add(m, ops.add(gradient, m * (self.momentum - 1)))
        ahead = ops.add(gradient, m * self.momentum)
        matrix = ops.reshape(ahead, (-1, gradient.shape[-1]))
        # bfloat16 is enough: the iteration only has to come near singular values of one.
        even = self.zeropower_via_newtonschulz5(ops.cast(matrix, "bfloat16"), self.ns_steps)
        scale = self.rms_rate * max(matrix.shape) ** 0.5
        step = ops.reshape(ops.cast(even, gradient.dtype), gradient.shape)
        self.assign_sub(variable, lr * scale * step)
