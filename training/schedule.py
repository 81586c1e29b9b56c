"""The optimizer of every training: AdamW on a cosine with warm-up, weights averaged on the way."""

from __future__ import annotations

import keras


def cosine_adamw(
    steps: int,
    learning_rate: float,
    warmup: float,
    final_rate: float,
    weight_decay: float,
    ema: float,
    clip: float | None = None,
) -> keras.optimizers.Optimizer:
    """Return AdamW (Loshchilov and Hutter 2019) with a cosine schedule and averaged weights.

    Parameters
    ----------
    steps
        Batches of the whole training.
    learning_rate, warmup, final_rate
        Peak; share of all steps that climb to it; rate at the end, relative to the peak.
    weight_decay, ema, clip
        Of the optimizer: decay, momentum of the averaged weights, largest norm of a gradient.
    """
    climb = max(1, int(steps * warmup))
    schedule = keras.optimizers.schedules.CosineDecay(
        learning_rate * 0.05,
        decay_steps=max(1, steps - climb),
        alpha=final_rate,
        warmup_target=learning_rate,
        warmup_steps=climb,
    )
    return keras.optimizers.AdamW(
        schedule, weight_decay=weight_decay, global_clipnorm=clip, use_ema=True, ema_momentum=ema
    )
