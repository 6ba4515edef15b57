"""Whether somebody has been away for some days, and wants and may be nudged."""

from datetime import datetime, timedelta
from typing import Protocol

from push.budgets import Budgets
from push.devices import Devices, is_stale
from push.documents import PushSettings
from push.settings import allows
from sessions.clock import Clock
from sessions.conversation import Summary
from sessions.memory.sensitivity import is_sensitive
from sessions.safety.classify import check

__all__ = ["QUIET", "Returns", "Silence", "open_goal"]

QUIET = timedelta(days=3)


class Returns(Protocol):
    """Knows when users were here."""

    async def wrote_since(self, user_id: str, since: datetime) -> bool:
        """Tell whether a user wrote after a time."""
        ...


class Silence:
    """Silences of users; raises StoreUnavailable."""

    def __init__(
        self, *, returns: Returns, devices: Devices, budgets: Budgets, clock: Clock
    ) -> None:
        self._returns = returns
        self._devices = devices
        self._budgets = budgets
        self._clock = clock

    async def calls(self, user_id: str, settings: PushSettings) -> bool:
        """Tell whether a user may be nudged now.

        They allow it, have a phone in use, wrote nothing anywhere for three days, and have been
        written to first neither too often nor, four times in a row, in vain (G7).
        """
        if not allows(settings, "nudge") or "nudge" in settings.muted:
            return False
        now = self._clock.now()
        if all(is_stale(each, now) for each in await self._devices.of_user(user_id)):
            return False
        if await self._returns.wrote_since(user_id, now - QUIET):
            return False
        return await self._budgets.is_free(user_id)


def open_goal(summary: Summary) -> str:
    """Return the goal of a session last named, or "" for none that may be spoken of unasked."""
    goals = [each.text for each in summary.notes if each.kind == "goal"]
    if not goals or is_sensitive(goals[-1]) or check(goals[-1]) is not None:
        return ""
    return goals[-1]
