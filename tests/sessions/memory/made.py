"""Facts for tests."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sessions.memory.documents import FactDocument, Source
from sessions.memory.sources import sourced

__all__ = ["NOW", "fact"]

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def fact(
    name: str = "1", *, day: int = 0, turn: str = "t_1", session: str = "s_1", **fields: Any
) -> FactDocument:
    """Return a fact that was told on a day."""
    at = NOW + timedelta(days=day)
    made = FactDocument(
        **{
            "id": f"f_{name}",
            "user_id": "u_1",
            "kind": "name",
            "text": f"My name is {name}",
            "language": "en",
            "sources": (),
            "session_ids": (),
            "turn_ids": (),
            "confidence": 0.9,
            "valid_from": at,
            "created_at": at,
            "updated_at": at,
            "slot": "name",
            **fields,
        }
    )
    source = Source(session_id=session, turn_id=turn, message_id=f"m{turn[1:]}")
    return sourced(made, (source,))
