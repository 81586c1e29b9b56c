"""The line reader: a line image through the CRNN to text, words, glyphs and confidences."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from recognition.adaptation import LineFrames, adapt, can_teach
from recognition.alignment import word_ranges
from recognition.alphabet import Alphabet
from recognition.alternatives import Alternatives, WordAlternatives
from recognition.confidence import apply_temperature
from recognition.ctc import DecodeConfig, Hypothesis, Window, beam_searches
from recognition.language import LANGUAGES, Language, load_language
from recognition.lexicon import Lexicon
from recognition.network import WEIGHTS_FOLDER, Network
from recognition.neural_language import NeuralLanguage
from recognition.prepare import LINE_HEIGHT, PreparedLine, prepare_line
from recognition.rescoring import (
    Labels,
    Rescorer,
    RescoringConfig,
    lines_above,
    load_neural_language,
)
from recognition.trellis import Span
from recognition.word_confidence import Decoded, line_features
from recognition.word_model import WordModel, plain_word_model

SHIPPED_WEIGHTS = WEIGHTS_FOLDER / "line.onnx"
SPACE = " "
# Lines decoded together: more share more of the cost, fewer leave more of it to the time in which
# the network is busy with the next lines.
_TOGETHER = 32
# Frames of paper shown after a line, as nearly all lines of a training batch have some.
# Greedy CER of Copiste's validation lines 11.0 without, 10.8 % with them, of pen strokes drawn by
# the training's pen 15.1 and 14.6 %. Before a line they gain nothing, and specks become letters.
_FRAMES_AFTER = 8
# How the first reading of a page that is read twice is found: it only teaches the second one.
_DRAFT = partial(replace, width=8, n_best=4, min_prob=3e-3, min_ratio=1e-2)


@dataclass(frozen=True)
class GlyphReading:
    """One character of a line: text, probability, columns [start, end) of the line image."""

    text: str
    confidence: float
    start: float
    end: float


@dataclass(frozen=True)
class WordReading:
    """One word of a line.

    Attributes
    ----------
    text
    confidence
        Probability that the word is right.
    start, end
        Columns [start, end) of the line image.
    glyphs
        Its characters.
    alternatives
        Other readings with their probabilities, best first; none of a word that is sure.
    agreement
        Whether a second reader says the same; None if there was none.
    """

    text: str
    confidence: float
    start: float
    end: float
    glyphs: tuple[GlyphReading, ...]
    alternatives: Alternatives = ()
    agreement: bool | None = None


@dataclass(frozen=True)
class LineReading:
    """What a line says.

    Attributes
    ----------
    text
        Empty where nothing is written.
    confidence
        Share of the characters that stand in words expected to be right, 0 to 1.
    words
        Left to right.
    alternatives
        Other readings with their probabilities, best first; the reading itself is the first.
    """

    text: str
    confidence: float
    words: tuple[WordReading, ...]
    alternatives: tuple[tuple[str, float], ...]


Floats = NDArray[np.floating]
Config = TypeVar("Config", DecodeConfig, RescoringConfig)
EMPTY = LineReading("", 1.0, (), ())


class LineReader:
    """Reads line images with a CRNN and prefix beam search.

    Parameters
    ----------
    network
        A model of kind "line".
    decoding
        Beam width and weights; None takes the model's own.
    language
        Weighs the labels; None reads by the image alone.
    threads
        Lines that the network works on at a time. Others are decoded meanwhile.
    one_hand
        Lines given together are a page's, in their order, by one hand. They are decoded twice, the
        second time with what the first has taught of the hand (`recognition.adaptation`), and each
        is weighed after the lines above it.
    neural
        Weighs the readings that the search leaves (`recognition.rescoring`).

    Raises
    ------
    ValueError
        If the model's metadata does not fit this reader.
    """

    def __init__(
        self,
        network: Network,
        decoding: DecodeConfig | None = None,
        language: Language | None = None,
        threads: int = 1,
        one_hand: bool = False,
        neural: NeuralLanguage | None = None,
    ) -> None:
        self.network = network
        self._threads, self._one_hand = threads, one_hand
        self.alphabet = Alphabet(str(network.metadata.get("alphabet", "")))
        self._stride = int(network.metadata.get("stride", 0))
        self._temperature = float(network.metadata.get("temperature", 1.0))
        self._word_model = _word_model(network)
        self._decoding = decoding or _weights(network, "decoding", DecodeConfig)
        self._language = language
        if network.metadata.get("height") != LINE_HEIGHT or self._stride < 1:
            raise ValueError(f"{network.path}: made for lines prepared in another way")
        if SPACE not in self.alphabet or network.metadata.get("blank") != self.alphabet.blank:
            raise ValueError(f"{network.path}: its alphabet is not usable")
        weights = _weights(network, "rescoring", RescoringConfig)
        self.rescorer = None
        if neural is not None:
            self.rescorer = Rescorer(neural, self.alphabet, self._decoding, weights)
        self._word_alternatives = WordAlternatives(self.alphabet, self._decoding, language)

    @classmethod
    def load(
        cls,
        path: Path | None = None,
        config: DecodeConfig | None = None,
        threads: int = 0,
        languages: Sequence[str] = LANGUAGES,
        lexicon: Lexicon | None = None,
        one_hand: bool = False,
    ) -> LineReader:
        """Load a model file, or the shipped one, and the shipped languages.

        Parameters
        ----------
        path
            ONNX file; None for the shipped weights.
        config
            Decoding; None takes the model's own.
        threads
            Lines read at a time; 0 is one a core.
        languages
            Codes of the languages that a line may be in; none reads by the image alone.
        lexicon
            Words that are likely to occur.
        one_hand
            Whether lines given together are a page's by one hand.

        Raises
        ------
        ValueError
            If a file cannot be used, or a language is not known.
        """
        network = Network.load(path or SHIPPED_WEIGHTS, "line", threads=1)
        language = load_language(languages, str(network.metadata.get("alphabet", "")), lexicon)
        neural = load_neural_language(languages)
        return cls(network, config, language, threads or usable_cores(), one_hand, neural)

    def read(self, images: Sequence[NDArray[np.uint8]]) -> list[LineReading]:
        """Read line images.

        Parameters
        ----------
        images
            uint8 (h, w) each, dark ink on paper, one line of text.

        Returns
        -------
        list of LineReading
            In the order given; an image without ink gives an empty text.
        """
        prepared = [prepare_line(image) for image in images]
        written = [line for line in prepared if line.image.shape[1]]
        readings: list[LineReading] = []
        with ThreadPoolExecutor(self._threads) as pool:
            run = pool.map if self._threads > 1 else map
            frames = run(self.frames, written)
            decoded = self.decode_page(frames) if self._one_hand else self.decode_apart(frames)
            for first in range(0, len(written), _TOGETHER):
                lines = written[first : first + _TOGETHER]
                readings += self._readings(lines, list(islice(decoded, len(lines))))
        read = iter(readings)
        return [next(read) if line.image.shape[1] else EMPTY for line in prepared]

    def log_probs(self, line: PreparedLine) -> NDArray[np.float32]:
        """Return the network's log-probabilities, float32 (frames, characters + blank)."""
        return self.frames(line).log_probs

    def frames(self, line: PreparedLine) -> LineFrames:
        """Return all that the network says of a prepared line that is not empty."""
        image = np.pad(line.image, ((0, 0), (0, _FRAMES_AFTER * self._stride)))
        batch = image[None, :, :, None].astype(np.float32) / np.float32(255)
        count = -(-line.image.shape[1] // self._stride)
        log_probs, *others = (output[0, :count] for output in self.network.run_all(batch))
        # Models exported by earlier versions tell no features.
        features = others[0] if others else np.zeros((count, 0), np.float32)
        return LineFrames(apply_temperature(log_probs, self._temperature), features)

    def adapted(self, lines: Iterable[LineFrames]) -> list[NDArray[np.float32]]:
        """Return the log-probabilities of lines by one hand, corrected by a first reading."""
        draft, blank, left = _DRAFT(self._decoding), self.alphabet.blank, iter(lines)
        some = given = list(islice(left, _TOGETHER))
        if not can_teach(given):
            return [line.log_probs for line in (*given, *left)]
        found: list[list[Hypothesis]] = []
        while some:
            windows = [Window(line.log_probs) for line in some]
            found += beam_searches(windows, blank, draft, self._language, aligned=False)
            some = list(islice(left, _TOGETHER))
            given = given + some
        return adapt(given, found, blank)

    def decode_page(self, lines: Iterable[LineFrames]) -> Iterator[Decoded]:
        """Decode the lines of a page by one hand, in their order."""
        outputs = self.adapted(lines)
        best: list[Labels] = []
        for first in range(0, len(outputs), _TOGETHER):
            some = outputs[first : first + _TOGETHER]
            found = self.search(some)
            best += [readings[0].labels for readings in found]
            yield from self._decoded(some, found, lines_above(best, first))

    def decode_apart(self, lines: Iterable[LineFrames]) -> Iterator[Decoded]:
        """Decode lines that have nothing to do with one another."""
        outputs = (line.log_probs for line in lines)
        while some := list(islice(outputs, _TOGETHER)):
            yield from self._decoded(some, self.search(some), [()] * len(some))

    def search(self, outputs: Sequence[NDArray[np.float32]]) -> list[list[Hypothesis]]:
        """Return what the search finds in the log-probabilities of each line, best first."""
        windows = [Window(log_probs) for log_probs in outputs]
        return beam_searches(windows, self.alphabet.blank, self._decoding, self._language)

    def _decoded(
        self,
        outputs: Sequence[NDArray[np.float32]],
        found: Sequence[Sequence[Hypothesis]],
        above: Sequence[Sequence[Labels]],
    ) -> list[Decoded]:
        """Order what was found of lines, each after what stands above it; say what it rests on."""
        weighed = self.rescorer(found, above) if self.rescorer else None
        if weighed is not None:
            found = [line.found for line in weighed]
        best = [hypotheses[0].labels for hypotheses in found]
        space = self.alphabet.encode(SPACE)[0]
        decoded = [
            Decoded(log_probs, hypotheses, word_ranges(labels, space), self.alphabet)
            for log_probs, hypotheses, labels in zip(outputs, found, best, strict=True)
        ]
        if self._language is not None:
            trails = self._language.trails(best)
            decoded = [
                replace(line, liking=liking, states=states)
                for line, (liking, states) in zip(decoded, trails, strict=True)
            ]
        if weighed is not None:
            decoded = [
                replace(line, liking=_mixed(line.liking, other.liking, other.trust))
                for line, other in zip(decoded, weighed, strict=True)
            ]
        return decoded

    def features(self, decoded: Decoded) -> tuple[NDArray[np.float64], list[list[float]]]:
        """Return the features of a line's words, and their characters' probabilities."""
        return line_features([decoded])[0]

    def _readings(
        self, lines: Sequence[PreparedLine], decoded: Sequence[Decoded]
    ) -> list[LineReading]:
        """Say of decoded lines what is in them, where, and how sure that is."""
        features = line_features(decoded)
        confidences = [self._word_model(table).tolist() for table, _ in features]
        others = self._word_alternatives.find(decoded, confidences)
        readings = []
        for k, line in enumerate(lines):
            words = self._words(line, decoded[k], confidences[k], features[k][1], others[k])
            text = SPACE.join(word.text for word in words)
            others_of_line = self._alternatives(decoded[k].found)
            readings.append(LineReading(text, line_confidence(words), words, others_of_line))
        return readings

    def _alternatives(self, found: Sequence[Hypothesis]) -> tuple[tuple[str, float], ...]:
        """Return different texts with their probabilities: labellings may differ in spaces only."""
        texts: dict[str, float] = {}
        for hypothesis in found:
            text = SPACE.join(self.alphabet.decode(hypothesis.labels).split())
            texts[text] = texts.get(text, 0.0) + math.exp(hypothesis.log_prob)
        return tuple((text, min(probability, 1.0)) for text, probability in texts.items())

    def _words(
        self,
        line: PreparedLine,
        decoded: Decoded,
        confidences: Sequence[float],
        sure: Sequence[Sequence[float]],
        others: Sequence[Alternatives],
    ) -> tuple[WordReading, ...]:
        best = decoded.found[0]
        words = []
        for k, (first, end) in enumerate(decoded.ranges):
            glyphs = tuple(
                self._glyph(line, best.labels[n], best.spans[n], sure[k][n - first])
                for n in range(first, end)
            )
            text = "".join(glyph.text for glyph in glyphs)
            span = glyphs[0].start, glyphs[-1].end
            words.append(WordReading(text, confidences[k], *span, glyphs, others[k]))
        return tuple(words)

    def _glyph(self, line: PreparedLine, label: int, span: Span, sure: float) -> GlyphReading:
        start, end = (line.to_source(frame * self._stride) for frame in span)
        return GlyphReading(self.alphabet.decode([label]), sure, start, end)


def line_confidence(words: Sequence[WordReading]) -> float:
    """Return the share of the characters that stand in words expected to be right; 1 of none."""
    letters = sum(len(word.text) for word in words)
    sure = sum(len(word.text) * word.confidence for word in words)
    return sure / letters if letters else 1.0


def _mixed(liking: Floats | None, neural: Floats, trust: float) -> Floats:
    """Return what two languages, of which the first may be missing, give to labels."""
    return neural if liking is None else liking + trust * (neural - liking)


def _weights(network: Network, name: str, kind: type[Config]) -> Config:
    """Return weights that the metadata hold, or the usual ones.

    Raises
    ------
    ValueError
        If the metadata hold something else.
    """
    try:
        return kind(**network.metadata.get(name, {}))
    except (TypeError, ValueError) as error:
        raise ValueError(f"{network.path}: its {name} cannot be used ({error})") from error


def _word_model(network: Network) -> WordModel:
    """Return what weighs the words' features; of a model not calibrated, CTC's own probability.

    Raises
    ------
    ValueError
        If the metadata holds something else.
    """
    fitted = network.metadata.get("word_model")
    if fitted is None:
        return plain_word_model()
    try:
        return WordModel(tuple(map(float, fitted["weights"])), float(fitted["bias"]))
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{network.path}: its word model cannot be used ({error})") from error


def usable_cores() -> int:
    """Return how many cores this process may run on."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1
