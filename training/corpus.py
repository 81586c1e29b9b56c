"""Running text for the character n-grams, out of whatever files a folder of documents holds.

Books, manuals and translated programs come as plain text, HTML, DocBook, dictionaries and message
catalogues. Of all of them only sentences are kept: no markup, no code, no menu entries, no tables.
"""

from __future__ import annotations

import gettext
import gzip
import re
import struct
import zlib
from collections.abc import Collection, Iterable, Iterator
from functools import cache
from hashlib import blake2b
from html.parser import HTMLParser
from pathlib import Path
from unicodedata import normalize

import numpy as np
import wordfreq

MARKUP = frozenset({".html", ".htm", ".xhtml", ".page", ".xml", ".docbook"})
PLAIN = frozenset({"", ".txt", ".text", ".dict", ".md"})
PACKED = frozenset({".gz", ".dz"})
MAX_FILE_BYTES = 128 * 2**20
SHORTEST, LONGEST = 25, 60  # characters of a handwritten line


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_INLINE = _names(
    "a abbr acronym application b bdi cite dfn em emphasis firstterm font gui i link mark "
    "phrase productname q quote s small span strong sub sup trademark u ulink wbr xref"
)
# A paragraph that quotes these is about a program: its words are no everyday ones.
_CODE = _names(
    "cmd code command computeroutput file filename guilabel guimenuitem input kbd key keycap "
    "keyseq literal option output parameter replaceable samp screen sys tt userinput var "
    "varname"
)
_SKIPPED = _names("head header footer listing nav pre programlisting screen script style svg title")
_VOID = _names("br col hr img input link meta wbr xref")
_BREAKS = _names("br hr")

_PLAIN_SIGNS = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019\u02bc\u00b4`", "'"),
        **dict.fromkeys("\u201c\u201d\u201e", '"'),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"),
        **dict.fromkeys("\u00a0\u202f\u2009\u2007", " "),
        "\u2026": "...",
        "\u00ad": None,
    }
)
_SENTENCE_END = re.compile(r"(?<=[.!?])[\"')»]*\s+(?=[\"'(«-]*[A-ZÀ-ÖØ-ÞŒ0-9])")
_SENTENCE = re.compile(
    r"[\"'(«\- ]*[A-ZÀ-ÖØ-ÞŒ0-9](?:[^\W_]|[ ,.;:!?'\"()«»&%$€£°-])+[.!?:;,][\"')» ]*"
)
_ASIDE = re.compile(r"\[[^\]]*\]|\([^)\w]*\)|[{}]")
_WORD = re.compile(r"[^\W\d_]+")
_COMMON_WORDS = 100


def running_text(
    paths: Iterable[Path], language: str, alphabet: Collection[str], others: Collection[str]
) -> Iterator[str]:
    """Yield the paragraphs of one language, cleaned; a sentence that recurs is given once.

    Parameters
    ----------
    paths
        Files, and folders that are searched for them.
    language
        Code that wordfreq knows. A paragraph belongs to the language whose most frequent words
        it holds most of.
    alphabet
        Characters that a sentence may hold; others are left out with their sentence.
    others
        Languages that it may be mistaken for.

    Raises
    ------
    ValueError
        If a file that was itself named holds no text that can be read; in folders such files
        are passed over.
    """
    allowed = frozenset(alphabet)
    rivals = [code for code in others if code != language]
    seen: set[bytes] = set()
    for path in paths:
        for file in _files(path):
            for paragraph in _paragraphs(file, named=file == path):
                kept = [
                    sentence
                    for sentence in _sentences(paragraph)
                    if allowed.issuperset(sentence)
                    and _is_in(sentence, language, rivals)
                    and _is_new(sentence, seen)
                ]
                if kept:
                    yield " ".join(kept)


def cut_into_lines(paragraphs: Iterable[str], rng: np.random.Generator) -> Iterator[str]:
    """Cut paragraphs at their spaces into pieces as long as handwritten lines."""
    for paragraph in paragraphs:
        line = ""
        longest = int(rng.integers(SHORTEST, LONGEST + 1))
        for word in paragraph.split():
            if line and len(line) + 1 + len(word) > longest:
                yield line
                line = word
            else:
                line = f"{line} {word}" if line else word
        yield line


def _files(path: Path) -> Iterator[Path]:
    """Yield a file, or the files of a folder, that can be read, in a fixed order."""
    if path.is_file():
        yield path
    for file in sorted(path.rglob("*")) if path.is_dir() else ():
        usable = file.is_file() and not file.is_symlink()
        if usable and 0 < file.stat().st_size <= MAX_FILE_BYTES:
            yield file


def _paragraphs(file: Path, named: bool) -> Iterator[str]:
    """Yield the paragraphs of a file; none where it holds no text, an error if it was `named`."""
    try:
        yield from _messages(file) if file.suffix.lower() == ".mo" else _text_paragraphs(file)
    except (OSError, EOFError, zlib.error, struct.error, ValueError) as error:
        if named:
            raise ValueError(f"{file}: no text in UTF-8 that can be read ({error})") from error


def _text_paragraphs(file: Path) -> Iterator[str]:
    """Yield the paragraphs of a plain or marked-up file."""
    suffix = file.suffix.lower()
    inner = Path(file.stem).suffix.lower() if suffix in PACKED else suffix
    if inner not in MARKUP | PLAIN:
        raise ValueError(f"{inner} is no kind of text")
    data = gzip.decompress(file.read_bytes()) if suffix in PACKED else file.read_bytes()
    text = data.decode("utf-8")
    if "\0" in text:
        raise ValueError("it is binary")
    if inner in MARKUP:
        parser = _Paragraphs()
        parser.feed(text)
        parser.close()
        yield from parser.found
    else:
        yield from re.split(r"\n\s*\n|\n%\n|\n(?=\s*\d+\. )", text)


def _messages(file: Path) -> Iterator[str]:
    """Yield the texts of a gettext catalogue in both languages."""
    with file.open("rb") as stream:
        catalogue = gettext.GNUTranslations(stream)
    entries: dict[object, str] = catalogue._catalog  # type: ignore[attr-defined]
    for key, message in entries.items():
        for text in (key, message):
            if isinstance(text, str) and not re.search(r"%[\w(]|\$\w", text):
                yield from re.sub(r"<[^<>]*>|^.*\x04", " ", text).split("\n\n")


class _Paragraphs(HTMLParser):
    """Collects the paragraphs of an HTML or XML page that hold no code."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._pieces: list[str] = []
        self._skipping = 0
        self._coded = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a paragraph, or note that this one quotes code."""
        if tag in _SKIPPED:
            self._skipping += 1
        elif tag in _CODE:
            self._coded = True
        elif tag in _BREAKS:
            self._pieces.append(" ")
        elif tag not in _INLINE:
            self._flush()

    def handle_endtag(self, tag: str) -> None:
        """End a paragraph."""
        if tag in _SKIPPED:
            self._skipping = max(self._skipping - 1, 0)
        elif tag not in _INLINE | _CODE | _VOID:
            self._flush()

    def handle_data(self, data: str) -> None:
        """Collect text."""
        if not self._skipping:
            self._pieces.append(data)

    def close(self) -> None:
        """Give out the last paragraph."""
        super().close()
        self._flush()

    def _flush(self) -> None:
        if self._pieces and not self._coded:
            self.found.append("".join(self._pieces))
        self._pieces, self._coded = [], False


def _sentences(paragraph: str) -> Iterator[str]:
    """Yield what reads like sentences: words and usual signs from a capital to a mark."""
    text = normalize("NFC", paragraph).translate(_PLAIN_SIGNS)
    text = " ".join(_ASIDE.sub(" ", text).split()).replace(" --", " -")
    for sentence in _SENTENCE_END.split(text):
        if len(sentence.split()) > 3 and _SENTENCE.fullmatch(sentence):
            yield sentence.strip()


@cache
def _common(language: str) -> frozenset[str]:
    return frozenset(wordfreq.top_n_list(language, _COMMON_WORDS))


def _is_in(sentence: str, language: str, rivals: Iterable[str]) -> bool:
    """Tell whether a sentence is of a language rather than of its rivals."""
    words = _WORD.findall(sentence.lower())
    own = sum(word in _common(language) for word in words)
    other = max((sum(word in _common(code) for word in words) for code in rivals), default=0)
    return own > other and own * 6 >= len(words)


def _is_new(sentence: str, seen: set[bytes]) -> bool:
    digest = blake2b(sentence.lower().encode(), digest_size=8).digest()
    known = digest in seen
    seen.add(digest)
    return not known
