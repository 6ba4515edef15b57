"""Turns without a message, and what a session then is."""

from collections import Counter
from collections.abc import Iterable, Sequence

from msgspec import Struct, structs

from sessions.archive import SessionDocument, TurnDocument
from sessions.context import user_text
from sessions.ids import answer_id
from sessions.tally import answered

from .counts import Counts, of_documents

__all__ = [
    "Gone",
    "counted",
    "edits_away",
    "emptied",
    "family",
    "last_words",
    "said_in",
    "uncounted",
    "unread",
]

_LAST_TEXT_CHARS = 120


class Gone(Struct, frozen=True, kw_only=True):
    """A turn as it was, and as it is without what was taken out of it."""

    before: TurnDocument
    after: TurnDocument


def family(message_id: str, turns: Iterable[TurnDocument]) -> set[str]:
    """Return the ids of a message and of all that it was edited from or to, in these turns."""
    return set(edits_away(message_id, turns))


def edits_away(message_id: str, turns: Iterable[TurnDocument]) -> dict[str, int]:
    """Return the messages of a message's family, each with how many edits lie between."""
    edits = {
        (each.id, each.supersedes)
        for turn in turns
        for each in turn.messages
        if each.supersedes is not None
    }
    edits |= {(after, before) for before, after in edits}
    found, away = {message_id: 0}, 0
    while near := {there for here, there in edits if here in found} - found.keys():
        away += 1
        found |= dict.fromkeys(near, away)
    return found


def emptied(turn: TurnDocument, words: set[str], message_id: str) -> TurnDocument:
    """Return a turn without these messages and, where it had one of them, without its answer.

    When `message_id` is that of its answer, only that goes, with what was said of it.
    """
    kept = tuple(message for message in turn.messages if message.id not in words)
    mine = turn.answer is not None and message_id == answer_id(turn.id)
    if len(kept) == len(turn.messages) and not mine:
        return turn
    return structs.replace(
        turn,
        messages=kept,
        open=False,
        joinable=False,
        state="stopped",
        key=None,
        routing=None,
        answer=None,
        failure=None,
        feedback=None,
        opening=None,
    )


def said_in(turns: Iterable[TurnDocument]) -> set[str]:
    """Return the ids of all messages and answers of turns."""
    found: set[str] = set()
    for each in turns:
        found.update(message.id for message in each.messages)
        if each.answer is not None:
            found.add(each.answer.message_id)
    return found


def _answer_text(turn: TurnDocument) -> str:
    return turn.answer.text if turn.answer else ""


def last_words(shown: Sequence[TurnDocument]) -> str:
    """Return the newest words of these turns, as a list of sessions shows them."""
    said = ((_answer_text(turn) or user_text(turn)) for turn in reversed(shown) if not turn.open)
    return next(filter(None, said), "")[:_LAST_TEXT_CHARS]


def counted(gone: Iterable[Gone]) -> Counts:
    """Return how much was taken out."""
    counts: Counts = Counter()
    for each in gone:
        counts += of_documents(
            {
                "messages": len(each.before.messages) - len(each.after.messages),
                "answers": int(each.before.answer is not None),
                "feedback": int(each.before.feedback is not None),
            }
        )
    return counts


def uncounted(session: SessionDocument, gone: Iterable[Gone]) -> int:
    """Return how many messages fewer the session has of those that were counted."""
    return sum(
        _own(each.before) - _own(each.after)
        for each in gone
        if each.before.number <= session.counted
    )


def _own(turn: TurnDocument) -> int:
    own = sum(message.client_msg_id in turn.client_msg_ids for message in turn.messages)
    return own + (turn.answer is not None)


def unread(session: SessionDocument, gone: Iterable[Gone]) -> int:
    """Return how many answers fewer are unread."""
    return sum(
        answered(each.before)
        for each in gone
        if session.read_upto < each.before.number <= session.counted
    )
