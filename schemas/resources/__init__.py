"""Resources that frames and REST bodies share: sessions, messages, personas, tokens."""

from .acts import (
    EditMessage,
    GiveFeedback,
    MarkRead,
    RegenerateTurn,
    SendMessage,
    ShowTyping,
    StopTurn,
)
from .devices import Device, Platform
from .ids import Id
from .messages import (
    Answered,
    Choice,
    FinishReason,
    HelpLine,
    Message,
    MessagePage,
    Rating,
    Role,
    RunningTurn,
    Usage,
)
from .operating import Health, Problem
from .personas import PersonaInfo, PersonaList
from .sessions import (
    CreateSession,
    Progress,
    ReadMark,
    Session,
    SessionPage,
    SessionState,
    UpdateSession,
)
from .sync import SyncedSession, SyncPage
from .tokens import (
    Exchanged,
    ExchangeRequest,
    LogoutRequest,
    MergeState,
    RefreshRequest,
    TokenPair,
    VisitorRequest,
)

__all__ = [
    "Answered",
    "Choice",
    "CreateSession",
    "Device",
    "EditMessage",
    "ExchangeRequest",
    "Exchanged",
    "FinishReason",
    "GiveFeedback",
    "Health",
    "HelpLine",
    "Id",
    "LogoutRequest",
    "MarkRead",
    "MergeState",
    "Message",
    "MessagePage",
    "PersonaInfo",
    "PersonaList",
    "Platform",
    "Problem",
    "Progress",
    "Rating",
    "ReadMark",
    "RefreshRequest",
    "RegenerateTurn",
    "Role",
    "RunningTurn",
    "SendMessage",
    "Session",
    "SessionPage",
    "SessionState",
    "ShowTyping",
    "StopTurn",
    "SyncPage",
    "SyncedSession",
    "TokenPair",
    "UpdateSession",
    "Usage",
    "VisitorRequest",
]
