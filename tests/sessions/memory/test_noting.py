"""What is remembered, as notes of a conversation."""

from datetime import UTC, datetime
from typing import Any

import pytest

from sessions.conversation import Remembered
from sessions.memory.noting import notes_of
from tests.sessions.memory.made import NOW

EXAM = datetime(2026, 12, 18, 12, tzinfo=UTC)


def known(kind: str, text: str, **fields: Any) -> Remembered:
    return Remembered(id="f_1", kind=kind, text=text, at=NOW, **fields)


@pytest.mark.parametrize(
    ("memory", "notes"),
    [
        (known("goal", "My goal is to run a marathon"), [("goal", "run a marathon")]),
        (known("name", "My name is Mina"), [("name", "Mina")]),
        (known("name", "Joanna"), []),
        (known("name", "Joanna", corrected=True), [("name", "Joanna")]),
        (known("goal", "a calmer week", corrected=True), [("goal", "a calmer week")]),
        (
            known("deadline", "My exam is on Friday", due=EXAM),
            [("deadline", "exam on December 18")],
        ),
        (known("deadline", "시험은 금요일이에요", due=EXAM), [("deadline", "12월 18일 시험")]),
        (known("deadline", "My exam is on Friday"), []),
        (known("preference", "I like tea"), []),
        (known("promise", "My goal is to ask", own=False), []),
    ],
)
def test_a_memory_is_noted_as_the_user_would_have_told_it(
    memory: Remembered, notes: list[tuple[str, str]]
) -> None:
    found = notes_of(memory)
    assert [(each.kind, each.text) for each in found] == notes
    assert {each.turn_id for each in found} <= {"f_1"}
