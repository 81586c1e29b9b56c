"""What was read in a field, and by what its confidence is judged."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hcr.forms.names import Name
from recognition.confidence import log_odds
from recognition.constrained import Constrained

# Shares closer to 0 or 1 than this say no more.
_LEAST = 1e-6


@dataclass(frozen=True)
class Evidence:
    """A value, and how well it stands.

    Attributes
    ----------
    value
    share
        Its probability among all that the field may hold, 0 to 1; 0 of what it may not hold.
    fit
        Mean log-probability of a character: low where what is written is something else. Of
        running text the log-probability of all of it, by the image alone.
    alike
        Share, 0 to 1, of the other ways to look at running text in which it reads the same.
    """

    value: str
    share: float
    fit: float
    alike: float = 0.0

    @property
    def features(self) -> tuple[float, float, float]:
        """What calibration weighs: the log odds of the share, the fit, and what is alike."""
        return log_odds(self.share, _LEAST), max(self.fit, -20.0), self.alike


def best_value(found: Constrained, value: Callable[[str], str]) -> Evidence | None:
    """Choose among constrained readings.

    Parameters
    ----------
    found
        Readings, best first.
    value
        Makes the value of a text; texts with the same value count together.

    Returns
    -------
    Evidence or None
        None where there is no reading.
    """
    if not found.readings:
        return None
    shares: dict[str, float] = {}
    for reading in found.readings:
        key = value(reading.text)
        shares[key] = shares.get(key, 0.0) + reading.share
    best = max(shares, key=lambda key: shares[key])
    leading = next(reading for reading in found.readings if value(reading.text) == best)
    return Evidence(best, min(shares[best], 1.0), leading.log_prob / max(len(leading.text), 1))


def best_name(names: Sequence[Name]) -> Evidence | None:
    """Choose among readings that a language has weighed; None where there is none."""
    if not names:
        return None
    total = sum(math.exp(name.weight - names[0].weight) for name in names)
    fit = names[0].log_prob / max(len(names[0].text), 1)
    return Evidence(names[0].text, 1 / total, fit)
