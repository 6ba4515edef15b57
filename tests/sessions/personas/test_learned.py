"""What clues add to the odds, and that they help on messages that no clue was learned from."""

from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions.personas.analysis import analyse
from sessions.personas.clues import clues
from sessions.personas.evaluate_analysis import Labelled
from sessions.personas.features import read_features
from sessions.personas.learned import lean

MESSAGES = Path(__file__).parent / "messages"
# Measured on 67 messages each by ion eval analysis --without-embeddings, less two messages.
FLOORS = {
    "en": {"tone": 0.62, "pace": 0.79, "intent": 0.62},
    "ko": {"tone": 0.68, "pace": 0.86, "intent": 0.52},
}


def top(distribution: dict[str, float]) -> str:
    return max(distribution, key=lambda name: distribution[name])


@pytest.mark.parametrize("language", ["en", "ko"])
def test_messages_that_were_not_learned_from_are_read_as_well_as_measured(language: str) -> None:
    lines = (MESSAGES / f"validation.{language}.jsonl").read_bytes().splitlines()
    rows = [msgspec.json.decode(line, type=Labelled) for line in lines]
    found = [analyse(row.text) for row in rows]
    for part, floor in FLOORS[language].items():
        right = sum(
            top(getattr(one, part)) == getattr(row, part)
            for one, row in zip(found, rows, strict=True)
        )
        assert right / len(rows) >= floor, part


@given(st.text(max_size=200))
def test_clues_of_any_text_are_bounded(text: str) -> None:
    named = clues(text, read_features(text, text))
    assert all(0.0 <= strength <= 4.0 for strength in named.values())


def test_unknown_clues_add_nothing() -> None:
    assert lean({"w:xyzzy": 3.0}) == {}
