"""The wire format of AG-UI 1.0, as far as it is served here. https://docs.ag-ui.com/spec/1.0"""

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from .resources import Choice, HelpLine

__all__ = [
    "AGUI_VERSION",
    "Custom",
    "Event",
    "Finished",
    "MessagesSnapshot",
    "Outcome",
    "Part",
    "RoutedValue",
    "RunAgentInput",
    "RunError",
    "RunFinished",
    "RunStarted",
    "SafetyValue",
    "Said",
    "TextMessageContent",
    "TextMessageEnd",
    "TextMessageStart",
    "ThreadMessage",
    "TokenUsage",
]

AGUI_VERSION = "1.0"
Name = Annotated[str, Meta(min_length=1, max_length=256)]


class _Camel(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    pass


class Part(Struct, frozen=True, kw_only=True):
    """A part of a message's content."""

    type: str
    text: str | None = None


class Said(_Camel, frozen=True, kw_only=True):
    """The newest message of a run's input."""

    id: str
    role: str
    content: str | tuple[Part, ...] | None = None


class RunAgentInput(_Camel, frozen=True, kw_only=True):
    """Body of POST /agui; fields that are not named here are accepted and ignored."""

    thread_id: Name
    run_id: Name
    messages: tuple[dict[str, Any], ...]


class Event(_Camel, frozen=True, kw_only=True, tag_field="type"):
    """One event; `timestamp` is milliseconds since the epoch."""

    timestamp: int


class RunStarted(Event, frozen=True, kw_only=True, tag="RUN_STARTED"):
    """Opens a run."""

    thread_id: str
    run_id: str
    protocol_version: str


class Outcome(_Camel, frozen=True, kw_only=True):
    """How a run that did not fail ended."""

    type: Literal["success", "cancelled"]


class TokenUsage(_Camel, frozen=True, kw_only=True):
    """Tokens of a run."""

    model: str
    input_tokens: int
    output_tokens: int
    total_tokens: int


class Finished(Struct, frozen=True, kw_only=True):
    """A run's result: where its answer stands in this product's own API, and who gave it."""

    session_id: str
    turn_id: str
    persona: str
    finish_reason: str


class RunFinished(Event, frozen=True, kw_only=True, tag="RUN_FINISHED"):
    """Closes a run that did not fail."""

    thread_id: str
    run_id: str
    outcome: Outcome
    result: Finished | None = None
    usage: tuple[TokenUsage, ...] | None = None


class RunError(Event, frozen=True, kw_only=True, tag="RUN_ERROR"):
    """Ends a run that failed; `code` is ours and never changes meaning."""

    message: str
    code: str


class TextMessageStart(Event, frozen=True, kw_only=True, tag="TEXT_MESSAGE_START"):
    """Opens the answer; `name` is the persona's id."""

    message_id: str
    role: str
    name: str | None = None


class TextMessageContent(Event, frozen=True, kw_only=True, tag="TEXT_MESSAGE_CONTENT"):
    """The next piece of the answer."""

    message_id: str
    delta: str


class TextMessageEnd(Event, frozen=True, kw_only=True, tag="TEXT_MESSAGE_END"):
    """Closes the answer."""

    message_id: str


class ThreadMessage(_Camel, frozen=True, kw_only=True):
    """One message of a thread; `name` is the persona's id on an answer."""

    id: str
    role: str
    content: str
    name: str | None = None


class MessagesSnapshot(Event, frozen=True, kw_only=True, tag="MESSAGES_SNAPSHOT"):
    """All messages of a thread, in place of those the client has."""

    messages: tuple[ThreadMessage | dict[str, Any], ...]


class RoutedValue(Struct, frozen=True, kw_only=True):
    """Who answers, and why."""

    persona: str
    choices: tuple[Choice, ...]
    resonance_key: str
    resonance_confidence: float
    override: bool


class SafetyValue(Struct, frozen=True, kw_only=True):
    """Ways to reach a human."""

    category: str
    resources: tuple[HelpLine, ...]


class Custom(Event, frozen=True, kw_only=True, tag="CUSTOM"):
    """What AG-UI has no event for: `ion.routed` and `ion.safety`."""

    name: str
    value: RoutedValue | SafetyValue
