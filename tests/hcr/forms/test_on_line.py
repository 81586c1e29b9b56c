"""Frames of a line folded to what a field may hold, and the field's own writing."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from hcr.forms.by_characters import CharacterOpinion
from hcr.forms.on_line import LineFieldReader, fold_frames, own_writing
from hcr.forms.picture import FieldPicture
from recognition.alphabet import ASCII, Alphabet
from recognition.automata import pattern_automaton
from recognition.candidates import CandidateJudge
from recognition.characters import CharacterClassifier
from recognition.crnn import LineReader, LineReading, WordReading
from recognition.prepare import PreparedLine


def frame(**chances: float) -> np.ndarray:
    """One frame of log-probabilities; the characters not named share what is left."""
    named = {name: chance for name, chance in chances.items() if name != "blank"}
    rest = (1 - sum(chances.values())) / (len(ASCII) + 1 - len(chances))
    row = np.full(len(ASCII) + 1, rest)
    for name, chance in named.items():
        row[ASCII.index({"space": " "}.get(name, name))] = chance
    row[-1] = chances.get("blank", rest)
    return np.log(row)[None].astype(np.float32)


def folded(pattern: str, **chances: float) -> dict[str, float]:
    automaton = pattern_automaton(pattern, ASCII)
    row = np.exp(fold_frames(frame(**chances), automaton)[0])
    assert row.sum() == pytest.approx(1.0, abs=1e-4)
    return {**dict(zip(ASCII, row.tolist(), strict=False)), "": float(row[-1])}


def test_look_alikes_count_as_digits_where_letters_cannot_stand() -> None:
    found = folded("[0-9]+", O=0.4, o=0.2, l=0.1, space=0.1, blank=0.1)
    assert found["0"] == pytest.approx(0.6, abs=0.01)
    assert found["1"] == pytest.approx(0.1, abs=0.01)
    assert found[""] == pytest.approx(0.2, abs=0.01)


def test_letters_count_in_the_case_that_is_allowed() -> None:
    found = folded("[A-Z]{2}[0-9]{4}", a=0.5, A=0.2, O=0.2)
    assert found["A"] == pytest.approx(0.7, abs=0.01)
    assert found["O"] == pytest.approx(0.2, abs=0.02)


def test_what_the_field_may_hold_is_left_alone() -> None:
    found = folded(".*", O=0.4, o=0.2, space=0.3)
    assert found["O"] == pytest.approx(0.4, abs=0.01)
    assert found[" "] == pytest.approx(0.3, abs=0.01)


def written(*boxes: tuple[int, int, int, int]) -> FieldPicture:
    grey = np.full((80, 200), 255, np.uint8)
    for left, top, right, bottom in boxes:
        grey[top:bottom, left:right] = 30
    return FieldPicture(grey, grey < 128, (), (), 20)


def test_writing_that_reaches_into_the_box_is_its_own() -> None:
    grey = own_writing(written((60, 10, 66, 40), (100, 2, 140, 8)))
    assert grey is not None
    assert grey[12, 62] == 30
    assert (grey[:9, 98:142] == 255).all()


def test_a_field_with_dirt_only_is_empty() -> None:
    assert own_writing(written()) is None
    assert own_writing(written((60, 40, 61, 42))) is None
    assert own_writing(written((60, 2, 90, 12))) is None


class WideReader(LineReader):
    """Reads "I" in what is narrow and "H" in what is wide, from the width on that it is given."""

    def __init__(self, wide: float) -> None:
        self.wide, self.alphabet = wide, Alphabet(ASCII)

    def read(self, images: Sequence[np.ndarray]) -> list[LineReading]:
        return [self.reading("H" if self.width(image) >= self.wide else "I") for image in images]

    def log_probs(self, line: PreparedLine) -> np.ndarray:
        return frame(H=0.5, I=0.25)

    @staticmethod
    def width(image: np.ndarray) -> float:
        return float(np.ptp(np.flatnonzero((image < 128).any(axis=0))))

    @staticmethod
    def reading(text: str) -> LineReading:
        return LineReading(text, 0.8, (WordReading(text, 0.8, 0.0, 9.0, ()),), ())


@pytest.mark.parametrize(("wide", "alike"), [(10, 1.0), (38, 0.5), (45, 0.5), (90, 1.0)])
def test_text_is_doubtful_that_reads_otherwise_when_wider_or_narrower(
    wide: float, alike: float
) -> None:
    opinion = CharacterOpinion(CharacterClassifier.load(), CandidateJudge.load())
    reader = LineFieldReader(WideReader(wide), opinion)
    evidence = reader.read(written((60, 30, 101, 50)), None)
    assert evidence is not None
    assert evidence.value == ("H" if wide <= 40 else "I")
    assert evidence.alike == alike
    assert evidence.share == pytest.approx(0.8)
    assert evidence.fit == pytest.approx(np.log(0.5 if wide <= 40 else 0.25))
