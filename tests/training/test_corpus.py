"""Sentences out of files of many kinds."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("wordfreq")

from recognition.alphabet import LINE_ALPHABET
from training.corpus import cut_into_lines, running_text

FRENCH = "Le chat de la voisine est sur le toit de la maison depuis ce matin."
ENGLISH = "The cat of the neighbour is on the roof of the house since this morning."


def found(path: Path, language: str = "fr") -> list[str]:
    return list(running_text([path], language, LINE_ALPHABET.characters, ("en", "fr")))


@pytest.mark.parametrize("name", ["a.txt", "novel", "a.txt.gz", "a.dict.dz", "a.html.gz"])
def test_languages_are_told_apart(tmp_path: Path, name: str) -> None:
    data = f"{FRENCH}\n\n{ENGLISH}\n".encode()
    if "html" in name:
        data = f"<p>{FRENCH}</p><p>{ENGLISH}</p>".encode()
    path = tmp_path / name
    path.write_bytes(gzip.compress(data) if path.suffix in (".gz", ".dz") else data)
    assert found(tmp_path) == [FRENCH]
    assert found(tmp_path, "en") == [ENGLISH]


def test_markup_code_and_menus_are_left_out(tmp_path: Path) -> None:
    page = f"""<html><head><title>{FRENCH} Un.</title></head><body>
    <p>Le <em>chat</em> de la voisine est sur le toit&nbsp;de la <b>maison</b> depuis
    ce matin.</p>
    <pre>Le code de la page est ici pour la suite du texte.</pre>
    <p>Tapez <code>rm</code> dans la fenêtre de la console pour le faire.</p>
    <li>Fichier</li><li>Enregistrer sous...</li>
    <script>var le = "la";</script></body></html>"""
    (tmp_path / "a.html").write_text(page, "utf-8")
    assert found(tmp_path) == [FRENCH]


def test_typographic_signs_become_those_of_the_alphabet(tmp_path: Path) -> None:
    text = "L\u2019ami de la voisine est l\u00e0 \u2014 dans la maison\u2026 et sur le toit."
    (tmp_path / "a.txt").write_text(text, "utf-8")
    assert found(tmp_path) == [
        "L'ami de la voisine est l\u00e0 - dans la maison... et sur le toit."
    ]


def test_a_sentence_counts_once_wherever_it_stands(tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(f"{FRENCH} {FRENCH}", "utf-8")
    assert found(tmp_path) == [FRENCH]


def test_what_cannot_be_read_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "latin.txt").write_bytes(FRENCH.replace("de", "dé").encode("latin-1"))
    (tmp_path / "broken.txt.gz").write_bytes(b"\x1f\x8b\x08 cut off")
    (tmp_path / "broken.mo").write_bytes(b"\xde\x12\x04\x95 no catalogue")
    (tmp_path / "picture.png").write_bytes(FRENCH.encode())
    (tmp_path / "binary").write_bytes(b"\0" + FRENCH.encode())
    (tmp_path / "good.txt").write_text(FRENCH, "utf-8")
    assert found(tmp_path) == [FRENCH]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.txt", "été".encode("latin-1")),
        ("a.txt", b"\0\1"),
        ("a.png", b"\x89PNG"),
        ("a.mo", b"no catalogue"),
        ("a.dict.dz", b"no gzip"),
    ],
)
def test_a_file_that_is_named_must_be_readable(tmp_path: Path, name: str, data: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(ValueError, match=name):
        found(path)
    assert found(tmp_path) == []


def test_pieces_are_as_long_as_lines_and_lose_nothing() -> None:
    paragraph = " ".join([FRENCH] * 20)
    pieces = list(cut_into_lines([paragraph], np.random.default_rng(1)))
    assert " ".join(pieces) == paragraph
    assert all(len(piece) <= 60 for piece in pieces)
    assert max(map(len, pieces)) > 20
    assert pieces == list(cut_into_lines([paragraph], np.random.default_rng(1)))
