"""What every store of documents does; the stores are in conftest.py."""

import asyncio
import random
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import msgspec
import pytest

from schemas.resources import Choice, Usage
from sessions.archive import (
    COLLECTIONS,
    SESSIONS,
    TURNS,
    USERS,
    AnswerDocument,
    RoutingDocument,
    SessionDocument,
    UserDocument,
)
from sessions.conversation import Note as SummaryNote
from sessions.conversation import Summary
from sessions.errors import Conflict, Duplicate, StoreUnavailable
from sessions.stores.documents import Collection, Documents, Index, Range, UniqueKey
from tests.contracts.conftest import Opener, Store
from tests.contracts.samples import JOBS, NOTES, SAMPLES, START, Job, Note, after, turn


async def outcome(call: Any) -> str:
    """Return "done", or the name of the store's error."""
    try:
        await call
    except (Conflict, Duplicate) as error:
        return type(error).__name__
    return "done"


async def test_a_document_comes_back_exactly_as_it_was(documents: Documents) -> None:
    seoul = timezone(timedelta(hours=9))
    stored = msgspec.structs.replace(
        turn(1, "c1", "c2"),
        updated_at=datetime(2026, 3, 1, 21, 0, 0, 999_999, tzinfo=seoul),
        open=False,
        state="done",
        routing=RoutingDocument(
            persona="lua",
            choices=(Choice(persona="lua", probability=0.1 + 0.2, reason="슬픔"),),
            resonance_key="k",
            resonance_confidence=1e-9,
            override=True,
            language="ko",
        ),
        answer=AnswerDocument(
            message_id="m9",
            text="그래 💜",
            persona="lua",
            finish_reason="stop",
            usage=Usage(prompt_tokens=2**40, completion_tokens=0),
            model="offline",
            created_at=after(0.000001),
        ),
    )
    await documents.insert(TURNS, stored)
    assert await documents.get(TURNS, stored.id) == stored


async def test_nested_values_come_back(documents: Documents) -> None:
    note = SummaryNote(kind="goal", text="수영", turn_id="t1")
    stored = SessionDocument(
        id="s1",
        user_id="u1",
        title="",
        created_at=START,
        updated_at=START,
        summary=Summary(text="…", notes=(note,), upto=3),
    )
    await documents.insert(SESSIONS, stored)
    assert await documents.find(SESSIONS, "by_user", {"user_id": "u1"}) == [stored]


async def test_what_is_not_there_is_none(documents: Documents) -> None:
    assert await documents.get(USERS, "nobody") is None
    assert await documents.find(JOBS, "due", {"queue": "q"}) == []
    assert await documents.delete(USERS, "nobody") is False


async def test_an_id_is_taken_once(documents: Documents) -> None:
    first = UserDocument(id="u1", created_at=START)
    await documents.insert(USERS, first)
    with pytest.raises(Duplicate):
        await documents.insert(USERS, UserDocument(id="u1", created_at=after(1)))
    assert await documents.get(USERS, "u1") == first


async def test_each_element_of_a_unique_list_counts_by_itself(documents: Documents) -> None:
    await documents.insert(TURNS, turn(1, "c1", "c2"))
    with pytest.raises(Duplicate):
        await documents.insert(TURNS, turn(2, "c3", "c2"))
    assert await documents.get(TURNS, "s1-t2") is None
    await documents.insert(TURNS, turn(2, "c3"))
    await documents.insert(TURNS, turn(1, "c1", session_id="s2"))


async def test_an_empty_list_takes_no_unique_key(documents: Documents) -> None:
    await documents.insert(JOBS, Job(id="a", queue="q"))
    await documents.insert(JOBS, Job(id="b", queue="q"))
    await documents.insert(JOBS, Job(id="c", queue="q", tags=("x", "x")))
    with pytest.raises(Duplicate):
        await documents.insert(JOBS, Job(id="d", queue="q", slot="1", tags=("x",)))


async def test_none_is_a_value_of_a_unique_key(open_store: Opener) -> None:
    slots = Collection(name="slots", type=Job, unique=(UniqueKey(name="slot", fields=("slot",)),))
    documents = await open_store([slots])
    await documents.insert(slots, Job(id="a", queue="q"))
    with pytest.raises(Duplicate):
        await documents.insert(slots, Job(id="b", queue="q"))


async def test_a_unique_key_is_free_again_when_nothing_holds_it(documents: Documents) -> None:
    await documents.insert(TURNS, turn(1, "c1"))
    await documents.replace(TURNS, turn(1, "c2"))
    await documents.insert(TURNS, turn(2, "c1"))
    assert await documents.delete(TURNS, "s1-t2")
    await documents.insert(TURNS, turn(3, "c1", "c3"))


async def test_a_replace_grows_the_version_and_moves_the_indexes(documents: Documents) -> None:
    await documents.insert(TURNS, turn(1, "c1"))
    closed = msgspec.structs.replace(turn(1, "c1", "c2"), open=False, updated_at=after(9))
    returned = await documents.replace(TURNS, closed)
    assert returned == msgspec.structs.replace(closed, version=2)
    assert await documents.get(TURNS, "s1-t1") == returned
    assert await documents.find(TURNS, "open", {"open": True}) == []
    by_key = {"session_id": "s1", "client_msg_ids": "c2"}
    assert await documents.find(TURNS, "by_client_msg_id", by_key) == [returned]


async def test_a_stale_or_lost_document_is_a_conflict(documents: Documents) -> None:
    await documents.insert(TURNS, turn(1, "c1"))
    second = await documents.replace(TURNS, turn(1, "c1"))
    with pytest.raises(Conflict):
        await documents.replace(TURNS, turn(1, "c9"))
    assert await documents.get(TURNS, "s1-t1") == second
    await documents.delete(TURNS, "s1-t1")
    with pytest.raises(Conflict):
        await documents.replace(TURNS, second)


async def test_a_replace_that_takes_anothers_key_changes_nothing(documents: Documents) -> None:
    await documents.insert(TURNS, turn(1, "c1"))
    await documents.insert(TURNS, turn(2, "c2"))
    with pytest.raises(Duplicate):
        await documents.replace(TURNS, turn(2, "c3", "c1"))
    assert await documents.get(TURNS, "s1-t2") == turn(2, "c2")
    await documents.insert(TURNS, turn(3, "c3"))


async def test_a_find_is_ordered_by_the_last_field_and_then_by_id(documents: Documents) -> None:
    for each, seconds in {"c": 1.0, "a": 1.0, "b": 0.000001, "d": 2.0}.items():
        await documents.insert(JOBS, Job(id=each, queue="q", due_at=after(seconds)))
    await documents.insert(JOBS, Job(id="z", queue="other", due_at=START))

    async def ids(**options: Any) -> str:
        found = await documents.find(JOBS, "due", {"queue": "q"}, **options)
        return "".join(document.id for document in found)

    assert await ids() == "bacd"
    assert await ids(descending=True) == "dcab"
    assert await ids(limit=2) == "ba"
    assert await ids(limit=0) == ""
    assert await ids(bounds=Range(gt=after(0.000001), lte=after(1))) == "ac"
    assert await ids(bounds=Range(gte=after(0.000001), lt=after(1))) == "b"
    assert await ids(bounds=Range(gt=after(1)), descending=True) == "d"
    assert "".join(job.id for job in await documents.find(JOBS, "all_due", {})) == "zbacd"


async def test_none_comes_first_and_is_inside_no_bounds(documents: Documents) -> None:
    await documents.insert(JOBS, Job(id="never", queue="q"))
    await documents.insert(JOBS, Job(id="soon", queue="q", due_at=after(-60 * 365 * 86400)))
    found = await documents.find(JOBS, "due", {"queue": "q"})
    assert [job.id for job in found] == ["never", "soon"]
    early = await documents.find(JOBS, "due", {"queue": "q"}, bounds=Range(lte=after(9)))
    assert [job.id for job in early] == ["soon"]
    unslotted = await documents.find(JOBS, "by_slot", {"slot": None})
    assert [job.id for job in unslotted] == ["never", "soon"]


async def test_a_list_is_found_by_each_of_its_elements(documents: Documents) -> None:
    both = turn(1, "c1", "c2")
    await documents.insert(TURNS, both)
    await documents.insert(TURNS, turn(2, "c3"))
    for each in ("c1", "c2"):
        by_key = {"session_id": "s1", "client_msg_ids": each}
        assert await documents.find(TURNS, "by_client_msg_id", by_key) == [both]


async def test_a_find_takes_exactly_what_the_index_declares(documents: Documents) -> None:
    with pytest.raises(ValueError, match="by_session"):
        await documents.find(TURNS, "by_session", {})
    with pytest.raises(ValueError, match="by_session"):
        await documents.find(TURNS, "by_session", {"session_id": "s", "open": True})
    with pytest.raises(KeyError, match="by_mood"):
        await documents.find(TURNS, "by_mood", {})


async def test_every_index_of_the_product_answers(documents: Documents) -> None:
    collections: tuple[Collection[Any], ...] = COLLECTIONS
    for collection in collections:
        for index in collection.indexes:
            equals = dict.fromkeys(index.fields[:-1], "x")
            assert await documents.find(collection, index.name, equals) == []


@pytest.mark.parametrize("seed", range(3))
async def test_any_history_ends_as_it_would_in_a_dictionary(
    documents: Documents, seed: int
) -> None:
    chance = random.Random(seed)
    model: dict[str, Job] = {}
    for _ in range(120):
        job = Job(
            id=chance.choice("abcdefgh"),
            queue=chance.choice("pq"),
            due_at=chance.choice([None, after(chance.randrange(4))]),
            tags=tuple(chance.sample("wxyz", chance.randrange(3))),
            slot=chance.choice([None, "1", "2"]),
        )
        current = model.get(job.id)
        taken = any(
            other.queue == job.queue and set(other.tags) & set(job.tags)
            for other in model.values()
            if other.id != job.id
        )
        act = chance.choice(["insert", "replace", "delete"])
        if act == "delete":
            assert await documents.delete(JOBS, job.id) is (model.pop(job.id, None) is not None)
        elif act == "insert":
            expected = "Duplicate" if current or taken else "done"
            assert await outcome(documents.insert(JOBS, job)) == expected
            if expected == "done":
                model[job.id] = job
        else:
            version = chance.choice([current.version, 99]) if current else 1
            job = msgspec.structs.replace(job, version=version)
            fresh = current is not None and current.version == version
            expected = ("Duplicate" if taken else "done") if fresh else "Conflict"
            assert await outcome(documents.replace(JOBS, job)) == expected
            if expected == "done":
                model[job.id] = msgspec.structs.replace(job, version=version + 1)
    await agrees(documents, model, chance)


async def agrees(documents: Documents, model: dict[str, Job], chance: random.Random) -> None:
    """Compare finds with the same ones in `model`."""
    assert {each: await documents.get(JOBS, each) for each in model} == model
    for _ in range(20):
        queue, bound = chance.choice("pq"), after(chance.randrange(4))
        name = chance.choice(["gt", "gte", "lt", "lte"])
        test: dict[str, Callable[[datetime], bool]] = {
            "gt": bound.__lt__,
            "gte": bound.__le__,
            "lt": bound.__gt__,
            "lte": bound.__ge__,
        }
        descending = chance.choice([True, False])
        expected = sorted(
            (
                job
                for job in model.values()
                if job.queue == queue and job.due_at and test[name](job.due_at)
            ),
            key=lambda job: (job.due_at, job.id),
            reverse=descending,
        )
        found = await documents.find(
            JOBS, "due", {"queue": queue}, bounds=Range(**{name: bound}), descending=descending
        )
        assert found == expected


async def test_of_a_hundred_replaces_one_wins_each_version(documents: Documents) -> None:
    await documents.insert(USERS, UserDocument(id="u1", created_at=START))
    for version in (1, 2):
        written = UserDocument(id="u1", version=version, created_at=after(version))
        outcomes = await asyncio.gather(
            *(outcome(documents.replace(USERS, written)) for _ in range(100))
        )
        assert sorted(outcomes) == ["Conflict"] * 99 + ["done"]
    stored = await documents.get(USERS, "u1")
    assert stored == UserDocument(id="u1", version=3, created_at=after(2))


async def test_of_many_inserts_one_takes_the_unique_key(documents: Documents) -> None:
    outcomes = await asyncio.gather(
        *(outcome(documents.insert(TURNS, turn(number, "c1"))) for number in range(30))
    )
    assert sorted(outcomes) == ["Duplicate"] * 29 + ["done"]
    assert len(await documents.find(TURNS, "by_session", {"session_id": "s1"})) == 1


async def test_a_claim_leases_what_is_due_until_later(documents: Documents) -> None:
    for each in range(4):
        await documents.insert(JOBS, Job(id=f"j{each}", queue="q", due_at=after(each)))
    await documents.insert(JOBS, Job(id="never", queue="q"))
    await documents.insert(JOBS, Job(id="other", queue="p", due_at=START))

    async def claim(now: datetime, until: datetime, limit: int = 9) -> list[Job]:
        return await documents.claim(JOBS, "due", {"queue": "q"}, now=now, until=until, limit=limit)

    first = await claim(after(2), after(60), limit=2)
    assert first == [
        Job(id=f"j{each}", version=2, queue="q", due_at=after(60)) for each in range(2)
    ]
    assert await documents.get(JOBS, "j0") == first[0]
    assert [job.id for job in await claim(after(2), after(90))] == ["j2"]
    assert await claim(after(2), after(90)) == []
    again = await claim(after(60), after(120))
    assert {job.id: job.version for job in again} == {"j3": 2, "j0": 3, "j1": 3}


async def test_a_lease_ends_after_it_begins(documents: Documents) -> None:
    with pytest.raises(ValueError, match="lease"):
        await documents.claim(JOBS, "all_due", {}, now=START, until=START, limit=1)


async def test_no_two_workers_claim_the_same_document(open_store: Opener) -> None:
    stores = [await open_store([JOBS]), await open_store([JOBS])]
    jobs = [Job(id=f"j{each}", queue="q", due_at=after(each)) for each in range(30)]
    await asyncio.gather(*(stores[0].insert(JOBS, job) for job in jobs))

    async def work(store: Store) -> list[str]:
        claimed: list[str] = []
        while batch := await store.claim(
            JOBS, "all_due", {}, now=after(100), until=after(200), limit=7
        ):
            claimed += [job.id for job in batch]
        return claimed

    batches = await asyncio.gather(*(work(store) for store in stores * 2))
    assert sorted(job for batch in batches for job in batch) == sorted(job.id for job in jobs)


async def test_a_document_that_may_expire_is_stored_and_changed_like_any_other(
    documents: Documents,
) -> None:
    note = Note(id="n", text="a", over_at=after(10**9))
    await documents.insert(NOTES, note)
    later = await documents.replace(NOTES, msgspec.structs.replace(note, over_at=after(2 * 10**9)))
    assert await documents.get(NOTES, "n") == later
    assert await documents.delete(NOTES, "n")


async def test_a_store_that_is_opened_again_has_everything(open_store: Opener) -> None:
    first = await open_store(SAMPLES)
    job = Job(id="j", queue="q", due_at=START)
    await first.insert(JOBS, job)
    await first.aclose()
    second = await open_store(SAMPLES)
    assert await second.find(JOBS, "due", {"queue": "q"}) == [job]


async def test_a_new_or_changed_index_covers_the_old_documents(open_store: Opener) -> None:
    plain = Collection(name="jobs", type=Job, indexes=(JOBS.indexes[0],))
    first = await open_store([plain])
    await first.insert(plain, Job(id="j", queue="q", slot="1", due_at=START, tags=("x",)))
    await first.aclose()
    changed = Collection(
        name="jobs",
        type=Job,
        unique=(UniqueKey(name="tag", fields=("tags",)),),
        indexes=(Index(name="due", fields=("slot", "due_at"), serves="another question"),),
    )
    second = await open_store([changed])
    assert len(await second.find(changed, "due", {"slot": "1"})) == 1
    with pytest.raises(Duplicate):
        await second.insert(changed, Job(id="k", queue="p", tags=("x",)))


async def test_a_new_unique_key_that_does_not_hold_cannot_be_opened(open_store: Opener) -> None:
    plain = Collection(name="jobs", type=Job)
    first = await open_store([plain])
    for each in "ab":
        await first.insert(plain, Job(id=each, queue="q"))
    await first.aclose()
    strict = Collection(name="jobs", type=Job, unique=(UniqueKey(name="one", fields=("queue",)),))
    with pytest.raises(Duplicate):
        await open_store([strict])
    again = await open_store([plain])
    assert await again.get(plain, "b") == Job(id="b", queue="q")


async def test_a_closed_store_is_unavailable(open_store: Opener) -> None:
    documents = await open_store(SAMPLES)
    await documents.aclose()
    with pytest.raises(StoreUnavailable):
        await documents.get(JOBS, "j")
    with pytest.raises(StoreUnavailable):
        await documents.insert(JOBS, Job(id="j", queue="q"))
    await documents.aclose()
