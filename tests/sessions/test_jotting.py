"""Messages that are kept without being answered."""

import asyncio

import pytest
from msgspec import structs

from sessions.archive import SESSIONS, TURNS, SessionDocument
from sessions.branches import followed
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
    kept = (
        jotting.keep("u_1", "s_1", f"note {number}", client_msg_id=f"c{number}")
        for number in range(5)
    )
    counts = await asyncio.gather(*kept)
    turns = await documents.find(TURNS, "by_session", {"session_id": "s_1"})

    assert sorted(counts) == [1, 2, 3, 4, 5]
    assert {turn.messages[0].text for turn in turns} == {f"note {n}" for n in range(5)}
    assert not any(turn.open for turn in turns)


async def test_a_message_that_comes_again_is_kept_once(
    documents: SqliteDocuments, jotting: Jotting
) -> None:
    first, other, again = [
        await jotting.keep("u_1", "s_1", "hello", client_msg_id=key) for key in ("c1", "c2", "c1")
    ]
    turns = await documents.find(TURNS, "by_session", {"session_id": "s_1"})

    assert (first, other, again) == (1, 2, 1)
    assert len(turns) == 2


async def test_a_message_goes_on_from_the_branch_that_is_shown(
    documents: SqliteDocuments, jotting: Jotting
) -> None:
    for key in ("c1", "c2", "c3"):
        await jotting.keep("u_1", "s_1", key, client_msg_id=key)
    session = await documents.get(SESSIONS, "s_1")
    assert session is not None
    await documents.replace(SESSIONS, structs.replace(session, chosen=1, chosen_at=3))
    numbers = [await jotting.keep("u_1", "s_1", key, client_msg_id=key) for key in ("c4", "c5")]
    turns = await documents.find(TURNS, "by_session", {"session_id": "s_1"})

    assert numbers == [4, 5]
    assert [followed(turn) for turn in turns] == [0, 1, 2, 1, 4]


async def test_a_summary_tells_what_was_kept_to_its_user_alone(
    documents: SqliteDocuments, jotting: Jotting
) -> None:
    await jotting.keep("u_1", "s_1", "My goal is to run a marathon", client_msg_id="c1")
    digests = Digests(documents)
    theirs, others = await digests.of("u_1", "s_1"), await digests.of("u_2", "s_1")

    assert theirs.status == "completed"
    assert theirs.text == "1. My goal is to run a marathon\ngoal: run a marathon"
    assert (others.status, others.text) == ("not_found", None)


async def test_nothing_is_kept_in_somebody_elses_session(jotting: Jotting) -> None:
    with pytest.raises(NotFound):
        await jotting.keep("u_2", "s_1", "hello", client_msg_id="c1")
