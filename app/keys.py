"""Keys for programs that can't refresh a token: access tokens that live for days."""

import re
import sys
from datetime import timedelta

from app.security.tokens import Tokens
from app.settings import Settings, with_secret
from sessions.clock import SystemClock
from sessions.ids import new_id

__all__ = ["is_user_id", "print_key"]

_USER_ID = re.compile(r"u_[A-Za-z0-9_-]{1,64}")


def is_user_id(text: str) -> bool:
    """Tell whether this looks like the id of a user."""
    return _USER_ID.fullmatch(text) is not None


def print_key(settings: Settings, *, days: int, user_id: str | None) -> int:
    """Print a key of a user, or of a new one, and return 0.

    It can't be taken back before its days are over, but by another ION_SECRET_KEY.
    """
    clock = SystemClock()
    user_id = user_id or new_id("u", clock.now())
    lifetime_s = int(timedelta(days=days).total_seconds())
    begun = bool(settings.secret_key) or (settings.data_dir / "secret_key").exists()
    tokens = Tokens(with_secret(settings).secret_key, clock=clock, access_s=lifetime_s)
    sys.stdout.write(f"{tokens.issue(user_id)}\n")
    sys.stderr.write(f"A key of user {user_id} for {days} days. Whoever has it is that user.\n")
    if not begun:
        sys.stderr.write(
            f"A secret was made just now in {settings.data_dir.absolute()}: no server ran there.\n"
            "The key opens servers on that directory alone; "
            "for another set ION_DATA_DIR or ION_SECRET_KEY.\n"
        )
    return 0
