"""One WebSocket: it obeys the frames it receives; its sender tells what there is to tell."""

import asyncio
from collections import deque
from secrets import token_hex
from typing import Any

import structlog

from app.product import Product
from app.realtime.attachments import MAX_SESSIONS, Attachments
from app.realtime.codec import BadFrame
from app.realtime.connections import Connections
from app.realtime.pace import Pace
from app.realtime.sender import Sender
from app.realtime.socket import Socket
from app.security.pages import OtherOrigin
from app.security.rates import CONNECT, SEND, of_network, of_session, spend
from app.telemetry.logs import described
from schemas.codes import PROTOCOL, CloseCode, Code
from schemas.frames import (
    Attach,
    AttachPoint,
    ClientFrame,
    Detach,
    Drain,
    Edit,
    Feedback,
    Hello,
    Limits,
    Ping,
    Pong,
    Read,
    Regenerate,
    Send,
    Stop,
    Typing,
    Welcome,
)
from schemas.resources import Device
from sessions.errors import (
    InternalFault,
    IonError,
    QuotaExceeded,
    Unauthenticated,
)
from sessions.text import MAX_TEXT_CHARS

__all__ = ["FRAME_BYTES", "Connection"]

FRAME_BYTES = 65_536
HELLO_S = 10
LEAVE_S = 10
HEARTBEAT_S = 20
_BAD_FRAMES_A_MINUTE = 3
_ATTACH_FIRST_S = 1
_REFUSALS = {
    Code.RATE_LIMITED: CloseCode.TOO_MANY_CONNECTIONS,
    Code.FORBIDDEN: CloseCode.FORBIDDEN,
    Code.OVERLOADED: CloseCode.OVERLOADED,
}

log = structlog.get_logger(__name__)


class Connection:
    """Owns cursors, never a turn: when it ends, nothing else does."""

    def __init__(self, socket: Socket, product: Product, connections: Connections) -> None:
        self.id = f"c{token_hex(6)}"
        self._socket = socket
        self._product = product
        self._connections = connections
        self._user_id = ""
        self._device: Device | None = None
        self._sender = Sender(socket)
        self._attachments = Attachments(
            product.sessions,
            product.tasks,
            wake=self._sender.wake,
            complain=self._sender.complain,
        )
        self._bad_frames: deque[float] = deque(maxlen=_BAD_FRAMES_A_MINUTE)
        self._pace = Pace(product.clock)
        self._expiry: asyncio.TimerHandle | None = None
        self._receiver: asyncio.Task[None] | None = None
        self._received = 0

    async def run(self) -> None:
        """Serve the socket until one side ends it."""
        receiver = self._product.tasks.start(self._receive(), name="connection receiver")
        self._receiver = receiver
        sending = self._sender.run(self._attachments)
        sender = self._product.tasks.start(sending, name="connection sender")
        try:
            await asyncio.wait({receiver, sender}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            receiver.cancel()
            sender.cancel()
            if self._expiry is not None:
                self._expiry.cancel()
            self._attachments.close()
            if self._user_id:
                self._connections.remove(self._user_id, self)
            log.info("connection_closed", connection_id=self.id, frames=self._received)

    def leave(self, code: int, reason: str) -> None:
        """End the connection after what is queued has been sent, or soon if nobody takes it."""
        if not self._sender.closing:
            asyncio.get_running_loop().call_later(LEAVE_S, self._cut)
        self._sender.leave(code, reason)

    def _cut(self) -> None:
        if self._receiver is not None:
            self._receiver.cancel()

    def announce_drain(self, reconnect_in_ms: int) -> None:
        """Ask the client to come back elsewhere."""
        self._sender.put(Drain(reconnect_in_ms=reconnect_in_ms))

    async def _receive(self) -> None:
        try:
            await self._begin()
            while not self._sender.closing:
                await self._next()
        except _Disconnected:
            return
        except IonError as error:
            self._refuse(error)
        await asyncio.Event().wait()  # the sender closes; a client that stays is cut off

    async def _begin(self) -> None:
        if self._socket.token is not None:
            await self._authenticate(self._socket.token)
            return
        try:
            async with asyncio.timeout(HELLO_S):
                while not self._user_id and not self._sender.closing:
                    await self._next()
        except TimeoutError:
            self.leave(CloseCode.HELLO_TIMEOUT, "hello came too late")

    async def _next(self) -> None:
        event = await self._socket.receive()
        if event["type"] == "websocket.disconnect":
            raise _Disconnected
        self._received += 1
        ref: str | None = None
        try:
            frame = self._decode(event)
            ref = _ref(frame)
            self._pace.count(frame)
            await self._obey(frame)
        except BadFrame as error:
            self._sender.complain(error, error.ref)
            if error.known:
                self._count_bad_frame()
        except (Unauthenticated, OtherOrigin, _Disconnected):
            raise
        except IonError as error:
            if not self._user_id:
                raise
            self._sender.complain(error, ref)
            if self._pace.lost:
                self.leave(CloseCode.TOO_MANY_CONNECTIONS, "too many frames")
        except Exception as error:  # noqa: BLE001 - one bad frame must not end the connection
            log.error("frame_failed", connection_id=self.id, **described(error))
            self._sender.complain(InternalFault(), ref)
        await self._sender.room()

    def _decode(self, event: dict[str, Any]) -> ClientFrame:
        try:
            return self._socket.codec.decode(event)
        except BadFrame:
            self._pace.count(None)
            raise

    async def _obey(self, frame: ClientFrame) -> None:
        if isinstance(frame, Hello):
            return await self._hello(frame)
        if not self._user_id:
            raise BadFrame("the first frame is hello", ref=_ref(frame))
        match frame:
            case Send():
                await self._send(frame)
            case Regenerate() | Edit():
                await self._say_again(frame)
            case Attach():
                self._attach(frame)
            case Detach():
                self._attachments.detach(frame.session_id)
            case Ping():
                self._sender.put(Pong(nonce=frame.nonce))
            case Stop() | Feedback() | Read() | Typing():
                await self._pass_on(frame)
        return None

    async def _pass_on(self, frame: Stop | Feedback | Read | Typing) -> None:
        sessions, user_id = self._product.sessions, self._user_id
        match frame:
            case Stop():
                await sessions.stop(user_id, frame.session_id, frame.turn_id)
            case Feedback():
                await sessions.rate(user_id, frame)
            case Read():
                await sessions.mark_read(user_id, frame, device=self._device)
            case Typing():
                await sessions.typing(user_id, frame)

    async def _hello(self, frame: Hello) -> None:
        if frame.token is not None:
            await self._authenticate(frame.token)
        elif not self._user_id:
            raise Unauthenticated("hello carries no token")
        self._device = frame.device or self._device
        self._sender.put(
            Welcome(
                connection_id=self.id,
                user_id=self._user_id,
                protocol=PROTOCOL,
                server_time=self._product.clock.now(),
                heartbeat_s=HEARTBEAT_S,
                limits=Limits(
                    text_chars=MAX_TEXT_CHARS, frame_bytes=FRAME_BYTES, sessions=MAX_SESSIONS
                ),
            )
        )
        for point in frame.attach:
            self._attach(point)

    async def _authenticate(self, token: str) -> None:
        access = await self._product.accounts.open(token, self._socket.origin)
        if self._user_id not in ("", access.user_id):
            raise Unauthenticated("the token belongs to somebody else")
        if not self._user_id:
            network = of_network(self._socket.network)
            await spend(self._product.limits, CONNECT, access.user_id, *network)
            # whose account ended meanwhile has no connection yet that could be ended
            access = self._product.accounts.access(token, self._socket.origin)
            self._user_id = access.user_id
            self._connections.add(access.user_id, self)
            log.info("connection_opened", connection_id=self.id, user_id=access.user_id)
        if self._expiry is not None:
            self._expiry.cancel()
        left_s = access.expires_at - self._product.clock.now().timestamp()
        self._expiry = asyncio.get_running_loop().call_later(
            left_s, self.leave, CloseCode.UNAUTHENTICATED, "the token has expired"
        )

    async def _send(self, frame: Send) -> None:
        more = [*of_session(self._user_id, frame.session_id), *of_network(self._socket.network)]
        await spend(self._product.limits, SEND, self._user_id, *more)
        sessions = self._product.sessions
        if frame.session_id is None and self._attachments.full:
            session_id = await sessions.first_session_id(self._user_id, frame.client_msg_id)
            if session_id not in self._attachments:
                self._attachments.check_room()
        accepted = await sessions.send(self._user_id, frame, device=self._device)
        ack = accepted.ack
        if frame.session_id is None and ack.session_id not in self._attachments:
            # what a repeated message missed may be gone from the log: it gets a snapshot
            new = accepted.turn is not None
            opening = self._attachments.attach(self._user_id, ack.session_id, from_start=new)
            await asyncio.wait({opening}, timeout=_ATTACH_FIRST_S)
        self._sender.put(ack)
        sessions.begin(accepted)

    async def _say_again(self, frame: Regenerate | Edit) -> None:
        more = [*of_session(self._user_id, frame.session_id), *of_network(self._socket.network)]
        await spend(self._product.limits, SEND, self._user_id, *more)
        sessions = self._product.sessions
        if isinstance(frame, Edit):
            accepted = await sessions.edit(self._user_id, frame)
        else:
            accepted = await sessions.regenerate(self._user_id, frame)
        self._sender.put(accepted.ack)
        sessions.begin(accepted)

    def _attach(self, point: AttachPoint | Attach) -> None:
        try:
            self._attachments.attach(
                self._user_id, point.session_id, epoch=point.epoch, after=point.after
            )
        except QuotaExceeded as error:
            self._sender.complain(error, point.session_id)

    def _refuse(self, error: IonError) -> None:
        self._sender.complain(error, None)
        self.leave(_REFUSALS.get(error.code, CloseCode.UNAUTHENTICATED), error.message)

    def _count_bad_frame(self) -> None:
        now = self._product.clock.monotonic()
        self._bad_frames.append(now)
        full = len(self._bad_frames) == _BAD_FRAMES_A_MINUTE
        if full and now - self._bad_frames[0] < 60:
            self.leave(CloseCode.BAD_FRAME, "too many bad frames")


class _Disconnected(Exception):
    pass


def _ref(frame: ClientFrame) -> str | None:
    return getattr(frame, "client_msg_id", None) or getattr(frame, "session_id", None)
