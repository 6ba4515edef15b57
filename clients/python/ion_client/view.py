"""What a reader knows of one session: a fold over its log, with a cursor and its listeners."""

from collections.abc import Iterator
from typing import Generic, TypeVar

from . import events, frames
from .events import Event
from .resources import Answered, Choice, Message, RunningTurn, SessionInfo
from .transcript import Transcript
from .turns import Follower, Turn, done_from, failed_from

__all__ = ["View"]

L = TypeVar("L")


class View(Generic[L]):
    """State of one session. `news` yields events for listeners; listener None is the session.

    A listener `L` follows one turn from wherever it is, and hears all of it exactly once.
    """

    def __init__(self) -> None:
        self.epoch: str | None = None
        self.seq = 0
        self.attached = False
        self.session: SessionInfo | None = None
        self.unread = 0
        self._transcript = Transcript()
        self._turns: dict[str, Turn] = {}
        self._followers: list[tuple[L | None, Follower]] = []
        self._news: list[tuple[L | None, Event]] = []

    @property
    def turns(self) -> tuple[Turn, ...]:
        """Turns that have not ended, the oldest first."""
        return tuple(self._turns.values())

    @property
    def messages(self) -> list[Message]:
        """Messages as they are shown, in the order of the conversation."""
        return self._transcript.messages

    @property
    def torn(self) -> bool:
        """Whether only a snapshot can tell what is shown."""
        return self._transcript.torn

    def knows(self, turn_id: str) -> bool:
        """Tell whether a message of the turn is here."""
        return bool(self._transcript.of(turn_id))

    def holds(self, client_msg_id: str) -> bool:
        """Tell whether a message of the user is here."""
        return any(each.client_msg_id == client_msg_id for each in self.messages)

    def follow(self, listener: L, turn_id: str) -> None:
        """Tell `listener` the whole turn, also when it has ended already."""
        turn = self._turn(turn_id)
        if turn is None:
            turn = Turn(turn_id)
            self._conclude(turn)
        self._followers.append((listener, Follower(turn)))

    def listeners(self) -> list[L]:
        """Return who follows a turn that has not ended."""
        return [listener for listener, _ in self._followers if listener is not None]

    def news(self) -> Iterator[tuple[L | None, Event]]:
        """Yield what happened since the last call."""
        news, self._news = self._news, []
        yield from news
        for listener, follower in self._followers:
            for event in follower.news():
                yield listener, event
        self._followers = [pair for pair in self._followers if pair[1].turn.end is None]
        for turn in self.turns:
            if turn.end is not None:
                del self._turns[turn.turn_id]

    def attach(self, frame: frames.Attached) -> bool:
        """Take in where reading begins; False when only a snapshot can help."""
        self.attached = frame.recovered
        if not frame.recovered:
            return True
        if frame.epoch != self.epoch:
            self.epoch, self.seq = frame.epoch, 0
        self.attached = frame.seq <= self.seq
        return self.attached

    def advance(self, seq: int) -> bool | None:
        """Move the cursor: True when `seq` is next, False when it is old, None when one lacks."""
        if not self.attached or seq <= self.seq:
            return False
        if seq > self.seq + 1:
            self.attached = False
            return None
        self.seq = seq
        return True

    def refresh(self, frame: frames.Snapshot) -> None:
        """Replace all that was known; turns that were followed go on from it."""
        self.epoch, self.seq, self.attached = frame.epoch, frame.seq, True
        self.session, self.unread = frame.session, frame.session.unread
        self._transcript = Transcript(frame.messages)
        running = frame.running_turn
        if running is not None:
            self._transcript.begin(running.turn_id, running.message_ids, running.supersedes)
        self._news.append(
            (
                None,
                events.Refreshed(session=frame.session, messages=frame.messages, running=running),
            )
        )
        for turn in self.turns:
            if running is None or turn.turn_id != running.turn_id:
                self._conclude(turn)
        for message in self.messages:
            if message.role == "user" and message.turn_id and not message.failed:
                self._turn(message.turn_id)
        if running is not None:
            self._resume(running)

    def apply(self, frame: frames.LogFrame) -> None:
        """Take in the next frame of the log."""
        match frame:
            case frames.MessageFrame():
                self._said(frame.message)
                if frame.message.turn_id and not frame.message.failed:
                    self._turn(frame.message.turn_id)
            case frames.SessionUpdated():
                self.session, self.unread = frame.session, frame.session.unread
                self._news.append((None, events.Updated(session=frame.session)))
            case frames.Notice():
                self._notice(events.Notice(code=frame.code, text=frame.text))
            case frames.FeedbackFrame():
                self._transcript.rate(frame.turn_id, frame.rating)
                rated = events.Rated(turn_id=frame.turn_id, rating=frame.rating)
                self._news.append((None, rated))
            case frames.ReadFrame():
                self.unread = frame.unread
                read = events.Read(message_id=frame.message_id, unread=frame.unread)
                self._news.append((None, read))
            case frames.MemorySaved():
                self._news.append((None, _remembered(frame)))
            case frames.TurnStarted():
                self._began(frame)
                self._apply_to_turn(frame)
            case _:
                self._apply_to_turn(frame)

    def _said(self, message: Message) -> None:
        if self._transcript.shows(message.id):
            return  # a snapshot knew of it before the log told of it
        if left := self._transcript.say(message):
            self._superseded(left, by=message.turn_id or "")
        self._news.append((None, events.MessageAdded(message=message)))

    def _began(self, frame: frames.TurnStarted) -> None:
        if self._transcript.begin(frame.turn_id, frame.message_ids, frame.supersedes):
            self._superseded(frame.supersedes or "", by=frame.turn_id)

    def _superseded(self, turn_id: str, *, by: str) -> None:
        self.unread = 0  # who goes on from there has read what came after
        self._news.append((None, events.Superseded(turn_id=turn_id, by=by)))

    def _apply_to_turn(
        self,
        frame: frames.TurnStarted
        | frames.TurnRestarted
        | frames.Routed
        | frames.Safety
        | frames.Delta
        | frames.TurnDone
        | frames.TurnFailed,
    ) -> None:
        turn = self._turn(frame.turn_id)
        if turn is None:
            return
        match frame:
            case frames.TurnStarted():
                turn.start()
            case frames.TurnRestarted():
                turn.restart()
            case frames.Routed():
                turn.routed = _routed(frame)
            case frames.Safety():
                turn.safety = events.Safety(
                    turn_id=frame.turn_id, category=frame.category, resources=frame.resources
                )
            case frames.Delta():
                turn.text += frame.text
                turn.message_id = frame.message_id
            case frames.TurnDone():
                self._done(turn, frame)
            case frames.TurnFailed():
                self._failed(turn, frame)

    def _done(self, turn: Turn, frame: frames.TurnDone) -> None:
        routed, safety = turn.routed, turn.safety
        answered = Answered(
            turn_id=frame.turn_id,
            persona=frame.persona,
            choices=routed.choices if routed else (),
            resonance_key=routed.resonance_key if routed else "",
            finish_reason=frame.finish_reason,
            model=frame.model,
            resources=safety.resources if safety else (),
            memories_used=frame.memories_used,
        )
        self.unread += bool(frame.text)
        self._transcript.answer(
            frame.turn_id,
            Message(
                id=frame.message_id,
                role="assistant",
                text=frame.text,
                created_at=frame.at,
                turn_id=frame.turn_id,
                answered=answered,
            ),
        )
        turn.finish(
            events.Done(
                turn_id=frame.turn_id,
                message_id=frame.message_id,
                persona=frame.persona,
                text=frame.text,
                finish_reason=frame.finish_reason,
                model=frame.model,
                usage=frame.usage,
                memories_used=frame.memories_used,
            )
        )

    def _failed(self, turn: Turn, frame: frames.TurnFailed) -> None:
        self._transcript.fail(frame.turn_id, frame.code)
        turn.finish(
            events.Failed(
                turn_id=frame.turn_id,
                code=frame.code,
                message=frame.message,
                retryable=frame.retryable,
            )
        )

    def _notice(self, notice: events.Notice) -> None:
        self._news.extend((each, notice) for each in (None, *self.listeners()))

    def _turn(self, turn_id: str) -> Turn | None:
        """Return a turn that has not ended, made when it is new; None when it has ended."""
        turn = self._turns.get(turn_id)
        if turn is None and not self._transcript.ended(turn_id):
            turn = self._turns[turn_id] = Turn(turn_id)
            self._followers.append((None, Follower(turn)))
        return turn

    def _conclude(self, turn: Turn) -> None:
        """Bring a turn that does not run to what the messages say of it."""
        mine = self._transcript.of(turn.turn_id)
        answers = [each for each in mine if each.role == "assistant"]
        codes = [each.failed for each in mine if each.failed is not None]
        if answers:
            answered = answers[-1].answered or Answered(turn_id=turn.turn_id)
            _route(turn, answered.persona, answered.choices, answered.resonance_key)
            if turn.safety is None and answered.resources:
                turn.safety = events.Safety(
                    turn_id=turn.turn_id, category="", resources=answered.resources
                )
            turn.finish(done_from(answers[-1]))
        elif codes:
            turn.finish(failed_from(turn.turn_id, codes[-1]))
        elif not mine:
            turn.finish(failed_from(turn.turn_id, "gone"))
        elif turn.text:
            turn.restart()

    def _resume(self, running: RunningTurn) -> None:
        turn = self._turn(running.turn_id)
        if turn is None:
            return
        turn.started = True
        turn.become(running.text)
        if running.text:
            turn.message_id = running.message_id
        _route(turn, running.persona, running.choices, running.resonance_key)


def _remembered(frame: frames.MemorySaved) -> events.Remembered:
    return events.Remembered(
        memory_id=frame.memory_id,
        kind=frame.kind,
        text=frame.text,
        turn_id=frame.turn_id,
        message_ids=frame.message_ids,
    )


def _routed(frame: frames.Routed) -> events.Routed:
    return events.Routed(
        turn_id=frame.turn_id,
        persona=frame.persona,
        choices=frame.choices,
        resonance_key=frame.resonance_key,
        override=frame.override,
    )


def _route(turn: Turn, persona: str | None, choices: tuple[Choice, ...], key: str) -> None:
    """Note who answers, as a snapshot tells it; what the log told of the same says more."""
    if persona and (turn.routed is None or turn.routed.persona != persona):
        turn.routed = events.Routed(
            turn_id=turn.turn_id, persona=persona, choices=choices, resonance_key=key
        )
