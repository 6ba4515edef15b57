"""The messages of a session as they are shown: put in, joined, and taken out of the view."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from msgspec import structs

from .resources import Message

__all__ = ["Transcript"]


@dataclass
class _Place:
    """What stands of one turn; `siblings` are the turns that could stand there."""

    turn_id: str
    siblings: tuple[str, ...] = ()
    messages: list[Message] = field(default_factory=list)
    started: bool = False
    ended: bool = False

    @property
    def waits(self) -> bool:
        """Whether the turn has not begun to be answered."""
        return not (self.started or self.ended)

    def own(self, message: Message) -> Message:
        """Return a message of another turn as one of this turn."""
        return structs.replace(message, turn_id=self.turn_id, siblings=self.siblings, failed=None)

    def take_siblings(self, siblings: tuple[str, ...]) -> None:
        """Know all turns that could stand here."""
        self.siblings = siblings
        self.messages = [structs.replace(each, siblings=siblings) for each in self.messages]

    def put(self, message: Message) -> None:
        """Add a message of the turn, or replace it."""
        message = structs.replace(message, siblings=message.siblings or self.siblings)
        self.siblings = message.siblings
        self.ended = self.ended or message.role == "assistant" or message.failed is not None
        for number, each in enumerate(self.messages):
            if each.id == message.id:
                self.messages[number] = message
                return
        self.messages.append(message)


class Transcript:
    """Messages in the order of the conversation; those of one turn stand together.

    A turn whose place another takes leaves the view with all after it; messages come back with a
    turn that names them. `torn` says that only a snapshot can tell what is shown.
    """

    def __init__(self, messages: Iterable[Message] = ()) -> None:
        self._places: list[_Place] = []
        self._gone: dict[str, bool] = {}
        self._aside: dict[str, Message] = {}
        self.torn = False
        for message in messages:
            self._make(message.turn_id or message.id).put(message)

    @property
    def messages(self) -> list[Message]:
        """Return all messages in order."""
        return [message for place in self._places for message in place.messages]

    def of(self, turn_id: str) -> list[Message]:
        """Return the messages of a turn."""
        place = self._find(turn_id)
        return place.messages if place else []

    def ended(self, turn_id: str) -> bool:
        """Tell whether a turn is known to have its answer, or to have failed."""
        place = self._find(turn_id)
        return place.ended if place else self._gone.get(turn_id, False)

    def shows(self, message_id: str) -> bool:
        """Tell whether a message is in view."""
        return any(each.id == message_id for each in self.messages)

    def say(self, message: Message) -> str | None:
        """Take in a user's message, once; return the turn that left the view for it, if any."""
        if self.shows(message.id):
            return None
        turn_id = message.turn_id or message.id
        if turn_id in self._gone:
            self._aside[message.id] = message
            return None
        left = self._make_room(message, turn_id) if message.supersedes else None
        if turn_id in self._gone:
            self._aside[message.id] = message
        else:
            self._make(turn_id).put(message)
        return left

    def begin(self, turn_id: str, message_ids: tuple[str, ...], supersedes: str | None) -> bool:
        """Let a turn take up the messages it names; True when another left the view for it."""
        moved = supersedes is not None and self._take_place(turn_id, message_ids, supersedes)
        if turn_id not in self._gone:
            self._gather(turn_id, message_ids)
        return moved

    def answer(self, turn_id: str, message: Message) -> None:
        """Take in a turn's answer."""
        if turn_id in self._gone:
            self._gone[turn_id] = True
        else:
            self._make(turn_id).put(message)

    def fail(self, turn_id: str, code: str) -> None:
        """Mark the messages of a turn that failed."""
        if turn_id in self._gone:
            self._gone[turn_id] = True
        for message in tuple(self.of(turn_id)):
            if message.role == "user":
                self._make(turn_id).put(structs.replace(message, failed=code))

    def rate(self, turn_id: str, rating: int) -> None:
        """Note what the user thinks of a turn's answer."""
        for message in tuple(self.of(turn_id)):
            if message.answered is not None:
                answered = structs.replace(message.answered, rating=rating)
                self._make(turn_id).put(structs.replace(message, answered=answered))

    def _find(self, turn_id: str) -> _Place | None:
        return next((each for each in self._places if each.turn_id == turn_id), None)

    def _make(self, turn_id: str) -> _Place:
        place = self._find(turn_id)
        if place is None:
            place = _Place(turn_id)
            self._places.append(place)
        return place

    def _index(self, turn_id: str) -> int | None:
        """Return where a turn, or one that stands for it, is shown."""
        for number, place in enumerate(self._places):
            if turn_id == place.turn_id or turn_id in place.siblings:
                return number
        return None

    def _take_place(self, turn_id: str, message_ids: tuple[str, ...], supersedes: str) -> bool:
        """Take out the turn that is superseded; True when that was done."""
        at = self._index(supersedes)
        there = None if at is None else self._places[at]
        if there is not None and there.turn_id == turn_id:
            return False
        if there is not None and there.turn_id != supersedes and there.waits:
            # turns begin in order: the one that waits there is newer, and this one more version
            if turn_id not in there.siblings:
                there.take_siblings((*there.siblings[:-1], turn_id, there.turn_id))
            self._gone.setdefault(turn_id, False)
            return False
        if at is None or there is None or turn_id in self._gone:
            if supersedes in self._gone and turn_id not in self._gone:
                self._tear(turn_id)
            return False
        kept = [each for each in there.messages if each.id in message_ids]
        self._cut(at, turn_id, kept, waiting=True)
        return True

    def _tear(self, turn_id: str) -> None:
        """What the turn takes the place of has left the view."""
        self.torn = True
        self._gone[turn_id] = False

    def _make_room(self, message: Message, turn_id: str) -> str | None:
        for number, place in enumerate(self._places):
            ids = [each.id for each in place.messages]
            if message.supersedes in ids:
                kept = place.messages[: ids.index(message.supersedes)]
                return self._cut(number, turn_id, kept)
        old = self._aside.get(message.supersedes or "")
        if old is None or old.turn_id is None:
            return None
        at = self._index(old.turn_id)
        if at is None:
            self._tear(turn_id)
            return None
        if self._places[at].turn_id == turn_id:
            return None  # it stood behind words that were edited, and comes again
        return self._cut(at, turn_id, [])

    def _cut(
        self, at: int, turn_id: str, kept: list[Message], *, waiting: bool = False
    ) -> str | None:
        """Take out the turn at a place for another, but the messages `kept`, and all after it.

        With `waiting` turns that still wait stay: those that waited before have been stopped.
        """
        old, *later = self._places[at:]
        new = next((each for each in later if each.turn_id == turn_id), _Place(turn_id))
        stay = [each for each in later if waiting and each.waits and each is not new]
        for place in (old, *later):
            if place is not new and place not in stay:
                self._leave(place, kept)
        new.siblings = (*(old.siblings or (old.turn_id,)), turn_id)
        new.messages = [new.own(each) for each in (*kept, *new.messages)]
        self._places[at:] = [new, *stay]
        return old.turn_id

    def _leave(self, place: _Place, kept: list[Message]) -> None:
        self._gone[place.turn_id] = place.ended
        for message in place.messages:
            if message.role == "user" and message not in kept:
                self._aside[message.id] = message

    def _gather(self, turn_id: str, message_ids: tuple[str, ...]) -> None:
        """Move messages that a turn names to it, in the order in which it names them."""
        new = self._make(turn_id)
        new.started = True
        here = {each.id for each in self.messages}
        moving = [
            self._aside.pop(each) for each in message_ids if each in self._aside.keys() - here
        ]
        for place in [each for each in self._places if each is not new]:
            moving += [each for each in place.messages if each.id in message_ids]
            place.messages = [each for each in place.messages if each.id not in message_ids]
        order = {message_id: number for number, message_id in enumerate(message_ids)}
        new.messages += [new.own(each) for each in moving]
        new.messages.sort(
            key=lambda each: order.get(each.id, -1 if each.role == "user" else len(order))
        )
        self._places = [each for each in self._places if each.messages or each is new]
