"""Sums up how well fields were read: exact matches, what needs no review, what is confused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from hcr.forms.evidence import Evidence
from hcr.forms.reading import FieldReading
from hcr.forms.template import Field

FLOORS = {"digits and dates": 0.97, "boxed names": 0.90, "ticks": 0.99}
"""What is asked of exact matches."""
WITHOUT_REVIEW, PRECISION = 0.85, 0.99


@dataclass(frozen=True)
class Judged:
    """A field that was read, and what it holds."""

    field: Field
    truth: str
    reading: FieldReading
    evidence: Evidence | None

    @property
    def right(self) -> bool:
        """Whether the value is exactly what was written."""
        return self.reading.value == self.truth

    @property
    def kind(self) -> str:
        """The group of fields that a floor is set for."""
        if self.field.layout != "line":
            return "boxed names" if self.field.type == "name" else "digits and dates"
        return {"choice": "ticks", "amount": "amounts on a line"}.get(self.field.type, "free text")


def report(judged: Sequence[Judged]) -> Iterator[str]:
    """Yield the lines of the report."""
    kinds = dict.fromkeys(one.kind for one in judged)
    for kind in kinds:
        ones = [one for one in judged if one.kind == kind]
        names = dict.fromkeys(one.field.name for one in ones)
        yield _matches(kind, ones, FLOORS.get(kind))
        if len(names) > 1:
            for name in names:
                yield _matches(f"  {name}", [one for one in ones if one.field.name == name])
    yield _reviews("all fields", judged, WITHOUT_REVIEW)
    for kind in kinds:
        yield _reviews(f"  {kind}", [one for one in judged if one.kind == kind])
    confused = Counter(
        pair
        for one in judged
        if one.kind in ("digits and dates", "boxed names")
        and len(one.truth) == len(one.reading.value)
        for pair in zip(one.truth, one.reading.value, strict=True)
        if pair[0] != pair[1]
    )
    shown = ", ".join(f"{a} as {b} {count}" for (a, b), count in confused.most_common(12))
    yield f"confused in cells: {shown or 'nothing'}"
    for one in judged:
        if not one.right and one.kind in FLOORS:
            yield f"  {one.field.name}: {one.truth!r} read as {one.reading.value!r}" + (
                "" if one.reading.review else ", NOT MARKED FOR REVIEW"
            )


def _matches(name: str, ones: Sequence[Judged], floor: float | None = None) -> str:
    right = sum(one.right for one in ones)
    asked = f" (asked: {floor:.0%})" if floor else ""
    return f"{name}: {right} of {len(ones)} exactly right, {right / len(ones):.1%}{asked}"


def _reviews(name: str, ones: Sequence[Judged], floor: float | None = None) -> str:
    """Describe what needs no review as marked, and what would not at the precision asked for."""
    kept = [one for one in ones if not one.reading.review]
    precision = sum(one.right for one in kept) / max(len(kept), 1)
    asked = f" (asked: {floor:.0%} at {PRECISION:.0%})" if floor else ""
    return (
        f"{name}: {len(kept) / len(ones):.1%} without review{asked}, {precision:.1%} right; "
        f"by confidence alone {_share_at_precision(ones):.1%} at {PRECISION:.0%}"
    )


def _share_at_precision(ones: Sequence[Judged]) -> float:
    """Return the largest share, most confident first, that keeps the precision."""
    order = sorted(ones, key=lambda one: -one.reading.confidence)
    right = np.cumsum([one.right for one in order])
    held = np.flatnonzero(right >= PRECISION * np.arange(1, len(order) + 1))
    return float(held[-1] + 1) / len(order) if len(held) else 0.0
