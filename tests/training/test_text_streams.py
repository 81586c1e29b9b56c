from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

pytest.importorskip("wordfreq")

from recognition.alphabet import LINE_ALPHABET
from training.line_store import LineStore
from training.names import Names
from training.text_streams import MadeUpLines, Pages, RunningText, Stream, pages_of
from training.texts import TextSource

PAGE = ["Marie Tremblay est née en 1887", "à Chicoutimi."]


def text(symbols: np.ndarray) -> str:
    return "".join((LINE_ALPHABET.characters + "\n")[symbol] for symbol in symbols)


@pytest.fixture(scope="module")
def names() -> Names:
    return Names("fr", {"la", "le", "est", "née", "en"}, LINE_ALPHABET.characters)


@pytest.mark.parametrize(
    "stream",
    [
        lambda: RunningText(["abc", "de"], LINE_ALPHABET),
        lambda: Pages([PAGE, ["x"]], None, LINE_ALPHABET),
        lambda: MadeUpLines(TextSource(LINE_ALPHABET.characters, ("fr",)), LINE_ALPHABET),
    ],
)
def test_every_stream_gives_as_much_as_is_wanted(stream: Callable[[], Stream]) -> None:
    made = stream()
    for length in (1, 7, 300):
        drawn = made.draw(np.random.default_rng(3), length)
        assert drawn.dtype == np.uint8
        assert len(drawn) == length
        assert np.array_equal(drawn, made.draw(np.random.default_rng(3), length))


def test_running_text_begins_with_any_of_its_lines_and_goes_on() -> None:
    stream, rng = RunningText(["abc", "de", "f☃"], LINE_ALPHABET), np.random.default_rng(1)
    drawn = {text(stream.draw(rng, 9)) for _ in range(50)}
    assert drawn == {"abc\nde\nf\n", "de\nf\nabc\n", "f\nabc\nde\n"}


def test_pages_are_told_with_other_names_and_numbers(names: Names) -> None:
    stream, rng = Pages([PAGE], names, LINE_ALPHABET), np.random.default_rng(1)
    told = [text(stream.draw(rng, 200)) for _ in range(80)]
    assert any("Marie Tremblay est née en 1887\nà Chicoutimi.\n" in page for page in told)
    born = [line for page in told for line in page.split("\n") if line[-4:].isdigit()]
    assert any("Marie" not in line for line in born)
    assert any("1887" not in line for line in born)
    assert any(page.startswith("à ") for page in told)
    assert any(page.startswith("Marie Tremblay") for page in told)


def test_without_names_only_numbers_change() -> None:
    stream, rng = Pages([PAGE], None, LINE_ALPHABET), np.random.default_rng(1)
    told = "".join(text(stream.draw(rng, 200)) for _ in range(40))
    assert "en 1887" in told
    assert set(told.split("\n")) - set(PAGE)
    assert all("Marie" in line for line in told.split("\n") if "Tremblay est née en" in line)


def test_lines_of_a_group_are_a_page() -> None:
    blank = np.zeros((2, 2), np.uint8)
    store = LineStore([blank] * 3, ["a", "b", "c"], ["p", "q", "p"])
    assert pages_of(store) == [["a", "c"], ["b"]]


@pytest.mark.parametrize(
    "make", [lambda: RunningText([], LINE_ALPHABET), lambda: Pages([[]], None, LINE_ALPHABET)]
)
def test_no_text_is_refused(make: Callable[[], Stream]) -> None:
    with pytest.raises(ValueError, match=r"there (is|are) no"):
        make()
