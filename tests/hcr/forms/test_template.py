from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from hcr.errors import ConfigError
from hcr.forms.template import Field, Option, Template, load_template

FIELD = '[[field]]\nname = "a"\ntype = "text"\nbox = [0.1, 0.1, 0.9, 0.2]\n'
HEAD = 'blank = "blank.png"\n'
BOX = (0.1, 0.1, 0.9, 0.2)


def write(folder: Path, text: str) -> Path:
    (folder / "blank.png").write_bytes(b"never opened here")
    path = folder / "form.toml"
    path.write_text(text, "utf-8")
    return path


def refusal(folder: Path, text: str) -> str:
    path = write(folder, text)
    with pytest.raises(ConfigError) as caught:
        load_template(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert "\n" not in message
    return message


def test_sample(template: Template) -> None:
    assert [field.name for field in template.fields] == [
        *("surname", "first_name", "born", "postcode", "fee", "membership", "likes")
    ]
    surname, *_, membership, likes = template.fields
    assert (surname.type, surname.layout, surname.cells, surname.required) == (
        *("name", "boxes", 20, True),
    )
    assert [option.name for option in membership.options] == ["adult", "child", "family"]
    # The box of a choice that gives none is the one around its options.
    assert membership.box == (0.26, 0.4908, 0.6228, 0.5079)
    assert (likes.layout, likes.cells, likes.required) == ("line", 0, False)
    assert template.blank.name == "form_blank.png"


def test_name_of_the_form_is_the_file_s_unless_given(tmp_path: Path) -> None:
    assert load_template(write(tmp_path, HEAD + FIELD)).name == "form"


def test_columns(tmp_path: Path) -> None:
    template = load_template(write(tmp_path, HEAD + FIELD))
    assert list(template.columns()) == ["file", "page", "a", "a_confidence", "a_review", "error"]


def test_words_come_from_a_list_or_from_a_file_beside_the_template(tmp_path: Path) -> None:
    (tmp_path / "towns.txt").write_text("\ufeffUlm\r\nNeu   Ulm\r\n\r\nUlm\r\n", "utf-8")
    field = FIELD.replace('"text"', '"lexicon"')
    for words in ('"towns.txt"', '["Ulm", "Neu  Ulm", " Ulm"]'):
        (read,) = load_template(write(tmp_path, f"{HEAD}{field}words = {words}\n")).fields
        assert read.words == ("Ulm", "Neu Ulm")


@pytest.mark.parametrize(
    ("text", "phrases"),
    [
        ("", ["'blank' is missing"]),
        (HEAD, ["'field' is missing"]),
        (HEAD + "field = 3\n", ["'field'", "list of tables"]),
        (HEAD + "field = [3]\n", ["'field'", "list of tables"]),
        ("= 3", ["not TOML"]),
        ("a = " + "[" * 3000, ["not TOML"]),
        (HEAD + "colour = 1\n" + FIELD, ["unknown key 'colour'", "known are blank, name, field"]),
        (HEAD + FIELD + "lay_out = 'line'\n", ["field 'a'", "'lay_out'", "did you mean 'layout'?"]),
        (HEAD + FIELD.replace('"text"', '"digit"'), ["'type'", 'did you mean "digits"?']),
        (HEAD + FIELD.replace('"text"', '"?"'), ["it must be one of", '"lexicon"']),
        (HEAD + FIELD.replace('"text"', "3"), ["'type'", "text in quotes"]),
        (HEAD + FIELD.replace("0.9", "1.1"), ["field 'a'", "right <= 1"]),
        (HEAD + FIELD.replace("0.9", "nan"), ["'box'", "four numbers"]),
        (HEAD + FIELD.replace("0.9", "true"), ["'box'", "four numbers"]),
        (HEAD + FIELD.replace("0.9, ", ""), ["'box'", "four numbers"]),
        (HEAD + FIELD.replace("0.9", "0.05"), ["left < right"]),
        (HEAD + FIELD + "cells = true\n", ["'cells'", "a whole number"]),
        (HEAD + FIELD + "cells = 3\n", ["cells are for layout"]),
        (HEAD + FIELD + "layout = 'boxes'\n", ["needs cells between 1 and 200"]),
        (HEAD + FIELD + "layout = 'comb'\ncells = 1000000000000\n", ["needs cells"]),
        (HEAD + FIELD + "required = 1\n", ["'required'", "true or false"]),
        (HEAD + FIELD + "multiple = true\n", ["options and multiple"]),
        (HEAD + FIELD + "words = ['x']\n", ["words are for type"]),
        (HEAD + FIELD.replace("text", "lexicon"), ["words are for type"]),
        (HEAD + FIELD.replace("text", "lexicon") + "words = [1]\n", ["'words'", "list of words"]),
        (HEAD + FIELD.replace("text", "lexicon") + "words = 'no.txt'\n", ["no such file"]),
        (HEAD + FIELD.replace("text", "lexicon") + "words = '../x'\n", ["outside the template's"]),
        (HEAD + FIELD.replace("text", "code"), ["needs a pattern"]),
        (HEAD + FIELD.replace("text", "choice"), ["needs options"]),
        (HEAD + FIELD.replace('"a"', '"a\\nb"'), ["printable"]),
        (HEAD + FIELD.replace('"a"', '" "'), ["needs a name"]),
        (HEAD + FIELD + FIELD, ["two columns would be called 'a'"]),
        (HEAD + FIELD + FIELD.replace('"a"', '"a_review"'), ["called 'a_review'"]),
        (HEAD + FIELD.replace('"a"', '"file"'), ["called 'file'"]),
        ('blank = "/etc/passwd"\n' + FIELD, ["outside the template's folder"]),
        ('blank = "../x.png"\n' + FIELD, ["outside the template's folder"]),
        ('blank = "none.png"\n' + FIELD, ["no such file"]),
        ('blank = "a\\u0000b"\n' + FIELD, ["no such file"]),
    ],
)
def test_each_mistake_is_one_clear_line(tmp_path: Path, text: str, phrases: list[str]) -> None:
    message = refusal(tmp_path, text)
    assert [phrase for phrase in phrases if phrase not in message] == []


def test_link_that_leads_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    (tmp_path / "secret.png").write_bytes(b"x")
    (inner / "link.png").symlink_to(tmp_path / "secret.png")
    message = refusal(inner, 'blank = "link.png"\n' + FIELD)
    assert "outside the template's folder" in message


def test_file_that_is_none_or_too_large_or_no_text(tmp_path: Path) -> None:
    path = tmp_path / "form.toml"
    for content, phrase in ((None, "no such file"), (b"\xff\xfe", "UTF-8"), (b" " * 2**20, "larg")):
        if content is not None:
            path.write_bytes(content)
        with pytest.raises(ConfigError, match=phrase):
            load_template(path)


@pytest.mark.parametrize(
    ("changes", "phrase"),
    [
        ({"type": "digit"}, "no type"),
        ({"layout": "grid"}, "no layout"),
        ({"type": "choice", "options": (Option("x", BOX), Option("x", BOX))}, "same name"),
        ({"type": "choice", "options": (Option("x", (0.1, 0.1, 0.9, 0.21)),)}, "lies outside"),
        (
            {"type": "choice", "options": (Option("x", BOX),), "layout": "boxes", "cells": 2},
            "no cells",
        ),
        ({"type": "choice", "options": (Option("x", BOX),), "pattern": "x"}, "no pattern"),
        ({"pattern": "\x00"}, "printable"),
    ],
)
def test_fields_that_make_no_sense_cannot_be_made(changes: dict[str, object], phrase: str) -> None:
    field = Field("a", "text", BOX)
    with pytest.raises(ValueError, match=phrase):
        replace(field, **changes)  # type: ignore[arg-type]
