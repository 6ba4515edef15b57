"""A session as this client uses it, and the messages that wait in it for their ack."""

from collections import deque
from uuid import uuid4

from .errors import IonClientError
from .frames import AttachPoint
from .view import View

__all__ = ["Channel", "Sending"]


class Sending:
    """A message on its way; `client_msg_id` never changes, so the server takes it once."""

    def __init__(
        self,
        channel: "Channel",
        client_msg_id: str,
        text: str,
        *,
        persona: str | None = None,
        policy: str = "merge",
    ) -> None:
        self.channel = channel
        self.client_msg_id = client_msg_id
        self.text = text
        self.persona = persona
        self.policy = policy
        self.turn_id: str | None = None
        self.under_way = False
        self.stopping = False
        self.tries = 0
        self.not_before = 0.0


class Channel:
    """A session as this client uses it; `id` is None until the server made it, `key` is ours."""

    def __init__(self, session_id: str | None) -> None:
        self.id = session_id
        self.key = uuid4().hex
        self.view: View[Sending] = View()
        self.outbox: deque[Sending] = deque()
        self.error: IonClientError | None = None
        self.attach_at: float | None = None

    def point(self) -> AttachPoint:
        """Return the session and the cursor in it."""
        view = self.view
        if view.epoch is None:
            return AttachPoint(session_id=self.id or "")
        return AttachPoint(session_id=self.id or "", epoch=view.epoch, after=view.seq)
