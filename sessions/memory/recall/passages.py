"""What of a turn is remembered by itself: each of its messages, and the answer."""

from datetime import datetime

from msgspec import Struct

from sessions.archive import TurnDocument

__all__ = ["Passage", "passages", "told_to"]


class Passage(Struct, frozen=True, kw_only=True):
    """A message, who said it (a name, empty when unknown), and whether it is the user's own."""

    id: str
    text: str
    at: datetime
    own: bool
    speaker: str = ""


def passages(turn: TurnDocument, *, user_name: str = "") -> list[Passage]:
    """Return what was said in a turn, in order."""
    said = [
        Passage(
            id=message.id, text=message.text, at=message.created_at, own=True, speaker=user_name
        )
        for message in turn.messages
    ]
    answer = turn.answer
    if answer is not None and answer.text:
        said.append(
            Passage(
                id=answer.message_id,
                text=answer.text,
                at=answer.created_at,
                own=False,
                speaker=answer.persona,
            )
        )
    return said


def told_to(turn: TurnDocument) -> str:
    """Return the persona that the user spoke to, empty when nobody was chosen yet."""
    if turn.answer is not None and turn.answer.persona:
        return turn.answer.persona
    return turn.routing.persona if turn.routing else turn.persona or ""
