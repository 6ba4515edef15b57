"""Facts about users: kept, superseded, corrected, deleted; and what they don't want kept."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, Protocol

from msgspec import UNSET, structs

from schemas.memory import UpdateMemory
from sessions.clock import Clock
from sessions.errors import BadRequest, Conflict, Duplicate, NotFound
from sessions.stores.documents import Documents
from sessions.stores.paging import everything

from .burying import bury
from .correcting import corrected
from .documents import (
    FACTS,
    MEMORY_SETTINGS,
    REFUSALS,
    FactDocument,
    MemorySettings,
    Sharing,
    Source,
)
from .following import followed
from .lines import in_slot, line_of, promises_beside, worded_alike
from .pausing import load_settings, write_pause
from .refusals import Refusals
from .sources import is_worded_by, unsourced
from .standing import load_standing
from .supersession import settled

__all__ = ["LONGEST", "FactWatcher", "Facts"]

LONGEST = 300
_PROMISED = ("deadline", "commitment")
Change = Callable[[FactDocument], FactDocument]


class FactWatcher(Protocol):
    """What has to know of facts beside the documents: the index that recalls them."""

    async def note_fact(self, fact: FactDocument) -> None:
        """Take in a fact that is new or has changed."""
        ...

    async def forget(self, user_id: str, ids: Sequence[str]) -> None:
        """Drop facts that are gone."""
        ...


class Facts:
    """What is remembered of users; all methods raise StoreUnavailable.

    What belongs to somebody else does not exist: NotFound.
    """

    def __init__(
        self,
        *,
        documents: Documents,
        clock: Clock,
        refusals: Refusals,
        watcher: FactWatcher | None = None,
    ) -> None:
        self._documents = documents
        self._clock = clock
        self._refusals = refusals
        self._watcher = watcher

    async def of_user(self, user_id: str, *, past: bool = False) -> list[FactDocument]:
        """Return the facts that hold, the last changed first; with `past` also those that held."""
        found = [each async for each in self._each("by_user", {"user_id": user_id})]
        found.reverse()
        return [each for each in found if each.shown and (past or each.current)]

    async def get(self, user_id: str, fact_id: str) -> FactDocument:
        """Return one fact; raises NotFound."""
        fact = await self._documents.get(FACTS, fact_id)
        if fact is None or fact.user_id != user_id:
            raise NotFound("there is no such memory")
        return fact

    async def of_session(self, user_id: str, session_id: str) -> list[FactDocument]:
        """Return all facts that come from a session, also in part, the first changed first."""
        equals = {"user_id": user_id, "session_ids": session_id}
        return [each async for each in self._each("by_session", equals)]

    async def of_turn(self, user_id: str, turn_id: str) -> list[FactDocument]:
        """Return all facts that come from a turn, also in part."""
        equals = {"user_id": user_id, "turn_ids": turn_id}
        return [each async for each in self._each("by_turn", equals)]

    async def standing(
        self, user_id: str, most: Mapping[str, int], *, newest: int
    ) -> list[FactDocument]:
        """Return facts that hold: `most` of each kind among its `newest`, and the pinned ones.

        Facts that were told again are new again.
        """
        return await load_standing(self._documents, user_id, most, newest=newest)

    async def add(self, fact: FactDocument) -> FactDocument | None:
        """Keep a new fact and end those it supersedes; None when its id is known already."""
        try:
            await self._documents.insert(FACTS, fact)
        except Duplicate:
            return None
        await self._settle(fact.user_id, fact.slot)
        kept = await self._documents.get(FACTS, fact.id)
        if kept is not None:
            await self._note(kept)
        return kept

    async def edit(self, user_id: str, fact_id: str, text: str) -> FactDocument:
        """Put the user's own words in place of a fact's, and the day that they name.

        Raises NotFound, BadRequest.
        """
        text = " ".join(text.split())
        if not text or len(text) > LONGEST:
            raise BadRequest(f"text: say it in 1 to {LONGEST} characters")
        now = self._clock.now()
        fact = await self.change(user_id, fact_id, lambda fact: corrected(fact, text, now=now))
        await self._follow(fact)
        return fact

    async def update(self, user_id: str, fact_id: str, changes: UpdateMemory) -> FactDocument:
        """Change what is named; raises NotFound, BadRequest (a text of spaces)."""
        fact = await self.get(user_id, fact_id)
        if changes.text is not UNSET:
            fact = await self.edit(user_id, fact_id, changes.text)
        if changes.pinned is not UNSET:
            fact = await self.pin(user_id, fact_id, changes.pinned)
        if changes.sharing is not UNSET:
            fact = await self.share(user_id, fact_id, changes.sharing)
        return fact

    async def pin(self, user_id: str, fact_id: str, pinned: bool) -> FactDocument:
        """Have a fact always at hand, or no longer; raises NotFound."""
        return await self.change(
            user_id, fact_id, lambda fact: structs.replace(fact, pinned=pinned)
        )

    async def share(self, user_id: str, fact_id: str, sharing: Sharing) -> FactDocument:
        """Set which personas may use a fact; raises NotFound."""
        return await self.change(
            user_id, fact_id, lambda fact: structs.replace(fact, sharing=sharing)
        )

    async def change(self, user_id: str, fact_id: str, change: Change) -> FactDocument:
        """Write what `change` makes of a fact; raises NotFound."""
        while True:
            fact = await self.get(user_id, fact_id)
            changed = change(fact)
            if changed == fact:
                return fact
            stamped = structs.replace(changed, updated_at=self._clock.now())
            with suppress(Conflict):
                stored = await self._documents.replace(FACTS, stamped)
                if not _alike(fact, stored):
                    await self._note(stored)
                return stored

    async def end(self, user_id: str, fact_id: str, at: datetime) -> FactDocument:
        """Have a fact hold no longer, without a successor; raises NotFound.

        With an event end the promises to ask about it.
        """
        fact = await self.change(
            user_id,
            fact_id,
            lambda fact: fact if fact.valid_to else structs.replace(fact, valid_to=at),
        )
        await self._follow(fact)
        return fact

    async def show(self, fact: FactDocument, shown: bool) -> None:
        """Take in a fact of a branch that is shown again, or leave one of a branch that is not."""
        with suppress(NotFound):
            await self.change(
                fact.user_id, fact.id, lambda each: structs.replace(each, shown=shown)
            )
        await self._settle(fact.user_id, fact.slot)

    async def delete(self, user_id: str, fact_id: str) -> None:
        """Delete a fact and all that it superseded; the same turns don't teach it again.

        With an event go the promises to ask about it. Raises NotFound.
        """
        fact = await self.get(user_id, fact_id)
        line = await line_of(self._documents, fact)
        for each in line:
            await self._refusals.of_turns(each)
        # the fact itself goes last: after a cut, the others are only found by it
        await self._drop(user_id, line[:-1])
        await self._drop(user_id, line[-1:])

    async def told_in(self, user_id: str, fact_id: str) -> dict[str, set[str]]:
        """Return the sessions that told a fact or what it superseded; none when it is gone.

        Each with the ids of those that were put in other words by hand.
        """
        try:
            line = await line_of(self._documents, await self.get(user_id, fact_id))
        except NotFound:
            return {}
        told: dict[str, set[str]] = {}
        for each in line:
            for session_id in each.session_ids:
                told.setdefault(session_id, set()).update({each.id} if each.edited else ())
        return told

    async def refuse(self, user_id: str, fact_id: str) -> None:
        """Delete a fact, and let no turn teach it again; raises NotFound."""
        for each in await line_of(self._documents, await self.get(user_id, fact_id)):
            await self._refusals.for_good(each)
        await self.delete(user_id, fact_id)

    async def trim(self, user_id: str, *, most: int) -> None:
        """Delete the oldest facts beyond `most` current and as many past ones.

        What its user has pinned or put in their own words stays.
        """
        every = await self.of_user(user_id, past=True)
        for facts in ([each for each in every if each.current], [e for e in every if e.valid_to]):
            own = [each for each in facts if not each.pinned and not each.edited]
            await self._drop(user_id, own[max(0, most - len(facts) + len(own)) :])

    async def forget_turns(
        self, user_id: str, turn_ids: Iterable[str], *, staying: Collection[str] = ()
    ) -> list[str]:
        """Take turns out of the sources of facts; return the ids of those that are gone by it.

        Messages with ids in `staying` remain sources. A source of these turns that is none of them
        goes, also when nobody can tell which message it was: better to forget too much. What a
        fact that is gone superseded is valid again.
        """
        gone: list[str] = []
        for turn_id in turn_ids:
            facts = await self.of_turn(user_id, turn_id)
            lost = {
                source
                for fact in facts
                for source in fact.sources
                if source.turn_id == turn_id and source.message_id not in staying
            }
            gone += await self._without(facts, lost)
        return gone

    async def forget_session(self, user_id: str, session_id: str) -> list[str]:
        """Take a session out of the sources of facts; return the ids of those that are gone."""
        facts = await self.of_session(user_id, session_id)
        lost = {
            source for fact in facts for source in fact.sources if source.session_id == session_id
        }
        return await self._without(facts, lost)

    async def forget_user(self, user_id: str) -> dict[str, int]:
        """Delete all that is remembered of a user, refusals and settings too; count it by name."""
        facts = [each async for each in self._each("by_user", {"user_id": user_id})]
        await self._drop(user_id, facts, bury_them=False)
        refusals = await self._refusals.forget_user(user_id)
        settings = int(await self._documents.delete(MEMORY_SETTINGS, user_id))
        return {FACTS.name: len(facts), REFUSALS.name: refusals, MEMORY_SETTINGS.name: settings}

    async def taken_over(self, fact: FactDocument) -> None:
        """Have the newest fact of its slot hold, and index a fact that came from another user."""
        await self._settle(fact.user_id, fact.slot)
        await self._note(await self._documents.get(FACTS, fact.id) or fact)

    async def withdrawn(self, user_id: str, turn_ids: Iterable[str]) -> set[str]:
        """Return those of these turns from which the user has deleted a fact."""
        return await self._refusals.among(user_id, turn_ids)

    async def settings(self, user_id: str) -> MemorySettings:
        """Return how a user wants to be remembered."""
        return await load_settings(self._documents, user_id)

    async def pause(self, user_id: str, paused: bool) -> MemorySettings:
        """Keep nothing new of a user, or go on; what is known stays."""
        return await write_pause(self._documents, user_id, paused, self._clock)

    async def _without(self, facts: Sequence[FactDocument], lost: set[Source]) -> list[str]:
        """Take sources out of these facts; delete those whose words came from them.

        A fact has the words of its first source, unless its user has put it in others.
        """
        gone = [fact for fact in facts if not lost.isdisjoint(fact.sources)]
        left = [fact for fact in gone if not is_worded_by(fact, lost)]
        for fact in left:
            with suppress(NotFound):
                await self.change(fact.user_id, fact.id, lambda each: unsourced(each, lost))
        dead = [fact for fact in gone if fact not in left]
        dead += [each for each in await worded_alike(self._documents, dead) if each not in dead]
        for user_id in {fact.user_id for fact in dead}:
            await self._drop(user_id, [fact for fact in dead if fact.user_id == user_id])
        return [fact.id for fact in dead]

    async def _drop(
        self, user_id: str, facts: Sequence[FactDocument], *, bury_them: bool = True
    ) -> None:
        if not facts:
            return
        if bury_them:
            await bury(self._documents, user_id, (each.id for each in facts), self._clock.now())
        await asyncio.gather(*(self._documents.delete(FACTS, fact.id) for fact in facts))
        for slot in {fact.slot for fact in facts}:
            await self._settle(user_id, slot)
        if self._watcher is not None:
            await self._watcher.forget(user_id, [fact.id for fact in facts])

    async def _settle(self, user_id: str, slot: str) -> None:
        """Have the newest fact of a slot hold, whoever else writes into it."""
        agreed = not slot
        while not agreed:
            agreed = True
            facts = {each.id: each for each in await in_slot(self._documents, user_id, slot)}
            for fact in settled(facts.values()):
                if fact == facts[fact.id]:
                    continue
                stamped = structs.replace(fact, updated_at=self._clock.now())
                try:
                    await self._note(await self._documents.replace(FACTS, stamped))
                except Conflict:
                    agreed = False
        if slot.startswith(("event:", "promise:")):
            event = slot.replace("promise:", "event:", 1)
            await self._follow(*await in_slot(self._documents, user_id, event))

    async def _follow(self, *line: FactDocument) -> None:
        """Have the promises about an event, of which `line` is told, go where it goes."""
        if len(line) == 1 and line[0].slot.startswith("event:"):
            line = tuple(await in_slot(self._documents, line[0].user_id, line[0].slot))
        if not line or line[-1].kind not in _PROMISED:
            return
        for promise in await promises_beside(self._documents, line):
            if followed(promise, line) != promise:
                with suppress(NotFound):
                    await self.change(
                        promise.user_id, promise.id, lambda each: followed(each, line)
                    )

    async def _each(self, index: str, equals: Mapping[str, Any]) -> AsyncIterator[FactDocument]:
        async for fact in everything(self._documents, FACTS, index, equals):
            yield fact

    async def _note(self, fact: FactDocument) -> None:
        if self._watcher is not None:
            await self._watcher.note_fact(fact)


def _alike(one: FactDocument, other: FactDocument) -> bool:
    """Tell whether an index of one fact serves for the other, too: only its receipts changed."""
    rest = structs.replace(one, sources=other.sources, session_ids=other.session_ids)
    rest = structs.replace(rest, turn_ids=other.turn_ids, updated_at=other.updated_at)
    return structs.replace(rest, version=other.version) == other
