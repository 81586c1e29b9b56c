"""Error rates of a reading against its truth: characters, words, bags of words, whole lines.

Rates are sums of errors over sums of reference units of all lines, never means of rates (as
jiwer and dinglehopper do it). An empty reference has no units: like jiwer, its rate is the
number of insertions, so 0 if the hypothesis is empty as well.
"""

from __future__ import annotations

import unicodedata
from collections import Counter, deque
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass
from typing import TypeVar

import editdistance
import numpy as np
from numpy.typing import NDArray

_Unit = TypeVar("_Unit", bound=Hashable)

# Larger tables of distances (400 MB) are taken in halves.
_TABLE_CELLS = 10**8

_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−", "-") | {"…": "..."})
_QUOTES = str.maketrans({**dict.fromkeys("‘’‚‛′´`ʼ‹›", "'"), **dict.fromkeys("“”„‟″«»", '"')})


@dataclass(frozen=True)
class NormaliseConfig:
    """What two texts may differ in without an error; NFC is always applied.

    Attributes
    ----------
    fold_quotes : bool
        Typographic quotation marks and apostrophes become ' and ".
    fold_dashes : bool
        All dashes become the hyphen, the ellipsis three full stops.
    collapse_spaces : bool
        Runs of white space, line ends among them, become one space; none at the ends.
    fold_case, strip_accents, strip_punctuation : bool
        Ignore upper case, accents, punctuation (Unicode categories P).
    """

    fold_quotes: bool = True
    collapse_spaces: bool = True
    fold_case: bool = False
    strip_accents: bool = False
    strip_punctuation: bool = False
    fold_dashes: bool = True


def normalise(text: str, config: NormaliseConfig | None = None) -> str:
    """Bring a text to the form in which it is compared; doing so twice changes nothing more."""
    config = config or NormaliseConfig()
    text = unicodedata.normalize("NFC", text)
    if config.fold_quotes:
        text = text.translate(_QUOTES)
    if config.fold_dashes:
        text = text.translate(_DASHES)
    if config.fold_case:
        text = text.lower()
    text = unicodedata.normalize("NFD", text)
    if config.strip_accents:
        text = "".join(c for c in text if unicodedata.category(c) != "Mn")
    if config.strip_punctuation:
        text = "".join(c for c in text if not unicodedata.category(c).startswith("P"))
    if config.collapse_spaces:
        text = " ".join(text.split())
    return unicodedata.normalize("NFC", text)


@dataclass(frozen=True)
class Errors:
    """Edit operations that turn a reference into a hypothesis, and the units of the reference."""

    units: int = 0
    insertions: int = 0
    deletions: int = 0
    substitutions: int = 0

    @property
    def total(self) -> int:
        """All operations: the edit distance."""
        return self.insertions + self.deletions + self.substitutions

    @property
    def rate(self) -> float:
        """Operations for each unit of the reference; their number if it has none."""
        return self.total / max(self.units, 1)

    def __add__(self, other: Errors) -> Errors:
        return Errors(*(a + b for a, b in zip(astuple(self), astuple(other), strict=True)))


@dataclass(frozen=True)
class Score:
    """Sums over lines (or pages); add scores to pool them.

    Attributes
    ----------
    lines, exact_lines : int
        Pairs, and pairs without any error.
    characters, words : Errors
        Edit operations on characters (code points) and on words split at white space.
    bag_errors : int
        Words that are missing or too many whatever their order: see `bag_of_words_errors`.
    """

    lines: int = 0
    exact_lines: int = 0
    characters: Errors = Errors()
    words: Errors = Errors()
    bag_errors: int = 0

    @property
    def cer(self) -> float:
        """Character error rate; may be over 1."""
        return self.characters.rate

    @property
    def wer(self) -> float:
        """Word error rate; may be over 1."""
        return self.words.rate

    @property
    def bag_wer(self) -> float:
        """Word error rate that does not see the reading order; at most `wer`."""
        return self.bag_errors / max(self.words.units, 1)

    @property
    def character_accuracy(self) -> float:
        """1 - CER; may be negative."""
        return 1 - self.cer

    @property
    def exact_share(self) -> float:
        """Share of the lines without any error; 1 if there are no lines."""
        return self.exact_lines / self.lines if self.lines else 1.0

    def __add__(self, other: Score) -> Score:
        return Score(
            self.lines + other.lines,
            self.exact_lines + other.exact_lines,
            self.characters + other.characters,
            self.words + other.words,
            self.bag_errors + other.bag_errors,
        )


def score(pairs: Iterable[tuple[str, str]], config: NormaliseConfig | None = None) -> Score:
    """Score (reference, hypothesis) pairs, both normalised first.

    Parameters
    ----------
    pairs : iterable of (str, str)
        The truth comes first. A pair may be a line or a page.
    config : NormaliseConfig, optional

    Returns
    -------
    Score
    """
    result = Score()
    for pair in pairs:
        reference, hypothesis = (normalise(text, config) for text in pair)
        words = reference.split(), hypothesis.split()
        result += Score(
            lines=1,
            exact_lines=int(reference == hypothesis),
            characters=count_errors(reference, hypothesis),
            words=count_errors(*words),
            bag_errors=bag_of_words_errors(*words),
        )
    return result


def cer(reference: str, hypothesis: str, config: NormaliseConfig | None = None) -> float:
    """Character error rate of one pair; see `score`."""
    return score([(reference, hypothesis)], config).cer


def wer(reference: str, hypothesis: str, config: NormaliseConfig | None = None) -> float:
    """Word error rate of one pair; see `score`."""
    return score([(reference, hypothesis)], config).wer


def bag_of_words_errors(reference: Sequence[str], hypothesis: Sequence[str]) -> int:
    """Least number of word errors in any order of the words.

    Missing and surplus words pair up as substitutions, so it is the larger of the two numbers
    (bWER of Vidal et al. 2023, "End-to-end page-level assessment of handwritten text
    recognition").
    """
    expected, found = Counter(reference), Counter(hypothesis)
    return max((expected - found).total(), (found - expected).total())


def count_errors(reference: Sequence[_Unit], hypothesis: Sequence[_Unit]) -> Errors:
    """Edit operations of one shortest alignment; their total is the Levenshtein distance.

    The total is unique. Where shortest alignments differ in kind ("ab" to "ca" is two
    substitutions, or an insertion and a deletion), `alignment` says which one is taken.
    """
    distance = int(editdistance.eval(reference, hypothesis))
    surplus = len(hypothesis) - len(reference)
    if distance == abs(surplus):
        return Errors(len(reference), max(surplus, 0), max(-surplus, 0), 0)
    pairs = alignment(reference, hypothesis)
    insertions = sum(a is None for a, _ in pairs)
    return Errors(
        len(reference), insertions, insertions - surplus, distance - 2 * insertions + surplus
    )


def alignment(
    reference: Sequence[_Unit], hypothesis: Sequence[_Unit]
) -> list[tuple[_Unit | None, _Unit | None]]:
    """Align two sequences with the fewest edit operations (Wagner and Fischer 1974).

    Parameters
    ----------
    reference, hypothesis : sequences of characters or words
        None must not be a unit.

    Returns
    -------
    list of pairs
        (a, a) hit, (a, b) substitution, (a, None) deletion, (None, b) insertion, in order. Where
        there is a choice, it is the one of rapidfuzz, so that counts agree with jiwer's: read
        from the end, a deletion if there can be one, an insertion only if nothing else can be.

    Notes
    -----
    Texts whose table of distances would not fit in memory are divided as Hirschberg 1975 does:
    the alignment has as few operations as any, but may be another one of them.
    """
    head = _common(reference, hypothesis)
    tail = _common(reference[head:][::-1], hypothesis[head:][::-1])
    old = list(reference[head : len(reference) - tail])
    new = list(hypothesis[head : len(hypothesis) - tail])
    middle = _align(old, new)
    hits = [(unit, unit) for unit in reference]
    return [*hits[:head], *middle, *hits[len(reference) - tail :]]


def _align(old: Sequence[_Unit], new: Sequence[_Unit]) -> list[tuple[_Unit | None, _Unit | None]]:
    if len(old) > 1 and (len(old) + 1) * (len(new) + 1) > _TABLE_CELLS:
        half = len(old) // 2
        (before,) = deque(_rows(old[:half], new), maxlen=1)
        (after,) = deque(_rows(old[half:][::-1], new[::-1]), maxlen=1)
        cut = int(np.argmin(before + after[::-1]))
        return _align(old[:half], new[:cut]) + _align(old[half:], new[cut:])
    table = np.stack(list(_rows(old, new)))
    found: list[tuple[_Unit | None, _Unit | None]] = []
    i, j = len(old), len(new)
    while i or j:
        if i and table[i, j] == table[i - 1, j] + 1:
            i -= 1
            found.append((old[i], None))
        # An insertion only where a step along the diagonal would cost more.
        elif j and (not i or table[i, j - 1] < table[i - 1, j - 1]):
            j -= 1
            found.append((None, new[j]))
        else:
            i, j = i - 1, j - 1
            found.append((old[i], new[j]))
    return found[::-1]


def _common(first: Sequence[_Unit], second: Sequence[_Unit]) -> int:
    """Length of the common beginning."""
    length = 0
    for a, b in zip(first, second, strict=False):
        if a != b:
            break
        length += 1
    return length


def _rows(old: Sequence[_Unit], new: Sequence[_Unit]) -> Iterator[NDArray[np.int32]]:
    """Edit distances, int32 (len(new) + 1,), of each beginning of old to all those of new."""
    numbers = {unit: number for number, unit in enumerate({*old, *new})}
    coded = np.array([numbers[unit] for unit in new], np.int32)
    columns = np.arange(len(new) + 1, dtype=np.int32)
    row = columns
    yield row
    for unit in old:
        down = row + 1
        np.minimum(down[1:], row[:-1] + (coded != numbers[unit]), out=down[1:])
        # Insertions run along the row: the least of all cells to the left plus the way from them.
        row = np.minimum.accumulate(down - columns) + columns
        yield row
