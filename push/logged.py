"""A sender for development: a line in the log stands for a notification."""

import structlog

from push.documents import DeviceDocument
from push.message import PushMessage
from push.outcomes import Accepted, Outcome

__all__ = ["LoggedSender"]

log = structlog.get_logger(__name__)


class LoggedSender:
    """Tells the log that a device would be notified, and of what kind: no words, no address."""

    async def send(self, device: DeviceDocument, message: PushMessage) -> Outcome:
        """Write one line and accept; the message's id is `logged:` and the notification's."""
        log.info(
            "notification",
            kind=message.kind,
            clear=message.clear,
            device=device.id,
            notification=message.notification_id,
        )
        return Accepted(message_id=f"logged:{message.notification_id}")

    async def aclose(self) -> None:
        """Do nothing: there are no connections."""
