"""Turns without a message, and what a session then is."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from msgspec import Struct, structs

from sessions.archive import SessionDocument, TurnDocument
from sessions.context import user_text
from sessions.ids import answer_id
from sessions.tally import answered
from sessions.titles import title_from

from .counts import Counts, of_documents

__all__ = [
    "Gone",
    "counted",
    "edits_away",
    "emptied",
    "family",
    "last_words",
    "retitled",
    "uncounted",
    "unread",
]

_LAST_TEXT_CHARS = 120
_WORD = re.compile(r"\w+")


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


def retitled(
    session: SessionDocument, gone: Sequence[TurnDocument], shown: Sequence[TurnDocument]
) -> str:
    """Return the session's title, made anew when it has words that only went with these turns."""
    left, lost = _words(shown), _words(gone)
    title = set(_WORD.findall(session.title.casefold()))
    # of what a cut has left nobody knows the words
    unknown = not lost or session.titled_by == "provider"
    made_of = {title_from(each.text) for turn in gone for each in turn.messages}
    kept = not (title - left if unknown else title & (lost - left))
    if kept and session.title not in made_of:
        return session.title
    said = next((user_text(turn) for turn in shown if turn.messages), "")
    return title_from(said)


def _words(turns: Iterable[TurnDocument]) -> set[str]:
    texts = [text for turn in turns for text in (user_text(turn), _answer_text(turn))]
    return {word for text in texts for word in _WORD.findall(text.casefold())}


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
