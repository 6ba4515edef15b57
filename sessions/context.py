"""What a turn has to know of its session before it answers."""

import asyncio
from collections.abc import Collection, Iterable, Sequence

from msgspec import structs

from sessions.archive import TURNS, SessionDocument, TurnDocument
from sessions.branches import followed, load_branch
from sessions.conversation import Conversation, PastTurn, Remembered, Summary
from sessions.history import fold
from sessions.memory.putting_right import put_right
from sessions.memory.remembered import corrections
from sessions.stores.documents import Documents

__all__ = [
    "MOST_TURNS",
    "RECENT_TURNS",
    "folded",
    "load_conversation",
    "past_turn",
    "past_turns",
    "summarised",
    "user_text",
]

RECENT_TURNS = 50
MOST_TURNS = 200
_FEW = 5
_MOST_SUPERSEDED = 5


async def load_conversation(
    documents: Documents, session: SessionDocument, turn: TurnDocument
) -> Conversation:
    """Return the conversation before `turn`, on its own branch; raises StoreUnavailable."""
    before = followed(turn)
    turns = await load_branch(documents, session.id, before, limit=RECENT_TURNS)
    turns.reverse()
    summary = await summarised(documents, session, turns, leaf=before)
    return Conversation(
        session_id=session.id,
        recent=past_turns(turns),
        summary=summary,
        count=len(turns) + followed(turns[0]) if turns else 0,
        superseded=await _superseded(documents, turn),
        locale=session.locale,
        timezone=session.timezone,
    )


async def summarised(
    documents: Documents,
    session: SessionDocument,
    turns: Sequence[TurnDocument],
    *,
    leaf: int,
    without: Collection[str] = (),
) -> Summary:
    """Return the summary of the branch up to `leaf`, of which `turns` are the newest, oldest first.

    A stored one is gone on with when it is of this branch; otherwise the newest 200 turns are
    folded anew, as their user has corrected them but for facts `without`. Raises StoreUnavailable.
    """
    known = {0, *(number for turn in turns for number in (turn.number, followed(turn)))}
    for summary in (session.summary, session.earlier):
        if summary.upto in known and (summary.upto > 0 or len(turns) < RECENT_TURNS):
            break
    else:
        summary = Summary()
        turns = await load_branch(documents, session.id, leaf, limit=MOST_TURNS)
        turns.reverse()
    missing = [turn for turn in turns if turn.number > summary.upto and not turn.open]
    begun = summary.upto == 0 and any(turn.messages for turn in missing)
    by = await corrections(documents, session, without=without) if begun else ()
    if len(missing) > _FEW or by:
        # seconds of the loop would be everybody's seconds
        return await asyncio.to_thread(_folded, summary, missing, by)
    return _folded(summary, missing)


def _folded(
    summary: Summary, turns: Sequence[TurnDocument], by: Sequence[Remembered] = ()
) -> Summary:
    past = tuple(past_turn(turn) for turn in turns if turn.messages)
    by_id = {each.turn_id: each for each in past}
    for turn in turns:
        if turn.id in by_id:
            summary = fold(summary, by_id[turn.id], number=turn.number)
        else:
            summary = structs.replace(summary, upto=max(summary.upto, turn.number))
    return put_right(Conversation(session_id="", recent=past, summary=summary), by).summary


def folded(summary: Summary, turn: TurnDocument) -> Summary:
    """Return the summary with a turn in it; one in which the user said nothing only counts."""
    if turn.messages:
        return fold(summary, past_turn(turn), number=turn.number)
    return structs.replace(summary, upto=max(summary.upto, turn.number))


async def _superseded(documents: Documents, turn: TurnDocument) -> tuple[str, ...]:
    """Return earlier answers to the same words, the newest first."""
    answers: list[str] = []
    older = turn
    while older.supersedes is not None and len(answers) < _MOST_SUPERSEDED:
        found = await documents.get(TURNS, older.supersedes)
        if found is None or user_text(found) != user_text(turn):
            break
        answers.append(found.answer.text if found.answer else "")
        older = found
    return tuple(answers)


def past_turns(turns: Iterable[TurnDocument]) -> tuple[PastTurn, ...]:
    """Return turns that have ended as later turns see them, in their order.

    What a mentor wrote of its own accord stands behind the answer before it.
    """
    past: list[PastTurn] = []
    for turn in turns:
        if turn.open or turn.empty:
            continue
        told = past_turn(turn)
        if turn.opening is not None and past:
            answer = "\n\n".join(filter(None, (past[-1].answer, told.answer)))
            past[-1] = structs.replace(past[-1], answer=answer, persona=told.persona)
        else:
            past.append(told)
    return tuple(past)


def past_turn(turn: TurnDocument) -> PastTurn:
    """Return a turn as later turns see it."""
    answer = turn.answer
    return PastTurn(
        turn_id=turn.id,
        user_text=user_text(turn),
        answer=answer.text if answer else "",
        persona=answer.persona if answer else "",
        at=turn.created_at,
        language=turn.routing.language if turn.routing else "",
    )


def user_text(turn: TurnDocument) -> str:
    """Return all that the user said in a turn."""
    return "\n".join(message.text for message in turn.messages)
