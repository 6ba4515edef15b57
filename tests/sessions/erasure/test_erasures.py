"""Erasures: everything of one user and nothing of others, wherever a process dies."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Set
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import pytest

from sessions.archive import COLLECTIONS, SESSIONS, TURNS
from sessions.bookmarks import Bookmarks
from sessions.erasure.documents import ERASURES
from sessions.erasure.receipts import receipt_of
from sessions.errors import NotFound, StoreUnavailable
from sessions.memory.documents import FACTS
from sessions.stores.documents import Document
from sessions.stores.sqlite import SqliteDocuments
from sessions.threads import Threads
from tests.clocks import FakeClock
from tests.sessions.erasure.estate import Estate, Process, left_of
from tests.sessions.memory.made import fact
from tests.sessions.turns import AT, turn

TOMBSTONES = ("tombstones",)


class Pocket:
    """Passes the contract of sessions.erasure.ports.PushForgets: notes what was left by then."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.turns_left: list[int] = []

    async def take_back(self, user_id: str, session_id: str, numbers: Set[int]) -> None:
        """Nothing is told."""

    async def forget_session(self, user_id: str, session_id: str) -> Mapping[str, int]:
        return {}

    async def forget_user(self, user_id: str) -> Mapping[str, int]:
        left = left_of(self._path, user_id)
        self.turns_left.append(len([each for each in left if each.startswith("turns ")]))
        return {"devices": 1}

    def known(self, user_id: str) -> Mapping[str, AsyncIterator[Document]]:
        return {}


class Town:
    """Two users' estates in one file, and processes that share it."""

    def __init__(self, documents: SqliteDocuments, path: Path) -> None:
        self.documents, self.path = documents, path
        self.clock = FakeClock(AT)
        self.process = self.another()

    def another(self, *, lives: int = 10**9) -> Process:
        """Return another process."""
        return Process(self.documents, self.clock, lives=lives)

    async def settled(self) -> None:
        """Wait for what runs in the background of the first process."""
        while len(self.process.tasks):
            await asyncio.sleep(0)

    async def settle(self, process: Process) -> None:
        """Let time pass until all erasures have had their second look."""
        for _ in range(4):
            self.clock.advance(130)
            await process.erasures.resume()


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    path = tmp_path / "ion.sqlite"
    documents = SqliteDocuments(path, COLLECTIONS)
    await documents.open()
    town = Town(documents, path)
    estate = Estate(documents, town.process)
    for user_id in ("u_me", "u_other"):
        await estate.leave(user_id)
    yield town
    await town.process.tasks.cancel()
    await documents.aclose()


async def test_an_account_goes_whole_and_its_receipt_names_nobody(town: Town) -> None:
    others = left_of(town.path, "u_other")
    erased = await town.process.erasures.account("u_me", wait_s=20)

    assert left_of(town.path, "u_me", but=TOMBSTONES) == {}
    assert left_of(town.path, "u_other") == others
    assert town.process.quiet.forgotten == {"u_me", "s_u_me_0", "s_u_me_1"}
    counts = {each.what: each.count for each in erased.removed}
    assert counts["turns"] == counts["choices"] == 6
    assert counts["facts"] == 6
    assert (counts["users"], counts["refresh_tokens"], counts["profiles"]) == (1, 1, 1)

    await town.settle(town.process)
    closed = await town.process.erasures.receipt(erased.id)
    assert receipt_of(closed).state == "checked"
    assert closed.late == 0
    assert "u_me" not in str(closed)
    assert left_of(town.path, "u_me") == {}


@pytest.mark.parametrize("seconds", [1, -3600])
async def test_what_is_said_in_a_session_made_again_outlives_the_second_look(
    town: Town, seconds: float
) -> None:
    bookmarks = Bookmarks(documents=town.documents, clock=town.clock)
    threads = Threads(documents=town.documents, bookmarks=bookmarks, clock=town.clock)
    diary = await threads.named("u_me", "diary", text="before")

    async def say(number: int, turn_id: str, at: datetime) -> None:
        of: dict[str, Any] = {"id": turn_id, "session_id": diary, "user_id": "u_me"}
        said = turn(number, done=False, created_at=at, updated_at=at, **of)
        await town.documents.insert(TURNS, said)

    await say(1, "t_before", town.clock.now())
    await town.process.erasures.session("u_me", diary, wait_s=20)
    town.clock.advance(seconds)
    assert await threads.named("u_me", "diary", text="after") == diary
    await say(1, "t_after", town.clock.now())
    await say(2, "t_late", AT - timedelta(days=2))
    await town.settle(town.process)

    assert await town.documents.get(TURNS, "t_before") is None
    said = {each: await town.documents.get(TURNS, each) for each in ("t_after", "t_late")}
    left = {each: (len(of.messages), of.open) for each, of in said.items() if of is not None}
    assert left == {"t_after": (1, True), "t_late": (0, False)}
    session = await town.documents.get(SESSIONS, diary)
    assert session is not None
    assert session.title == "After"


async def test_a_session_made_again_is_deleted_when_it_is_asked_for_not_with_the_second_look(
    town: Town,
) -> None:
    bookmarks = Bookmarks(documents=town.documents, clock=town.clock)
    threads = Threads(documents=town.documents, bookmarks=bookmarks, clock=town.clock)
    receipts: list[str] = []
    for _ in range(3):
        diary = await threads.named("u_me", "diary", text="a day")
        receipts.append((await town.process.erasures.session("u_me", diary, wait_s=20)).id)
        assert await town.documents.get(SESSIONS, diary) is None
        town.clock.advance(1)
    await town.settle(town.process)

    assert len(set(receipts)) == 3
    closed = [await town.process.erasures.receipt(each) for each in receipts]
    assert [receipt_of(each).state for each in closed] == ["checked"] * 3


async def test_c6_devices_go_before_all_else_and_once_more_when_nobody_can_come_back(
    town: Town,
) -> None:
    pocket = Pocket(town.path)
    process = Process(town.documents, town.clock, push=pocket)
    erased = await process.erasures.account("u_me", wait_s=20)

    assert pocket.turns_left == [6, 0]
    assert {each.what: each.count for each in erased.removed}["devices"] == 2
    await process.tasks.cancel()


async def test_asked_again_it_is_the_same_erasure(town: Town) -> None:
    both = await asyncio.gather(
        *(town.process.erasures.account("u_me", wait_s=20) for _ in range(2))
    )
    await town.settle(town.process)
    later = await town.another().erasures.account("u_me")

    assert len({each.id for each in (*both, later)}) == 1


async def test_wherever_a_process_dies_another_one_carries_its_erasure_on(town: Town) -> None:
    others = left_of(town.path, "u_other")
    lives, died = 1, True
    while died:
        dying = town.another(lives=lives)
        with suppress(StoreUnavailable):
            await dying.erasures.account("u_me", wait_s=20)
        died = dying.mortal.lives <= 0
        await dying.tasks.cancel()
        await town.settle(town.process)

        assert left_of(town.path, "u_me") == {}, f"died at write {lives}"
        assert left_of(town.path, "u_other") == others
        [erasure] = await town.documents.find(ERASURES, "by_kind", {"kind": "account"})
        assert erasure.checked_at is not None
        await town.documents.delete(ERASURES, erasure.id)
        await Estate(town.documents, town.process).leave("u_me")
        lives += 13


async def test_what_was_on_its_way_is_found_by_the_second_look(town: Town) -> None:
    erased = await town.process.erasures.account("u_me", wait_s=20)
    late = turn(9, id="t_late", session_id="s_u_me_1", user_id="u_me")
    await town.documents.insert(TURNS, late)
    await town.settle(town.process)

    closed = await town.process.erasures.receipt(erased.id)
    assert await town.documents.get(TURNS, "t_late") is None
    assert closed.late == 1


async def test_other_processes_know_of_an_ended_account_within_a_refresh(town: Town) -> None:
    elsewhere = town.another()
    told: list[tuple[str, str]] = []
    elsewhere.ended.listen(lambda *each: told.append(each))
    await elsewhere.ended.refresh()
    await town.process.erasures.account("u_me", wait_s=20)
    before = elsewhere.ended.holds("u_me")
    await elsewhere.ended.refresh()
    await elsewhere.ended.refresh()

    assert (before, elsewhere.ended.holds("u_me")) == (False, True)
    assert not elsewhere.ended.holds("u_other")
    assert told == [("u_me", "erased")]
    born_later = town.another()
    await born_later.ended.refresh()
    assert born_later.ended.holds("u_me")


async def test_erasures_that_are_due_together_are_looked_over_together(town: Town) -> None:
    names = {"s_u_me_0", "s_u_me_1"}
    for name in names:
        await town.process.erasures.session("u_me", name, wait_s=20)
        await town.settled()

    class Files:
        """Files that are written once all have been looked over."""

        scrubs = 0

        async def scrub(self) -> Literal["rewritten"]:
            self.scrubs += 1
            async with asyncio.timeout(10):
                while other.quiet.forgotten != names:
                    await asyncio.sleep(0)
            return "rewritten"

    files = Files()
    other = Process(town.documents, town.clock, files=files)
    town.clock.advance(130)
    await other.erasures.resume()

    erasures = await town.documents.find(ERASURES, "by_kind", {"kind": "session"})
    assert [each.checked_at is not None for each in erasures] == [True, True]
    assert files.scrubs <= 2


async def test_what_a_fact_superseded_goes_though_the_first_try_is_cut_off(town: Town) -> None:
    for name, day in (("old", 0), ("new", 1)):
        await town.process.facts.add(
            fact(name, day=day, user_id="u_me", text=f"My name is Zebrafinch {name}")
        )

    class Cut:
        """Documents that fail to delete the older one, the first time."""

        failed = False

        def __getattr__(self, name: str) -> Any:
            return getattr(town.documents, name)

        async def delete(self, collection: Any, document_id: str) -> bool:
            if document_id == "f_old" and not self.failed:
                self.failed = True
                raise StoreUnavailable("cut off")
            return await town.documents.delete(collection, document_id)

    cut: Any = Cut()
    dying = Process(cut, town.clock)
    await dying.erasures.fact("u_me", "f_new", wait_s=20)
    await town.settle(town.process)
    await dying.tasks.cancel()

    left = await town.documents.find(FACTS, "by_user", {"user_id": "u_me"})
    assert cut.failed
    assert "Zebrafinch" not in str(left)


async def test_the_logs_that_told_a_fact_begin_anew_when_it_goes(town: Town) -> None:
    await town.process.facts.add(fact("far", user_id="u_me", session="s_gone", slot=""))
    await town.process.erasures.fact("u_me", "f_far", wait_s=20)
    before = town.process.quiet.epoch
    await town.process.erasures.fact("u_me", "f_t_s_u_me_0_1", wait_s=20)

    assert (before, town.process.quiet.epoch) == (0, 1)


async def test_nobody_erases_what_is_somebody_elses(town: Town) -> None:
    erasures = town.process.erasures
    for asked in (
        erasures.session("u_other", "s_u_me_0"),
        erasures.message("u_other", "s_u_me_0", "m_1"),
        erasures.message("u_me", "s_u_me_0", "m_77"),
        erasures.fact("u_other", "f_t_s_u_me_0_1"),
        erasures.session("u_me", "s_none"),
        erasures.receipt("er_guessed"),
    ):
        with pytest.raises(NotFound):
            await asked
    assert await town.documents.get(SESSIONS, "s_u_me_0") is not None
