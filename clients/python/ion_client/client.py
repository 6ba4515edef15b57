"""The client: one connection for all sessions, kept alive, and everything asked over it."""

import asyncio
import logging
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from pathlib import Path
from random import Random
from types import TracebackType
from typing import Any, Literal, Self, TypeVar
from urllib.parse import quote

import msgspec

from .answer import Answer
from .auth import TokenStore, authorised, chosen
from .channel import Channel, Kind, Sending
from .connection import Connection, State
from .deliveries import Deliveries
from .errors import ClientClosed, IonClientError
from .frames import Codec, Format
from .http import Http, server_url
from .listeners import Listeners
from .outbox import Entry, too_long
from .protocol import ClientProtocol
from .resources import Device, Persona, PersonaList, SessionInfo, SessionPage, SyncPage
from .session import Session
from .timing import Backoff, Clock, SystemClock

__all__ = ["IonClient"]

T = TypeVar("T")
_logger = logging.getLogger("ion_client")


class IonClient:
    """A user of an ION server; `async with` connects and at its end closes.

    `token` is an access token; `tokens` a store of an account's tokens (an empty one becomes an
    anonymous account) or a function that returns an access token; with neither, an anonymous
    account lives as long as the client. `queue_path` keeps unsent messages on disk. `on_state` is
    called with idle, connecting, open, waiting or denied. `retries` is how often a message is
    repeated when the server asks to wait, two minutes at most. Pauses between connections are drawn
    from `backoff_s`, the first ceiling and the highest. Without a server it keeps trying,
    and says so once as a warning of the logger `ion_client`. Raises ValueError when `url` is no
    address.
    """

    def __init__(
        self,
        url: str,
        *,
        token: str | None = None,
        tokens: TokenStore | Callable[[], Awaitable[str]] | None = None,
        device: Device | None = None,
        wire: Format = "json",
        queue_path: Path | str | None = None,
        on_state: Callable[[State], None] | None = None,
        retries: int = 5,
        clock: Clock | None = None,
        random: Random | None = None,
        backoff_s: tuple[float, float] = (0.2, 10.0),
    ) -> None:
        self.unsent: tuple[Answer, ...] = ()
        self._clock = clock or SystemClock()
        self._url = server_url(url)
        self._told_unreachable = False
        self._http = Http(self._url)
        self._credentials = chosen(token, tokens, self._http, self._clock)
        self._protocol = ClientProtocol(device=device, retries=retries)
        self._deliveries = Deliveries(Path(queue_path) if queue_path is not None else None)
        self._on_state = on_state
        self._listeners = Listeners()
        self._unread = 0
        self._sessions: dict[Channel, Session] = {}
        self._changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._over: IonClientError | None = None
        self._connection = Connection(
            f"{self._url.replace('http', 'ws', 1)}/api/v2.1/ws",
            self._protocol,
            self._credentials,
            codec=Codec(wire),
            clock=self._clock,
            backoff=Backoff(
                random or Random(),  # noqa: S311 - spreads reconnects, guards nothing
                least_s=backoff_s[0],
                most_s=backoff_s[1],
            ),
            on_news=self._tell,
            on_state=self._state_changed,
        )

    async def __aenter__(self) -> Self:
        """Begin to connect; returns when connected, or when the first try failed.

        Raises IonClientError when the server does not let this user in, `busy` when another
        program uses the queue file.
        """
        self.connect()
        try:
            await self._until(lambda: self.state in ("open", "waiting", "denied"))
            if self.state == "denied" and self.error is not None:
                raise self.error
        except BaseException:
            await self.close()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    def connect(self) -> None:
        """Begin to connect and return at once, or try again now; `state` says how it goes.

        Raises IonClientError: `busy` when another program uses the queue file, `closed`.
        """
        if self._over is not None:
            raise self._over
        if self._task is not None:
            self.wake()
            return
        self._open_queue()
        loop = asyncio.get_running_loop()
        self._task = loop.create_task(self._connection.run(), name="ion connection")
        self._task.add_done_callback(self._ended)

    def on(
        self, event: Literal["state", "unread", "change"], callback: Callable[[Any], None]
    ) -> Callable[[], None]:
        """Call back with each new state, with each new sum of unread answers, or with each session
        that changed; returns a function that ends this.
        """
        return self._listeners.on(event, callback)

    @property
    def unread(self) -> int:
        """How many answers were not read yet in all sessions that are open here."""
        return sum(each.unread for each in self._sessions.values())

    @property
    def state(self) -> State:
        """How the connection is: idle, connecting, open, waiting or denied."""
        return self._connection.state

    @property
    def error(self) -> IonClientError | None:
        """Why the last connection could not be had, None while one is open."""
        return self._connection.error or self._over

    @property
    def user_id(self) -> str | None:
        """Who we are to the server, None before the first connection."""
        return self._protocol.user_id

    async def session(
        self, session_id: str | None = None, *, persona: str | None = None
    ) -> Session:
        """Return a new session, or an existing one (by its id, or its key here) with its messages.

        Without a connection it returns at once and the messages come later. Raises IonClientError
        (not_found, gone, quota_exceeded).
        """
        self._open_queue()
        known = next((each for each in self._sessions if each.key == session_id), None)
        channel = known or self._protocol.open(session_id)
        session = self._session_of(channel)
        session.persona = persona or session.persona
        self._connection.flush()
        if channel.id is not None:
            await self._until(lambda: self._known(channel))
        if channel.error is not None:
            self._forget(channel)
            raise channel.error
        return session

    async def sessions(self, *, before: str | None = None, limit: int = 30) -> SessionPage:
        """Return a page of the user's sessions, the last used first; raises IonClientError.

        `before` is the `next` of the page before.
        """
        params = {"limit": limit} | ({"before": before} if before else {})
        return await self._call("GET", "/sessions", SessionPage, params=params)

    async def all_sessions(self) -> AsyncIterator[SessionInfo]:
        """Yield all of the user's sessions, page by page; raises IonClientError."""
        page = await self.sessions()
        while True:
            for each in page:
                yield each
            if page.next is None:
                return
            page = await self.sessions(before=page.next)

    async def sync(self, since: str | None = None) -> SyncPage:
        """Return what changed for the user since a token, everything without one.

        Ask again with the page's `next`; raises IonClientError.
        """
        return await self._call("GET", "/sync", SyncPage, params={"since": since} if since else {})

    async def personas(self) -> tuple[Persona, ...]:
        """Return all personas; raises IonClientError."""
        return (await self._http.call("GET", "/personas", PersonaList)).personas

    def wake(self) -> None:
        """Try to connect now, or check that an open connection is alive."""
        self._connection.wake()

    async def close(self) -> None:
        """Go away. Running turns go on; waiting answers raise, unsent messages stay on disk."""
        task, self._task = self._task, None
        if task is not None:
            task.remove_done_callback(self._ended)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        self._over = self._over or ClientClosed()
        self._give_up(ClientClosed())
        self._deliveries.close()
        await self._http.aclose()

    def submit(
        self,
        session: Session,
        text: str,
        *,
        persona: str | None,
        policy: str = "merge",
        timeout_s: float | None,
        kind: Kind = "send",
        about: str = "",
    ) -> Answer:
        """Queue a message, on disk too when there is a queue file."""
        answer = Answer(session, f"c{uuid.uuid4().hex}", text, timeout_s=timeout_s)
        if self._over is not None or self._shut_out:
            answer.push(self._over or self.error)
            return answer
        self._open_queue()
        if self.state == "denied":
            self.wake()
        entry = Entry(
            client_msg_id=answer.client_msg_id,
            key=session.channel.key,
            text=text,
            session_id=session.id,
            persona=persona,
            policy=policy,
            kind=kind,
            about=about,
        )
        self._deliveries.keep(entry)
        self._submit(answer, entry)
        return answer

    def retry(self, session: Session, client_msg_id: str) -> Answer:
        """Queue a refused message once more; raises IonClientError (not_found, closed)."""
        if session.channel not in self._sessions:
            raise ClientClosed("the session was closed")
        sending = session.channel.take_refused(client_msg_id)
        if sending is None:
            raise IonClientError("not_found", "no such message was refused")
        answer = Answer(session, client_msg_id, sending.text)
        self._deliveries.again(sending, answer)
        self._protocol.retry(sending)
        self._listeners.tell("change", session)
        self._connection.flush()
        return answer

    def discard(self, session: Session, client_msg_id: str) -> None:
        """Forget a refused message."""
        if sending := session.channel.take_refused(client_msg_id):
            self._deliveries.discard(sending)
            self._listeners.tell("change", session)

    def stop(self, session: Session) -> None:
        """End the running turn."""
        self._protocol.stop(session.channel)
        self._connection.flush()

    def typing(self, session: Session, *, active: bool) -> None:
        """Say that the user writes, or has stopped."""
        self._protocol.typing(session.channel, active=active)
        self._connection.flush()

    async def tell(self, session: Session, what: str, body: dict[str, Any]) -> None:
        """Post something about a session; raises IonClientError."""
        if session.id is None:
            raise IonClientError("not_found", "the session is not on the server yet")
        path = f"/sessions/{quote(session.id, safe='')}/{what}"
        # what it answers may grow
        await self._call("POST", path, msgspec.Raw, body=body)

    def leave(self, session: Session) -> None:
        """Read the session no more."""
        self._forget(session.channel)
        self._tell()
        self._connection.flush()

    @property
    def _shut_out(self) -> bool:
        """Whether the server does not let this user in; who was replaced may come back."""
        replaced = self.error is not None and self.error.code == "replaced"
        return self.state == "denied" and not replaced

    def _open_queue(self) -> None:
        if self._over is None and (left := self._deliveries.open()):
            for entry in left:
                if entry.error:
                    self._put_aside(entry)
            self.unsent = tuple(self._requeue(each) for each in left if not each.error)

    def _submit(self, answer: Answer, entry: Entry) -> None:
        if too_long(entry.text):
            # the server would close the connection over it, again and again
            self._deliveries.drop(entry)
            answer.push(IonClientError("text_too_long", "no frame holds so much text"))
            return
        self._deliveries.expect(self._submitted(answer.session.channel, entry), answer)
        self._tell()
        self._connection.flush()

    def _requeue(self, entry: Entry) -> Answer:
        """Queue a message that an earlier run left on disk."""
        answer = Answer(self._session_of(self._channel_of(entry)), entry.client_msg_id, entry.text)
        self._submit(answer, entry)
        return answer

    def _put_aside(self, entry: Entry) -> None:
        """Show a message that was refused in an earlier run."""
        error = IonClientError(entry.error, "it was refused in an earlier run")
        self._protocol.refuse(self._submitted(self._channel_of(entry), entry), error)

    def _channel_of(self, entry: Entry) -> Channel:
        channel = next((each for each in self._sessions if each.key == entry.key), None)
        if channel is None or entry.session_id is not None:
            channel = self._protocol.open(entry.session_id)
            channel.key = entry.key
        self._session_of(channel)
        return channel

    def _submitted(self, channel: Channel, entry: Entry) -> Sending:
        return self._protocol.submit(
            channel,
            entry.client_msg_id,
            entry.text,
            persona=entry.persona,
            policy=entry.policy,
            kind=entry.kind,
            about=entry.about,
        )

    async def _call(
        self,
        method: str,
        path: str,
        answer: type[T],
        *,
        body: dict[str, Any] | None = None,
        params: dict[str, Any] | None = None,
    ) -> T:
        call = partial(self._http.call, method, path, answer, body=body, params=params)
        return await authorised(self._credentials, call)

    def _session_of(self, channel: Channel) -> Session:
        session = self._sessions.get(channel)
        if session is None:
            session = self._sessions[channel] = Session(self, channel)
        return session

    def _known(self, channel: Channel) -> bool:
        there = channel.view.epoch is not None or channel.error is not None
        return there or self.state not in ("open", "connecting")

    def _forget(self, channel: Channel) -> None:
        self._protocol.close(channel)
        self._sessions.pop(channel, None)

    def _tell(self) -> None:
        changed = set()
        for channel, sending, event in self._protocol.events_received():
            session = self._sessions.get(channel)
            changed.add(session)
            if sending is not None:
                self._deliveries.tell(sending, event)
            elif session is not None:
                session.push(event)
        for session in changed - {None}:
            self._listeners.tell("change", session)
        if self._unread != self.unread:
            self._unread = self.unread
            self._listeners.tell("unread", self._unread)
        self._notify()

    def _state_changed(self, state: State) -> None:
        if self._shut_out and self.error is not None:
            self._protocol.abandon()
            self._give_up(self.error)
        self._warn(state)
        if self._on_state is not None:
            self._on_state(state)
        self._listeners.tell("state", state)
        self._notify()

    def _warn(self, state: State) -> None:
        """Say once that there is no server: who waits for it should know why."""
        if state not in ("open", "waiting") or self._told_unreachable:
            return
        self._told_unreachable = True
        if state == "waiting":
            reason = self.error or "the connection was closed"
            _logger.warning("no ION server at %s yet; still trying (%s)", self._url, reason)

    def _give_up(self, error: IonClientError) -> None:
        """Tell all who wait that nothing will come."""
        self._deliveries.give_up(error)
        for session in self._sessions.values():
            session.push(None if isinstance(error, ClientClosed) else error)

    def _ended(self, task: asyncio.Task[None]) -> None:
        """The connection's task ended by itself: a fault of the program, told to all who wait."""
        fault = None if task.cancelled() else task.exception()
        self._over = IonClientError("internal", f"the connection failed: {fault!r}")
        self._over.__cause__ = fault
        self._give_up(self._over)
        self._notify()

    def _notify(self) -> None:
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    async def _until(self, condition: Callable[[], bool]) -> None:
        while not condition():
            if self._over is not None:
                raise self._over
            await self._changed.wait()
