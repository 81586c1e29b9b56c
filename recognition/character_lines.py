"""The line reader through the lattice: a line cut into pieces, each judged by the EMNIST network.

What cuts lines is given to it: this package knows nothing of segmentation.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from recognition.arcs import Floats, SplitLine, candidate_boxes, candidate_features
from recognition.candidates import CandidateJudge
from recognition.character_models import GAPS, WHOLE, WORDS
from recognition.characters import CharacterClassifier, prepare_character
from recognition.crnn import (
    GlyphReading,
    LineReading,
    WordReading,
    line_confidence,
    usable_cores,
)
from recognition.language import LANGUAGES, Language, load_language
from recognition.lattice import (
    Lattice,
    LatticeConfig,
    LatticePath,
    best_paths,
    language_alphabet,
)
from recognition.letter_shape import MARKS, fit_line, mark_probs, shape_log_probs, with_marks

Grey = NDArray[np.uint8]
Cut = Callable[[Grey], SplitLine]

_SHAPE = 0.7
"""Weight of the characters' heights beside the network."""
_MARK = -0.5
"""Log odds, at the least, that a speck which may be a mark is one."""
_TALL = 0.5
"""Pieces of so many x-heights say where the writing lines are."""
_SURE_GAP = 99.0


@dataclass(frozen=True)
class ReadPath:
    """A line's lattice with the paths found in it, the best first."""

    line: SplitLine
    lattice: Lattice
    paths: Sequence[LatticePath]


class CharacterLineReader:
    """Reads line images character by character.

    Parameters
    ----------
    classifier
        Reads single characters.
    judge
        Tells which pieces are single characters.
    cut
        Cuts a grey line image into pieces (`segmentation.characters.split_characters`).
    language
        Over `language_alphabet` of the characters; None reads by the image alone.
    config
        How much each part counts.
    threads
        Lines read at a time.
    """

    def __init__(
        self,
        classifier: CharacterClassifier,
        judge: CandidateJudge,
        cut: Cut,
        language: Language | None = None,
        config: LatticeConfig | None = None,
        threads: int = 1,
    ) -> None:
        self._classifier, self._judge, self._cut = classifier, judge, cut
        self._language = language
        self._config, self._threads = config or LatticeConfig(), threads

    @classmethod
    def load(
        cls,
        cut: Cut,
        path: Path | None = None,
        threads: int = 0,
        languages: Sequence[str] = LANGUAGES,
    ) -> CharacterLineReader:
        """Load a character model, or the shipped one, and the languages.

        Parameters
        ----------
        cut
            As above.
        path
            ONNX file; None for the shipped weights.
        threads
            Lines read at a time; 0 is one a core.
        languages
            As of `LineReader.load`.

        Raises
        ------
        ValueError
            If a file cannot be used, or a language is not known.
        """
        classifier = CharacterClassifier.load(path)
        alphabet = language_alphabet(classifier.alphabet + MARKS)
        language = load_language(languages, alphabet)
        judge = CandidateJudge.load()
        return cls(classifier, judge, cut, language, None, threads or usable_cores())

    def read(self, images: Sequence[Grey]) -> list[LineReading]:
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
        return self.read_cut([self._cut(image) for image in images])

    def read_cut(self, lines: Sequence[SplitLine]) -> list[LineReading]:
        """Read lines that are cut already; returns what `read` returns."""
        if self._threads == 1 or len(lines) < 2:
            return [self._read_line(line) for line in lines]
        with ThreadPoolExecutor(self._threads) as pool:
            return list(pool.map(self._read_line, lines))

    def search(self, line: SplitLine) -> ReadPath:
        """Return the lattice of a line that has pieces, and the best paths through it."""
        lattice = self.lattice(line)
        return ReadPath(line, lattice, best_paths(lattice, self._language, self._config))

    def lattice(self, line: SplitLine) -> Lattice:
        """Judge the candidates of a line that has pieces: one batch of each network a line."""
        pictures = [prepare_character(line.picture(c)) for c in line.candidates]
        log_probs = self._classifier.log_probs(np.stack(pictures))
        alphabet, boxes = self._classifier.alphabet, candidate_boxes(line)
        judged = self._judge.log_odds(line)
        whole = WHOLE.log_odds(candidate_features(line, judged, log_probs, alphabet))
        plain = Lattice(
            [(c.first, c.end) for c in line.candidates],
            whole,
            np.zeros((len(boxes), 1)),
            "?",
            np.full(len(line.slices) + 1, -_SURE_GAP),
        )
        # Which pieces belong together shows well enough without knowing what they say.
        rough = list(best_paths(plain)[0].arcs)
        tall = [k for k in rough if boxes[k, 3] - boxes[k, 1] > _TALL * line.unit] or rough
        edges, seen = boxes[:, [1, 3]], log_probs.astype(np.float64)
        writing = fit_line(edges[tall], seen[tall], alphabet, line.unit)
        seen += _SHAPE * shape_log_probs(writing, edges, alphabet)
        seen -= np.logaddexp.reduce(seen, axis=1, keepdims=True)
        marks = mark_probs(writing, boxes)
        return replace(
            plain,
            whole=np.where(marks.any(axis=1), np.maximum(whole, _MARK), whole),
            log_probs=with_marks(seen, marks),
            characters=alphabet + MARKS,
            spaces=_space_odds(line, rough),
        )

    def _read_line(self, line: SplitLine) -> LineReading:
        if not line.slices:
            return LineReading("", 1.0, (), ())
        found = self.search(line)
        features = word_features(found)
        confidences = WORDS.probabilities(features).tolist()
        words = tuple(
            _word(found, span, sure)
            for span, sure in zip(path_words(found.paths[0]), confidences, strict=True)
        )
        shares = _shares(found.paths)
        alternatives = tuple(
            (path.line, share) for path, share in zip(found.paths, shares, strict=True)
        )
        return LineReading(found.paths[0].line, line_confidence(words), words, alternatives)


def path_words(path: LatticePath) -> list[tuple[int, int]]:
    """Return the words of a path as ranges [first, end) of its characters."""
    ends = [k + 1 for k, spaced in enumerate(path.spaced) if spaced or k + 1 == len(path.text)]
    return list(pairwise([0, *ends]))


def word_features(found: ReadPath) -> Floats:
    """Return what tells right words of the best path from wrong ones, float64 (words, 7).

    Mean and least log probability of the characters, mean and least log odds that they are whole
    ones, the logit of the share of the paths that have the word, the logarithm of its length,
    whether its pieces were found by cells.
    """
    best, lattice, shares = found.paths[0], found.lattice, _shares(found.paths)
    rows = []
    for first, end in path_words(best):
        arcs = list(best.arcs[first:end])
        columns = [lattice.characters.index(c) for c in best.text[first:end]]
        sure, whole = lattice.log_probs[arcs, columns], np.clip(lattice.whole[arcs], -6.0, 6.0)
        word = (best.text[first:end], lattice.arcs[arcs[0]][0], lattice.arcs[arcs[-1]][1])
        held = sum(
            share
            for path, share in zip(found.paths, shares, strict=True)
            if word in _placed_words(path, lattice)
        )
        held = min(max(held, 1e-3), 1 - 1e-3)
        rows.append((
            sure.mean(), max(sure.min(), -8.0), whole.mean(), whole.min(),
            math.log(held / (1 - held)), math.log(end - first),
            float(found.line.cells is not None),
        ))  # fmt: skip
    return np.array(rows, np.float64).reshape(-1, WORDS.inputs)


def gap_features(line: SplitLine, rough: Sequence[int]) -> Floats:
    """Return what tells spaces from gaps within words, float64 (slices - 1, 3).

    Each gap in x-heights, and beside the usual gap of the line, and that one itself.

    Parameters
    ----------
    line
    rough
        Candidates that are likely to be the characters of the line, left to right.
    """
    gaps = np.asarray(line.gaps, np.float64) / line.unit
    between = [gaps[line.candidates[k].first - 1] for k in rough[1:]]
    usual = float(np.median(np.maximum(between, 0.0))) if between else 0.2
    return np.column_stack(
        [gaps, np.maximum(gaps, 0.0) / (usual + 0.15), np.full(len(gaps), usual)]
    )


def _space_odds(line: SplitLine, rough: Sequence[int]) -> Floats:
    """Return the log odds of a space at every cut, from the gaps or from the cells."""
    if line.cells is not None:
        inner = np.where(np.diff(line.cells) > 1, _SURE_GAP, -_SURE_GAP)
    else:
        inner = GAPS.log_odds(gap_features(line, rough))
    return np.concatenate([[-_SURE_GAP], inner, [-_SURE_GAP]])


def _placed_words(path: LatticePath, lattice: Lattice) -> set[tuple[tuple[str, ...], int, int]]:
    return {
        (
            path.text[first:end],
            lattice.arcs[path.arcs[first]][0],
            lattice.arcs[path.arcs[end - 1]][1],
        )
        for first, end in path_words(path)
    }


def _shares(paths: Sequence[LatticePath]) -> list[float]:
    """Return the paths' shares of their probability."""
    weights = [math.exp(path.score - paths[0].score) for path in paths]
    return [weight / sum(weights) for weight in weights]


def _word(found: ReadPath, span: tuple[int, int], confidence: float) -> WordReading:
    best, lattice = found.paths[0], found.lattice
    glyphs = []
    for arc, text in zip(best.arcs[span[0] : span[1]], best.text[span[0] : span[1]], strict=True):
        sure = float(np.exp(lattice.log_probs[arc, lattice.characters.index(text)]))
        box = found.line.candidates[arc].box
        glyphs.append(GlyphReading(text, min(sure, 1.0), float(box.left), float(box.right)))
    text = "".join(glyph.text for glyph in glyphs)
    ends = min(g.start for g in glyphs), max(g.end for g in glyphs)
    return WordReading(text, confidence, *ends, tuple(glyphs))
