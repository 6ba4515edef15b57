"""Ids: 22 characters, a letter for the kind, then 48 bits of time and 48 of chance, sortable."""

from base64 import b32hexencode
from datetime import datetime
from hashlib import sha256
from secrets import token_bytes

__all__ = ["answer_id", "new_id", "session_id_of"]


def new_id(kind: str, now: datetime) -> str:
    """Return a new id; ids of one kind sort by their millisecond."""
    millis = int(now.timestamp() * 1000)
    return f"{kind}_{_text(millis.to_bytes(6, 'big') + token_bytes(6))}"


def answer_id(turn_id: str) -> str:
    """Return the id of the message that answers a turn, the same at every attempt."""
    return "a" + turn_id[1:]


def session_id_of(user_id: str, client_msg_id: str) -> str:
    """Return the id of the session that a first message makes, the same at every resend."""
    named = "\0".join((user_id, client_msg_id)).encode()
    return f"s_{_text(sha256(named).digest()[:12])}"


def _text(raw: bytes) -> str:
    return b32hexencode(raw).decode().rstrip("=").lower()
