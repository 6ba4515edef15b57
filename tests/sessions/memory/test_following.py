"""Promises go where the event goes that they are about."""

from datetime import date, timedelta
from typing import Any

import pytest

from sessions.memory.dates import as_due
from sessions.memory.documents import FactDocument
from sessions.memory.facts import Facts
from sessions.memory.following import followed, moved_to
from sessions.memory.refusals import Refusals
from sessions.stores.sqlite import SqliteDocuments
from tests.clocks import FakeClock
from tests.sessions.memory.made import NOW, fact

THURSDAY, FRIDAY = date(2026, 11, 26), date(2026, 11, 27)
WEDNESDAY, SATURDAY = date(2026, 11, 25), date(2026, 11, 28)


def exam(name: str, day: date, *, told: int = 0, **fields: Any) -> FactDocument:
    """Return an exam on a day, told some days after Monday."""
    event: dict[str, Any] = {"kind": "deadline", "slot": "event:exam", "due": as_due(day, "")}
    text = f"My exam is on {day:%A} ({day})"
    return fact(name, day=told, turn=f"t_{name}", **{"text": text, **event, **fields})


def promise(day: date, turn: str = "t_1", slot: str = "promise:exam", **more: Any) -> FactDocument:
    """Return a promise to ask about the exam on a day."""
    text = f"I'll ask you on {day:%A} how it went ({day})"
    asked: dict[str, Any] = {"kind": "promise", "slot": slot, "due": as_due(day, "")}
    return fact("p", turn=turn, **{"text": text, **asked, **more})


@pytest.fixture
def facts(documents: SqliteDocuments) -> Facts:
    clock = FakeClock(NOW)
    refusals = Refusals(documents=documents, clock=clock, secret="s")
    return Facts(documents=documents, clock=clock, refusals=refusals)


async def told(facts: Facts) -> tuple[str, str]:
    """Return what is promised, and for when."""
    found = await facts.get("u_1", "f_p")
    return found.text, str(found.due.date()) if found.due and found.current else ""


async def test_an_event_that_is_told_anew_takes_its_promise_along_and_back(facts: Facts) -> None:
    await facts.add(exam("1", THURSDAY))
    await facts.add(promise(THURSDAY))
    later = exam("2", FRIDAY, told=1)
    await facts.add(later)

    assert await told(facts) == ("I'll ask you on Friday how it went (2026-11-27)", "2026-11-27")
    # the branch that moved it is left, and chosen again, and its message deleted
    await facts.show(await facts.get("u_1", later.id), False)
    assert await told(facts) == ("I'll ask you on Thursday how it went (2026-11-26)", "2026-11-26")
    await facts.show(await facts.get("u_1", later.id), True)
    assert (await told(facts))[1] == "2026-11-27"
    await facts.forget_turns("u_1", ["t_2"])
    assert (await told(facts))[1] == "2026-11-26"
    assert (await facts.get("u_1", "f_p")).due_told is None


async def test_a_promise_in_other_words_made_beside_the_event_goes_along(facts: Facts) -> None:
    await facts.add(exam("1", THURSDAY))
    await facts.add(promise(THURSDAY, slot=""))
    await facts.add(exam("2", FRIDAY, told=1))
    await facts.add(exam("3", SATURDAY, told=2))

    assert (await told(facts))[1] == "2026-11-28"


async def test_a_day_that_is_corrected_by_hand_takes_the_promise_along(facts: Facts) -> None:
    await facts.add(exam("1", THURSDAY))
    await facts.add(promise(THURSDAY))
    await facts.edit("u_1", "f_1", "My exam is on Friday")

    assert (await told(facts))[1] == "2026-11-27"
    await facts.edit("u_1", "f_1", "My exam is on Saturday")
    assert (await told(facts))[1] == "2026-11-28"


async def test_with_an_event_that_is_off_the_promise_ends(facts: Facts) -> None:
    await facts.add(exam("1", THURSDAY))
    await facts.add(promise(THURSDAY))
    await facts.end("u_1", "f_1", NOW + timedelta(hours=1))

    assert (await told(facts))[1] == ""
    assert (await facts.get("u_1", "f_p")).valid_to == NOW + timedelta(hours=1)


async def test_with_a_day_that_has_no_name_ends_the_promise_made_beside_it(facts: Facts) -> None:
    await facts.add(exam("1", THURSDAY, slot=""))
    await facts.add(promise(THURSDAY, slot=""))
    await facts.end("u_1", "f_1", NOW + timedelta(hours=1))

    assert (await told(facts))[1] == ""


async def test_the_promise_about_another_event_stays(facts: Facts) -> None:
    await facts.add(exam("1", THURSDAY))
    await facts.add(promise(THURSDAY, slot="promise:interview", turn="t_9"))
    await facts.add(exam("2", FRIDAY, told=1))
    await facts.end("u_1", "f_2", NOW + timedelta(days=2))

    assert (await told(facts))[1] == "2026-11-26"


async def test_words_of_a_message_that_is_deleted_are_gone_where_they_were_moved(
    facts: Facts,
) -> None:
    await facts.add(exam("1", THURSDAY))
    await facts.add(exam("2", FRIDAY, told=1, words_of="f_1"))
    await facts.add(exam("3", SATURDAY, told=2, words_of="f_2"))

    assert set(await facts.forget_turns("u_1", ["t_1"])) == {"f_1", "f_2", "f_3"}
    assert await facts.of_user("u_1", past=True) == []


def test_as_long_after_the_event_as_before_and_again_changes_nothing() -> None:
    old, new = exam("1", THURSDAY, superseded_by="f_2", valid_to=NOW), exam("2", SATURDAY, told=1)
    moved = followed(promise(FRIDAY), [old, new])

    assert moved.due == as_due(date(2026, 11, 29), "")
    assert moved.due_told == as_due(FRIDAY, "")
    assert followed(moved, [new, old]) == moved


@pytest.mark.parametrize(
    "asked",
    [
        promise(WEDNESDAY),
        promise(THURSDAY, edited=True, edited_at=NOW),
        promise(THURSDAY, valid_to=NOW),
        promise(THURSDAY, shown=False),
        promise(THURSDAY, due=None),
    ],
    ids=["before it", "in the user's words", "kept", "of another branch", "without a day"],
)
def test_what_is_not_for_the_day_of_the_event_stays(asked: FactDocument) -> None:
    old, new = exam("1", THURSDAY, superseded_by="f_2", valid_to=NOW), exam("2", SATURDAY, told=1)

    assert followed(asked, [old, new]) == asked


def test_the_next_event_of_its_kind_leaves_the_promise_about_the_last_one() -> None:
    old = exam("1", THURSDAY, superseded_by="f_2", valid_to=NOW)
    asked = promise(THURSDAY)

    assert followed(asked, [old, exam("2", date(2027, 3, 1), told=30)]) == asked


def test_a_promise_made_later_than_the_event_was_moved_is_about_its_new_day() -> None:
    old, new = exam("1", THURSDAY, superseded_by="f_2", valid_to=NOW), exam("2", FRIDAY)
    asked = promise(FRIDAY, valid_from=NOW + timedelta(hours=1))

    assert followed(asked, [old, new]) == asked


@pytest.mark.parametrize(
    ("text", "moved"),
    [
        ("My essay is due by Thursday (2026-11-26)", "My essay is due by Friday (2026-11-27)"),
        ("The talk is in three days (2026-11-26)", "The talk is on Friday (2026-11-27)"),
        ("시험이 목요일이야 (2026-11-26)", "시험이 금요일이야 (2026-11-27)"),
        ("목요일에 시험 어떻게 됐는지 (2026-11-26)", "금요일에 시험 어떻게 됐는지 (2026-11-27)"),
        ("My exam is on 2026-11-26", "My exam is on 2026-11-27"),
        ("How it went (2026-11-26)", "How it went (2026-11-27)"),
        ("It is soon", "It is soon"),
    ],
)
def test_a_text_names_the_day_that_it_is_moved_to(text: str, moved: str) -> None:
    known = fact("1", kind="deadline", text=text, due=as_due(THURSDAY, "Asia/Seoul"))
    found = moved_to(known, as_due(FRIDAY, "Asia/Seoul"))

    assert found.text == moved
    assert found.due == as_due(FRIDAY, "Asia/Seoul")
