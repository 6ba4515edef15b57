"""A reader who changes processes in the middle of an answer, ahead of the store."""

from typing import Any

from schemas.frames import Delta, TurnDone
from sessions.stores.sqlite import SqliteDocuments
from tests.sessions.processes import running_process

WORDS = "".join(f"w{i} " for i in range(40))


async def test_a_reader_ahead_of_the_store_goes_on_at_its_cursor(
    documents: SqliteDocuments, redis_url: str
) -> None:
    async with (
        running_process("p1", documents, redis_url) as one,
        running_process("p2", documents, redis_url) as two,
    ):
        session_id = (await one.say("hello", "c1")).ack.session_id
        here = await one.read(session_id, from_start=True)
        await here.until(lambda r: len(r.of(Delta)) > 5)
        here.close()
        cursor: dict[str, Any] = {"epoch": here.attached[0].epoch, "after": here.frames[-1].seq}

        there = await two.read(session_id, **cursor)
        await there.until(lambda r: bool(r.of(TurnDone)))

    assert there.snapshots == []
    assert [each.seq for each in there.frames] == list(
        range(here.frames[-1].seq + 1, there.frames[-1].seq + 1)
    )
    assert "".join(each.text for each in (*here.of(Delta), *there.of(Delta))) == WORDS


async def test_a_reader_whose_frames_never_come_gets_a_snapshot(
    documents: SqliteDocuments, redis_url: str
) -> None:
    async with running_process("p1", documents, redis_url) as one:
        accepted = await one.say("hello", "c1")
        session_id = accepted.ack.session_id
        here = await one.read(session_id, from_start=True)
        await here.until(lambda r: bool(r.of(TurnDone)))
        cursor: dict[str, Any] = {
            "epoch": here.attached[0].epoch,
            "after": here.frames[-1].seq + 100,
        }

        async with running_process("p2", documents, redis_url) as two:
            there = await two.read(session_id, **cursor)
            await there.until(lambda r: bool(r.snapshots))

    assert [each.recovered for each in there.attached] == [False]
    assert there.snapshots[0].messages[-1].text == WORDS
