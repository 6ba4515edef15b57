"""A sender for development: a line in the log stands for a notification."""

import structlog

from push.documents import DeviceDocument
from push.message import PushMessage
from push.outcomes import Accepted, Outcome
from push.requests import Simple

__all__ = ["LoggedSender"]

log = structlog.get_logger(__name__)


class LoggedSender:
    """Tells the log that a device would be notified, and of what kind: no words, no address."""

    async def prepare(self, device: DeviceDocument, message: PushMessage) -> Simple:
        """Return a request that writes one line; its id is `logged:` and the notification's."""
        return Simple(lambda: self._tell(device, message))

    async def aclose(self) -> None:
        """Do nothing: there are no connections."""

    async def _tell(self, device: DeviceDocument, message: PushMessage) -> Outcome:
        log.info(
            "notification",
            kind=message.kind,
            clear=message.clear,
            device=device.id,
            notification=message.notification_id,
        )
        return Accepted(message_id=f"logged:{message.notification_id}")
