"""The OpenAI chat wire format: what is asked, what answers and refusals mean; without I/O."""

import math
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any

import msgspec
from msgspec import Struct, structs

from schemas.resources import FinishReason, Usage
from sessions.errors import ProviderError, ProviderRejected, ProviderUnavailable
from sessions.llm.provider import Chunk, Prompt
from sessions.llm.sse import Event

__all__ = ["Dialect", "WireAnswer", "adapted", "encode_request", "refusal"]

_FINISH: Mapping[str, FinishReason] = {
    "length": "length",
    "max_tokens": "length",
    "content_filter": "safety",
}
_LONGEST_WAIT = 1e9
_REJECTIONS = {
    "authentication_error",
    "invalid_request_error",
    "not_found_error",
    "permission_error",
}


class Dialect(Struct, frozen=True, kw_only=True):
    """What a server understands of the optional parts of a request."""

    usage: bool = True
    temperature: bool = True
    limit: str = "max_tokens"


def adapted(dialect: Dialect, complaint: str) -> Dialect | None:
    """Return the dialect to try after a server complained, or None when nothing is left to change.

    A complaint that names none of the optional parts is taken to be about the usage option.
    """
    if dialect.limit == "max_tokens" and "max_completion_tokens" in complaint:
        return structs.replace(dialect, limit="max_completion_tokens")
    if dialect.temperature and "temperature" in complaint:
        return structs.replace(dialect, temperature=False)
    return structs.replace(dialect, usage=False) if dialect.usage else None


def encode_request(prompt: Prompt, *, model: str, dialect: Dialect) -> bytes:
    """Return the JSON body that asks for a streamed answer."""
    body: dict[str, Any] = {
        "model": model,
        "messages": prompt.messages,
        "stream": True,
        dialect.limit: prompt.max_tokens,
    }
    if dialect.temperature:
        body["temperature"] = prompt.temperature
    if dialect.usage:
        body["stream_options"] = {"include_usage": True}
    return msgspec.json.encode(body)


def refusal(status: int, headers: Mapping[str, str]) -> ProviderError:
    """Return what an HTTP status other than success means; `headers` have lower-case names."""
    message = f"The language model answered with status {status}."
    if status >= 500 or status in (408, 425, 429):
        return ProviderUnavailable(message, retry_after_ms=_retry_after_ms(headers))
    return ProviderRejected(message)


def _retry_after_ms(headers: Mapping[str, str]) -> int | None:
    for name, unit in (("retry-after-ms", 1), ("retry-after", 1000)):
        try:
            number = float(headers.get(name, ""))
        except ValueError:
            continue
        if 0 <= number < _LONGEST_WAIT:
            return math.ceil(number * unit)
    try:
        # both times are the server's, so its clock need not agree with ours
        wait = parsedate_to_datetime(headers["retry-after"]) - parsedate_to_datetime(
            headers["date"]
        )
        return max(0, math.ceil(wait.total_seconds() * 1000))
    except (KeyError, ValueError, TypeError):
        return None


class _Delta(Struct):
    content: str | None = None


class _Choice(Struct):
    index: int = 0
    delta: _Delta | None = None
    finish_reason: str | None = None


class _Usage(Struct):
    prompt_tokens: int | None = None
    completion_tokens: int | None = None


class _Chunk(Struct):
    choices: list[_Choice] | None = None
    usage: _Usage | None = None
    model: str | None = None
    error: Any = None


_decode = msgspec.json.Decoder(_Chunk).decode


class WireAnswer:
    """An answer as its events come in.

    `begun` after the first text, `finished` when the server said why it ended, `done` after its
    last event.
    """

    def __init__(self, model: str) -> None:
        self._model = model
        self._finish_reason: FinishReason | None = None
        self._usage: Usage | None = None
        self.begun = False
        self.done = False

    @property
    def finished(self) -> bool:
        """Tell whether the text is complete."""
        return self._finish_reason is not None

    def take(self, event: Event) -> str:
        """Return the text that `event` adds; raises ProviderRejected, ProviderUnavailable."""
        if self.done or not event.data:
            return ""
        if event.data.strip() == "[DONE]":
            self._end()
            return ""
        try:
            chunk = _decode(event.data)
        except (msgspec.DecodeError, RecursionError):
            raise ProviderUnavailable("The language model's answer made no sense.") from None
        if chunk.error or event.name == "error":
            raise _failure(chunk.error)
        self._note(chunk)
        return "".join([self._choice(each) for each in chunk.choices or () if each.index == 0])

    def last(self) -> Chunk:
        """Return the chunk that ends the answer; raises ProviderUnavailable when it was cut off."""
        if self._finish_reason is None:
            raise ProviderUnavailable("The language model's answer was cut off.")
        return Chunk(finish_reason=self._finish_reason, usage=self._usage, model=self._model)

    def _end(self) -> None:
        self.done = True
        if self.begun and self._finish_reason is None:
            self._finish_reason = "stop"

    def _note(self, chunk: _Chunk) -> None:
        self._model = chunk.model or self._model
        if (usage := chunk.usage) is not None and usage.completion_tokens is not None:
            self._usage = Usage(
                prompt_tokens=usage.prompt_tokens or 0, completion_tokens=usage.completion_tokens
            )

    def _choice(self, choice: _Choice) -> str:
        if choice.finish_reason == "error":
            raise _failure(None)
        if choice.finish_reason:
            self._finish_reason = _FINISH.get(choice.finish_reason, "stop")
        text = (choice.delta.content or "") if choice.delta else ""
        self.begun = self.begun or bool(text)
        return text


def _failure(error: object) -> ProviderError:
    """Return what an error object inside a stream means, by its code (a status) or its type."""
    details = error if isinstance(error, dict) else {}
    code, kind = details.get("code"), details.get("type")
    if isinstance(code, int) and 400 <= code < 600:
        return refusal(code, {})
    message = "The language model reported an error."
    if isinstance(kind, str) and kind in _REJECTIONS:
        return ProviderRejected(message)
    return ProviderUnavailable(message)
