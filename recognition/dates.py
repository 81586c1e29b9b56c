"""Patterns of dates that exist, and of amounts of money, for `recognition.patterns`."""

from __future__ import annotations

import re

from recognition.patterns import PatternError

CENTURIES = "(?:19|20)"
"""Years that begin so are plausible on a form."""
_LEAP_TENS = "0[48]|[2468][048]|[13579][26]"
_LAYOUT = re.compile(r"(DD|D|MM|M|YYYY|YY)")
_SEPARATORS = "[./-]"
_THOUSANDS = "[., ']"
_CURRENCY = "[€$£]"


def is_date_layout(text: str) -> bool:
    """Tell whether a text such as ``DD.MM.YYYY`` says how a date is written."""
    parts = _LAYOUT.split(text)
    kinds = sorted(part[0] for part in parts[1::2])
    return kinds == ["D", "M", "Y"] and not any(c.isalnum() for c in "".join(parts[::2]))


def date_pattern(layout: str) -> str:
    """Return the pattern of all dates that exist, from 1900 to 2099.

    Parameters
    ----------
    layout
        Day, month and year once each in any order: ``DD`` or ``D``, ``MM`` or ``M`` (one letter:
        without leading zero, too), ``YYYY`` or ``YY``; and what stands between them. A full stop,
        slash or hyphen stands for any of these three.

    Raises
    ------
    PatternError
        If the layout is another.

    Examples
    --------
    >>> import re
    >>> dates = re.compile(date_pattern("DD.MM.YYYY"))
    >>> [bool(dates.fullmatch(text)) for text in ("29.02.2024", "29.02.2023", "31.04.2024")]
    [True, False, False]
    """
    if not is_date_layout(layout):
        raise PatternError(f"no layout of a date: {layout!r}; an example is DD.MM.YYYY")
    parts = _LAYOUT.split(layout)
    year = (CENTURIES if "YYYY" in parts else "") + "[0-9]{2}"
    leap = f"(?:{_LEAP_TENS})"
    # Of the years from 1900 to 2099 that end in 00, 2000 alone was a leap year.
    leap = f"(?:{CENTURIES}{leap}|2000)" if "YYYY" in parts else f"(?:{leap}|00)"
    zero = {kind: "0?" if kind in parts else "0" for kind in "DM"}
    days = f"{zero['D']}[1-9]|1[0-9]|2[0-8]"
    groups = (
        (days, f"{zero['M']}[1-9]|1[0-2]", year),
        ("29|30", f"{zero['M']}[13-9]|1[0-2]", year),
        ("31", f"{zero['M']}[13578]|1[02]", year),
        ("29", f"{zero['M']}2", leap),
    )
    return "|".join(_filled(parts, *group) for group in groups)


def _filled(parts: list[str], day: str, month: str, year: str) -> str:
    """Return the layout with its letters replaced by patterns."""
    values = {"D": f"(?:{day})", "M": f"(?:{month})", "Y": year}
    filled = []
    for number, part in enumerate(parts):
        if number % 2:
            filled.append(values[part[0]])
        else:
            filled += [_SEPARATORS if c in "./-" else re.escape(c) for c in part]
    return "".join(filled)


AMOUNT = (
    f"(?:-|{_CURRENCY} ?)?"
    f"(?:[0-9]{{1,9}}|[0-9]{{1,3}}(?:{_THOUSANDS}[0-9]{{3}}){{1,3}})"
    f"(?:[.,](?:[0-9]{{2}}|-))?(?: ?{_CURRENCY})?"
)
"""An amount of money as people write it: 36.50, 1 200,00 €, $1,200, 40.-"""


def plain_amount(text: str) -> str:
    """Return an amount that `AMOUNT` accepts as a plain number.

    Examples
    --------
    >>> [plain_amount(text) for text in ("1 200,50 €", "$1,200", "40.-", "-3.5 ")]
    ['1200.50', '1200', '40.00', '-3.5 ']
    """
    if not re.fullmatch(AMOUNT, text):
        return text
    number = re.sub(f"{_CURRENCY}| ", "", text)
    cents = re.search(r"[.,]([0-9]{2}|-)$", number)
    whole = number[: cents.start()] if cents else number
    whole = re.sub(r"[.,']", "", whole)
    return f"{whole}.{cents[1].replace('-', '00')}" if cents else whole
