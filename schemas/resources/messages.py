"""Messages of a session, and how answers came to be."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

__all__ = [
    "Answered",
    "Choice",
    "FinishReason",
    "HelpLine",
    "Message",
    "MessagePage",
    "Rating",
    "Role",
    "RunningTurn",
    "Usage",
]

Role = Literal["user", "assistant"]
FinishReason = Literal["stop", "length", "stopped", "safety"]
Rating = Literal[-1, 0, 1]


class Usage(Struct, frozen=True, kw_only=True):
    """Tokens of one turn; estimated when the provider does not count them."""

    prompt_tokens: int
    completion_tokens: int


class Choice(Struct, frozen=True, kw_only=True):
    """One persona that could answer, how likely it fits (0 to 1), and why."""

    persona: str
    probability: float
    reason: str


class HelpLine(Struct, frozen=True, kw_only=True):
    """A way to reach a human, with where and when it was checked."""

    name: str
    contact: str
    url: str
    hours: str
    languages: tuple[str, ...]
    source: str
    checked: str


class Answered(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How an assistant message came to be: what `routed`, `safety` and `turn_done` said of it."""

    turn_id: str
    persona: str
    choices: tuple[Choice, ...] = ()
    resonance_key: str = ""
    finish_reason: FinishReason = "stop"
    model: str = ""
    resources: tuple[HelpLine, ...] = ()
    rating: Rating = 0
    memories_used: tuple[str, ...] = ()


class Message(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One message of a session.

    `answered` stands on the assistant's messages, `failed` (a code) on a user's whose turn failed.
    `supersedes` names the message it took the place of, `siblings` the turns that stand for one
    another at its place, in order, when there are several.
    """

    id: str
    role: Role
    text: str
    created_at: datetime
    client_msg_id: str | None = None
    turn_id: str | None = None
    supersedes: str | None = None
    answered: Answered | None = None
    failed: str | None = None
    siblings: tuple[str, ...] = ()


class RunningTurn(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A turn that is being answered, with all its text up to the snapshot's `seq`."""

    turn_id: str
    message_id: str
    message_ids: tuple[str, ...]
    attempt: int
    text: str
    persona: str | None = None
    choices: tuple[Choice, ...] = ()
    resonance_key: str = ""
    supersedes: str | None = None


class MessagePage(Struct, frozen=True, kw_only=True):
    """Messages in order of time; `before` reaches further back, null at the start."""

    messages: tuple[Message, ...]
    before: str | None
