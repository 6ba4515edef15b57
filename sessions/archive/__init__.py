"""The documents of sessions: one per session, one per turn, users and their refresh tokens."""

from sessions.erasure.documents import ERASURES, ErasureDocument
from sessions.experiments.documents import (
    EXPERIMENTS,
    EXPOSURES,
    ExperimentDocument,
    ExposureDocument,
)
from sessions.memory.documents import (
    FACTS,
    MEMORY_SETTINGS,
    REFUSALS,
    FactDocument,
    MemorySettings,
    RefusalDocument,
)
from sessions.memory.recall.documents import RECALL, RECALL_STATES, RecallState, Segment
from sessions.merging.documents import IDENTITIES, MERGES, IdentityDocument, MergeDocument
from sessions.profiles.documents import (
    CHOICES,
    POLICIES,
    PROFILES,
    ChoiceDocument,
    PolicyDocument,
    ProfileDocument,
)
from sessions.stores.documents import Collection

from .advice import ADVICE, AdviceDocument
from .bookmarks import BOOKMARKS, BookmarkDocument
from .probes import PROBES, ProbeDocument
from .sessions import SESSIONS, TOMBSTONES, SessionDocument, TitledBy, TombstoneDocument
from .turns import (
    TURNS,
    AnswerDocument,
    FeedbackDocument,
    Opening,
    OpeningKind,
    RoutingDocument,
    TurnDocument,
    TurnState,
    UserMessage,
)
from .users import (
    REFRESH_TOKENS,
    SPENDING,
    USERS,
    RefreshTokenDocument,
    SpendingDocument,
    UserDocument,
)

__all__ = [
    "ADVICE",
    "BOOKMARKS",
    "COLLECTIONS",
    "PROBES",
    "REFRESH_TOKENS",
    "SESSIONS",
    "SPENDING",
    "TOMBSTONES",
    "TURNS",
    "USERS",
    "AdviceDocument",
    "AnswerDocument",
    "BookmarkDocument",
    "FeedbackDocument",
    "Opening",
    "OpeningKind",
    "ProbeDocument",
    "RefreshTokenDocument",
    "RoutingDocument",
    "SessionDocument",
    "SpendingDocument",
    "TitledBy",
    "TombstoneDocument",
    "TurnDocument",
    "TurnState",
    "UserDocument",
    "UserMessage",
]

COLLECTIONS: tuple[
    Collection[SessionDocument]
    | Collection[TurnDocument]
    | Collection[TombstoneDocument]
    | Collection[BookmarkDocument]
    | Collection[UserDocument]
    | Collection[RefreshTokenDocument]
    | Collection[SpendingDocument]
    | Collection[AdviceDocument]
    | Collection[ProbeDocument]
    | Collection[ErasureDocument]
    | Collection[IdentityDocument]
    | Collection[MergeDocument]
    | Collection[ProfileDocument]
    | Collection[ChoiceDocument]
    | Collection[ExperimentDocument]
    | Collection[ExposureDocument]
    | Collection[PolicyDocument]
    | Collection[FactDocument]
    | Collection[RefusalDocument]
    | Collection[MemorySettings]
    | Collection[Segment]
    | Collection[RecallState],
    ...,
] = (
    SESSIONS,
    TURNS,
    TOMBSTONES,
    BOOKMARKS,
    USERS,
    REFRESH_TOKENS,
    SPENDING,
    ADVICE,
    PROBES,
    ERASURES,
    IDENTITIES,
    MERGES,
    PROFILES,
    CHOICES,
    EXPERIMENTS,
    EXPOSURES,
    POLICIES,
    FACTS,
    REFUSALS,
    MEMORY_SETTINGS,
    RECALL,
    RECALL_STATES,
)
