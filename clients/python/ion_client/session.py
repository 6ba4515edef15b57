"""A conversation in the hands of its user: send, listen, stop."""

import asyncio
from collections.abc import Callable
from typing import Any, Protocol, TypeVar
from weakref import WeakSet

from .answer import Answer, EventStream
from .channel import Channel, Kind
from .errors import IonClientError
from .events import Event
from .resources import Message, SessionInfo
from .shown import Shown, shown

__all__ = ["Host", "Session"]

E = TypeVar("E")


class Host(Protocol):
    """What a session needs of the client it belongs to."""

    def submit(
        self,
        session: "Session",
        text: str,
        *,
        persona: str | None,
        policy: str = "merge",
        timeout_s: float | None,
        kind: Kind = "send",
        about: str = "",
    ) -> Answer:
        """Queue a message, on disk too when there is a queue file."""
        ...

    def retry(self, session: "Session", client_msg_id: str) -> Answer:
        """Queue a refused message once more; raises IonClientError."""
        ...

    def discard(self, session: "Session", client_msg_id: str) -> None:
        """Forget a refused message."""
        ...

    def typing(self, session: "Session", *, active: bool) -> None:
        """Say that the user writes, or has stopped."""
        ...

    async def tell(self, session: "Session", what: str, body: dict[str, Any]) -> None:
        """Post something about the session; raises IonClientError."""
        ...

    def stop(self, session: "Session") -> None:
        """End the running turn."""
        ...

    def leave(self, session: "Session") -> None:
        """Read the session no more."""
        ...


class Session:
    """One conversation. It exists on the server from its first message on.

    `persona` answers every message that names no other; None leaves the choice to the server.
    """

    def __init__(self, host: Host, channel: Channel) -> None:
        self.channel = channel
        self.persona: str | None = None
        self._host = host
        self._streams: WeakSet[EventStream] = WeakSet()
        self._callbacks: list[tuple[type[Any], Callable[[Any], None]]] = []

    def __repr__(self) -> str:
        return f"<Session {self.id or 'not on the server yet'}>"

    @property
    def id(self) -> str | None:
        """The server's id, None before the first ack."""
        return self.channel.id

    @property
    def key(self) -> str:
        """Ours, from before there is an id; `ion.session(key)` finds the session again."""
        return self.channel.key

    @property
    def info(self) -> SessionInfo:
        """Title, notice and the like, as last heard; before that, what is known here."""
        return self.channel.view.session or self._known_here()

    def _known_here(self) -> SessionInfo:
        messages = self.messages
        return SessionInfo(
            id=self.id or "",
            created_at=messages[0].created_at if messages else None,
            updated_at=messages[-1].created_at if messages else None,
            persona=self.persona,
            message_count=len(messages),
            last_text=messages[-1].text if messages else "",
            running=self.running,
            unread=self.unread,
        )

    @property
    def messages(self) -> tuple[Message, ...]:
        """All messages known here, in the order of the conversation."""
        return tuple(self.channel.view.messages)

    @property
    def shown(self) -> tuple[Shown, ...]:
        """The conversation as a page shows it, with what waits here and what is being written."""
        return shown(self.channel)

    @property
    def unread(self) -> int:
        """How many answers were not read yet, on any device."""
        return self.channel.view.unread

    @property
    def running(self) -> bool:
        """Whether a turn is being answered or waits for it."""
        return bool(self.channel.view.turns)

    def send(
        self,
        text: str,
        *,
        persona: str | None = None,
        policy: str = "merge",
        timeout_s: float | None = None,
    ) -> Answer:
        """Say something, now or as soon as there is a connection; iterate over the answer.

        `policy` is merge, queue, interrupt or reject: what happens while a turn runs. When the
        answer is not whole after `timeout_s` seconds, reading it raises Unreachable; the message
        stays queued.
        """
        return self._host.submit(
            self, text, persona=persona or self.persona, policy=policy, timeout_s=timeout_s
        )

    async def ask(
        self,
        text: str,
        *,
        persona: str | None = None,
        policy: str = "merge",
        timeout_s: float | None = None,
    ) -> str:
        """Say something and return the whole answer; raises IonClientError.

        Without `timeout_s` it waits as long as it takes, for a server too; with it, it raises
        Unreachable after that many seconds, and the message stays queued.
        """
        answer = self.send(text, persona=persona, policy=policy, timeout_s=timeout_s)
        return (await answer.whole()).text

    def regenerate(
        self,
        turn_id: str | None = None,
        *,
        persona: str | None = None,
        timeout_s: float | None = None,
    ) -> Answer:
        """Have a turn answered again, or the last one, and what came after it leave.

        Like `send` it waits for a connection. Raises IonClientError (not_found) when nothing was
        said here yet.
        """
        turns = [each.turn_id for each in self.messages if each.turn_id]
        about = turn_id or (turns[-1] if turns else None)
        if about is None:
            raise IonClientError("not_found", "nothing was answered here yet")
        persona = persona or self.persona
        return self._host.submit(
            self, "", persona=persona, timeout_s=timeout_s, kind="regenerate", about=about
        )

    def edit(self, message_id: str, text: str, *, timeout_s: float | None = None) -> Answer:
        """Put other words in the place of a message and go on from there; like `send` it waits.

        What came after the message leaves.
        """
        return self._host.submit(
            self, text, persona=None, timeout_s=timeout_s, kind="edit", about=message_id
        )

    def retry(self, client_msg_id: str) -> Answer:
        """Say once more what was refused, with the same id: it can't count twice.

        Raises IonClientError: `not_found` when no such message was refused, `closed`.
        """
        return self._host.retry(self, client_msg_id)

    def discard(self, client_msg_id: str) -> None:
        """Give up what was refused: it is shown no more."""
        self._host.discard(self, client_msg_id)

    async def rate(self, turn_id: str, rating: int, *, reason: str = "") -> None:
        """Say what the user thinks of an answer: -1, 1, or 0 to take it back.

        Raises IonClientError (not_found, bad_frame when there is no answer yet, unreachable).
        """
        body = {"turn_id": turn_id, "rating": rating, "reason": reason}
        await self._host.tell(self, "feedback", body)

    async def read(self) -> None:
        """Say that the user has read all that is here; raises IonClientError."""
        await self.mark_read()

    async def mark_read(self, message_id: str | None = None) -> None:
        """Say that the user has read up to a message, or all that is here; raises IonClientError.

        Whoever else shows the session hears of it.
        """
        answers = [each.id for each in self.messages if each.role == "assistant"]
        upto = message_id or (answers[-1] if answers else None)
        if upto is not None:
            await self._host.tell(self, "read", {"message_id": upto})

    async def typing(self, active: bool = True) -> None:
        """Say that the user writes, at least every 6 s, or has stopped.

        An answer that has not begun waits for the rest of the thought.
        """
        self._host.typing(self, active=active)

    async def stop(self) -> None:
        """End the running answer; what was written stays."""
        self._host.stop(self)

    def events(self) -> EventStream:
        """Return all that happens in the session from now on, from every device."""
        stream = EventStream()
        self._streams.add(stream)
        return stream

    def on(self, kind: type[E], callback: Callable[[E], None]) -> Callable[[], None]:
        """Call back for every event of a kind; returns a function that ends this.

        What a callback raises goes to the event loop's exception handler.
        """
        pair = (kind, callback)
        self._callbacks.append(pair)
        return lambda: self._callbacks.remove(pair)

    async def close(self) -> None:
        """Listen no more; running turns go on."""
        self._host.leave(self)
        self.push(None)

    def push(self, item: Event | IonClientError | None) -> None:
        """Tell everybody who listens; an error or None ends the streams."""
        for stream in list(self._streams):
            stream.push(item)
        if item is None or isinstance(item, IonClientError):
            self._streams.clear()
            return
        for kind, callback in list(self._callbacks):
            if isinstance(item, kind):
                asyncio.get_running_loop().call_soon(callback, item)
