"""Evidence and profiles as values, for tests of what is learned from them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sessions.personas.analysis import INTENTS
from sessions.profiles.documents import Evidence, ProfileDocument
from sessions.profiles.learning import NEVER
from sessions.profiles.situation import MOODS, Situation

__all__ = ["NOW", "evidence", "profile", "situation"]

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def evidence(number: int, *, days_ago: float = 0.0, **fields: Any) -> Evidence:
    """Return evidence that Nana was picked for planning in turn `number`."""
    made: dict[str, Any] = {
        "key": f"pt_{number}",
        "persona": "nana",
        "intent": "planning",
        "mood": "level",
        "at": (NOW - timedelta(days=days_ago)).timestamp(),
        "session": "s",
        "signals": {"override": 1.0},
    }
    return Evidence(**(made | fields))


def profile(*known: Evidence, **fields: Any) -> ProfileDocument:
    """Return a profile with this evidence."""
    made: dict[str, Any] = {
        "id": "pu_1",
        "user_id": "u_1",
        "created_at": NOW,
        "updated_at": NOW,
        "stale_at": NEVER,
        "evidence": known,
    }
    return ProfileDocument(**(made | fields))


def situation(intent: str = "planning", mood: str = "level") -> Situation:
    """Return a situation that is nothing but this."""
    return Situation(
        intents={name: float(name == intent) for name in INTENTS},
        moods={name: float(name == mood) for name in MOODS},
    )
