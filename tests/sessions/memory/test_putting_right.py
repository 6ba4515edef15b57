"""A conversation with corrections in it: they hold, what was said after them too."""

from datetime import timedelta
from typing import Any

import pytest

from sessions.conversation import Conversation, Note, PastTurn, Remembered, Summary
from sessions.history import fold
from sessions.memory import putting_right
from sessions.memory.putting_right import put_right
from sessions.notes import extract
from tests.sessions.memory.made import NOW

TOLD = "My exam is on 18 December."
LONG = "Exams are some weeks away, so one block a day is fair. Begin on Monday with the library."


def talk(*texts: str, answer: str = "I see.") -> Conversation:
    turns = tuple(
        PastTurn(
            turn_id=f"t_{number}",
            user_text=text,
            answer=answer,
            persona="lua",
            at=NOW + timedelta(minutes=number),
        )
        for number, text in enumerate(texts, start=1)
    )
    summary = Summary()
    for number, turn in enumerate(turns, start=1):
        summary = fold(summary, turn, number=number, keep_turns=1)
    return Conversation(session_id="s_1", recent=turns, summary=summary, count=len(turns))


def correction(kind: str, text: str, *turns: str, **fields: Any) -> Remembered:
    at = NOW + timedelta(days=1)
    values = {"id": "f_1", "kind": kind, "text": text, "at": at, "corrected": True, "turns": turns}
    return Remembered(**{**values, **fields})


def all_words(conversation: Conversation) -> str:
    """Return all that a mentor could say again."""
    summary = conversation.summary
    notes = [each.text for each in (*summary.notes, *summary.steps)]
    turns = [f"{each.user_text} {each.answer}" for each in conversation.recent]
    return "\n".join((summary.text, summary.told, *summary.pending, *notes, *turns))


@pytest.mark.parametrize(
    ("told", "kind", "text", "wrong", "left"),
    [
        (
            "My goal is to run a marathon. I sleep badly.",
            "goal",
            "My goal is to learn the cello",
            "marathon",
            "sleep badly",
        ),
        ("Hi, I'm Jo. I feel tired.", "name", "Joanna", "Jo.", "tired"),
        (
            "I'll call the bank tomorrow. It rained.",
            "commitment",
            "I'll write to the bank",
            "call",
            "rained",
        ),
        ("My sister Mina helps me.", "person", "My cousin Ana helps me", "Mina", ""),
        (
            "My manager Tom keeps changing my shifts.",
            "person",
            "My manager Anna keeps changing my shifts",
            "Tom",
            "",
        ),
        (
            "My sister is called Ana and my brother is called Tom.",
            "person",
            "My sister is called Anna",
            "Ana",
            "brother Tom",
        ),
        (
            "My exam is on 18 December. My rent is due on 5 December.",
            "deadline",
            "My exam is on 20 January",
            "18 December",
            "My rent is due on 5 December",
        ),
        (
            "My goal is to run a marathon. My goal is to learn Korean.",
            "goal",
            "My goal is to run a 10k race",
            "marathon",
            "learn Korean",
        ),
        (
            "My exam is on 18 December and I can't focus.",
            "deadline",
            "My exam is on 20 January",
            "December",
            "I can't focus",
        ),
        ("저는 간호사예요. 오늘은 쉬어요.", "role", "저는 교사예요", "간호사", "쉬어요"),
        (
            "제 목표는 마라톤을 완주하는 거예요. 잠을 못 자요.",
            "goal",
            "제 목표는 수영을 배우는 거예요",
            "마라톤",
            "잠을",
        ),
    ],
)
def test_what_was_corrected_stands_nowhere_as_it_was(
    told: str, kind: str, text: str, wrong: str, left: str
) -> None:
    before = talk(told, "And then?", answer=f"So: {told}")
    by = correction(kind, text, "t_1")

    after = put_right(before, [by])

    assert wrong in all_words(before)
    assert wrong not in all_words(after)
    assert text in all_words(after)
    assert left in all_words(after)
    assert put_right(after, [by]) == after


def test_what_was_said_after_a_correction_is_left_as_it_is() -> None:
    before = talk("My exam is on 18 December.", "My exam is on 5 February now.")
    at = before.recent[0].at + timedelta(seconds=1)
    by = correction("deadline", "My exam is on 20 January", "t_1", at=at, due=NOW)

    after = put_right(before, [by])

    assert "18 December" not in all_words(after)
    assert after.recent[1] == before.recent[1]
    assert after.summary.notes[-1] == before.summary.notes[-1]


def test_a_date_that_was_taken_away_by_hand_is_not_kept_in_the_notes() -> None:
    before = talk("My exam is on 18 December.", "I fear the exam in December.")
    after = put_right(before, [correction("deadline", "My exam was put off", "t_1")])
    assert "December" not in all_words(after)


def test_a_long_conversation_is_read_for_notes_only_where_it_dates_the_event(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read: list[str] = []

    def counted(text: str, turn_id: str) -> tuple[Note, ...]:
        read.append(text)
        return extract(text, turn_id)

    monkeypatch.setattr(putting_right, "extract", counted)
    by = correction("deadline", "My exam is on 20 January", "t_1")
    few, many = (
        talk(TOLD, *["The exam scares me. I sleep badly on Mondays."] * turns, answer=LONG)
        for turns in (1, 49)
    )
    put_right(few, [by])
    once = len(read)
    put_right(many, [by])

    assert once < 12
    assert len(read) == 2 * once


def test_without_a_correction_nothing_changes() -> None:
    before = talk("My goal is to run a marathon.")
    known = correction("goal", "My goal is to swim", "t_1", corrected=False)
    assert put_right(before, [known]) is before
