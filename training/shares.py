"""What a training is mixed of, as its command takes it."""

from __future__ import annotations

from collections.abc import Collection


def parse_shares(text: str, known: Collection[str]) -> dict[str, float]:
    """Parse shares of sources such as "real=0.6,ink=0.4".

    Parameters
    ----------
    text
        Names with numbers from 0.
    known
        Names there are.

    Raises
    ------
    ValueError
        If a part is not a known name with a number from 0.
    """
    shares: dict[str, float] = {}
    for part in text.split(","):
        name, _, number = part.partition("=")
        if name not in known:
            raise ValueError(f"--shares: unknown source {name!r} (known: {', '.join(known)})")
        try:
            shares[name] = float(number)
        except ValueError:
            raise ValueError(f"--shares: {part!r} is not NAME=NUMBER") from None
        if not 0 <= shares[name] < 1e9:
            raise ValueError(f"--shares: {part!r} is out of range")
    return shares
