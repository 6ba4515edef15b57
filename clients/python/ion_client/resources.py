"""Sessions, messages and personas as the server describes them; unknown fields are ignored."""

from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct

__all__ = [
    "Answered",
    "Choice",
    "Device",
    "HelpLine",
    "Message",
    "Persona",
    "PersonaList",
    "Progress",
    "RunningTurn",
    "SessionInfo",
    "SessionPage",
    "SyncPage",
    "SyncedSession",
    "Usage",
]


class Device(Struct, frozen=True, kw_only=True):
    """What the server should know of this device; `platform` is ios, android, web or cli."""

    installation_id: str
    platform: str = "cli"
    app_version: str = ""
    locale: str = ""
    timezone: str = ""


class Usage(Struct, frozen=True, kw_only=True):
    """Tokens of one turn."""

    prompt_tokens: int = 0
    completion_tokens: int = 0


class Choice(Struct, frozen=True, kw_only=True):
    """One persona that could answer, how likely it fits (0 to 1), and why."""

    persona: str
    probability: float = 0.0
    reason: str = ""


class HelpLine(Struct, frozen=True, kw_only=True):
    """A way to reach a human."""

    name: str
    contact: str = ""
    url: str = ""
    hours: str = ""
    languages: tuple[str, ...] = ()


class Answered(Struct, frozen=True, kw_only=True):
    """How an assistant's message came to be."""

    turn_id: str
    persona: str = ""
    choices: tuple[Choice, ...] = ()
    resonance_key: str = ""
    finish_reason: str = "stop"
    model: str = ""
    resources: tuple[HelpLine, ...] = ()
    rating: int = 0
    memories_used: tuple[str, ...] = ()


class Message(Struct, frozen=True, kw_only=True):
    """One message of a session; `role` is user or assistant.

    `answered` stands on the assistant's messages, `failed` (a code) on a user's whose turn failed.
    `siblings` are the turns that stand for one another at its place, when there are several.
    """

    id: str
    role: str
    text: str
    created_at: datetime
    client_msg_id: str | None = None
    turn_id: str | None = None
    supersedes: str | None = None
    answered: Answered | None = None
    failed: str | None = None
    siblings: tuple[str, ...] = ()


class RunningTurn(Struct, frozen=True, kw_only=True):
    """A turn that is being answered, with all its text so far."""

    turn_id: str
    message_id: str = ""
    message_ids: tuple[str, ...] = ()
    attempt: int = 1
    text: str = ""
    persona: str | None = None
    choices: tuple[Choice, ...] = ()
    resonance_key: str = ""
    supersedes: str | None = None


class Progress(Struct, frozen=True, kw_only=True):
    """What the user wants, what they tried, and what is next, that first."""

    goal: str = ""
    tried: tuple[str, ...] = ()
    next: tuple[str, ...] = ()


class SessionInfo(Struct, frozen=True, kw_only=True):
    """One conversation; `notice` says who answers, `unread` counts answers not read yet.

    `state` is active, idle or closed; a message opens a closed one again. `recap` greets who comes
    back to it. Nothing is left of a `private` one when it closes, at the latest at `closes_at`.
    """

    id: str
    title: str = ""
    created_at: datetime | None = None
    updated_at: datetime | None = None
    persona: str | None = None
    message_count: int = 0
    last_text: str = ""
    running: bool = False
    notice: str = ""
    unread: int = 0
    state: str = "active"
    closes_at: datetime | None = None
    recap: str = ""
    progress: Progress | None = None
    private: bool = False


class SessionPage(Struct, frozen=True, kw_only=True):
    """Sessions, the last used first, as a sequence too; `next` continues, null at the end."""

    sessions: tuple[SessionInfo, ...]
    next: str | None = None

    def __iter__(self) -> Iterator[SessionInfo]:
        return iter(self.sessions)

    def __len__(self) -> int:
        return len(self.sessions)

    def __getitem__(self, index: int) -> SessionInfo:
        return self.sessions[index]


class SyncedSession(Struct, frozen=True, kw_only=True):
    """A session that changed and its messages that did; with `replaces` they replace all known."""

    session: SessionInfo
    messages: tuple[Message, ...] = ()
    replaces: bool = False


class SyncPage(Struct, frozen=True, kw_only=True):
    """What changed: ask with `next` from here on, at once when there is `more`.

    `reset` says that what is not in the pages that begin here is gone.
    """

    sessions: tuple[SyncedSession, ...] = ()
    deleted: tuple[str, ...] = ()
    next: str
    more: bool = False
    reset: bool = False


class Persona(Struct, frozen=True, kw_only=True):
    """A persona as a picker shows it; `color` is #rrggbb."""

    id: str
    name: str
    names: dict[str, str] = {}
    role: str = ""
    traits: tuple[str, ...] = ()
    strengths: tuple[str, ...] = ()
    color: str = ""


class PersonaList(Struct, frozen=True, kw_only=True):
    """All personas, in their fixed order."""

    personas: tuple[Persona, ...]
