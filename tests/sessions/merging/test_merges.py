"""Merges: all of a visitor becomes one user's, wherever a process dies, and nobody else's."""

import asyncio
import json
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec import structs

from sessions.archive import COLLECTIONS, TURNS, USERS, UserDocument
from sessions.errors import Conflict, StoreUnavailable
from sessions.memory.documents import FACTS, MEMORY_SETTINGS, MemorySettings, Pause
from sessions.merging.documents import MERGES, MergeDocument
from sessions.stores.sqlite import SqliteDocuments
from tests.clocks import FakeClock
from tests.sessions.erasure.estate import NAMES, Estate, Process
from tests.sessions.memory.made import fact
from tests.sessions.turns import AT, turn

# a user has one of each, and the visitor's goes or is taken in
OWN = {"users", "refresh_tokens", "spending", "memory_settings", "profiles", "recall_states"}


class Told:
    """Passes the contract of sessions.merging.ports.MergeNews."""

    def __init__(self) -> None:
        self.merges: set[tuple[str, str]] = set()

    async def merged(self, user_id: str, merge_id: str) -> None:
        self.merges.add((user_id, merge_id))


class Town:
    """A visitor's and two users' estates in one file, and processes that share it."""

    def __init__(self, documents: SqliteDocuments, path: Path) -> None:
        self.documents, self.path = documents, path
        self.clock = FakeClock(AT)
        self.told = Told()
        self.process = Process(documents, self.clock, news=self.told)

    def another(self, *, lives: int = 10**9) -> Process:
        """Return another process."""
        return Process(self.documents, self.clock, lives=lives, news=self.told)

    async def leave(self, user_id: str, *, sessions: int = 2, turns: int = 3) -> None:
        """Have something of a user in all collections; their turns have ended."""
        await Estate(self.documents, self.process).leave(user_id, sessions=sessions, turns=turns)

    async def merge(self, visitor: str, user_id: str = "u_me") -> MergeDocument | None:
        """Merge in the first process, as a page asks."""
        return await self.process.merges.merge(
            visitor, user_id, site="pk_1", origin="https://a.example", wait_s=20
        )

    async def newest_merges(self, *, limit: int = 9) -> list[MergeDocument]:
        """Return the last merges, the newest first."""
        found, _ = await self.process.merges.newest(before=None, limit=limit)
        return found

    async def settle(self) -> None:
        """Let time pass until what is begun is at its end, if it can be."""
        for _ in range(4):
            self.clock.advance(16)
            await self.process.merges.resume()

    def owned(self, user_id: str) -> Counter[str]:
        """Count the documents that are a user's, by collection."""
        names = (user_id, NAMES.user(user_id))
        counts: Counter[str] = Counter()
        file = sqlite3.connect(self.path)
        for collection in COLLECTIONS:
            if collection is MERGES:
                continue
            table = f'SELECT id, document FROM "{collection.name}"'  # noqa: S608 - our own names
            for document_id, text in file.execute(table):
                found = json.loads(text)
                owner = found.get("user_id") or found.get("user") or document_id.partition(":")[0]
                counts[collection.name] += owner in names
        file.close()
        return +counts


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    path = tmp_path / "ion.sqlite"
    documents = SqliteDocuments(path, COLLECTIONS)
    await documents.open()
    town = Town(documents, path)
    for user_id in ("u_v", "u_me", "u_other"):
        await town.leave(user_id)
    yield town
    await town.process.tasks.cancel()
    await documents.aclose()


async def test_all_of_a_visitor_is_the_users_and_nothing_is_left(town: Town) -> None:
    before, others, visitors = town.owned("u_me"), town.owned("u_other"), town.owned("u_v")
    at_once = await town.merge("u_v")
    moved = town.owned("u_me")
    await town.settle()

    assert at_once is not None
    assert at_once.moved_at is not None
    assert town.told.merges == {("u_me", at_once.id)}
    assert moved["sessions"] == before["sessions"] + visitors["sessions"] == 4
    assert town.owned("u_v") == Counter()
    assert town.owned("u_other") == others
    now = town.owned("u_me")
    for name in visitors.keys() - OWN - {"recall"}:
        assert now[name] == before[name] + visitors[name], name
    assert {name: now[name] for name in OWN & before.keys()} == {
        name: before[name] for name in OWN & before.keys()
    }
    closed = await town.documents.get(MERGES, at_once.id)
    assert closed is not None
    assert (closed.open, closed.finished_at is not None) == (False, True)
    counts = {each.what: each.count for each in closed.moved}
    assert (counts["sessions"], counts["turns"], counts["facts"]) == (2, 6, visitors["facts"])
    assert {each.what for each in closed.dropped} >= {"users", "refresh_tokens"}
    assert "mornings" not in str(closed)


async def test_who_said_nothing_before_signing_in_is_told_nothing(town: Town) -> None:
    await town.documents.insert(USERS, UserDocument(id="u_new", created_at=AT, kind="visitor"))
    merge = await town.merge("u_new")
    await town.settle()

    assert merge is not None
    closed = await town.documents.get(MERGES, merge.id)
    assert closed is not None
    assert not closed.open
    assert town.told.merges == set()


async def test_what_a_visitor_said_is_found_again_by_the_user_alone(town: Town) -> None:
    await town.merge("u_v")
    await town.settle()
    segments = await town.process.recall._segments.of_user("u_me")
    gone = await town.process.recall._segments.of_user("u_v")

    assert {each.session_id for each in segments} >= {"s_u_v_0", "s_u_v_1", "s_u_me_0"}
    assert gone == []


async def test_wherever_a_process_dies_the_same_asked_again_completes_it(town: Town) -> None:
    lives, died = 1, True
    while died:
        visitor = f"u_w{lives}"
        await town.leave(visitor, sessions=1, turns=2)
        had, before = town.owned(visitor), town.owned("u_me")
        dying = town.another(lives=lives)
        with suppress(StoreUnavailable, Conflict):
            await dying.merges.merge(visitor, "u_me", site="pk_1", origin="o", wait_s=20)
            for _ in range(3):
                town.clock.advance(16)
                await dying.merges.resume()
        died = dying.mortal.lives <= 0
        await dying.tasks.cancel()
        again = await town.merge(visitor)
        await town.settle()

        assert again is not None
        assert town.owned(visitor) == Counter(), f"died at write {lives}"
        assert ("u_me", again.id) in town.told.merges
        now = town.owned("u_me")
        for name in ("sessions", "turns", "facts", "choices", "refusals", "advice"):
            assert now[name] == before[name] + had[name], f"{name}, died at write {lives}"
        lives += 5
    assert lives > 40


async def test_a_visitor_is_merged_once_and_known_users_never(town: Town) -> None:
    merges = [
        town.another().merges.merge("u_v", each, site="s", origin="o", wait_s=20)
        for each in ("u_me", "u_other")
    ]
    done = await asyncio.gather(*merges)
    won = [each for each in done if each is not None]
    nobody = await town.merge("u_nobody")
    account = await town.documents.get(USERS, "u_other")
    assert account is not None
    await town.documents.replace(USERS, structs.replace(account, kind="known"))
    known = await town.merge("u_other")
    self_merged = await town.merge("u_me")

    assert len(won) == 1
    assert (nobody, known, self_merged) == (None, None, None)
    assert len(await town.newest_merges()) == 1


async def test_an_answer_that_runs_ends_first_and_what_came_late_moves_too(town: Town) -> None:
    running = turn(9, id="t_run", session_id="s_u_v_0", user_id="u_v", open=True, state="streaming")
    await town.documents.insert(TURNS, running)
    await town.merge("u_v")
    await town.settle()
    waiting = await town.newest_merges(limit=1)
    stored = await town.documents.get(TURNS, "t_run")
    assert stored is not None
    ended = structs.replace(stored, open=False, state="done")
    await town.documents.replace(TURNS, ended)
    late = fact("late", user_id="u_v", turn="t_run", session="s_u_v_0", slot="")
    await town.documents.insert(FACTS, late)
    await town.settle()
    done = await town.newest_merges(limit=1)

    assert (stored.user_id, stored.open) == ("u_v", True)
    assert (waiting[0].open, done[0].open) == (True, False)
    moved = [await town.documents.get(TURNS, "t_run"), await town.documents.get(FACTS, "f_late")]
    assert [each and each.user_id for each in moved] == ["u_me", "u_me"]


async def test_what_either_did_not_want_to_be_remembered_stays_so(town: Town) -> None:
    hour = timedelta(hours=1)
    paused = MemorySettings(id="u_v", version=2, paused=True, pauses=(Pause(since=AT - hour),))
    stored = await town.documents.get(MEMORY_SETTINGS, "u_v")
    assert stored is not None
    await town.documents.replace(MEMORY_SETTINGS, structs.replace(paused, version=stored.version))
    await town.merge("u_v")
    await town.settle()
    settings = await town.process.facts.settings("u_me")
    refusals = await town.process.refusals.of_user("u_me")
    again = fact("new", turn="t_new", user_id="u_me", slot="", text="I hate mornings")
    other = fact("else", turn="t_new", user_id="u_me", slot="", text="I keep bees on the roof")

    assert not settings.paused
    assert settings.paused_in(AT - hour / 2, AT - hour / 2)
    assert not settings.paused_in(AT + hour, AT + hour)
    assert {each.made_for for each in refusals} == {"", "u_v"}
    theirs = [each for each in refusals if each.made_for]
    assert town.process.refusals.hold(again, theirs)
    assert not town.process.refusals.hold(other, refusals)


async def test_the_newest_name_holds(town: Town) -> None:
    for user_id, name, age in (("u_me", "Ana", 2), ("u_v", "Anna", 1)):
        told = fact(name, user_id=user_id, slot="name", text=f"My name is {name}")
        at = AT - timedelta(days=age)
        await town.process.facts.add(structs.replace(told, valid_from=at, created_at=at))
    await town.merge("u_v")
    await town.settle()

    names = [each.text for each in await town.process.facts.of_user("u_me") if each.slot == "name"]
    assert names == ["My name is Anna"]


async def test_what_went_to_an_account_that_is_erased_goes_with_it(town: Town) -> None:
    await town.merge("u_v")
    late = turn(8, id="t_late", session_id="s_u_v_0", user_id="u_v", open=False, state="done")
    await town.documents.insert(TURNS, late)
    await town.process.erasures.account("u_me", wait_s=20)
    await town.settle()
    for _ in range(4):
        town.clock.advance(130)
        await town.process.erasures.resume()

    assert town.owned("u_me") == town.owned("u_v") == Counter()
    assert await town.newest_merges() == []


async def test_a_key_opens_no_account_that_was_merged_however_long_ago(town: Town) -> None:
    before = town.another().ended
    unknown = await before.was_merged("u_v")
    await town.merge("u_v")
    await town.settle()
    await before.refresh()
    soon = await before.was_merged("u_v")
    town.clock.advance(100 * 86_400)
    later = town.another().ended
    for ended in (before, later):
        await ended.refresh()
    found = [await each.was_merged("u_v") for each in (before, later)]
    await town.process.erasures.account("u_me", wait_s=20)
    for _ in range(4):
        town.clock.advance(130)
        await town.process.erasures.resume()
    erased = await town.another().ended.was_merged("u_v")
    [kept] = await town.documents.find(MERGES, "by_kind", {"kind": "ended"})

    assert (unknown, soon, found, erased) == (False, True, [True, True], True)
    assert not await later.was_merged("u_other")
    # nothing tells whose the account became
    assert (kept.visitor, kept.user_id, kept.site, kept.origin, kept.moved) == ("", "", "", "", ())
    assert await town.newest_merges() == []


async def test_every_process_knows_within_a_refresh_that_the_visitor_has_ended(town: Town) -> None:
    elsewhere = town.another()
    told: list[tuple[str, str]] = []
    elsewhere.ended.listen(lambda *each: told.append(each))
    await town.merge("u_v")
    before = elsewhere.ended.holds("u_v")
    await elsewhere.ended.refresh()

    assert town.process.ended.holds("u_v")
    assert (before, elsewhere.ended.holds("u_v")) == (False, True)
    assert told == [("u_v", "merged")]
    assert not elsewhere.ended.holds("u_me")
    town.clock.advance(90_000)
    await elsewhere.ended.refresh()
    # tokens of theirs have long expired: nobody has to be known for ever
    assert not elsewhere.ended.holds("u_v")
