"""What a phone shows of what FCM brings."""

from datetime import datetime
from typing import Any

from msgspec import Struct

__all__ = ["Phone", "Shown"]


class Shown(Struct, frozen=True):
    """A notification on the screen."""

    title: str
    body: str
    notification_id: str
    number: int


class Phone:
    """An app on a device: its notifications by tag, and the number on its icon.

    A message under a tag takes the place of the one before, an older one is dropped, and one that
    clears takes it away. Out of reach, messages wait as long as they live: for Apple's devices
    only the last, for others the last of each tag. `arrivals` counts what made it show something.
    """

    def __init__(self, *, is_apple: bool = False) -> None:
        self.shown: dict[str, Shown] = {}
        self.badge = 0
        self.arrivals = 0
        self.is_offline = False
        self._is_apple = is_apple
        self._numbers: dict[str, int] = {}
        self._waiting: dict[str, tuple[datetime, dict[str, Any]]] = {}

    def take(self, message: dict[str, Any], lives_until: datetime) -> None:
        """Bring a message, or keep it while the phone is out of reach."""
        if not self.is_offline:
            self._show(message)
            return
        if self._is_apple:
            self._waiting.clear()
        tag = message["data"]["tag"]
        self._waiting.pop(tag, None)
        self._waiting[tag] = (lives_until, message)

    def reconnect(self, now: datetime) -> None:
        """Bring what waits and lives still."""
        self.is_offline = False
        waiting, self._waiting = self._waiting, {}
        for lives_until, message in waiting.values():
            if lives_until > now:
                self._show(message)

    def _show(self, message: dict[str, Any]) -> None:
        data = message["data"]
        self.badge = int(data["badge"])
        if int(data["number"]) < self._numbers.get(data["thread"], 0):
            return
        self._numbers[data["thread"]] = int(data["number"])
        if data.get("clear"):
            self.shown.pop(data["tag"], None)
            return
        words = (
            message["apns"]["payload"]["aps"]["alert"]
            if "apns" in message
            else message.get("android", message.get("webpush", {}))["notification"]
        )
        self.arrivals += 1
        self.shown[data["tag"]] = Shown(
            words["title"], words["body"], data["notification_id"], int(data["number"])
        )
