"""What a turn has to know of its session before it answers."""

from sessions.archive import TURNS, SessionDocument, TurnDocument
from sessions.conversation import Conversation, PastTurn
from sessions.history import fold
from sessions.stores.documents import Documents, Range

__all__ = ["RECENT_TURNS", "load_conversation", "past_turn", "user_text"]

RECENT_TURNS = 50


async def load_conversation(
    documents: Documents, session: SessionDocument, *, before: int
) -> Conversation:
    """Return the conversation up to the turn with number `before`; raises StoreUnavailable.

    Turns that ended without their summary having been stored are folded in here.
    """
    turns = await documents.find(
        TURNS,
        "by_session",
        {"session_id": session.id},
        bounds=Range(lt=before),
        descending=True,
        limit=RECENT_TURNS,
    )
    turns.reverse()
    summary = session.summary
    for turn in turns:
        if turn.number > summary.upto and not turn.open:
            summary = fold(summary, past_turn(turn), number=turn.number)
    return Conversation(
        session_id=session.id,
        recent=tuple(past_turn(turn) for turn in turns if not turn.open),
        summary=summary,
        count=turns[-1].number if turns else 0,
        locale=session.locale,
        timezone=session.timezone,
    )


def past_turn(turn: TurnDocument) -> PastTurn:
    """Return a turn as later turns see it."""
    answer = turn.answer
    return PastTurn(
        turn_id=turn.id,
        user_text=user_text(turn),
        answer=answer.text if answer else "",
        persona=answer.persona if answer else "",
        at=turn.created_at,
    )


def user_text(turn: TurnDocument) -> str:
    """Return all that the user said in a turn."""
    return "\n".join(message.text for message in turn.messages)
