"""Memory as turns use it: what is brought back before an answer, what is kept after it."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

import structlog
from msgspec import Struct, structs

from sessions.archive import SessionDocument, TurnDocument
from sessions.clock import Clock
from sessions.conversation import Remembered
from sessions.embedding import Vector
from sessions.errors import NotFound, StoreError
from sessions.notes.clauses import sentences

from .asked import asked
from .backlog import Backlog
from .documents import FactDocument
from .extract.slots import event_slot
from .facts import Facts
from .keeping import MemoryKeeper
from .likeness import contained, tokens
from .recall.cues import ASKS, given
from .recall.question import is_of_past
from .recall.recall import Recall
from .recall.recalled import Hit, Kept
from .remembered import remembered_fact

__all__ = ["Asking", "Brought", "Memory"]

log = structlog.get_logger(__name__)
# Below this a hit may well be chance; see Hit. Scores tell little of whether there is an answer.
_LEAST_SCORE = 1.0
_MOST_HITS = 6
_SOON, _LATELY, _DAY = timedelta(days=14), timedelta(days=7), timedelta(days=1)
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
_MOST_NEAR = 12
# A promise is kept when a conversation begins, or soon after.
_FIRST_TURNS = 3
_MOSTLY = 0.6


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
        told: list[FactDocument] = []
        own: list[FactDocument] = []
        hits: list[Remembered] = []
        whole, kept_by = True, ""
        past = is_of_past(asking.text)
        patient = asks.everything or asks.days or asks.promises or past
        try:
            async with asyncio.timeout(self._asked_wait_s if patient else self._wait_s):
                standing, corrected = await asyncio.gather(
                    self._facts.standing(asking.user_id, most, newest=_NEWEST),
                    self._corrected(asking),
                )
                told += [each for each in standing if _tellable(each, asking.persona)]
                own += corrected
                brought, keeper, whole = await self._hits(asking, now)
                hits += brought
                private = [each for each in standing if _is_private(each) and asks.names(each)]
                own += [each for each in private if _is_shared(each, asking.persona)]
                others = [each for each in private if not _is_shared(each, asking.persona)]
                kept_by = (keeper or next((each.persona for each in others), "")) if past else ""
        except (StoreError, TimeoutError) as error:
            whole = False
            log.warning("memory_not_read", error=type(error).__name__)
        except Exception as error:  # noqa: BLE001 - a fault of memory must not end a turn
            log.error("memory_failed", error=type(error).__name__)
            return Brought(whole=False)
        days = {each.slot: each.due for each in told if each.kind == "deadline" and each.slot}
        near = sorted((each for each in told if _is_near(each, now, days)), key=_when)[:_MOST_NEAR]
        if asks.days:
            told = [each for each in told if each.kind != "deadline" or not _is_past(each, now)]
            near = [each for each in near if each.kind != "deadline" or not _is_past(each, now)]
        meant = sorted((each for each in told if asks.means(each)), key=_when)[:_MOST_NEAR]
        told = [each for each in told if asks.everything or _is_of(each, asks.people)]
        always = [each for each in told if each.kind not in ("promise", "deadline")]
        always += [each for each in told if each.pinned]
        if asks.everything:
            to_come = [each for each in told if each.kind == "deadline" and not _is_past(each, now)]
            always, hits = [*always, *sorted(to_come, key=_when)], []
        ripe, here = {each.id for each in near}, asking.session_id
        first = [
            structs.replace(remembered_fact(each, here), ripe=each.id in ripe)
            for each in [*own, *near]
        ]
        first += [remembered_fact(each, here) for each in meant]
        found = [*first, *hits, *(remembered_fact(each, here) for each in always)]
        # a turn has its message and its answer, which says the same in other words
        each_once = {(each.id, each.own): each for each in reversed(found)}
        return Brought(memories=tuple(each_once.values())[::-1], whole=whole, kept_by=kept_by)

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
            if each.current and each.edited and _is_shared(each, asking.persona)
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
                    if _is_kept(fact, answer.text, answer.created_at):
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
        hits = sorted(hits, key=_only_asks)[:_MOST_HITS]
        resting = await asyncio.gather(*(self._resting(asking, each) for each in hits))
        said = {each.id for each in hits if each.kind == "turn"}
        deleted = await self._facts.withdrawn(asking.user_id, said) if said else set()
        found: list[Remembered] = []
        for hit, facts in zip(hits, resting, strict=True):
            # what a turn tells is told by the facts of it, too: they have the day and the year
            found += [
                remembered_fact(each, asking.session_id)
                for each in facts
                if each.kind != "promise" and each.current and _is_shared(each, asking.persona)
            ]
            # what somebody had deleted from memory is not told by the words it came from
            if hit.id not in deleted and not _is_untold(hit, facts, asking.persona):
                found.append(_of_hit(hit))
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
            told = all(_is_shared(fact, each.persona) and fact.current for fact in facts)
            if each.turn_id not in deleted and told and not any(fact.edited for fact in facts):
                return each.persona
        return ""

    async def _resting(self, asking: Asking, hit: Hit) -> list[FactDocument]:
        """Return the facts that rest on a turn that is brought back."""
        if hit.kind == "fact":
            return []
        return await self._facts.of_turn(asking.user_id, hit.id)


def _is_untold(hit: Hit, facts: Sequence[FactDocument], persona: str) -> bool:
    """Tell whether a message told what holds no longer, was corrected, or is not for all.

    What a newer fact says would be contradicted by the words of the old one, and what prompts
    may not use would be in its source. An answer may repeat whatever its turn told.
    """
    return any(
        (not fact.current or fact.edited or not _is_shared(fact, persona))
        and (not hit.own or _is_from(fact, hit.message_id))
        for fact in facts
    )


def _tellable(fact: FactDocument, persona: str) -> bool:
    """Tell whether a fact may come up of itself: what is sensitive waits to be spoken of."""
    return fact.current and _is_shared(fact, persona) and fact.sensitivity != "sensitive"


def _is_private(fact: FactDocument) -> bool:
    """Tell whether a date is sensitive: it comes up for who was told it, when it is spoken of."""
    held = fact.current and fact.sharing != "user"
    return held and fact.kind == "deadline" and fact.sensitivity == "sensitive"


def _is_shared(fact: FactDocument, persona: str) -> bool:
    mine = fact.sharing == "persona" and fact.persona == persona
    return fact.sharing == "mentors" or mine


def _is_from(fact: FactDocument, message_id: str) -> bool:
    return any(source.message_id == message_id for source in fact.sources)


def _is_kept(fact: FactDocument, answer: str, at: datetime) -> bool:
    """Tell whether an answer comes back to what was promised, when that is due."""
    if fact.kind != "promise" or (fact.due is not None and fact.due > at):
        return False
    event = fact.slot.removeprefix("promise:")
    if event:
        return any(event_slot(each) == f"event:{event}" for each in sentences(answer))
    return contained(tokens(fact.text), tokens(answer)) >= _MOSTLY


def _is_near(fact: FactDocument, now: datetime, days: Mapping[str, datetime | None]) -> bool:
    """Tell whether it is time for a promise or a date; `days` are those of events, by slot.

    A promise to ask about an event goes with the event, also when that was corrected by hand.
    """
    if fact.kind == "promise":
        event = fact.slot.replace("promise:", "event:", 1)
        since = days.get(event) or fact.due or fact.valid_from
        return now - _SOON <= since <= now
    return fact.kind == "deadline" and (
        fact.due is not None and now - _LATELY <= fact.due <= now + _SOON
    )


def _is_of(fact: FactDocument, people: Sequence[str]) -> bool:
    """Tell whether a fact is of these people, when it is of people at all."""
    slots = tuple(f"{each}:" for each in people)
    return fact.kind != "person" or fact.pinned or f"{fact.slot}:".startswith(slots)


def _is_past(fact: FactDocument, now: datetime) -> bool:
    return fact.due is not None and fact.due < now - _DAY


def _when(fact: FactDocument) -> tuple[bool, datetime]:
    return fact.kind != "promise", fact.due or fact.valid_from


def _only_asks(hit: Hit) -> bool:
    return hit.own and hit.kind == "turn" and given(hit.text, dated=False) & ASKS != 0


def _of_hit(hit: Hit) -> Remembered:
    return Remembered(
        id=hit.id,
        kind="said" if hit.kind == "turn" else hit.fact_kind,
        text=hit.text,
        at=hit.at,
        own=hit.own,
        persona=hit.persona,
        due=hit.due,
    )
