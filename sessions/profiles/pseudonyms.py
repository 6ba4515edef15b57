"""Names that only a holder of the server's secret can tie to a user, a session or a turn."""

import hmac
from hashlib import sha256

__all__ = ["Pseudonyms"]

_CHARS = 24


class Pseudonyms:
    """Keyed hashes (HMAC-SHA-256, 96 bits), the same in every process with the same secret."""

    def __init__(self, secret: str) -> None:
        key = sha256(b"pseudonyms\0" + secret.encode()).digest()
        # copying a keyed hash spares its making, and hmac.digest lets another thread in every time
        self._keyed = hmac.new(key, digestmod="sha256")

    def user(self, user_id: str) -> str:
        """Return the pseudonym of a user."""
        return f"pu_{self._of('user', user_id)}"

    def session(self, session_id: str) -> str:
        """Return the pseudonym of a session."""
        return self._of("session", session_id)[:12]

    def turn(self, turn_id: str) -> str:
        """Return the pseudonym of a turn."""
        return f"pt_{self._of('turn', turn_id)}"

    def _of(self, kind: str, name: str) -> str:
        keyed = self._keyed.copy()
        keyed.update(f"{kind}\0{name}".encode())
        return keyed.hexdigest()[:_CHARS]
