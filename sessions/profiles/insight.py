"""What a turn knows of its user before it answers."""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from types import MappingProxyType
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import Struct

from .documents import ProfileDocument
from .learning import pulls, taste
from .policy import STEADY, Policy
from .posterior import Posterior, faded
from .preferences import Preferences
from .situation import Situation

__all__ = ["FAIRLY", "STRANGER", "Insight", "active_hours", "preferences_of", "zone_of"]

FAIRLY = 0.85
SOME_TURNS = 5
_SIDES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {"length": ("short", "long"), "structure": ("prose", "steps"), "pace": ("slow", "brisk")}
)


class Insight(Struct, frozen=True, kw_only=True):
    """A user's profile as of `now`, and the policy in force; without a profile nothing is known."""

    profile: ProfileDocument | None = None
    policy: Policy = STEADY
    now: datetime = datetime(1970, 1, 1, tzinfo=UTC)

    @property
    def persona(self) -> str | None:
        """Return the persona that the user has pinned for all sessions."""
        return self.profile.persona if self.profile else None

    @property
    def acquainted(self) -> bool:
        """Tell whether chance may choose at all: never for a user's first turns."""
        profile = self.profile
        return profile is not None and profile.learning and profile.turns >= SOME_TURNS

    def pulls(self, situation: Situation) -> dict[str, float]:
        """Return what was learned of each persona for a situation, -1 to 1."""
        if self.profile is None or not self.profile.learning:
            return {}
        return pulls(self.profile, situation, now=self.now)

    def preferences(self) -> Preferences:
        """Return how the user likes answers."""
        return Preferences() if self.profile is None else preferences_of(self.profile, self.now)


STRANGER = Insight()


def preferences_of(profile: ProfileDocument, now: datetime) -> Preferences:
    """Return what the user has set, else what is learned with a confidence of at least 0.85."""
    chosen: dict[str, str | None] = {}
    learned = taste(profile, now=now) if profile.learning else {}
    for trait, (less, more) in _SIDES.items():
        posterior = learned.get(trait, Posterior())
        side = more if posterior.mean > 0.5 else less
        set_by_user: str | None = getattr(profile, trait)
        chosen[trait] = set_by_user or (side if posterior.confidence >= FAIRLY else None)
    return Preferences(**chosen)  # type: ignore[arg-type]


def zone_of(profile: ProfileDocument) -> tzinfo:
    """Return the zone that the user has set, else the one last seen, else UTC."""
    for name in (profile.zone, profile.seen_zone):
        try:
            if name:
                return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            continue
    return UTC


def active_hours(profile: ProfileDocument, now: datetime, *, most: int = 4) -> tuple[int, ...]:
    """Return the hours of the day (0 to 23, the user's zone) in which the user mostly talks.

    Those of the newest turns, faded with age, that have at least twice an even share.
    """
    zone = zone_of(profile)
    counts: Counter[int] = Counter()
    turns = {each.key: each.at for each in profile.evidence}
    for at in turns.values():
        counts[datetime.fromtimestamp(at, zone).hour] += faded(now.timestamp() - at)  # type: ignore[assignment]
    share = 2 * sum(counts.values()) / 24
    busy = [hour for hour, count in counts.most_common(most) if count >= share]
    return tuple(sorted(busy)) if len(turns) >= SOME_TURNS else ()
