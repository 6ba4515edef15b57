"""What of all that is known an answer may use, and in which order."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from msgspec import structs

from sessions.conversation import Remembered
from sessions.notes.clauses import sentences

from .asked import Asked
from .documents import FactDocument
from .extract.slots import event_slot, may_be_same
from .likeness import contained, tokens
from .recall.cues import ASKS, given
from .recall.recalled import Hit
from .remembered import remembered_fact

__all__ = [
    "is_kept",
    "is_private",
    "is_shared",
    "is_tellable",
    "is_untold",
    "only_asks",
    "remembered_hit",
    "selected",
]

_SOON, _LATELY, _DAY = timedelta(days=14), timedelta(days=7), timedelta(days=1)
_MOST_NEAR = 12
_MOSTLY = 0.6


def selected(
    told: Sequence[FactDocument],
    own: Sequence[FactDocument],
    hits: Sequence[Remembered],
    asks: Asked,
    *,
    now: datetime,
    session_id: str,
) -> tuple[Remembered, ...]:
    """Return each memory once, the most relevant first.

    `told` are facts that always hold or are near, `own` those that this session corrected or that
    stay with its persona, `hits` what the message brought back.
    """
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
    ripe = {each.id for each in near}
    first = [
        structs.replace(remembered_fact(each, session_id), ripe=each.id in ripe)
        for each in [*own, *near]
    ]
    first += [remembered_fact(each, session_id) for each in meant]
    found = [*first, *hits, *(remembered_fact(each, session_id) for each in always)]
    # a turn has its message and its answer, which says the same in other words
    each_once = {(each.id, each.own): each for each in reversed(found)}
    return tuple(each_once.values())[::-1]


def is_untold(hit: Hit, facts: Sequence[FactDocument], persona: str) -> bool:
    """Tell whether a message told what holds no longer, was corrected, or is not for all.

    What a newer fact says would be contradicted by the words of the old one, and what prompts
    may not use would be in its source. An answer may repeat whatever its turn told.
    """
    return any(
        (not fact.current or fact.edited or not is_shared(fact, persona))
        and (not hit.own or _is_from(fact, hit.message_id))
        for fact in facts
    )


def is_tellable(fact: FactDocument, persona: str) -> bool:
    """Tell whether a fact may come up of itself: what is sensitive waits to be spoken of."""
    return fact.current and is_shared(fact, persona) and fact.sensitivity != "sensitive"


def is_private(fact: FactDocument) -> bool:
    """Tell whether a date is sensitive: it comes up for who was told it, when it is spoken of."""
    held = fact.current and fact.sharing != "user"
    return held and fact.kind == "deadline" and fact.sensitivity == "sensitive"


def is_shared(fact: FactDocument, persona: str) -> bool:
    """Tell whether prompts of a persona may use a fact."""
    mine = fact.sharing == "persona" and fact.persona == persona
    return fact.sharing == "mentors" or mine


def _is_from(fact: FactDocument, message_id: str) -> bool:
    return any(source.message_id == message_id for source in fact.sources)


def is_kept(fact: FactDocument, answer: str, at: datetime) -> bool:
    """Tell whether an answer comes back to what was promised, when that is due."""
    if fact.kind != "promise" or (fact.due is not None and fact.due > at):
        return False
    event = fact.slot.removeprefix("promise:")
    if event:
        return any(may_be_same(event_slot(each), f"event:{event}") for each in sentences(answer))
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


def only_asks(hit: Hit) -> bool:
    """Tell whether a hit is a message that itself asks for something."""
    return hit.own and hit.kind == "turn" and given(hit.text, dated=False) & ASKS != 0


def remembered_hit(hit: Hit) -> Remembered:
    """Return a hit as an answer uses it."""
    return Remembered(
        id=hit.id,
        kind="said" if hit.kind == "turn" else hit.fact_kind,
        text=hit.text,
        at=hit.at,
        own=hit.own,
        persona=hit.persona,
        due=hit.due,
    )
