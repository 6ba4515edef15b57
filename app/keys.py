"""Keys for programs that can't refresh a token: access tokens that live for days."""

import sys
from datetime import timedelta

from app.security.tokens import Tokens
from app.settings import Settings, with_secret
from sessions.clock import SystemClock
from sessions.ids import new_id

__all__ = ["print_key"]


def print_key(settings: Settings, *, days: int, user_id: str | None) -> int:
    """Print a key of a user, or of a new one, and return 0.

    It can't be taken back before its days are over, but by another ION_SECRET_KEY.
    """
    clock = SystemClock()
    user_id = user_id or new_id("u", clock.now())
    lifetime_s = int(timedelta(days=days).total_seconds())
    tokens = Tokens(with_secret(settings).secret_key, clock=clock, access_s=lifetime_s)
    sys.stdout.write(f"{tokens.issue(user_id)}\n")
    sys.stderr.write(f"A key of user {user_id} for {days} days. Whoever has it is that user.\n")
    return 0
