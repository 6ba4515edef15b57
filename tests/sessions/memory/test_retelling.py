"""Sessions that are written anew when a fact is corrected."""

from datetime import timedelta

import pytest

from sessions.archive import SESSIONS, TURNS, UserMessage
from sessions.command import Command
from sessions.conversation import Note, Summary
from sessions.memory.correcting import corrected
from sessions.memory.documents import FACTS
from sessions.memory.retelling import Retelling
from sessions.stores.sqlite import SqliteDocuments
from tests.clocks import FakeClock
from tests.sessions.memory.made import fact
from tests.sessions.turns import AT, session, turn

STALE = Summary(notes=(Note(kind="goal", text="learn the cello", turn_id="f_1"),), upto=1)


@pytest.mark.parametrize(
    ("title", "by", "then"),
    [
        ("Learn the cello", "rules", "Learn the zither"),
        ("Marathon plans", "provider", "Learn the zither"),
        ("Plans", "provider", "Plans"),
        ("My marathon", "user", "My marathon"),
    ],
)
async def test_whatever_was_stored_a_session_tells_what_holds_and_its_owner_hears_of_it(
    documents: SqliteDocuments, title: str, by: str, then: str
) -> None:
    told: list[tuple[str, Command]] = []

    async def tell(session_id: str, command: Command) -> None:
        told.append((session_id, command))

    text = "My goal is to run a marathon."
    said = UserMessage(id="m_1", client_msg_id="c1", text=text, created_at=AT)
    before = session(title=title, titled_by=by, summary=STALE, earlier=STALE)
    await documents.insert(SESSIONS, before)
    await documents.insert(TURNS, turn(1, messages=(said,)))
    goal = fact(user_id="u1", kind="goal", text="My goal is to run a marathon", slot="")
    own = corrected(goal, "My goal is to learn the zither", now=AT + timedelta(days=1))
    await documents.insert(FACTS, own)

    await Retelling(documents=documents, clock=FakeClock(AT), tell=tell).corrected(own)

    after = await documents.get(SESSIONS, "s_1")
    assert after is not None
    assert [note.text for note in after.summary.notes] == ["learn the zither"]
    assert (after.title, after.earlier, after.emptied) == (then, Summary(), 1)
    assert told == [("s_1", Command(kind="updated"))]
