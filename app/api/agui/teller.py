"""A turn told as the events of an AG-UI run."""

from collections.abc import AsyncGenerator

from app.api.agui.events import Stamp
from app.realtime.spoken import Spoken
from app.realtime.sse import COMMENT
from app.realtime.turns import TurnFailure, TurnFrame, TurnReader
from schemas.agui import (
    AGUI_VERSION,
    Custom,
    Finished,
    MessagesSnapshot,
    Outcome,
    RoutedValue,
    RunAgentInput,
    RunError,
    RunFinished,
    RunStarted,
    SafetyValue,
    TextMessageContent,
    TextMessageEnd,
    TextMessageStart,
    ThreadMessage,
    TokenUsage,
)
from schemas.frames import Delta, Routed, Safety, TurnDone, TurnFailed, TurnRestarted, TurnStarted
from sessions.errors import IonError

__all__ = ["RunTeller"]


class RunTeller:
    """Tells one turn; the client's own messages are told back when text must be taken back."""

    def __init__(self, asked: RunAgentInput, stamp: Stamp) -> None:
        self._asked = asked
        self._stamp = stamp
        self._spoken = Spoken()
        self._persona: str | None = None
        self._message_id: str | None = None

    async def chunks(self, turn: TurnReader) -> AsyncGenerator[bytes, None]:
        """Yield the run's events; raises TurnFailure and what `TurnReader.frames` does."""
        yield self._event(RunStarted, protocol_version=AGUI_VERSION)
        async for frame in turn.frames():
            told = COMMENT if frame is None else self._told(frame)
            if told:
                yield told

    def failure(self, error: IonError) -> bytes:
        """Return the events that end a run that failed."""
        failed = self._stamp(RunError, message=error.message, code=str(error.code))
        return self._close() + failed

    def _event(self, type_: type[RunStarted | RunFinished], **fields: object) -> bytes:
        asked = self._asked
        return self._stamp(type_, thread_id=asked.thread_id, run_id=asked.run_id, **fields)

    def _told(self, frame: TurnFrame) -> bytes:
        match frame:
            case TurnStarted() | TurnRestarted():
                self._spoken.begin()
            case Routed():
                self._persona = frame.persona
                return self._routed(frame)
            case Safety():
                value = SafetyValue(category=frame.category, resources=frame.resources)
                return self._stamp(Custom, name="ion.safety", value=value)
            case Delta():
                return self._text(frame.message_id, self._spoken.add(frame.text))
            case TurnDone():
                return self._end(frame)
            case TurnFailed():
                raise TurnFailure(frame)
        return b""

    def _routed(self, frame: Routed) -> bytes:
        value = RoutedValue(
            persona=frame.persona,
            choices=frame.choices,
            resonance_key=frame.resonance_key,
            resonance_confidence=frame.resonance_confidence,
            override=frame.override,
        )
        return self._stamp(Custom, name="ion.routed", value=value)

    def _text(self, message_id: str, text: str) -> bytes:
        if not text:
            return b""
        opening = b""
        if self._message_id is None:
            self._message_id = message_id
            opening = self._stamp(
                TextMessageStart, message_id=message_id, role="assistant", name=self._persona
            )
        return opening + self._stamp(TextMessageContent, message_id=message_id, delta=text)

    def _close(self) -> bytes:
        if self._message_id is None:
            return b""
        closing = self._stamp(TextMessageEnd, message_id=self._message_id)
        self._message_id = None
        return closing

    def _end(self, done: TurnDone) -> bytes:
        text = self._text(done.message_id, self._spoken.rest(done.text)) + self._close()
        if self._spoken.lost:
            text += self._corrected(done)
        return text + self._finished(done)

    def _corrected(self, done: TurnDone) -> bytes:
        """Return the thread with the answer as it became, in place of what was told of it."""
        answer = ThreadMessage(
            id=done.message_id, role="assistant", content=done.text, name=done.persona or None
        )
        others = [each for each in self._asked.messages if each.get("id") != answer.id]
        return self._stamp(MessagesSnapshot, messages=(*others, answer))

    def _finished(self, done: TurnDone) -> bytes:
        usage = done.usage
        stopped = done.finish_reason == "stopped"
        return self._event(
            RunFinished,
            outcome=Outcome(type="cancelled" if stopped else "success"),
            result=Finished(
                session_id=done.session_id,
                turn_id=done.turn_id,
                persona=done.persona,
                finish_reason=done.finish_reason,
            ),
            usage=(
                TokenUsage(
                    model=done.model,
                    input_tokens=usage.prompt_tokens,
                    output_tokens=usage.completion_tokens,
                    total_tokens=usage.prompt_tokens + usage.completion_tokens,
                ),
            ),
        )
