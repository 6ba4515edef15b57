"""Messages that are kept without being answered."""

import asyncio

import pytest

from sessions.archive import SESSIONS, TURNS, SessionDocument
from sessions.digests import Digests
from sessions.errors import NotFound
from sessions.jotting import Jotting
from sessions.stores.sqlite import SqliteDocuments
from tests.clocks import FakeClock


@pytest.fixture
async def jotting(documents: SqliteDocuments) -> Jotting:
    clock = FakeClock()
    session = SessionDocument(
        id="s_1", user_id="u_1", title="", created_at=clock.now(), updated_at=clock.now()
    )
    await documents.insert(SESSIONS, session)
    return Jotting(documents=documents, clock=clock)


async def test_messages_that_come_at_once_are_all_kept(
    documents: SqliteDocuments, jotting: Jotting
) -> None:
    kept = (jotting.keep("u_1", "s_1", f"note {number}") for number in range(5))
    counts = await asyncio.gather(*kept)
    turns = await documents.find(TURNS, "by_session", {"session_id": "s_1"})

    assert sorted(counts) == [1, 2, 3, 4, 5]
    assert {turn.messages[0].text for turn in turns} == {f"note {n}" for n in range(5)}
    assert not any(turn.open for turn in turns)


async def test_a_summary_tells_what_was_kept_to_its_user_alone(
    documents: SqliteDocuments, jotting: Jotting
) -> None:
    await jotting.keep("u_1", "s_1", "My goal is to run a marathon")
    digests = Digests(documents)
    theirs, others = await digests.of("u_1", "s_1"), await digests.of("u_2", "s_1")

    assert theirs.status == "completed"
    assert theirs.text == "1. My goal is to run a marathon\ngoal: run a marathon"
    assert (others.status, others.text) == ("not_found", None)


async def test_nothing_is_kept_in_somebody_elses_session(jotting: Jotting) -> None:
    with pytest.raises(NotFound):
        await jotting.keep("u_2", "s_1", "hello")
