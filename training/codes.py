"""Made-up numbers, dates, amounts, addresses and codes, written as English and French do."""

from __future__ import annotations

import string
from collections.abc import Sequence

import numpy as np

MONTHS = {
    "en": "January February March April May June July August September October November December",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
}
DAYS = {
    "en": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
    "fr": "lundi mardi mercredi jeudi vendredi samedi dimanche",
}
STREETS = {
    "en": "Street Road Avenue Lane Drive Court Square St. Rd. Ave.",
    "fr": "rue avenue boulevard place chemin allée impasse quai route",
}
UNITS = "km m cm mm kg g mg l ml h min s m2 km2 ha kW MHz °C °F V A"
ROMAN = ((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))
SIGNS = "+-*/=<>#%&@$€£°§!?()[]{}|~^_\\\"':;,."


def random_code(rng: np.random.Generator, language: str, words: Sequence[str]) -> str:
    """A number, date, amount, telephone number, address, code or the like.

    Parameters
    ----------
    rng : numpy.random.Generator
    language : {"en", "fr"}
        Whose habits to follow.
    words : sequence of str
        Words for street names, e-mail addresses and file names.
    """
    makers = (
        _number, _number, _date, _date, _year, _year, _amount, _telephone, _postcode, _time,
        _measure, _ordinal, _identifier, _identifier, _signs, _address, _web, _initials,
        _underscored,
    )  # fmt: skip
    return makers[rng.integers(len(makers))](rng, language, words)


def pick(rng: np.random.Generator, options: Sequence[str]) -> str:
    """One of the options, all alike."""
    return options[int(rng.integers(len(options)))]


def pick_weighted(rng: np.random.Generator, options: Sequence[str], cumulated: np.ndarray) -> str:
    """One of the options, by weights of which the sums up to each are given."""
    return options[int(np.searchsorted(cumulated, rng.random() * cumulated[-1], side="right"))]


def capitalised(word: str) -> str:
    """The word with a capital first letter and the rest as it was."""
    return word[0].upper() + word[1:]


def _plain(word: str) -> str:
    return "".join(c for c in word if c in string.ascii_lowercase) or "page"


def _digits(rng: np.random.Generator, count: int) -> str:
    return "".join(str(d) for d in rng.integers(0, 10, size=count))


def _number(rng: np.random.Generator, language: str, words: Sequence[str]) -> str:
    value = int(10 ** rng.uniform(0, 6.5))
    if value >= 1000 and rng.random() < 0.6:
        return f"{value:,}" if language == "en" else f"{value:,}".replace(",", " ")
    if rng.random() < 0.2:
        return f"{value}{'.' if language == 'en' else ','}{_digits(rng, int(rng.integers(1, 4)))}"
    return f"{value}"


def _year(rng: np.random.Generator, language: str, words: Sequence[str]) -> str:
    year = int(rng.integers(1400, 2040) if rng.random() < 0.3 else rng.integers(1850, 2030))
    if rng.random() < 0.15:
        return f"({year}-{year + int(rng.integers(1, 90))})"
    return f"{year}"


def _date(rng: np.random.Generator, language: str, words: Sequence[str]) -> str:
    day, month, year = (int(rng.integers(1, n)) for n in (32, 13, 200))
    year += 1830
    name = MONTHS[language].split()[month - 1]
    kind = rng.random()
    if kind < 0.25:
        separator = pick(rng, "/-.")
        return separator.join((f"{day:02d}", f"{month:02d}", f"{year}"))
    if kind < 0.35:
        return f"{pick(rng, DAYS[language].split())} {day} {name}"
    if language == "en":
        return f"{name} {day}, {year}" if rng.random() < 0.5 else f"{day} {name} {year}"
    return f"{'1er' if day == 1 else day} {name}" + (f" {year}" if rng.random() < 0.8 else "")


def _amount(rng: np.random.Generator, language: str, words: Sequence[str]) -> str:
    value = 10 ** rng.uniform(0, 4.5)
    if language == "en":
        return f"{pick(rng, '$£€$')}{value:,.{pick(rng, '02')}f}"
    return f"{value:.2f} {pick(rng, '€$€')}".replace(".", ",")


def _telephone(rng: np.random.Generator, language: str, words: Sequence[str]) -> str:
    if language == "en":
        shape = pick(rng, ("({}) {}-{}", "{}-{}-{}", "+1 {} {} {}"))
        return shape.format(_digits(rng, 3), _digits(rng, 3), _digits(rng, 4))
    pairs = [_digits(rng, 2) for _ in range(4)]
    return pick(rng, " .").join([f"0{rng.integers(1, 10)}", *pairs])


def _postcode(rng: np.random.Generator, language: str, words: Sequence[str]) -> str:
    if rng.random() < 0.5:
        return _digits(rng, 5)
    upper = string.ascii_uppercase
    a, b, c = (pick(rng, upper) for _ in range(3))
    d = _digits(rng, 3)
    if rng.random() < 0.5:
        return f"{a}{d[0]}{b} {d[1]}{c}{d[2]}"
    return f"{a}{b}{d[0]} {d[1]}{c}{pick(rng, upper)}"


def _time(rng: np.random.Generator, language: str, words: Sequence[str]) -> str:
    hour, minute = int(rng.integers(0, 24)), int(rng.integers(0, 60))
    if language == "en":
        return f"{hour % 12 + 1}:{minute:02d} {pick(rng, ('am', 'pm', 'a.m.', 'p.m.'))}"
    return f"{hour}{pick(rng, ('h', ' h ', ':'))}{minute:02d}"


def _measure(rng: np.random.Generator, language: str, words: Sequence[str]) -> str:
    if rng.random() < 0.3:
        return f"{rng.integers(1, 101)}{'' if language == 'en' else ' '}%"
    return f"{_number(rng, language, words)} {pick(rng, UNITS.split())}"


def _ordinal(rng: np.random.Generator, language: str, words: Sequence[str]) -> str:
    number = int(rng.integers(1, 40))
    if rng.random() < 0.4:
        rest, roman = number, ""
        for value, sign in ROMAN:
            roman += sign * (rest // value)
            rest %= value
        return roman if language == "en" else f"{roman}e"
    if language == "fr":
        return pick(rng, ("1er", "1re")) if number == 1 else f"{number}{pick(rng, ('e', 'ème'))}"
    last = 0 if number // 10 == 1 else number % 10
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(last, 'th') }"


def _identifier(rng: np.random.Generator, language: str, words: Sequence[str]) -> str:
    letters = "".join(pick(rng, string.ascii_letters) for _ in range(rng.integers(1, 5)))
    separator = pick(rng, ("-", "", "/", ".", " ", "#", "_"))
    parts = [letters, _digits(rng, int(rng.integers(1, 6)))]
    if rng.random() < 0.3:
        parts.reverse()
    return separator.join(parts)


def _signs(rng: np.random.Generator, language: str, words: Sequence[str]) -> str:
    if rng.random() < 0.5:
        return pick(rng, SIGNS)
    one, two, three = (_digits(rng, int(rng.integers(1, 3))) for _ in range(3))
    return f"{one} {pick(rng, '+-*/')} {two} = {three}"


def _address(rng: np.random.Generator, language: str, words: Sequence[str]) -> str:
    street = pick(rng, STREETS[language].split())
    place, number = capitalised(pick(rng, words)), int(rng.integers(1, 400))
    if language == "en":
        return f"{number} {place} {street}"
    return f"{number}, {street} {pick(rng, ('', 'de ', 'du ', 'des '))}{place}"


def _web(rng: np.random.Generator, language: str, words: Sequence[str]) -> str:
    one, two = (_plain(pick(rng, words)) for _ in range(2))
    end = pick(rng, ("com", "org", "fr", "ca", "net", "co.uk", "qc.ca", "edu"))
    forms = (
        f"{one}@{two}.{end}", f"{one}.{two}@{one}.{end}", f"www.{one}.{end}",
        f"https://{one}.{end}/{two}", f"{one}_{two}{rng.integers(100)}@{two}.{end}",
    )  # fmt: skip
    return pick(rng, forms)


def _initials(rng: np.random.Generator, language: str, words: Sequence[str]) -> str:
    letters = [pick(rng, string.ascii_uppercase) for _ in range(rng.integers(2, 6))]
    return ".".join(letters) + "." if rng.random() < 0.3 else "".join(letters)


def _underscored(rng: np.random.Generator, language: str, words: Sequence[str]) -> str:
    parts = [_plain(pick(rng, words)) for _ in range(rng.integers(1, 3))]
    if rng.random() < 0.4:
        parts.insert(0, pick(rng, ("imp", "img", "doc", "scan", "page", "no", "ref", "tmp")))
    return "_".join([*parts, _digits(rng, int(rng.integers(2, 5)))])
