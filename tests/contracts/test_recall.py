"""The index of recall on every store of documents."""

from datetime import UTC, datetime

from sessions.memory.documents import FACTS, FactDocument
from sessions.memory.recall.recall import Recall
from sessions.stores.documents import Documents
from sessions.tasks import Tasks
from tests.clocks import FakeClock

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


async def test_a_fact_is_noted_recalled_and_forgotten(documents: Documents) -> None:
    failed: list[BaseException] = []
    tasks = Tasks(lambda _name, error: failed.append(error))
    recall = Recall(documents=documents, clock=FakeClock(), tasks=tasks, secret="s" * 32)
    for number, text in enumerate(("My sister lives in Busan.", "나는 커피를 안 마셔."), 1):
        fact = FactDocument(
            id=f"f_{number}",
            user_id="u1",
            kind="person",
            text=text,
            language="en",
            sources=(),
            session_ids=(),
            turn_ids=(),
            confidence=0.5,
            valid_from=NOW,
            created_at=NOW,
            updated_at=NOW,
        )
        await documents.insert(FACTS, fact)
        await recall.note_fact(fact)
    await recall.rebuild("u1")
    found = await recall.recall("u1", "커피 좋아해?", now=NOW)
    assert (found.hits[0].id, found.entries, found.state) == ("f_2", 2, "ready")
    await recall.forget("u1", ["f_2"])
    assert [hit.id for hit in (await recall.recall("u1", "커피", now=NOW)).hits] == ["f_1"]
    assert await recall.forget_user("u1") > 0
    assert failed == []
