"""One socket after the other: connects, carries frames, notices silence, and comes back."""

import asyncio
from collections.abc import Callable
from typing import Literal

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus, InvalidURI
from websockets.typing import Subprotocol

from .auth import Credentials
from .errors import IonClientError
from .frames import Codec, Ping, Pong, Welcome
from .protocol import ClientProtocol
from .timing import Backoff, Clock, Liveness, Trips

__all__ = ["Connection", "State"]

State = Literal["idle", "connecting", "open", "waiting", "denied"]

_UNAUTHENTICATED = 4401
_FORBIDDEN = 4403
_REPLACED = 4409
_KEEP_AWAY = {1013, 4400, 4408, 4429}
_HTTP_AS_CLOSE = {401: _UNAUTHENTICATED, 403: _FORBIDDEN, 429: 4429, 503: 1013}
_WELCOME_WITHIN_S = 12.0
_STABLE_AFTER_S = 3.0
_MAX_FRAME_BYTES = 16 * 1024 * 1024


class Connection:
    """Keeps a protocol connected until `run` is cancelled.

    `on_news` is called after each frame, `on_state` after each change of state; `error` says why
    the state is `denied`, or what the last try ended with.
    """

    def __init__(
        self,
        ws_url: str,
        protocol: ClientProtocol,
        credentials: Credentials,
        *,
        codec: Codec,
        clock: Clock,
        backoff: Backoff,
        on_news: Callable[[], None],
        on_state: Callable[[State], None],
    ) -> None:
        self.state: State = "idle"
        self.error: IonClientError | None = None
        self._ws_url = ws_url
        self._protocol = protocol
        self._credentials = credentials
        self._codec = codec
        self._clock = clock
        self._on_news = on_news
        self._on_state = on_state
        self._backoff = backoff
        self._liveness = Liveness(clock.monotonic())
        self._stir = asyncio.Event()
        self._wake = asyncio.Event()
        self._refused: str | None = None
        self._renewed = False
        self._return_at: float | None = None
        self._open_at: float | None = None
        self._told = False
        self._trial: asyncio.Timeout | None = None
        self._asked_at = 0.0
        self._trips = Trips()

    def flush(self) -> None:
        """Send what the protocol has to say."""
        self._stir.set()

    def wake(self) -> None:
        """Try again now, or doubt now a connection that is open or on its way."""
        if self.state == "open":
            self._liveness.probe(self._clock.monotonic(), self._trips.late_s)
        elif not self._told:
            self._hurry()
        self._stir.set()
        self._wake.set()

    def _hurry(self) -> None:
        # one whose time is over has no other end
        if self._trial is not None and not self._trial.expired():
            soon = asyncio.get_running_loop().time() + self._trips.late_s
            self._trial.reschedule(min(self._trial.when() or soon, soon))

    async def run(self) -> None:
        """Connect, and again whenever the connection ends, until cancelled."""
        try:
            while True:
                self._set("connecting")
                pause_s = await self._once()
                self._protocol.disconnected()
                if pause_s != 0:
                    self._set("denied" if pause_s is None else "waiting")
                await self._clock.wait(self._wake, pause_s)
                self._told = self._wake.is_set()
                self._wake.clear()
                if self._told:
                    self._backoff.reset()
        finally:
            self._protocol.disconnected()
            self._set("idle")

    async def _once(self) -> float | None:
        """Use one connection to its end; return how long to wait, None for until woken."""
        self._return_at = self._open_at = None
        # what hangs although the network is there is begun anew soon, once: it may be a slow one
        within_s = self._trips.open_s if self._told else _WELCOME_WITHIN_S
        try:
            async with asyncio.timeout(within_s) as self._trial:
                token = await self._token()
                return self._verdict(await self._connect(token), token)
        except TimeoutError:
            self.error = IonClientError("unreachable", "no answer in time", retryable=True)
        except IonClientError as error:
            self.error = error
            if not error.retryable:
                return None
        finally:
            self._trial = None
        return self._backoff.next()

    async def _token(self) -> str:
        if self._refused is not None:
            await self._credentials.renew(self._refused)
            self._refused, self._renewed = None, True
        return await self._credentials.token()

    async def _connect(self, token: str) -> int:
        """Open a socket and use it; return the close code, or one that means the same."""
        try:
            socket = await self._open(token)
        except InvalidStatus as error:
            self.error = IonClientError("unreachable", str(error))
            return _HTTP_AS_CLOSE.get(error.response.status_code, 1006)
        except (OSError, TimeoutError, InvalidHandshake, InvalidURI, EOFError) as error:
            self.error = IonClientError("unreachable", str(error) or type(error).__name__)
            return 1006
        try:
            return await self._use(socket)
        finally:
            socket.transport.abort()

    async def _open(self, token: str) -> ClientConnection:
        return await connect(
            self._ws_url,
            subprotocols=[Subprotocol(self._codec.subprotocol)],
            additional_headers={"Authorization": f"Bearer {token}"},
            open_timeout=None,
            close_timeout=1,
            ping_interval=None,
            compression=None,
            max_size=_MAX_FRAME_BYTES,
        )

    def _verdict(self, code: int, token: str) -> float | None:
        """Return how long to wait after a connection ended with `code`."""
        if code == _UNAUTHENTICATED and not self._renewed:
            self._refused = token
            return 0.0
        if code in (_UNAUTHENTICATED, _FORBIDDEN) or self._hello_refused():
            name = "forbidden" if code == _FORBIDDEN else "unauthenticated"
            self.error = self._protocol.refusal or IonClientError(name, "the server said no")
            self._renewed = False
            self._refused = token if code == _UNAUTHENTICATED else None
            return None
        if code == _REPLACED:
            self.error = IonClientError("replaced", "a newer connection took this one's place")
            return None
        if self._return_at is not None:
            return max(0.0, self._return_at - self._clock.monotonic())
        self._forget_pauses()
        if code in _KEEP_AWAY:
            self._backoff.penalise()
        return self._backoff.next()

    def _forget_pauses(self) -> None:
        """Begin pauses anew when the connection has held: one that breaks at once is no better."""
        open_at, self._open_at = self._open_at, None
        if open_at is not None and self._clock.monotonic() - open_at >= _STABLE_AFTER_S:
            self._backoff.reset()

    async def _use(self, socket: ClientConnection) -> int:
        self._liveness = Liveness(self._clock.monotonic())
        self._protocol.connected()
        self._asked_at = self._clock.monotonic()
        self._stir.set()
        async with asyncio.TaskGroup() as group:
            speaker = group.create_task(self._speak(socket))
            await self._listen(socket)
            speaker.cancel()
        return socket.close_code or 1006

    async def _listen(self, socket: ClientConnection) -> None:
        try:
            async for data in socket:
                self._take(data)
                if self._hello_refused():
                    await socket.close()
        except ConnectionClosed:
            return

    def _hello_refused(self) -> bool:
        refusal = self._protocol.refusal
        return not self._protocol.welcomed and refusal is not None and refusal.code == "bad_frame"

    def _take(self, data: str | bytes) -> None:
        now = self._clock.monotonic()
        self._liveness.heard(now)
        self._wake.clear()
        frame = self._codec.decode(data)
        if isinstance(frame, Welcome | Pong):
            self._trips.took(now - self._asked_at)
        if frame is None:
            return
        self._protocol.receive(frame, now)
        if self._protocol.welcomed and self.state != "open":
            self._welcomed()
        if self._protocol.drain_ms is not None and self._return_at is None:
            self._forget_pauses()
            self._return_at = now + self._protocol.drain_ms / 1000 + self._backoff.next()
        self._stir.set()
        self._on_news()

    def _welcomed(self) -> None:
        if self._trial is not None:
            self._trial.reschedule(None)
        self._open_at = self._clock.monotonic()
        self._renewed = False
        self.error = None
        self._set("open")

    async def _speak(self, socket: ClientConnection) -> None:
        try:
            while True:
                self._stir.clear()
                now = self._clock.monotonic()
                for frame in self._protocol.frames_to_send(now):
                    await socket.send(self._codec.encode(frame))
                if self._return_at is not None and now >= self._return_at:
                    await socket.close()
                    return
                match self._liveness.step(now):
                    case "dead":
                        socket.transport.abort()
                        return
                    case "ping":
                        self._asked_at = now
                        await socket.send(self._codec.encode(Ping()))
                await self._clock.wait(self._stir, self._idle_s(now))
        except ConnectionClosed:
            return

    def _idle_s(self, now: float) -> float:
        times = (self._liveness.due(), self._protocol.due(), self._return_at)
        return max(0.0, min(each for each in times if each is not None) - now)

    def _set(self, state: State) -> None:
        if state != self.state:
            self.state = state
            self._on_state(state)
