"""Turns that wait for the index, and when they no longer do."""

import asyncio

import pytest

from sessions.archive import TurnDocument
from sessions.errors import StoreUnavailable
from sessions.memory.backlog import Backlog
from tests.clocks import FakeClock
from tests.sessions.memory.made import NOW


class Index:
    """Notes what it is given, once it is `open`; while `away` it takes nothing."""

    def __init__(self) -> None:
        self.groups: list[list[str]] = []
        self.meant: list[bool] = []
        self.away = False
        self.open = asyncio.Event()
        self.open.set()

    async def note_turns(self, turns: list[TurnDocument], *, meant: bool = True) -> bool:
        """Take turns in; raises StoreUnavailable."""
        if self.away:
            raise StoreUnavailable("away")
        await self.open.wait()
        self.groups.append([turn.id for turn in turns])
        self.meant.append(meant)
        return meant


def turn(number: int, *, session: str = "s_1", user: str = "u_1") -> TurnDocument:
    return TurnDocument(
        id=f"t_{session}{number}",
        session_id=session,
        user_id=user,
        number=number,
        messages=(),
        client_msg_ids=(),
        created_at=NOW,
        updated_at=NOW,
    )


@pytest.fixture
def index() -> Index:
    return Index()


async def test_turns_of_a_user_are_indexed_together_once_the_user_rests(index: Index) -> None:
    clock = FakeClock()
    backlog = Backlog(index, clock, rest_s=20, most=5)
    backlog.add(turn(2))
    clock.advance(15)
    backlog.add(turn(1))
    backlog.add(turn(1))
    clock.advance(15)
    backlog.add(turn(1, user="u_2", session="s_9"))
    await backlog.write_rested()
    assert index.groups == []
    clock.advance(5)
    await backlog.write_rested()
    assert index.groups == [["t_s_11", "t_s_12"]]
    await backlog.write_all()
    assert index.groups[1:] == [["t_s_91"]]


async def test_many_turns_do_not_wait_for_a_rest(index: Index) -> None:
    backlog = Backlog(index, FakeClock(), rest_s=20, most=3)
    for number in (1, 2, 3):
        backlog.add(turn(number))
    await backlog.write_rested()
    assert index.groups == [["t_s_11", "t_s_12", "t_s_13"]]


async def test_a_question_in_another_session_waits_for_what_was_said(index: Index) -> None:
    backlog = Backlog(index, FakeClock())
    backlog.add(turn(1))
    await backlog.catch_up("u_1", but="s_1")
    assert index.groups == []
    await backlog.catch_up("u_1", but="s_2")
    assert index.groups == [["t_s_11"]]


async def test_who_waits_gets_words_at_once_and_meanings_follow_once_the_user_rests(
    index: Index,
) -> None:
    clock = FakeClock()
    backlog = Backlog(index, clock, rest_s=20)
    backlog.add(turn(1))
    backlog.add(turn(2))
    await backlog.catch_up("u_1", but="s_2")
    await backlog.catch_up("u_1", but="s_2")
    backlog.add(turn(2))
    backlog.add(turn(1, session="s_2"))
    await backlog.catch_up("u_1", but="s_2")
    clock.advance(20)
    await backlog.write_rested()
    await backlog.write_all()
    assert index.groups == [
        ["t_s_11", "t_s_12"],
        ["t_s_12", "t_s_21"],
        ["t_s_11", "t_s_12", "t_s_21"],
    ]
    assert index.meant == [False, False, True]


async def test_what_is_deleted_before_its_meaning_came_is_not_indexed_again(index: Index) -> None:
    clock = FakeClock()
    backlog = Backlog(index, clock, rest_s=20)
    backlog.add(turn(1))
    backlog.add(turn(2))
    await backlog.catch_up("u_1", but="s_2")
    backlog.drop("u_1", turn_ids=["t_s_11"])
    await backlog.write_all()
    assert index.groups == [["t_s_11", "t_s_12"], ["t_s_12"]]


async def test_who_asks_during_a_write_waits_for_it_and_giving_up_ends_no_write(
    index: Index,
) -> None:
    backlog = Backlog(index, FakeClock())
    backlog.add(turn(1))
    index.open.clear()
    impatient = asyncio.create_task(backlog.catch_up("u_1", but="s_2"))
    await asyncio.sleep(0)
    patient = asyncio.create_task(backlog.catch_up("u_1", but="s_2"))
    await asyncio.sleep(0)
    impatient.cancel()
    with pytest.raises(asyncio.CancelledError):
        await impatient
    assert not patient.done()
    index.open.set()
    await patient
    assert index.groups == [["t_s_11"]]


async def test_what_a_store_that_was_away_missed_is_indexed_later(index: Index) -> None:
    clock = FakeClock()
    backlog = Backlog(index, clock, rest_s=20, most=1)
    index.away = True
    backlog.add(turn(1))
    await backlog.write_rested()
    index.away = False
    backlog.add(turn(2))
    await backlog.write_rested()
    assert index.groups == [], "a store that was away is not asked every second"
    clock.advance(20)
    await backlog.write_rested()
    assert index.groups == [["t_s_11", "t_s_12"]]


async def test_what_is_dropped_while_it_is_written_does_not_come_back(index: Index) -> None:
    backlog = Backlog(index, FakeClock())
    index.open.clear()
    backlog.add(turn(1))
    backlog.add(turn(2))
    writing = asyncio.create_task(backlog.write_all())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    backlog.drop("u_1", turn_ids=["t_s_11"])
    (task,) = (each for each in asyncio.all_tasks() if each.get_name() == "index turns")
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    index.open.set()
    await backlog.write_all()
    assert index.groups == [["t_s_12"]]


async def test_a_write_that_always_fails_is_given_up(index: Index) -> None:
    backlog = Backlog(index, FakeClock())
    index.away = True
    backlog.add(turn(1))
    for _ in range(30):
        await backlog.write_all()
    index.away = False
    await backlog.write_all()
    assert index.groups == []
