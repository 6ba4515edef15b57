"""Memory as turns use it: what is brought back before an answer, what is kept after it."""

import asyncio
from collections.abc import Collection, Sequence
from contextlib import suppress
from datetime import datetime

import structlog
from msgspec import Struct

from sessions.archive import SessionDocument, TurnDocument
from sessions.clock import Clock
from sessions.conversation import Remembered
from sessions.embedding import Vector
from sessions.errors import NotFound, StoreError

from .asked import asked
from .backlog import Backlog
from .documents import FactDocument
from .facts import Facts
from .keeping import MemoryKeeper
from .recall.question import is_of_past
from .recall.recall import Recall
from .recall.recalled import Hit, Kept
from .remembered import remembered_fact
from .selection import (
    is_kept,
    is_private,
    is_shared,
    is_tellable,
    is_untold,
    only_asks,
    remembered_hit,
    selected,
)

__all__ = ["Asking", "Brought", "Memory"]

log = structlog.get_logger(__name__)
# Below this a hit may well be chance; see Hit. Scores tell little of whether there is an answer.
_LEAST_SCORE = 1.0
_MOST_HITS = 6
_NEWEST = 40
# Of promises and deadlines those count that are near, not those that were made last.
_STANDING = {"promise": _NEWEST, "deadline": _NEWEST, "name": 1, "role": 1, "goal": 2}
# To who asks what is known of them.
_ALL = {
    **_STANDING,
    "role": 2,
    "goal": 5,
    "person": 6,
    "obstacle": 3,
    "preference": 3,
    "commitment": 3,
}
# A promise is kept when a conversation begins, or soon after.
_FIRST_TURNS = 3


class Asking(Struct, frozen=True, kw_only=True):
    """A message before it is answered: whose, where, by whom, and what it means.

    `shown` are the turns that the answer is made from anyway; when that is the `whole` session,
    nothing of it is looked for.
    """

    text: str
    user_id: str
    session_id: str
    persona: str
    zone: str = ""
    vector: Vector | None = None
    shown: Collection[str] = ()
    whole: bool = False


class Brought(Struct, frozen=True, kw_only=True):
    """What an answer may use, the most relevant first; `whole`: all of it could be read in time.

    `kept_by` is the persona that was told what is asked for, where that stays with it.
    """

    memories: tuple[Remembered, ...] = ()
    whole: bool = True
    kept_by: str = ""


class Memory:
    """What can't be read or kept costs no turn anything.

    `wait_s` is the longest that a turn waits, `asked_wait_s` one that asks for what is known.
    """

    def __init__(
        self,
        *,
        facts: Facts,
        recall: Recall,
        keeper: MemoryKeeper,
        clock: Clock,
        wait_s: float = 0.5,
        asked_wait_s: float = 2.0,
    ) -> None:
        self._facts = facts
        self._recall = recall
        self._keeper = keeper
        self._clock = clock
        self._wait_s = wait_s
        self._asked_wait_s = asked_wait_s
        self.backlog = Backlog(recall, clock)

    async def before(self, asking: Asking) -> Brought:
        """Return what an answer may use. Never raises.

        That is what was corrected of what this session told, promises and dates that are near,
        what the message brings back, and what always holds: name, role, goals, and what the user
        has pinned. When time is over or a store is away, it is what was found until then.
        """
        now = self._clock.now()
        asks = asked(asking.text)
        most = _ALL if asks.everything else _STANDING
        if asks.people or asks.who:
            most = {**most, "person": _NEWEST}
        if asks.pledges:
            most = {**most, "commitment": _ALL["commitment"]}
        told: list[FactDocument] = []
        own: list[FactDocument] = []
        hits: list[Remembered] = []
        whole, kept_by = True, ""
        past = is_of_past(asking.text)
        patient = asks.everything or asks.days or asks.promises or asks.pledges or past
        try:
            async with asyncio.timeout(self._asked_wait_s if patient else self._wait_s):
                standing, corrected = await asyncio.gather(
                    self._facts.standing(asking.user_id, most, newest=_NEWEST),
                    self._corrected(asking),
                )
                told += [each for each in standing if is_tellable(each, asking.persona)]
                own += corrected
                brought, keeper, whole = await self._hits(asking, now)
                hits += brought
                private = [each for each in standing if is_private(each) and asks.names(each)]
                own += [each for each in private if is_shared(each, asking.persona)]
                others = [each for each in private if not is_shared(each, asking.persona)]
                kept_by = (keeper or next((each.persona for each in others), "")) if past else ""
        except (StoreError, TimeoutError) as error:
            whole = False
            log.warning("memory_not_read", error=type(error).__name__)
        except Exception as error:  # noqa: BLE001 - a fault of memory must not end a turn
            log.error("memory_failed", error=type(error).__name__)
            return Brought(whole=False)
        memories = selected(told, own, hits, asks, now=now, session_id=asking.session_id)
        return Brought(memories=memories, whole=whole, kept_by=kept_by)

    async def keeps(self, user_id: str) -> bool:
        """Tell whether what a user says now is kept; raises StoreUnavailable."""
        return not (await self._facts.settings(user_id)).paused

    async def _corrected(self, asking: Asking) -> list[FactDocument]:
        """Return what was told in this session and has been corrected by hand since."""
        if not asking.shown:
            return []
        facts = await self._facts.of_session(asking.user_id, asking.session_id)
        return [
            each
            for each in facts
            if each.current and each.edited and is_shared(each, asking.persona)
        ]

    async def ended(self, turn: TurnDocument, session: SessionDocument) -> tuple[FactDocument, ...]:
        """Keep what a turn tells; return the facts that are new. Never raises StoreError."""
        self.backlog.add(turn)
        try:
            await self._keep_promises(turn)
        except StoreError as error:
            log.warning("promise_not_ended", turn_id=turn.id, code=str(error.code))
        return await self._keeper.ended(turn, session)

    async def _keep_promises(self, turn: TurnDocument) -> None:
        """End the promises that an answer has come back to: they are kept, and come up no more."""
        answer = turn.answer
        if answer is None or turn.number > _FIRST_TURNS:
            return
        for used in answer.memories_used:
            if used.startswith("f_"):
                with suppress(NotFound):
                    fact = await self._facts.get(turn.user_id, used)
                    if is_kept(fact, answer.text, answer.created_at):
                        await self._facts.end(fact.user_id, fact.id, answer.created_at)

    async def branched(self, session: SessionDocument) -> None:
        """Have those facts hold that the shown branch tells. Never raises StoreError."""
        try:
            await self._keeper.branched(session)
        except StoreError as error:
            log.warning("branch_not_remembered", session_id=session.id, code=str(error.code))

    async def _hits(self, asking: Asking, now: datetime) -> tuple[list[Remembered], str, bool]:
        """Return what the message brings back, who else could tell of it, and if that is all."""
        await self.backlog.catch_up(asking.user_id, but=asking.session_id)
        recalled = await self._recall.recall(
            asking.user_id,
            asking.text,
            now=now,
            zone=asking.zone,
            vector=asking.vector,
            persona=asking.persona,
            not_in_session=asking.session_id if asking.whole else "",
            limit=2 * _MOST_HITS,
            least=_LEAST_SCORE,
        )
        hits = [each for each in recalled.hits if each.id not in asking.shown]
        # the same question asked before would leave no room for what answers it
        hits = sorted(hits, key=only_asks)[:_MOST_HITS]
        resting = await asyncio.gather(*(self._resting(asking, each) for each in hits))
        said = {each.id for each in hits if each.kind == "turn"}
        deleted = await self._facts.withdrawn(asking.user_id, said) if said else set()
        found: list[Remembered] = []
        for hit, facts in zip(hits, resting, strict=True):
            # what a turn tells is told by the facts of it, too: they have the day and the year
            found += [
                remembered_fact(each, asking.session_id)
                for each in facts
                if each.kind != "promise" and each.current and is_shared(each, asking.persona)
            ]
            # what somebody had deleted from memory is not told by the words it came from
            if hit.id not in deleted and not is_untold(hit, facts, asking.persona):
                found.append(remembered_hit(hit))
        keeper = await self._keeper_of(asking, recalled.kept)
        return found, keeper, recalled.state != "building"

    async def _keeper_of(self, asking: Asking, kept: Sequence[Kept]) -> str:
        """Return who was told what stays with them, and has been neither deleted nor changed."""
        if not kept:
            return ""
        turns = {each.turn_id for each in kept}
        deleted = await self._facts.withdrawn(asking.user_id, turns)
        for each in kept:
            facts = await self._facts.of_turn(asking.user_id, each.turn_id)
            told = all(is_shared(fact, each.persona) and fact.current for fact in facts)
            if each.turn_id not in deleted and told and not any(fact.edited for fact in facts):
                return each.persona
        return ""

    async def _resting(self, asking: Asking, hit: Hit) -> list[FactDocument]:
        """Return the facts that rest on a turn that is brought back."""
        if hit.kind == "fact":
            return []
        return await self._facts.of_turn(asking.user_id, hit.id)
