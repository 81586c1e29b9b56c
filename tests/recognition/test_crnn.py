from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from recognition.alphabet import LINE_ALPHABET
from recognition.crnn import LineReader
from recognition.ctc import DecodeConfig, beam_searches
from recognition.language import load_language
from recognition.lexicon import Lexicon
from recognition.network import Network
from recognition.neural_language import NeuralLanguage
from recognition.prepare import LINE_HEIGHT, prepare_line
from recognition.rescoring import Rescorer
from recognition.word_model import TERMS

AFTER = 32
"""Columns of paper that the network is shown after a line."""
METADATA = {
    "kind": "line",
    "alphabet": LINE_ALPHABET.characters,
    "blank": LINE_ALPHABET.blank,
    "height": LINE_HEIGHT,
    "stride": 4,
}


class Spelling(Network):
    """A network that spells one text, a character every third frame from frame 2 on."""

    def __init__(self, text: str, sure: float = 0.98, **changed: Any) -> None:
        super().__init__(None, {**METADATA, **changed}, Path("spelling.onnx"))  # type: ignore[arg-type]
        object.__setattr__(self, "_spelled", (text, sure))

    def run_all(self, batch: np.ndarray) -> list[np.ndarray]:
        text, sure = self._spelled  # type: ignore[attr-defined]
        frames, classes = -(-batch.shape[2] // 4), len(LINE_ALPHABET) + 1
        probs = np.full((1, frames, classes), (1 - sure) / (classes - 1), np.float32)
        path = np.full(frames, LINE_ALPHABET.blank)
        path[2 : 2 + 3 * len(text) : 3] = LINE_ALPHABET.encode(text)
        probs[0, np.arange(frames), path] = sure
        return [np.log(probs)]


@pytest.fixture
def image() -> np.ndarray:
    drawn = np.full((90, 700), 255, np.uint8)
    cv2.putText(drawn, "some writing here", (20, 60), cv2.FONT_HERSHEY_SIMPLEX, 2, 20, 4)
    return drawn


def test_the_network_sees_paper_after_the_line(
    image: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[np.ndarray] = []
    network = Spelling("a")
    run = network.run_all

    def watched(self: Network, batch: np.ndarray) -> list[np.ndarray]:
        seen.append(batch)
        return run(batch)

    monkeypatch.setattr(Spelling, "run_all", watched)
    line = prepare_line(image)
    frames = LineReader(network).log_probs(line)
    (batch,) = seen
    assert len(frames) == -(-line.image.shape[1] // 4)
    assert batch.shape == (1, LINE_HEIGHT, line.image.shape[1] + AFTER, 1)
    assert not batch[:, :, -AFTER:].any()
    np.testing.assert_allclose(batch[0, :, :-AFTER, 0] * 255, line.image, atol=1e-3)
    assert frames[2].argmax() == LINE_ALPHABET.encode("a")[0]


def test_words_glyphs_and_columns(image: np.ndarray) -> None:
    (reading,) = LineReader(Spelling("été à l'ouest")).read([image])
    assert reading.text == "été à l'ouest"
    assert [word.text for word in reading.words] == ["été", "à", "l'ouest"]
    for word in reading.words:
        assert word.text == "".join(glyph.text for glyph in word.glyphs)
        assert word.start == word.glyphs[0].start
        assert word.end == word.glyphs[-1].end
        assert 0 <= word.confidence <= 1
    edges = [edge for word in reading.words for edge in (word.start, word.end)]
    assert edges == sorted(edges)
    assert edges[0] > 0
    assert edges[-1] < image.shape[1]


def test_confidence_is_a_probability_of_the_word(image: np.ndarray) -> None:
    sure = LineReader(Spelling("ab", 0.9999)).read([image])[0]
    unsure = LineReader(Spelling("ab", 0.8)).read([image])[0]
    assert sure.confidence > 0.95 > unsure.confidence


def test_the_models_own_word_model_is_applied(image: np.ndarray) -> None:
    """Twice the logit of CTC's probability, which stands first among the features."""
    doubled = {"weights": [2.0] + [0.0] * (TERMS - 1), "bias": 0.0}
    plain = LineReader(Spelling("ab")).read([image])[0].words[0].confidence
    mapped = LineReader(Spelling("ab", word_model=doubled)).read([image])[0].words[0].confidence
    odds = (plain / (1 - plain)) ** 2
    assert mapped == pytest.approx(odds / (1 + odds))


@pytest.mark.parametrize("fitted", [{}, [1], {"weights": [1.0], "bias": 0}, {"weights": 3}])
def test_a_broken_word_model_is_refused(fitted: object) -> None:
    with pytest.raises(ValueError, match="word model cannot be used"):
        LineReader(Spelling("ab", word_model=fitted))


def test_alternatives_begin_with_the_reading(image: np.ndarray) -> None:
    (reading,) = LineReader(Spelling("oui", 0.7)).read([image])
    texts = [text for text, _ in reading.alternatives]
    assert texts[0] == reading.text == "oui"
    assert len(set(texts)) == len(texts) > 1
    probabilities = [probability for _, probability in reading.alternatives]
    assert sum(probabilities) <= 1
    assert max(probabilities) == probabilities[0]


def test_doubtful_words_have_alternatives(image: np.ndarray) -> None:
    (reading,) = LineReader(Spelling("oui non", 0.7)).read([image])
    for word in reading.words:
        texts = [text for text, _ in word.alternatives]
        assert 0 < len(texts) == len(set(texts))
        assert word.text not in texts
        probabilities = [probability for _, probability in word.alternatives]
        assert probabilities == sorted(probabilities, reverse=True)
        assert 0 < sum(probabilities) <= 1 - word.confidence + 1e-9
    (sure,) = LineReader(Spelling("oui non", 0.99999)).read([image])
    assert all(word.alternatives == () for word in sure.words)


class Rivals(Spelling):
    """Spells "Lyon", with "i" nearly as probable as "y"."""

    def run_all(self, batch: np.ndarray) -> list[np.ndarray]:
        probs = np.exp(super().run_all(batch)[0])
        (y, i), frame = LINE_ALPHABET.encode("yi"), 2 + 3 * "A Lyon".index("y")
        probs[0, frame, [y, i]] = probs[0, frame, y] * np.array([0.55, 0.45])
        features = (probs == probs.max(axis=2, keepdims=True)).astype(np.float32)
        return [np.log(probs / probs.sum(axis=2, keepdims=True)), features]


def test_lines_of_one_hand_teach_each_other(image: np.ndarray) -> None:
    language = load_language(["fr"], LINE_ALPHABET.characters, Lexicon(["Lion"]))
    network, decoding = Rivals("A Lyon", 0.99), DecodeConfig(alpha=1.0)
    reader = LineReader(network, decoding, language)
    frames = reader.frames(prepare_line(image))
    y, i = LINE_ALPHABET.encode("yi")
    at = 2 + 3 * "A Lyon".index("y")
    before, (after, *_) = np.exp(frames.log_probs[at]), reader.adapted([frames] * 6)
    # All lines say Lion where the network sees a y.
    assert np.exp(after[at, i]) > before[i] + 0.01
    assert np.exp(after[at, y]) < before[y] - 0.01
    assert np.array_equal(reader.adapted([frames])[0], frames.log_probs)
    page = LineReader(network, decoding, language, one_hand=True).read([image] * 6)
    alone = reader.read([image] * 6)
    assert [line.text for line in page] == [line.text for line in alone] == ["A Lion"] * 6
    assert page[0].words[1].confidence != alone[0].words[1].confidence


@pytest.mark.parametrize(
    ("kind", "lines", "searches"), [(Rivals, 2, 1), (Spelling, 6, 1), (Rivals, 6, 2)]
)
def test_what_cannot_teach_is_searched_once(
    kind: type[Spelling],
    lines: int,
    searches: int,
    image: np.ndarray,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    searched: list[int] = []

    def counted(windows: Sequence[Any], *given: Any, **options: Any) -> Any:
        searched.append(len(windows))
        return beam_searches(windows, *given, **options)

    monkeypatch.setattr("recognition.crnn.beam_searches", counted)
    readings = LineReader(kind("A Lyon", 0.9), one_hand=True).read([image] * lines)
    assert [reading.text for reading in readings] == ["A Lyon"] * lines
    assert searched == [lines] * searches


def test_the_alternative_of_a_word_is_what_else_its_frames_say(image: np.ndarray) -> None:
    (reading,) = LineReader(Rivals("A Lyon", 0.99)).read([image])
    assert reading.words[1].text == "Lyon"
    assert reading.words[1].alternatives[0][0] == "Lion"
    # A language that knows the other spelling turns the two round.
    language = load_language(["fr"], LINE_ALPHABET.characters, Lexicon(["Lion"]))
    decoding = DecodeConfig(alpha=1.0)
    (turned,) = LineReader(Rivals("A Lyon", 0.99), decoding, language).read([image])
    assert turned.words[1].text == "Lion"
    assert turned.words[1].alternatives[0][0] == "Lyon"


def fond_of(character: str) -> NeuralLanguage:
    """Return a language that finds one character more likely than all others, everywhere."""
    symbols = len(LINE_ALPHABET.characters) + 1
    bias = np.zeros(symbols, np.float32)
    bias[LINE_ALPHABET.characters.index(character)] = 5
    arrays = [np.zeros(shape, np.float32) for shape in ((symbols, 3), (1, 3), 3, (1, symbols))]
    return NeuralLanguage(LINE_ALPHABET.characters, *arrays, bias)


def test_a_neural_language_has_a_say_in_what_is_read(image: np.ndarray) -> None:
    network = Rivals("A Lyon", 0.99, rescoring={"neural": 1.0}, decoding={"alpha": 0.0})
    for character, text in (("y", "A Lyon"), ("i", "A Lion")):
        reader = LineReader(network, neural=fond_of(character))
        for hand in (False, True):
            (reading,) = LineReader(network, neural=fond_of(character), one_hand=hand).read([image])
            assert reading.text == reading.alternatives[0][0] == text
        (line,) = reader.decode_apart([reader.frames(prepare_line(image))])
        assert line.liking is not None
        assert len(line.liking) == len(text)
        assert int(line.liking.argmax()) == text.index(character)


@pytest.mark.parametrize("one_hand", [True, False])
def test_each_line_of_a_page_is_weighed_after_those_above(
    one_hand: bool, image: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[Any] = []
    log_probs = Rescorer.log_probs

    def watched(self: Rescorer, found: Any, above: Any) -> Any:
        shown.extend(above)
        return log_probs(self, found, above)

    monkeypatch.setattr(Rescorer, "log_probs", watched)
    reader = LineReader(Spelling("A Lyon"), neural=fond_of("e"), one_hand=one_hand)
    reader.read([image] * 40)  # more than are decoded together
    texts = [list(map(LINE_ALPHABET.decode, above)) for above in shown]
    wanted = [[], ["A Lyon"], *[["A Lyon"] * 2] * 38]
    assert texts == (wanted if one_hand else [[]] * 40)


@pytest.mark.parametrize(("languages", "neural"), [(["fr"], True), ([], False)])
def test_the_neural_language_comes_with_those_that_it_knows(
    languages: list[str], neural: bool
) -> None:
    assert (LineReader.load(languages=languages).rescorer is not None) == neural


@pytest.mark.parametrize("name", ["decoding", "rescoring"])
@pytest.mark.parametrize("weights", [{"gamma": 1}, {"alpha": "x", "neural": "x"}, [1], "x", 3])
def test_weights_that_are_none_are_refused(name: str, weights: Any) -> None:
    with pytest.raises(ValueError, match=f"its {name} cannot be used"):
        LineReader(Spelling("a", **{name: weights}))


def test_nothing_written_is_an_empty_text() -> None:
    blank = np.full((60, 300), 255, np.uint8)
    (reading,) = LineReader(Spelling("noise")).read([blank])
    assert (reading.text, reading.words) == ("", ())


def test_threads_change_nothing(image: np.ndarray) -> None:
    images = [image, image[:, :400], np.full((60, 300), 255, np.uint8), image[:, 200:]]
    network = Spelling("trois ou quatre", 0.9)
    assert LineReader(network, threads=3).read(images) == LineReader(network).read(images)


def test_lines_read_together_are_read_as_if_alone(image: np.ndarray) -> None:
    language = load_language(["en", "fr"], LINE_ALPHABET.characters)
    reader = LineReader(Rivals("Lyon oder A Lyon", 0.9), language=language)
    images = [image, np.full((60, 300), 255, np.uint8), image[:, :450], image[:, 100:]]
    singly = [reader.read([one]) for one in images]
    for reading, alone in zip(reader.read(images), singly, strict=True):
        assert reading.text == alone[0].text
        for word, other in zip(reading.words, alone[0].words, strict=True):
            assert word.confidence == pytest.approx(other.confidence)
            assert [text for text, _ in word.alternatives] == [t for t, _ in other.alternatives]
            assert (word.start, word.end) == (other.start, other.end)


@pytest.mark.parametrize(
    "changed", [{"height": 64}, {"stride": 0}, {"blank": 3}, {"alphabet": "abc", "blank": 3}]
)
def test_refuses_models_made_otherwise(changed: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"spelling\.onnx"):
        LineReader(Spelling("a", **changed))
