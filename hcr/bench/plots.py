"""Plots of the HTML report: bars as table cells, curves as inline SVG."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from hcr.bench.reliability import Reliability

_SIDE, _LEFT, _TOP, _BELOW = 280, 52, 12, 44
_TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)


def bars(head: Sequence[str], rows: Sequence[tuple[str, float, Sequence[str]]]) -> str:
    """Return a table whose second column is a bar.

    Parameters
    ----------
    head
        Titles of all columns.
    rows
        Name, length of the bar (a rate; the longest fills the column), text of further columns.
    """
    longest = max([value for _, value, _ in rows] + [1e-9])
    body = "".join(
        f"<tr><th scope=row>{escape(name)}</th><td class=bar>"
        f'<span style="width:{60 * value / longest:.1f}%"></span>{100 * value:.1f} %</td>'
        + "".join(f"<td>{escape(text)}</td>" for text in texts)
        + "</tr>"
        for name, value, texts in rows
    )
    return table(head, body)


def table(head: Sequence[str], body: str) -> str:
    """Return a table from the titles of its columns and the HTML of its rows."""
    titles = "".join(f"<th scope=col>{escape(title)}</th>" for title in head)
    return f"<table><thead><tr>{titles}</tr></thead><tbody>{body}</tbody></table>"


def reliability_diagram(found: Reliability) -> str:
    """Return the share of right words over their confidence; the diagonal is perfect."""
    most = max(bar.count for bar in found.bins)
    drawn = []
    for bar in found.bins:
        if not bar.count:
            continue
        left, right = _x(bar.low), _x(bar.high)
        top = _y(bar.accuracy)
        note = (
            f"confidence {bar.low:.2f} to {bar.high:.2f}: {bar.count} words, "
            f"mean {bar.confidence:.3f}, {bar.accuracy:.1%} right"
        )
        # The fewer the words, the paler the bar.
        strength = 0.25 + 0.75 * (bar.count / most) ** 0.5
        drawn.append(
            f'<rect x="{left + 1:.1f}" y="{top:.1f}" width="{right - left - 2:.1f}" '
            f'height="{_y(0) - top:.1f}" class="fill" fill-opacity="{strength:.2f}">'
            f"<title>{escape(note)}</title></rect>"
        )
    diagonal = f'<line x1="{_x(0)}" y1="{_y(0)}" x2="{_x(1)}" y2="{_y(1)}" class="ideal"/>'
    return _plot("".join(drawn) + diagonal, "confidence", "share of words right")


def coverage_curve(found: Reliability) -> str:
    """Return precision over coverage: what accepting the surest words first gets wrong."""
    points = " ".join(f"{_x(share):.1f},{_y(precision):.1f}" for share, precision in found.curve)
    line = f'<polyline points="{points}" class="curve"/>'
    dots = "".join(
        f'<circle cx="{_x(share):.1f}" cy="{_y(precision):.1f}" r="5" class="dot">'
        f"<title>{share:.1%} of the words, {precision:.1%} of them right</title></circle>"
        for share, precision in found.curve
    )
    return _plot(line + dots, "share of words accepted", "share of them right")


def _x(value: float) -> float:
    return _LEFT + _SIDE * value


def _y(value: float) -> float:
    return _TOP + _SIDE * (1 - value)


def _plot(content: str, across: str, up: str) -> str:
    """Return a square plot of 0 to 1 in both directions with its axes."""
    width, height = _LEFT + _SIDE + 28, _TOP + _SIDE + _BELOW
    grid = "".join(
        f'<line x1="{_x(0)}" y1="{_y(t)}" x2="{_x(1)}" y2="{_y(t)}" class="grid"/>'
        f'<text x="{_x(0) - 6}" y="{_y(t) + 4}" text-anchor="end">{100 * t:.0f} %</text>'
        f'<text x="{_x(t)}" y="{_y(0) + 16}" text-anchor="middle">{100 * t:.0f} %</text>'
        for t in _TICKS
    )
    middle = _y(0.5)
    return (
        f'<svg viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" '
        f'aria-label="{escape(up)} over {escape(across)}">{grid}{content}'
        f'<text x="{_x(0.5)}" y="{height - 8}" text-anchor="middle">{escape(across)}</text>'
        f'<text x="12" y="{middle}" text-anchor="middle" '
        f'transform="rotate(-90 12 {middle})">{escape(up)}</text></svg>'
    )
