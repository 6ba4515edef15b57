"""What the messages and the answer of a turn tell: read by rules, and by a language model."""

from collections.abc import Iterable
from datetime import datetime
from functools import partial

from msgspec import Struct

from sessions.archive import TurnDocument
from sessions.lane import Lane

from .dates import local_day
from .documents import FactDocument
from .extract import Ended, Found, Moved, from_answer, from_user, may_tell, names_somebody
from .extract.provider import Extractor
from .facts import Facts

__all__ = ["Heard", "Listener"]

_LONG_CHARS = 300


class Heard(Struct, frozen=True, kw_only=True):
    """What was found in one message."""

    found: tuple[Found, ...]
    ended: tuple[Ended, ...]
    said: str
    message_id: str
    at: datetime
    moved: Moved | None = None


class Listener:
    """Reads turns; long messages in a thread, people by the names that are known already."""

    def __init__(self, facts: Facts, lane: Lane, extractor: Extractor | None) -> None:
        self._facts = facts
        self._lane = lane
        self._extractor = extractor

    async def hear(self, turn: TurnDocument, zone: str) -> list[Heard]:
        """Return what is found in each message, and in the answer; raises StoreUnavailable."""
        heard = []
        people: frozenset[str] = frozenset()
        if any(names_somebody(message.text) for message in turn.messages):
            people = _people(await self._facts.of_user(turn.user_id))
        for message in turn.messages:
            today = local_day(message.created_at, zone)
            reading = partial(from_user, message.text, today=today, known=people)
            read = await self._lane.run(reading, apart=len(message.text) > _LONG_CHARS)
            found = read.found
            if self._extractor is not None and may_tell(message.text):
                found += await self._extractor.extract(
                    message.text, user_id=turn.user_id, today=today, beside=found
                )
            heard.append(
                Heard(
                    found=found,
                    ended=read.ended,
                    said=message.text,
                    message_id=message.id,
                    at=message.created_at,
                    moved=read.moved,
                )
            )
        # what a mentor writes first may quote a promise, and makes none
        if (answer := turn.answer) is not None and answer.text and turn.opening is None:
            today = local_day(answer.created_at, zone)
            reading_answer = partial(from_answer, answer.text, today=today)
            promises = await self._lane.run(reading_answer, apart=len(answer.text) > _LONG_CHARS)
            heard.append(
                Heard(
                    found=promises,
                    ended=(),
                    said=answer.text,
                    message_id=answer.message_id,
                    at=answer.created_at,
                )
            )
        return heard


def _people(known: Iterable[FactDocument]) -> frozenset[str]:
    """Return the names of people in facts, in lower case."""
    return frozenset(
        word.strip("'s.,").casefold()
        for fact in known
        if fact.kind == "person" and fact.language == "en"
        for place, word in enumerate(fact.text.split())
        if place and word[0].isupper() and word not in ("I", "I'm", "I've", "I'll")
    )
