"""A turn told as a chat completion, at once or in chunks."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import TypeAlias

import msgspec

from app.api.openai.errors import error_body
from app.api.openai.models import model_of
from app.realtime.spoken import Spoken
from app.realtime.sse import COMMENT
from app.realtime.turns import TurnFailure, TurnFrame, TurnReader
from schemas.frames import Delta, Routed, TurnDone, TurnFailed, TurnRestarted, TurnStarted
from schemas.openai import (
    AssistantMessage,
    ChatChoice,
    ChatChunk,
    ChatChunkChoice,
    ChatCompletion,
    ChatUsage,
    ChunkDelta,
    Finish,
)
from schemas.resources import Usage
from sessions.errors import InternalFault, IonError

__all__ = ["CompletionTeller", "Remember", "completion"]

Remember: TypeAlias = Callable[[TurnDone], Awaitable[None]]
_DONE = b"data: [DONE]\n\n"
_encode = msgspec.json.Encoder().encode


class CompletionTeller:
    """Tells one turn, having it remembered before its end; `created` is seconds since the epoch."""

    def __init__(self, remember: Remember, *, created: int, with_usage: bool) -> None:
        self._remember = remember
        self._created = created
        self._with_usage = with_usage
        self._id = ""
        self._persona = ""
        self._opened = False
        self._spoken = Spoken()

    async def chunks(self, turn: TurnReader) -> AsyncGenerator[bytes, None]:
        """Yield the answer as events; raises IonError when it can't be told to its end."""
        self._id = turn.ack.turn_id
        async for frame in turn.frames():
            if isinstance(frame, TurnDone):
                await self._remember(frame)
            told = COMMENT if frame is None else self._told(frame)
            if told:
                yield told

    def failure(self, error: IonError) -> bytes:
        """Return the event that ends a stream in the middle."""
        return b"data: %b\n\n" % _encode(error_body(error))

    def _told(self, frame: TurnFrame) -> bytes:
        match frame:
            case TurnStarted() | TurnRestarted():
                self._spoken.begin()
            case Routed() if not self._opened:
                self._persona = frame.persona
            case Delta():
                return self._text(self._spoken.add(frame.text))
            case TurnDone():
                return self._text(self._spoken.rest(frame.text)) + self._end(frame)
            case TurnFailed():
                raise TurnFailure(frame)
        return b""

    def _text(self, text: str) -> bytes:
        if self._spoken.lost:
            raise InternalFault("the answer began anew and says something else; read the session")
        if not text:
            return b""
        return self._head() + self._chunk(ChunkDelta(content=text))

    def _head(self) -> bytes:
        if self._opened:
            return b""
        self._opened = True
        return self._chunk(ChunkDelta(role="assistant", content=""))

    def _end(self, done: TurnDone) -> bytes:
        last = self._head() + self._chunk(ChunkDelta(), finish_reason=_finish(done))
        if self._with_usage:
            usage = _usage(done.usage)
            last += _event(self._shell(choices=(), usage=usage))
        return last + _DONE

    def _chunk(self, delta: ChunkDelta, *, finish_reason: Finish | None = None) -> bytes:
        choice = ChatChunkChoice(delta=delta, finish_reason=finish_reason)
        return _event(self._shell(choices=(choice,)))

    def _shell(
        self, choices: tuple[ChatChunkChoice, ...], usage: ChatUsage | None = None
    ) -> ChatChunk:
        return ChatChunk(
            id=_id(self._id),
            created=self._created,
            model=model_of(self._persona),
            choices=choices,
            usage=usage,
        )


async def completion(turn: TurnReader, remember: Remember, *, created: int) -> ChatCompletion:
    """Return the whole answer; raises IonError when there is none."""
    async for frame in turn.frames():
        if isinstance(frame, TurnFailed):
            raise TurnFailure(frame)
        if isinstance(frame, TurnDone):
            await remember(frame)
            return ChatCompletion(
                id=_id(frame.turn_id),
                created=created,
                model=model_of(frame.persona),
                choices=(
                    ChatChoice(
                        message=AssistantMessage(content=frame.text), finish_reason=_finish(frame)
                    ),
                ),
                usage=_usage(frame.usage),
            )
    raise InternalFault


def _id(turn_id: str) -> str:
    return f"chatcmpl-{turn_id}"


def _finish(done: TurnDone) -> Finish:
    """Return `length` or `stop`: what is filtered is hidden by clients, and help must be seen."""
    return "length" if done.finish_reason == "length" else "stop"


def _usage(usage: Usage) -> ChatUsage:
    return ChatUsage(
        prompt_tokens=usage.prompt_tokens,
        completion_tokens=usage.completion_tokens,
        total_tokens=usage.prompt_tokens + usage.completion_tokens,
    )


def _event(chunk: ChatChunk) -> bytes:
    return b"data: %b\n\n" % _encode(chunk)
