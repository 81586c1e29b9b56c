"""What each type of field may hold, as an automaton, and how its value is written down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from hcr.errors import ConfigError
from hcr.forms.template import Field
from recognition.automata import Automaton, pattern_automaton, words_automaton
from recognition.dates import AMOUNT, date_pattern, is_date_layout, plain_amount
from recognition.patterns import PatternError

_DATES_IN_CELLS = {8: "DDMMYYYY", 6: "DDMMYY", 10: "DD.MM.YYYY"}
_DATES_ON_LINES = ("D.M.YYYY", "D.M.YY")
_IN_CELLS = {
    "name": "[A-Z](?:[ '-]?[A-Z])*",
    "text": "[A-Z0-9](?:[ '.,/-]?[A-Z0-9])*",
    "digits": "[0-9]+",
    "amount": "[0-9]+(?:[.,][0-9]{2})?",
}
_ON_LINES = {"digits": "[0-9](?: ?[0-9])*", "amount": AMOUNT}


@dataclass(frozen=True)
class Kind:
    """What a field may hold.

    Attributes
    ----------
    automaton
        Accepts it as it is written.
    value
        Makes the value of what was read.
    """

    automaton: Automaton
    value: Callable[[str], str]


def kind_of(field: Field, alphabet: str) -> Kind | None:
    """Return what a field may hold.

    Parameters
    ----------
    field
        Of any type but a choice.
    alphabet
        Characters that the recognizer can read.

    Returns
    -------
    Kind or None
        None for free text and names on a line without a pattern.

    Raises
    ------
    ConfigError
        If the pattern or the words cannot be used.
    """
    in_cells = field.layout != "line"
    try:
        if field.type == "lexicon":
            return _lexicon(field, alphabet)
        pattern = _pattern(field)
        if pattern is None:
            return None
        automaton = pattern_automaton(pattern, alphabet)
    except PatternError as error:
        remedy = "correct the pattern" if field.pattern else "give a pattern"
        if field.type == "lexicon":
            remedy = "correct or shorten the list"
        raise ConfigError(f"field {field.name!r}", str(error), remedy) from None
    if in_cells and automaton.shortest() > field.cells:
        problem = f"nothing that its pattern accepts fits in {field.cells} cells"
        raise ConfigError(f"field {field.name!r}", problem, "correct the pattern or the cells")
    return Kind(automaton, _values(field))


def _pattern(field: Field) -> str | None:
    """Return the pattern given, else the one of the field's type; None for anything at all."""
    if field.type == "date" and (not field.pattern or is_date_layout(field.pattern)):
        return _date(field)
    if field.pattern:
        return field.pattern
    return (_ON_LINES if field.layout == "line" else _IN_CELLS).get(field.type)


def _date(field: Field) -> str:
    if field.pattern:
        return date_pattern(field.pattern)
    if field.layout == "line":
        return "|".join(map(date_pattern, _DATES_ON_LINES))
    if field.cells not in _DATES_IN_CELLS:
        raise PatternError(f"it is not known how a date is written in {field.cells} cells")
    return date_pattern(_DATES_IN_CELLS[field.cells])


def _values(field: Field) -> Callable[[str], str]:
    if field.pattern and field.type != "date":
        return str
    if field.type == "amount":
        return plain_amount
    return _without_spaces if field.type == "digits" else str


def _without_spaces(text: str) -> str:
    return text.replace(" ", "")


def _lexicon(field: Field, alphabet: str) -> Kind:
    """Accept the words as they are, in capitals, small, and with a capital first letter."""
    words: dict[str, str] = {}
    for change in (str, str.upper, str.capitalize, str.lower):
        for word in field.words:
            words.setdefault(change(word), word)
    known = set(alphabet)
    readable = [word for word in words if known.issuperset(word)]
    lost = set(field.words) - {words[word] for word in readable}
    if lost:
        raise PatternError(f"the word {min(lost)!r} has characters that cannot be read")
    automaton = words_automaton(readable, alphabet)
    return Kind(automaton, words.__getitem__)
