"""Two readings of one line: aligned word by word, the better word of each pair taken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from recognition.confidence import log_odds
from recognition.crnn import LineReading, WordReading, line_confidence

OVERLAP = 0.3
"""Words overlap by so much of the narrower one to be the same writing."""
MARGIN = 2.0
"""How much higher the log odds of the word read by characters must be for it to be taken.

Of 400 words of print by UNIPEN's validation writers 326 are right by the first reading alone, 339
with a margin of 2 and 341 with 1, which loses words of running hand (CER of every third validation
line of Copiste 7.2 % from 1.5 on, 7.8 % with 1); in boxes and on combs margins from 0 to 2 are
alike (`benchmarks.fit_lattice` prints such tables for its own writers)."""
LEAST_TRUSTED = 0.6
"""How sure the second reading of a whole line must be, as a share of how sure the first one is: in
a hand that cannot be read by characters a word that looks sure is a chance."""
_LEAST = 1e-4


def combine(
    first: LineReading, second: LineReading, margin: float = MARGIN, in_cells: bool = False
) -> LineReading:
    """Take the better of two readings, word by word.

    Parameters
    ----------
    first
        The reading kept where nothing speaks against it.
    second
        Another reading of the same columns.
    margin
        As `MARGIN`.
    in_cells
        The second reading has one character a cell, and its spaces are empty cells: words of the
        first with another number of characters are wrong, and its spaces do not count, nor do
        words that only the first has. Which letters are capitals shows better in a cell each.

    Returns
    -------
    LineReading
        Words that both have read have `agreement`; their characters are where the second saw
        them, if both saw as many. Where all words are the first reading's, so are the alternatives
        of the line; otherwise it has none.
    """
    if not first.words or not second.words:
        return first if first.words or not second.words else _unless_better(first, second, margin)
    trusted = in_cells or line_confidence(second.words) >= LEAST_TRUSTED * line_confidence(
        first.words
    )
    words: list[WordReading] = []
    changed = False
    for own, others in _groups(first.words, second.words):
        if not own or not others:
            # What only one of them sees is not taken from the other; in cells it is no letter.
            words += others if in_cells else own
            changed |= in_cells
            continue
        if in_cells:
            own = _in_same_cells(own, others)
        agree = [w.text for w in own] == [w.text for w in others]
        better = not agree and (
            not own
            or (trusted and _better(own, others, margin))
            or (in_cells and _differ_in_case(own, others))
        )
        changed |= better
        kept = others if better else _placed(own, others)
        words += [replace(word, agreement=agree) for word in kept]
    if not changed and len(words) == len(first.words):
        return LineReading(first.text, first.confidence, tuple(words), first.alternatives)
    return _line(words)


def _unless_better(first: LineReading, second: LineReading, margin: float) -> LineReading:
    """Return the second of two readings of which the first is empty, if it is sure."""
    sure = log_odds(min(word.confidence for word in second.words), _LEAST) > margin
    return second if sure else first


def _better(own: Sequence[WordReading], others: Sequence[WordReading], margin: float) -> bool:
    """Tell whether the others are surer, judged by the least sure word of each."""
    sure, other = (log_odds(min(w.confidence for w in words), _LEAST) for words in (own, others))
    return other > sure + margin


def _differ_in_case(own: Sequence[WordReading], others: Sequence[WordReading]) -> bool:
    return [w.text.lower() for w in own] == [w.text.lower() for w in others]


def _placed(own: Sequence[WordReading], others: Sequence[WordReading]) -> list[WordReading]:
    """Return words with their characters where the others, of as many characters, have them.

    A network that reads whole lines knows their places roughly; one that cuts them apart, to a
    pixel.
    """
    if [len(word.glyphs) for word in own] != [len(word.glyphs) for word in others]:
        return list(own)
    return [
        replace(
            word,
            glyphs=tuple(
                replace(glyph, start=seen.start, end=seen.end)
                for glyph, seen in zip(word.glyphs, other.glyphs, strict=True)
            ),
        )
        for word, other in zip(own, others, strict=True)
    ]


def _in_same_cells(own: Sequence[WordReading], others: Sequence[WordReading]) -> list[WordReading]:
    """Return words spaced as the others are; none if their characters are not as many."""
    text = "".join(word.text for word in own)
    if [len(word.text) for word in own] == [len(word.text) for word in others]:
        return list(own)
    if len(text) != sum(len(word.glyphs) for word in others):
        return []
    sure, left = min(word.confidence for word in own), iter(text)
    spaced = []
    for word in others:
        glyphs = tuple(replace(glyph, text=next(left), confidence=sure) for glyph in word.glyphs)
        said = "".join(glyph.text for glyph in glyphs)
        spaced.append(WordReading(said, sure, word.start, word.end, glyphs))
    return spaced


def _line(words: Sequence[WordReading]) -> LineReading:
    text = " ".join(word.text for word in words)
    return LineReading(text, line_confidence(words), tuple(words), ())


def _groups(
    first: Sequence[WordReading], second: Sequence[WordReading]
) -> list[tuple[list[WordReading], list[WordReading]]]:
    """Return the words in groups that overlap, left to right; a group may lack either side."""
    groups: list[tuple[list[WordReading], list[WordReading]]] = []
    i = j = 0
    while i < len(first) or j < len(second):
        own, others = [], []
        if j == len(second) or (i < len(first) and _middle(first[i]) <= _middle(second[j])):
            own.append(first[i])
            i += 1
        else:
            others.append(second[j])
            j += 1
        grown = True
        while grown:
            grown = False
            if j < len(second) and any(_overlap(word, second[j]) for word in own):
                others.append(second[j])
                j, grown = j + 1, True
            if i < len(first) and any(_overlap(first[i], word) for word in others):
                own.append(first[i])
                i, grown = i + 1, True
        groups.append((own, others))
    return groups


def _middle(word: WordReading) -> float:
    return (word.start + word.end) / 2


def _overlap(one: WordReading, other: WordReading) -> bool:
    shared = min(one.end, other.end) - max(one.start, other.start)
    return shared > OVERLAP * max(1.0, min(one.end - one.start, other.end - other.start))
