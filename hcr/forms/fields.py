"""FieldReader: pictures of fields to their values, confidences, and whether to review them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path

from hcr.errors import ConfigError, ModelError
from hcr.forms.by_characters import CharacterOpinion
from hcr.forms.cell_scores import CellScorer
from hcr.forms.choice import read_choice
from hcr.forms.confidence import CALIBRATIONS, EMPTY, group_of, threshold
from hcr.forms.evidence import Evidence
from hcr.forms.in_cells import CellField, CellReader
from hcr.forms.kinds import Kind, kind_of
from hcr.forms.on_line import LineFieldReader
from hcr.forms.picture import FieldPicture
from hcr.forms.reading import FieldReading
from hcr.forms.template import Field
from recognition.candidates import CandidateJudge
from recognition.characters import CharacterClassifier
from recognition.crnn import LineReader
from recognition.language import LANGUAGES, Language, LanguageError, load_language


class FieldReader:
    """Reads the fields of forms.

    Parameters
    ----------
    line_reader
        Reads free lines and has a say in cells.
    classifier
        Reads cells and has a say in numbers on lines.
    precision
        Share of the values not marked for review that shall be right.
    language
        Weighs names in cells; None weighs all alike.

    Raises
    ------
    ConfigError
        If the precision is not between 0 and 1.
    """

    def __init__(
        self,
        line_reader: LineReader,
        classifier: CharacterClassifier,
        judge: CandidateJudge,
        precision: float = 0.99,
        language: Language | None = None,
    ) -> None:
        if not 0 < precision < 1:
            problem = f"a precision of {precision:g} cannot be kept"
            raise ConfigError("precision", problem, "give one between 0 and 1, such as 0.99")
        self._precision, self._threshold = precision, threshold(precision)
        self._alphabet = line_reader.alphabet.characters
        self._on_line = LineFieldReader(line_reader, CharacterOpinion(classifier, judge))
        self._in_cells = CellReader(CellScorer(line_reader, classifier), language)
        self._kind = lru_cache(maxsize=1024)(self._kind_of)

    @classmethod
    def load(
        cls,
        model: Path | None = None,
        *,
        threads: int = 0,
        languages: Sequence[str] = LANGUAGES,
        precision: float = 0.99,
    ) -> FieldReader:
        """Load the models and languages that come with hcr, or another line model.

        Parameters
        ----------
        model
            A line model (ONNX); None for the shipped one.
        threads
            Lines read at a time; 0 is one for every core.
        languages
            What names and free text may be in.
        precision
            As for the class.

        Raises
        ------
        ModelError
            If a model cannot be loaded.
        ConfigError
            If a language is not known.
        """
        try:
            lines = LineReader.load(model, threads=threads, languages=languages)
            language = load_language(languages, lines.alphabet.characters)
            characters, judge = CharacterClassifier.load(), CandidateJudge.load()
            return cls(lines, characters, judge, precision, language)
        except LanguageError as error:
            raise ConfigError("--language", str(error), "choose others") from error
        except (OSError, ValueError) as error:
            name = model or "the models that come with hcr"
            problem = str(error).removeprefix(f"{name}: ")
            raise ModelError(name, problem, "name another with --model") from error

    def check(self, fields: Iterable[Field]) -> None:
        """Raise `ConfigError` for the first field whose pattern or words cannot be used."""
        for field in fields:
            self._kind(field)

    def read(self, fields: Sequence[tuple[Field, FieldPicture]]) -> list[FieldReading]:
        """Read fields that one person filled in, such as all of a form.

        Parameters
        ----------
        fields
            What is asked, and what is written there.

        Returns
        -------
        list of FieldReading
            A value is empty where nothing is written; it is to be reviewed where it is less sure
            than the precision asks for, or missing in a required field.

        Raises
        ------
        ConfigError
            If a field's pattern or words cannot be used.
        """
        return [reading for reading, _ in self.read_with_evidence(fields)]

    def read_with_evidence(
        self, fields: Sequence[tuple[Field, FieldPicture]]
    ) -> list[tuple[FieldReading, Evidence | None]]:
        """Return the readings, and what they rest on: None where nothing is written.

        Parameters and errors as `read`.
        """
        cells = {
            number: CellField(picture, kind, field.type in ("name", "text"))
            for number, (field, picture) in enumerate(fields)
            if picture.cells and (kind := self._kind(field)) is not None
        }
        in_cells = dict(zip(cells, self._in_cells.read(list(cells.values())), strict=True))
        read = []
        for number, (field, picture) in enumerate(fields):
            known = number in in_cells
            evidence = in_cells[number] if known else self._without_cells(field, picture)
            read.append((self._reading(field, picture, evidence), evidence))
        return read

    def _reading(
        self, field: Field, picture: FieldPicture, evidence: Evidence | None
    ) -> FieldReading:
        if evidence is None:
            unsure = field.required or self._precision > EMPTY
            return FieldReading("", EMPTY, unsure)
        constrained = self._kind(field) is not None
        group = group_of(field.type, bool(picture.cells), constrained)
        confidence = CALIBRATIONS[group].confidence(evidence)
        review = confidence < self._threshold
        missing = field.required and not evidence.value
        return FieldReading(evidence.value, confidence, review or missing)

    def _without_cells(self, field: Field, picture: FieldPicture) -> Evidence | None:
        if field.type == "choice":
            return read_choice(field, picture)
        return self._on_line.read(picture, self._kind(field))

    def _kind_of(self, field: Field) -> Kind | None:
        return None if field.type == "choice" else kind_of(field, self._alphabet)
