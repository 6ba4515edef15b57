"""A Python client of ION: sessions that survive every disconnect, answers as they are written."""

from .answer import Answer, EventStream
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
    Rated,
    Read,
    Refreshed,
    Remembered,
    Restarted,
    Routed,
    Safety,
    Superseded,
    Updated,
)
from .resources import (
    Choice,
    Device,
    HelpLine,
    Message,
    Persona,
    SessionInfo,
    SessionPage,
    SyncedSession,
    SyncPage,
    Usage,
)
from .session import Session
from .shown import Shown, Status

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
    "Rated",
    "Read",
    "Refreshed",
    "Remembered",
    "Restarted",
    "Routed",
    "Safety",
    "Session",
    "SessionInfo",
    "SessionPage",
    "Shown",
    "State",
    "Status",
    "Superseded",
    "SyncPage",
    "SyncedSession",
    "TokenStore",
    "Tokens",
    "Unreachable",
    "Updated",
    "Usage",
]
