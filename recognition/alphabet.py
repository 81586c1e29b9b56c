"""The characters a network can print, and their numbers."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field

ASCII = "".join(chr(code) for code in range(32, 127))
FRENCH = "àâäæçèéêëîïôöœùûüÿÀÂÄÆÇÈÉÊËÎÏÔÖŒÙÛÜŸ"
NEIGHBOURS = "áíóúìòñåøßãÁÍÓÚÑÅØ"
SIGNS = "«»€£°§¡¿"


@dataclass(frozen=True)
class Alphabet:
    """An ordered set of single characters; the CTC blank is the class after the last.

    Parameters
    ----------
    characters
        Every character once, NFC, each one code point long.

    Raises
    ------
    ValueError
        If a character is repeated, or is changed by NFC normalisation.
    """

    characters: str
    _index: dict[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        index = {character: k for k, character in enumerate(self.characters)}
        if len(index) != len(self.characters):
            raise ValueError("the alphabet repeats a character")
        if unicodedata.normalize("NFC", self.characters) != self.characters:
            raise ValueError("the alphabet is not in NFC")
        object.__setattr__(self, "_index", index)

    def __len__(self) -> int:
        return len(self.characters)

    def __contains__(self, character: str) -> bool:
        return character in self._index

    @property
    def blank(self) -> int:
        """The class number of the CTC blank."""
        return len(self.characters)

    def covers(self, text: str) -> bool:
        """Tell whether every character of the text can be encoded."""
        return all(character in self._index for character in text)

    def keep(self, text: str) -> str:
        """Return a text without the characters that cannot be encoded."""
        return "".join(character for character in text if character in self._index)

    def encode(self, text: str) -> list[int]:
        """Return the class numbers of a text.

        Raises
        ------
        ValueError
            If the text holds a character outside the alphabet.
        """
        try:
            return [self._index[character] for character in text]
        except KeyError as error:
            raise ValueError(f"{error.args[0]!r} is not in the alphabet") from None

    def decode(self, labels: Iterable[int]) -> str:
        """Return the text of class numbers (without blanks)."""
        return "".join(self.characters[label] for label in labels)


LINE_ALPHABET = Alphabet(ASCII + FRENCH + NEIGHBOURS + SIGNS)
"""English and French with their neighbours' letters, digits and punctuation."""
