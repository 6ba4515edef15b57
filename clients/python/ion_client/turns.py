"""One turn as far as it got, and listeners that are told exactly what they have not heard yet."""

from collections.abc import Iterator

from .errors import RETRYABLE_CODES
from .events import Delta, Done, Failed, Restarted, Routed, Safety, TurnEvent
from .resources import Answered, Message

__all__ = ["Follower", "Turn", "done_from", "failed_from"]


class Turn:
    """What is known of a turn; every way of learning it ends in the same few fields."""

    def __init__(self, turn_id: str) -> None:
        self.turn_id = turn_id
        self.text = ""
        self.message_id: str | None = None
        self.beginnings = 0
        self.started = False
        self.stopping = False
        self.routed: Routed | None = None
        self.safety: Safety | None = None
        self.end: Done | Failed | None = None

    def start(self) -> None:
        """It begins to be answered; what was there is void."""
        if self.text:
            self.restart()
        self.started = True

    def restart(self) -> None:
        """The text so far is void."""
        self.text = ""
        self.beginnings += 1

    def become(self, text: str) -> None:
        """The text is known to be `text`: it goes on, or begins anew when it does not fit."""
        if not text.startswith(self.text):
            self.restart()
        self.text = text

    def finish(self, end: Done | Failed) -> None:
        """Nothing follows; a whole answer replaces the pieces."""
        if isinstance(end, Done):
            self.become(end.text)
        self.end = end


class Follower:
    """One listener's place in a turn; its deltas since the last restart are always the text."""

    def __init__(self, turn: Turn) -> None:
        self.turn = turn
        self._beginnings = turn.beginnings
        self._told = 0
        self._routed: Routed | None = None
        self._safety: Safety | None = None
        self._ended = False

    def news(self) -> Iterator[TurnEvent]:
        """Yield what it was not told yet."""
        turn = self.turn
        if self._ended:
            return
        if turn.beginnings != self._beginnings:
            told, self._beginnings, self._told = self._told, turn.beginnings, 0
            if told:
                yield Restarted(turn_id=turn.turn_id)
        if turn.routed is not None and turn.routed != self._routed:
            self._routed = turn.routed
            yield turn.routed
        if turn.safety is not None and turn.safety != self._safety:
            self._safety = turn.safety
            yield turn.safety
        if self._told < len(turn.text):
            piece, self._told = turn.text[self._told :], len(turn.text)
            yield Delta(turn_id=turn.turn_id, text=piece)
        if turn.end is not None:
            self._ended = True
            yield turn.end


def done_from(message: Message) -> Done:
    """Return the end of a turn whose answer stands among the messages."""
    answered = message.answered or Answered(turn_id=message.turn_id or "")
    return Done(
        turn_id=answered.turn_id,
        message_id=message.id,
        persona=answered.persona,
        text=message.text,
        finish_reason=answered.finish_reason,
        model=answered.model,
        memories_used=answered.memories_used,
    )


def failed_from(turn_id: str, code: str) -> Failed:
    """Return the end of a turn that failed with `code`."""
    return Failed(turn_id=turn_id, code=code, retryable=code in RETRYABLE_CODES)
