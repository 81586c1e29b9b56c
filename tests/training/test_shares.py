from __future__ import annotations

import pytest

from training.shares import parse_shares

KNOWN = ("real", "ink", "made-fr")


def test_shares_are_names_with_numbers() -> None:
    assert parse_shares("real=0.5,made-fr=2", KNOWN) == {"real": 0.5, "made-fr": 2.0}


@pytest.mark.parametrize(
    "wrong", ["real", "real=x", "real=-1", "unreal=1", "real=nan", "real=inf", "ink=1,", ""]
)
def test_other_shares_are_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="--shares"):
        parse_shares(wrong, KNOWN)
