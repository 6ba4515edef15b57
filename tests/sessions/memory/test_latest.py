""" "It moved to Friday": what that speaks of is the day that was told of last."""

from datetime import timedelta

import pytest

from sessions.memory.latest import latest_day
from sessions.stores.sqlite import SqliteDocuments
from tests.sessions.memory.keeping import Home
from tests.sessions.memory.made import NOW, fact

HOUR = timedelta(hours=1)


async def test_a_day_without_its_name_moves_what_was_told_of_last(
    documents: SqliteDocuments,
) -> None:
    home = Home(documents)
    session = await home.open()
    await home.tell(session, "I have an interview on Wednesday.")
    await home.tell(session, "My exam is on Thursday.")
    held = await home.tell(session, "Actually it moved to Friday.")

    assert held == [
        "I have an interview on Wednesday (2026-11-25)",
        "My exam is on Friday (2026-11-27)",
    ]
    moved = next(each for each in await home.facts.of_user("u_1") if each.slot == "event:exam")
    assert moved.turn_ids == ("t_s_1-3",)
    # and back, by a message that says no more
    held = await home.tell(session, "They moved it to Thursday")
    assert held[1] == "My exam is on Thursday (2026-11-26)"


async def test_what_is_moved_in_korean_is_moved(documents: SqliteDocuments) -> None:
    home = Home(documents)
    session = await home.open()
    await home.tell(session, "시험이 목요일이야")

    assert await home.tell(session, "금요일로 미뤄졌어") == ["시험이 금요일이야 (2026-11-27)"]
    assert await home.tell(session, "취소됐어") == []


async def test_what_is_off_without_its_name_ends_and_nothing_else(
    documents: SqliteDocuments,
) -> None:
    home = Home(documents)
    session = await home.open()
    await home.tell(session, "I have an interview on Wednesday.")
    await home.tell(session, "My exam is on Thursday.")

    held = await home.tell(session, "It was cancelled.")
    assert held == ["I have an interview on Wednesday (2026-11-25)"]


@pytest.mark.parametrize(
    ("told", "off", "left"),
    [
        (
            ["My physics exam is on Friday.", "My math exam is on Thursday."],
            "The math exam is cancelled.",
            ["My physics exam is on Friday (2026-11-27)"],
        ),
        (
            ["영어 시험이 금요일이야", "수학 시험이 목요일이야"],
            "수학 시험 취소됐어",
            ["영어 시험이 금요일이야 (2026-11-27)"],
        ),
    ],
)
async def test_what_is_off_by_its_name_ends_no_other_of_its_kind(
    documents: SqliteDocuments, told: list[str], off: str, left: list[str]
) -> None:
    home = Home(documents)
    session = await home.open()
    for text in told:
        await home.tell(session, text)

    assert await home.tell(session, off) == left


async def test_a_message_that_is_heard_twice_ends_no_second_day(
    documents: SqliteDocuments,
) -> None:
    home = Home(documents)
    session = await home.open()
    await home.tell(session, "I have an interview on Wednesday.")
    await home.tell(session, "My exam is on Thursday.")
    turn = await home.say(session, "It was cancelled.")
    for _ in range(2):
        await home.keeper.ended(turn, session)

    assert await home.held() == ["I have an interview on Wednesday (2026-11-25)"]


async def test_a_day_that_has_no_name_of_an_event_is_moved_with_its_promise(
    documents: SqliteDocuments,
) -> None:
    home = Home(documents)
    session = await home.open()
    await home.tell(session, "My lesson is on Thursday.", "I'll ask you on Thursday how it went.")
    held = await home.tell(session, "It moved to Friday.")

    assert held == [
        "I'll ask you on Friday how it went (2026-11-27)",
        "My lesson is on Friday (2026-11-27)",
    ]
    assert await home.tell(session, "It was cancelled.") == []


async def test_with_an_event_that_is_off_stays_what_its_user_wants(
    documents: SqliteDocuments,
) -> None:
    home = Home(documents)
    session = await home.open()
    await home.tell(session, "My goal is to run a marathon this year.")
    await home.tell(session, "The marathon is on Saturday.")

    held = await home.tell(session, "The marathon was cancelled.")
    assert held == ["My goal is to run a marathon this year"]


async def test_in_another_session_it_is_something_else(documents: SqliteDocuments) -> None:
    home = Home(documents)
    await home.tell(await home.open(), "My exam is on Thursday.")
    other = await home.open("s_2")

    for text in ("It moved to Friday.", "It was cancelled."):
        assert await home.tell(other, text) == ["My exam is on Thursday (2026-11-26)"]


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "goal"},
        {"due": None},
        {"due": NOW - 30 * HOUR},
        {"valid_from": NOW - 2 * HOUR},
        {"valid_from": NOW},
        {"session": "s_2"},
    ],
)
def test_only_a_day_to_come_that_was_told_just_now_and_here_is_meant(
    fields: dict[str, object],
) -> None:
    day = {"kind": "deadline", "due": NOW + 24 * HOUR, "valid_from": NOW - HOUR / 2}
    mine = fact("1", **day)  # type: ignore[arg-type]
    other = fact("2", **{**day, **fields})  # type: ignore[arg-type]

    assert latest_day([mine], "s_1", NOW) == mine
    assert latest_day([other], "s_1", NOW) is None
