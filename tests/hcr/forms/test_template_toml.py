from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hcr.errors import ConfigError
from hcr.forms.template import Field, Option, Template, load_template
from hcr.forms.template_toml import save_template

edges = st.integers(0, 10_000).map(lambda number: number / 10_000)
boxes = st.tuples(
    st.lists(edges, min_size=2, max_size=2, unique=True).map(sorted),
    st.lists(edges, min_size=2, max_size=2, unique=True).map(sorted),
).map(lambda sides: (sides[0][0], sides[1][0], sides[0][1], sides[1][1]))
texts = (
    st.text(st.characters(categories=("L", "N", "P", "S")), min_size=1, max_size=12)
    .filter(str.isprintable)
    .filter(lambda text: text.strip() == text)
)
fields = st.one_of(
    st.builds(Field, texts, st.sampled_from(["text", "amount"]), boxes, required=st.booleans()),
    st.builds(
        lambda name, box, layout, cells, pattern: Field(name, "code", box, layout, cells, pattern),
        *(texts, boxes, st.sampled_from(["boxes", "comb"]), st.integers(1, 200), texts),
    ),
    st.builds(
        lambda name, box, words: Field(name, "lexicon", box, words=tuple(words)),
        *(texts, boxes, st.lists(texts, min_size=1, unique=True)),
    ),
    st.builds(
        lambda name, box, names, multiple: Field(
            *(name, "choice", box),
            options=tuple(Option(each, box) for each in names),
            multiple=multiple,
        ),
        *(texts, boxes, st.lists(texts, min_size=1, unique=True), st.booleans()),
    ),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(fields, min_size=1, max_size=4, unique_by=lambda f: f.name), texts, st.booleans())
def test_what_is_saved_is_loaded_again(
    tmp_path: Path, made: list[Field], name: str, guide: bool
) -> None:
    blank = tmp_path / "blank.png"
    blank.touch()
    try:
        template = Template(name, blank, tuple(made))
    except ValueError:  # a field called "file", or "x_review" beside "x"
        return
    save_template(template, tmp_path / "form.toml", guide=guide)
    assert load_template(tmp_path / "form.toml") == template


def test_guide_comes_first_and_is_a_comment(tmp_path: Path, template: Template) -> None:
    moved = Template("x", tmp_path / "b.png", template.fields)
    moved.blank.touch()
    save_template(moved, tmp_path / "form.toml", guide=True)
    lines = (tmp_path / "form.toml").read_text("utf-8").splitlines()
    first = lines.index('name = "x"')
    assert first > 5
    assert all(line.startswith("#") or not line for line in lines[:first])


def test_blank_elsewhere_is_refused(tmp_path: Path, template: Template) -> None:
    with pytest.raises(ConfigError, match="outside the template's folder"):
        save_template(template, tmp_path / "form.toml")
