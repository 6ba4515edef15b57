"""What goes with a fact that is deleted: what it superseded, and the promises about an event."""

from collections.abc import Sequence

from sessions.stores.documents import Documents
from sessions.stores.paging import everything

from .documents import FACTS, FactDocument

__all__ = ["in_slot", "line_of", "promises_beside", "worded_alike"]


async def in_slot(documents: Documents, user_id: str, slot: str) -> list[FactDocument]:
    """Return all facts of a slot, the first told first; raises StoreUnavailable."""
    equals = {"user_id": user_id, "slot": slot}
    return [each async for each in everything(documents, FACTS, "by_slot", equals)]


async def line_of(documents: Documents, fact: FactDocument) -> list[FactDocument]:
    """Return what goes with a fact, itself last; raises StoreUnavailable.

    That is all that were before it in its slot, and with an event the promises to ask about it;
    those about the event that took its place stay.
    """
    if not fact.slot:
        return [fact]
    same = await in_slot(documents, fact.user_id, fact.slot)
    line = [*(each for each in same if each.valid_from < fact.valid_from), fact]
    if not fact.slot.startswith("event:"):
        return line
    later = [each for each in same if each.valid_from > fact.valid_from]
    promises = await _of_slot(documents, line, later)
    promises += [each for each in await _made_beside(documents, line) if each not in promises]
    return [*promises, *line]


async def promises_beside(documents: Documents, line: Sequence[FactDocument]) -> list[FactDocument]:
    """Return the promises about an event of which `line` is told; raises StoreUnavailable."""
    slots = {each.slot for each in line if each.slot.startswith("event:")}
    found = {
        each.id: each
        for slot in slots
        for each in await in_slot(documents, line[0].user_id, _promise_slot(slot))
    }
    found |= {each.id: each for each in await _made_beside(documents, line)}
    return list(found.values())


async def worded_alike(documents: Documents, facts: Sequence[FactDocument]) -> list[FactDocument]:
    """Return the facts that have the words of these; raises StoreUnavailable."""
    found: list[FactDocument] = []
    ids = {each.id for each in facts}
    for user_id, slot in sorted({(each.user_id, each.slot) for each in facts if each.slot}):
        for each in await in_slot(documents, user_id, slot):
            if each.words_of in ids:
                ids.add(each.id)
                found.append(each)
    return found


async def _of_slot(
    documents: Documents, line: Sequence[FactDocument], later: Sequence[FactDocument]
) -> list[FactDocument]:
    """Return the promises to ask about an event that were made before a later one was told."""
    slot = _promise_slot(line[-1].slot)
    turns = {turn_id for each in line for turn_id in each.turn_ids}
    return [
        each
        for each in await in_slot(documents, line[-1].user_id, slot)
        if not later or each.valid_from < later[0].valid_from or not turns.isdisjoint(each.turn_ids)
    ]


async def _made_beside(documents: Documents, line: Sequence[FactDocument]) -> list[FactDocument]:
    """Return promises that name an event in other words, made in the answers to it."""
    found: dict[str, FactDocument] = {}
    for event in line:
        days = {event.due, event.due_told} - {None}
        for turn_id in event.turn_ids if days else ():
            equals = {"user_id": event.user_id, "turn_ids": turn_id}
            async for each in everything(documents, FACTS, "by_turn", equals):
                if each.kind == "promise" and days & {each.due, each.due_told}:
                    found[each.id] = each
    return list(found.values())


def _promise_slot(slot: str) -> str:
    return slot.replace("event:", "promise:", 1)
