"""The optimizers of every training: a cosine with warm-up, weights averaged on the way."""

from __future__ import annotations

from collections.abc import Sequence

import keras

from training.muon import Muon


def cosine(
    steps: int, learning_rate: float, warmup: float, final_rate: float
) -> keras.optimizers.schedules.LearningRateSchedule:
    """Return a cosine schedule (Loshchilov and Hutter 2017).

    Parameters
    ----------
    steps
        Batches of the whole training.
    learning_rate, warmup, final_rate
        Peak; share of all steps that climb to it; rate at the end, relative to the peak.
    """
    climb = max(1, int(steps * warmup))
    return keras.optimizers.schedules.CosineDecay(
        learning_rate * 0.05,
        decay_steps=max(1, steps - climb),
        alpha=final_rate,
        warmup_target=learning_rate,
        warmup_steps=climb,
    )


def adamw(
    rate: keras.optimizers.schedules.LearningRateSchedule,
    weight_decay: float,
    ema: float,
    clip: float | None = None,
) -> keras.optimizers.Optimizer:
    """Return AdamW (Loshchilov and Hutter 2019) with averaged weights.

    Parameters
    ----------
    rate, weight_decay
        Schedule; decay.
    ema
        Momentum of the averaged weights.
    clip
        Largest norm of all gradients together; None for any.
    """
    return keras.optimizers.AdamW(
        rate, weight_decay=weight_decay, use_ema=True, ema_momentum=ema, global_clipnorm=clip
    )


def muon(
    rate: keras.optimizers.schedules.LearningRateSchedule,
    weight_decay: float,
    ema: float,
    clip: float,
    outputs: Sequence[str],
) -> keras.optimizers.Optimizer:
    """Return Muon with averaged weights; for rate and decay that suit AdamW.

    Parameters
    ----------
    rate, weight_decay, ema
        Schedule; decay; momentum of the averaged weights.
    clip
        Largest norm of all gradients together.
    outputs
        Names of the layers that give logits: Muon is not for them, they step as in AdamW.
    """
    return Muon(
        rate,
        weight_decay=weight_decay,
        adam_weight_decay=weight_decay,
        use_ema=True,
        ema_momentum=ema,
        global_clipnorm=clip,
        exclude_layers=list(outputs),
    )
