"""A session as this client uses it, and what waits in it for its ack."""

from collections import deque
from typing import Literal
from uuid import uuid4

from .errors import IonClientError
from .frames import AttachPoint, Edit, Regenerate, Send
from .view import View

__all__ = ["Channel", "Kind", "Sending"]

Kind = Literal["send", "edit", "regenerate"]


class Sending:
    """A message on its way; `client_msg_id` never changes, so the server takes it once.

    `about` is the message that is edited, or the turn that is to be answered again.
    """

    def __init__(
        self,
        channel: "Channel",
        client_msg_id: str,
        text: str,
        *,
        persona: str | None = None,
        policy: str = "merge",
        kind: Kind = "send",
        about: str = "",
    ) -> None:
        self.channel = channel
        self.client_msg_id = client_msg_id
        self.text = text
        self.persona = persona
        self.policy = policy
        self.kind = kind
        self.about = about
        self.turn_id: str | None = None
        self.stopping = False
        self.again()

    def again(self) -> None:
        """Forget what became of it: it is to be said as if for the first time."""
        self.under_way = False
        self.tries = 0
        self.not_before = 0.0

    def frame(self) -> Send | Edit | Regenerate:
        """Return what to tell the server."""
        session_id = self.channel.id
        if self.kind == "send" or session_id is None:
            return Send(
                client_msg_id=self.client_msg_id,
                text=self.text,
                session_id=session_id,
                persona=self.persona,
                policy=self.policy,
            )
        if self.kind == "edit":
            return Edit(
                session_id=session_id,
                message_id=self.about,
                client_msg_id=self.client_msg_id,
                text=self.text,
            )
        return Regenerate(
            session_id=session_id,
            turn_id=self.about,
            client_msg_id=self.client_msg_id,
            persona=self.persona,
        )


class Channel:
    """A session as this client uses it; `id` is None until the server made it, `key` is ours.

    `accepted` are messages with an ack that the log did not tell of yet, `refused` those that the
    server did not take.
    """

    def __init__(self, session_id: str | None) -> None:
        self.id = session_id
        self.key = uuid4().hex
        self.view: View[Sending] = View()
        self.outbox: deque[Sending] = deque()
        self.accepted: list[Sending] = []
        self.refused: list[tuple[Sending, IonClientError]] = []
        self.gap_at: int | None = None
        self.error: IonClientError | None = None
        self.attach_at: float | None = None

    def take_over(self, left: "Channel | None") -> None:
        """Show what was refused in the session when it was open before."""
        self.refused = left.refused if left else []
        for sending, _ in self.refused:
            sending.channel = self

    def take_refused(self, client_msg_id: str) -> Sending | None:
        """Take out a message that was refused, None when there is no such."""
        for each in self.refused:
            if each[0].client_msg_id == client_msg_id:
                self.refused.remove(each)
                return each[0]
        return None

    def point(self) -> AttachPoint:
        """Return the session and the cursor in it."""
        view = self.view
        if view.epoch is None:
            return AttachPoint(session_id=self.id or "")
        return AttachPoint(session_id=self.id or "", epoch=view.epoch, after=view.seq)
