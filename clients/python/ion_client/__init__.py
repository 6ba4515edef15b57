"""A Python client of ION: sessions that survive every disconnect, answers as they are written."""

from .auth import FileTokens, MemoryTokens, Tokens, TokenStore
from .client import IonClient
from .connection import State
from .errors import ClientClosed, IonClientError, Unreachable
from .events import (
    Acked,
    Delta,
    Done,
    Event,
    Failed,
    MessageAdded,
    Notice,
    Refreshed,
    Restarted,
    Routed,
    Safety,
    Updated,
)
from .resources import Choice, Device, HelpLine, Message, Persona, SessionInfo, SessionPage, Usage
from .session import Answer, EventStream, Session

__all__ = [
    "Acked",
    "Answer",
    "Choice",
    "ClientClosed",
    "Delta",
    "Device",
    "Done",
    "Event",
    "EventStream",
    "Failed",
    "FileTokens",
    "HelpLine",
    "IonClient",
    "IonClientError",
    "MemoryTokens",
    "Message",
    "MessageAdded",
    "Notice",
    "Persona",
    "Refreshed",
    "Restarted",
    "Routed",
    "Safety",
    "Session",
    "SessionInfo",
    "SessionPage",
    "State",
    "TokenStore",
    "Tokens",
    "Unreachable",
    "Updated",
    "Usage",
]
