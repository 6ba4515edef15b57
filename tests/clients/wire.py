"""The client's protocol and the model server, with a connection that can be lost between them."""

import json
from collections import deque
from typing import Any

from ion_client import Delta, Done, Failed, IonClientError, Restarted
from ion_client.channel import Channel, Kind, Sending
from ion_client.frames import Codec
from ion_client.protocol import ClientProtocol

from tests.clients.model import Link, Model, Session

__all__ = ["Heard", "Wire", "begin", "ends", "told"]

Heard = list[Any]


class Wire:
    """A client protocol and a model server, with a connection that can be lost between them."""

    def __init__(self) -> None:
        self.model = Model()
        self.protocol = ClientProtocol()
        self.codec = Codec()
        self.link: Link | None = None
        self.up: deque[str | bytes] = deque()
        self.heard: dict[Sending, Heard] = {}
        self.session_heard: dict[Channel, Heard] = {}
        self.now = 0.0

    def connect(self) -> None:
        self.link = Link()
        self.up.clear()
        self.protocol.connected()
        self.flush()

    def drop(self) -> None:
        self.link = None
        self.up.clear()
        self.protocol.disconnected()

    def flush(self) -> None:
        if self.link is not None:
            self.up.extend(map(self.codec.encode, self.protocol.frames_to_send(self.now)))
        for channel, sending, event in self.protocol.events_received():
            if sending is None:
                self.session_heard.setdefault(channel, []).append(event)
            else:
                self.heard.setdefault(sending, []).append(event)

    def submit(
        self,
        channel: Channel,
        client_msg_id: str,
        text: str = "hi",
        *,
        kind: Kind = "send",
        about: str = "",
    ) -> Sending:
        sending = self.protocol.submit(channel, client_msg_id, text, kind=kind, about=about)
        self.heard.setdefault(sending, [])
        self.flush()
        return sending

    def give(self, frame: dict[str, Any]) -> None:
        """Let the client receive a frame."""
        decoded = self.codec.decode(json.dumps(frame))
        assert decoded is not None
        self.protocol.receive(decoded, self.now)
        self.flush()

    def step_up(self) -> bool:
        if self.link is None or not self.up:
            return False
        self.model.receive(self.link, self.up.popleft())
        return True

    def step_down(self) -> bool:
        frame = self.model.next(self.link) if self.link is not None else None
        if frame is not None:
            self.give(frame)
        return frame is not None

    def settle(self) -> None:
        """Carry everything that is under way."""
        while self.step_up() or self.step_down():
            pass

    def only_session(self) -> Session:
        (session,) = self.model.sessions.values()
        return session


def told(heard: Heard) -> str:
    """Return the text that a listener shows."""
    text = ""
    for event in heard:
        if isinstance(event, Restarted):
            text = ""
        elif isinstance(event, Delta):
            text += event.text
    return text


def ends(heard: Heard) -> list[Any]:
    return [each for each in heard if isinstance(each, Done | Failed | IonClientError)]


def begin(wire: Wire, *, text: str = "Hello ") -> tuple[Sending, Session]:
    """Say something, and have the answer begin."""
    sending = wire.submit(wire.protocol.open(), "c1")
    wire.settle()
    session = wire.only_session()
    session.start(session.turns[0])
    session.say(session.turns[0], text)
    wire.settle()
    return sending, session
