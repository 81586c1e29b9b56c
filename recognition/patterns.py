r"""A pattern for what a field may hold, parsed: the regular part of regular expressions.

Literals, classes (``[A-Z0-9]``, ``[^,]``, ``\d``, ``\w``, ``\s``, ``.``), groups, alternation and
the repetitions ``?``, ``*``, ``+``, ``{m}``, ``{m,}``, ``{m,n}``. A pattern always stands for the
whole text. `recognition.automata` makes automata of it.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

LONGEST_PATTERN = 4000
MOST_REPEATS = 500
DEEPEST = 40


class PatternError(ValueError):
    """A pattern that cannot be used; the message says where and why in one line."""


@dataclass(frozen=True)
class Chars:
    """One character: any of these, or any but these."""

    characters: frozenset[str]
    negated: bool = False


@dataclass(frozen=True)
class Chain:
    """One part after the other; without parts, the empty text."""

    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Choice:
    """Any one of the parts."""

    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Repeat:
    """A part from `low` to `high` times; None is without end."""

    part: Node
    low: int
    high: int | None


Node: TypeAlias = Chars | Chain | Choice | Repeat

_SETS = {
    "d": frozenset(string.digits),
    "w": frozenset(string.ascii_letters + string.digits + "_"),
    "s": frozenset(" "),
}
_COUNTS = re.compile(r"\{(\d{1,6})(?:(,)(\d{1,6})?)?\}")
_SPECIAL = "()[]{}|?*+"
_ANYTHING = Chars(frozenset(), negated=True)


def literal(text: str) -> Node:
    """Return the pattern of exactly this text."""
    return Chain(tuple(Chars(frozenset(character)) for character in text))


def any_of(words: Iterable[str]) -> Node:
    """Return the pattern of any one of these texts."""
    return Choice(tuple(literal(word) for word in words))


def parse_pattern(pattern: str) -> Node:
    """Parse a pattern.

    Parameters
    ----------
    pattern
        Its anchors ``^`` and ``$``, if it has them at its ends, change nothing.

    Raises
    ------
    PatternError
        If it is malformed, too long or too deep, or uses what is not regular (look-ahead,
        references) or not supported (lazy repetition).
    """
    if len(pattern) > LONGEST_PATTERN:
        raise PatternError(f"the pattern is longer than {LONGEST_PATTERN} characters")
    inner = pattern.removeprefix("^")
    if inner.endswith("$") and not inner.endswith("\\$"):
        inner = inner[:-1]
    return _Parser(inner).parse()


class _Parser:
    """Recursive descent over one pattern."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._at = 0

    def parse(self) -> Node:
        node = self._choice(0)
        if self._at < len(self._pattern):
            raise self._error("')' without '('")
        return node

    def _error(self, problem: str) -> PatternError:
        return PatternError(f"pattern {self._pattern!r}, character {self._at + 1}: {problem}")

    def _peek(self) -> str:
        return self._pattern[self._at : self._at + 1]

    def _take(self) -> str:
        character = self._peek()
        if not character:
            raise self._error("it ends too early")
        self._at += 1
        return character

    def _choice(self, depth: int) -> Node:
        if depth > DEEPEST:
            raise self._error(f"more than {DEEPEST} groups inside each other")
        parts = [self._chain(depth)]
        while self._peek() == "|":
            self._at += 1
            parts.append(self._chain(depth))
        return parts[0] if len(parts) == 1 else Choice(tuple(parts))

    def _chain(self, depth: int) -> Node:
        parts: list[Node] = []
        while self._peek() and self._peek() not in "|)":
            parts.append(self._repeated(self._atom(depth)))
        return parts[0] if len(parts) == 1 else Chain(tuple(parts))

    def _repeated(self, part: Node) -> Node:
        simple: dict[str, tuple[int, int | None]] = {"?": (0, 1), "*": (0, None), "+": (1, None)}
        sign = self._peek()
        if sign in simple and sign:
            self._at += 1
            low, high = simple[sign]
        elif sign == "{":
            low, high = self._counts()
        else:
            return part
        if self._peek() and self._peek() in "?*+{":
            raise self._error("one repetition after another; put the inner one in a group")
        return Repeat(part, low, high)

    def _counts(self) -> tuple[int, int | None]:
        found = _COUNTS.match(self._pattern, self._at)
        if not found:
            raise self._error("'{' needs counts like {3} or {2,5}; write '\\{' for the sign")
        low = int(found[1])
        high = int(found[3]) if found[3] else None if found[2] else low
        if max(low, high or 0) > MOST_REPEATS:
            raise self._error(f"more than {MOST_REPEATS} repetitions")
        if high is not None and high < low:
            raise self._error("the counts are the wrong way round")
        self._at = found.end()
        return low, high

    def _atom(self, depth: int) -> Node:
        character = self._take()
        if character == "(":
            return self._group(depth)
        if character == "[":
            return self._class()
        if character == "\\":
            return Chars(self._escaped())
        if character == ".":
            return _ANYTHING
        if character in _SPECIAL + "^$":
            self._at -= 1
            raise self._error(f"{character!r} is out of place; write '\\{character}' for the sign")
        return Chars(frozenset(character))

    def _group(self, depth: int) -> Node:
        if self._peek() == "?":
            if self._pattern[self._at : self._at + 2] != "?:":
                raise self._error("of the groups that begin with '(?' only '(?:' is supported")
            self._at += 2
        node = self._choice(depth + 1)
        if self._peek() != ")":
            raise self._error("'(' without ')'")
        self._at += 1
        return node

    def _escaped(self) -> frozenset[str]:
        character = self._take()
        if character in _SETS:
            return _SETS[character]
        if character.isalnum():
            self._at -= 1
            raise self._error(f"'\\{character}' is not supported")
        return frozenset(character)

    def _class(self) -> Node:
        negated = self._peek() == "^"
        self._at += negated
        members: set[str] = set()
        first = True
        while first or self._peek() != "]":
            first = False
            start = self._member()
            if self._peek() != "-" or self._pattern[self._at + 1 : self._at + 2] in ("]", ""):
                members |= start
                continue
            self._at += 1
            members |= self._range(start, self._member())
        self._at += 1
        return Chars(frozenset(members), negated)

    def _member(self) -> frozenset[str]:
        character = self._take()
        return self._escaped() if character == "\\" else frozenset(character)

    def _range(self, start: frozenset[str], stop: frozenset[str]) -> set[str]:
        if len(start) != 1 or len(stop) != 1:
            raise self._error("a range needs a character at either end")
        low, high = ord(min(start)), ord(min(stop))
        if low > high:
            raise self._error("a range the wrong way round")
        if high - low > 0x3000:
            raise self._error("a range too wide")
        return {chr(code) for code in range(low, high + 1)}
