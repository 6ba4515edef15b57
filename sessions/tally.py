"""How many messages a session has and how many answers are unread, counted turn by turn."""

from collections.abc import Iterable

from msgspec import structs

from sessions.archive import TURNS, SessionDocument, TurnDocument
from sessions.stores.documents import Documents, Range

__all__ = ["MOST_COUNTED", "answered", "answered_after", "load_uncounted", "tallied"]

MOST_COUNTED = 200


def answered(turn: TurnDocument) -> bool:
    """Tell whether a turn has an answer that somebody could read."""
    return turn.answer is not None and turn.answer.text != ""


def tallied(session: SessionDocument, turns: Iterable[TurnDocument]) -> SessionDocument:
    """Return the session with those ended turns counted that were not yet, up to a gap."""
    fresh: list[TurnDocument] = []
    for turn in sorted(turns, key=lambda each: each.number):
        if turn.number == session.counted + len(fresh) + 1 and not turn.open:
            fresh.append(turn)
    if not fresh:
        return session
    return structs.replace(
        session,
        message_count=session.message_count + sum(map(_messages, fresh)),
        unread=session.unread
        + sum(answered(turn) for turn in fresh if turn.number > session.read_upto),
        counted=session.counted + len(fresh),
    )


async def load_uncounted(documents: Documents, session: SessionDocument) -> list[TurnDocument]:
    """Return the turns behind the last counted one, oldest first; raises StoreUnavailable."""
    return await documents.find(
        TURNS,
        "by_session",
        {"session_id": session.id},
        bounds=Range(gt=session.counted),
        limit=MOST_COUNTED,
    )


async def answered_after(documents: Documents, session_id: str, number: int) -> list[TurnDocument]:
    """Return the turns behind a number that have answers to read; raises StoreUnavailable."""
    turns = await documents.find(
        TURNS,
        "by_session",
        {"session_id": session_id},
        bounds=Range(gt=number),
        limit=MOST_COUNTED,
    )
    return [turn for turn in turns if answered(turn)]


def _messages(turn: TurnDocument) -> int:
    own = sum(message.client_msg_id in turn.client_msg_ids for message in turn.messages)
    return own + (turn.answer is not None)
