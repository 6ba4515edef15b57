"""The check on authored texts: floors for what it finds and ceilings for what it must not."""

import tomllib
from pathlib import Path

import pytest

from sessions.safety.classify import check

CASES = tomllib.loads(Path(__file__).with_name("cases.toml").read_text(encoding="utf-8"))


def test_there_are_enough_cases_to_mean_something() -> None:
    texts = [
        text for groups in CASES.values() for group in groups.values() for text in group["texts"]
    ]
    assert len(set(texts)) == len(texts) >= 120


@pytest.mark.parametrize("group", CASES["risk"])
def test_nearly_every_call_for_help_is_heard(group: str) -> None:
    texts = CASES["risk"][group]["texts"]
    missed = [text for text in texts if check(text) is None]
    assert len(missed) <= 0.05 * len(texts), missed


@pytest.mark.parametrize("group", CASES["calm"])
def test_idioms_negations_and_everyday_texts_stay_unflagged(group: str) -> None:
    texts = CASES["calm"][group]["texts"]
    flagged = [text for text in texts if check(text) is not None]
    assert len(flagged) <= 0.05 * len(texts), flagged
