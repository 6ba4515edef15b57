"""What is kept of a user's preferences, of choices, and of the policy in force. No words."""

from datetime import datetime

from msgspec import Struct, field

from sessions.stores.documents import Collection, Document, Index

from .preferences import Length, Pace, Structure

__all__ = [
    "CHOICES",
    "POLICIES",
    "PROFILES",
    "ChoiceDocument",
    "Chosen",
    "Evidence",
    "Folded",
    "PolicyDocument",
    "ProfileDocument",
]


class Evidence(Struct, frozen=True, kw_only=True, array_like=True):
    """What is known of one persona in one turn.

    `key` is a pseudonym of the turn, `signals` values by kind, `style` votes by source and
    trait ("message/length"; see style.py). `at` is in seconds since 1970, `session` a pseudonym,
    empty when the persona did not answer itself; `pinned`: it was the user's pick.
    """

    key: str
    persona: str
    intent: str
    mood: str
    at: float
    session: str = ""
    signals: dict[str, float] = field(default_factory=dict)
    style: dict[str, float] = field(default_factory=dict)
    pinned: bool = False


class Folded(Struct, frozen=True, kw_only=True, array_like=True):
    """Older evidence of one persona and intent, of one half-month; faded up to `at`.

    Without a persona `intent` names a trait of style. `since` is the oldest of it, `signals` how
    many there were.
    """

    persona: str
    intent: str
    since: float
    at: float
    good: float
    bad: float
    signals: int


class ProfileDocument(Document, frozen=True, kw_only=True):
    """What a user prefers; the id is a pseudonym of the user.

    `evidence` are the newest turns, oldest first; what is older is `folded`, up to `folded_upto`.
    `user_id` is empty when the profile is anonymous. What the user has set (`persona`, `zone`,
    `length`, `structure`, `pace`) wins over what is learned and stays when evidence goes, at
    `stale_at`.
    """

    created_at: datetime
    updated_at: datetime
    stale_at: datetime
    user_id: str = ""
    learning: bool = True
    anonymous: bool = False
    retention_days: int = 90
    persona: str | None = None
    zone: str = ""
    seen_zone: str = ""
    length: Length | None = None
    structure: Structure | None = None
    pace: Pace | None = None
    turns: int = 0
    evidence: tuple[Evidence, ...] = ()
    folded: tuple[Folded, ...] = ()
    folded_upto: float = 0.0


class Chosen(Struct, frozen=True, kw_only=True):
    """How the persona of a turn was chosen.

    `probabilities` are the calibrated ones with `leaning` (log-odds) in them, `pulls` what it was
    made from (-1 to 1), `propensities` the chances with which the policy chose. `pinned`: the user
    chose; `explorable`: chance was allowed to.
    """

    persona: str
    intent: str
    mood: str
    probabilities: dict[str, float]
    leaning: dict[str, float]
    pulls: dict[str, float]
    propensities: dict[str, float]
    policy: str
    pinned: bool = False
    explorable: bool = False


class ChoiceDocument(Document, frozen=True, kw_only=True):
    """One routed turn in the log of choices; the id is a pseudonym of the turn.

    `user_id` and `turn_id` are empty when the user is anonymous. `reward` is the outcome of
    `signals`, None as long as nothing is known.
    """

    user: str
    at: datetime
    expires_at: datetime
    chosen: Chosen
    propensity: float
    user_id: str = ""
    turn_id: str = ""
    signals: dict[str, float] = field(default_factory=dict)
    reward: float | None = None


class PolicyDocument(Document, frozen=True, kw_only=True):
    """The promoted policy's name and parameters; its id is `current`."""

    name: str
    parameters: dict[str, float]
    promoted_at: datetime


PROFILES = Collection(
    name="profiles",
    type=ProfileDocument,
    indexes=(Index(name="stale", fields=("stale_at",), serves="evidence whose retention is over"),),
)
CHOICES = Collection(
    name="choices",
    type=ChoiceDocument,
    indexes=(
        Index(name="by_user", fields=("user", "at"), serves="erasing or anonymising a user's rows"),
        Index(name="by_time", fields=("at",), serves="replaying a policy on the log"),
    ),
    expires="expires_at",
)
POLICIES = Collection(name="policies", type=PolicyDocument)
