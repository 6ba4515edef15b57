"""A device that never gives up: it connects again, reads on from its cursors, and notes it all."""

import asyncio
import json
import random
from collections.abc import Callable, Sequence

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidHandshake, WebSocketException
from websockets.typing import Subprotocol

from tests.chaos.events import Asked, Cut, Detached, Frame, Got, Opened, Put
from tests.chaos.journal import Journal

__all__ = ["Device"]

_SILENCE_S = 3.0
_PING_S = 1.0
_unpack = msgspec.msgpack.decode
_PROTOCOLS = ("ion.v2.1.json", "ion.v2.1.msgpack")


class Device:
    """One socket at a time, to any of `doors` (ws URLs), and a cursor for each session.

    `wanted` are the sessions to read; `told` hears acks, errors, snapshots and ends of turns.
    """

    def __init__(
        self,
        name: str,
        token: str,
        doors: Sequence[str],
        journal: Journal,
        draw: random.Random,
        *,
        told: Callable[[Frame], None],
    ) -> None:
        self.name = name
        self.cursors: dict[str, tuple[str, int]] = {}
        self.attached: set[str] = set()
        self.wanted: set[str] = set()
        self._asking: set[str] = set()
        self._away: set[str] = set()
        self._pongs: dict[str, asyncio.Event] = {}
        self._token = token
        self._doors = doors
        self._journal = journal
        self._draw = draw
        self._told = told
        self._socket: ClientConnection | None = None
        self._protocol = _PROTOCOLS[0]
        self._pause_s = 0.0
        self._heard = 0.0

    async def run(self) -> None:
        """Be connected, for ever."""
        while True:
            self._pause_s = self._draw.uniform(0.05, 0.5)
            try:
                await self._live()
            except (OSError, TimeoutError, InvalidHandshake, WebSocketException, EOFError) as error:
                self._journal.count("connections that failed")
                self._journal.note(Cut(reader=self.name, why=type(error).__name__))
            await asyncio.sleep(self._pause_s)

    async def say(self, frame: Frame) -> bool:
        """Send a frame; False when there is no connection."""
        socket = self._socket
        if socket is None:
            return False
        if frame["type"] != "ping":
            kept = {name: value for name, value in frame.items() if name != "token"}
            self._journal.note(Put(reader=self.name, frame=kept))
        try:
            if self._protocol.endswith("msgpack"):
                await socket.send(msgspec.msgpack.encode(frame))
            else:
                await socket.send(json.dumps(frame))
        except (OSError, WebSocketException):
            return False
        return True

    async def look_away(self, session_id: str, *, fresh: bool, away_s: float) -> None:
        """Stop reading a session and read on, from the cursor or (`fresh`) from a snapshot."""
        if self._socket is None or session_id not in self.attached:
            return
        socket = self._socket
        self.attached.discard(session_id)
        self._asking.add(session_id)
        self._away.add(session_id)
        try:
            self._journal.note(Detached(reader=self.name, session_id=session_id))
            await self.say({"type": "detach", "session_id": session_id})
            await self._quiet()
            await asyncio.sleep(away_s)
        except asyncio.CancelledError:
            self.drop()
            raise
        if socket is self._socket:
            await self._attach(session_id, fresh=fresh)

    async def _quiet(self) -> None:
        """Wait until what was under way has arrived; drop a line on which nothing does."""
        pong = asyncio.Event()
        self._pongs["quiet"] = pong
        await self.say({"type": "ping", "nonce": "quiet"})
        try:
            async with asyncio.timeout(_SILENCE_S):
                await pong.wait()
        except TimeoutError:
            self.drop()

    async def _attach(self, session_id: str, *, fresh: bool = False) -> None:
        self._asking.add(session_id)
        self._away.discard(session_id)
        point = self._point(session_id, fresh=fresh)
        self._asks(point)
        await self.say({"type": "attach"} | point)

    async def read(self, session_id: str) -> None:
        """Say that all that came of a session has been read."""
        if cursor := self.cursors.get(session_id):
            place = {"session_id": session_id, "epoch": cursor[0], "seq": cursor[1]}
            await self.say({"type": "read"} | place)

    def drop(self) -> None:
        """Lose the connection."""
        if self._socket is not None:
            self._socket.transport.abort()

    def _point(self, session_id: str, *, fresh: bool = False) -> Frame:
        cursor = None if fresh else self.cursors.get(session_id)
        point: Frame = {"session_id": session_id}
        return point | ({"epoch": cursor[0], "after": cursor[1]} if cursor else {})

    def _asks(self, point: Frame) -> None:
        self._journal.note(
            Asked(
                reader=self.name,
                session_id=point["session_id"],
                epoch=point.get("epoch"),
                after=point.get("after"),
            )
        )

    async def _live(self) -> None:
        self._protocol = self._draw.choice(_PROTOCOLS)
        door = self._draw.choice(self._doors)
        async with connect(
            door,
            subprotocols=[Subprotocol(self._protocol)],
            max_size=None,
            open_timeout=_SILENCE_S,
            close_timeout=0.2,
            ping_interval=None,
            compression=None,
        ) as socket:
            self._journal.note(Opened(reader=self.name, door=door))
            self._journal.count("connections")
            self.attached.clear()
            self._away.clear()
            self._socket = socket
            try:
                async with asyncio.TaskGroup() as group:
                    watch = group.create_task(self._watch(socket))
                    await self._greet()
                    await self._read(socket)
                    watch.cancel()
            finally:
                self._socket = None
                socket.transport.abort()
                self._journal.note(Cut(reader=self.name, why=f"closed {socket.close_code or ''}"))

    async def _greet(self) -> None:
        points = [self._point(each) for each in sorted(self.wanted)]
        self._asking = set(self.wanted)
        for point in points:
            self._asks(point)
        await self.say({"type": "hello", "token": self._token, "attach": points})

    async def _watch(self, socket: ClientConnection) -> None:
        """Attach what is not attached; give up a connection that does not even answer pings."""
        loop = asyncio.get_running_loop()
        self._heard = loop.time()
        while loop.time() - self._heard < _SILENCE_S:
            await asyncio.sleep(_PING_S)
            await self.say({"type": "ping"})
            for session_id in self.wanted - self.attached - self._asking:
                await self._attach(session_id)
        self._journal.count("connections given up")
        socket.transport.abort()

    async def _read(self, socket: ClientConnection) -> None:
        try:
            async for raw in socket:
                self._heard = asyncio.get_running_loop().time()
                self._take(json.loads(raw) if isinstance(raw, str) else _unpack(raw))
        except WebSocketException:
            pass

    def _take(self, frame: Frame) -> None:
        kind = frame["type"]
        if kind in ("ack", "error"):
            self._answer(frame)
        elif kind == "drain":
            self._journal.note(Cut(reader=self.name, why="drain"))
            # come back elsewhere, soon
            self._pause_s = frame["reconnect_in_ms"] / 1000 * self._draw.random()
            asyncio.get_running_loop().call_later(self._pause_s, self.drop)
        elif kind == "pong":
            if pong := self._pongs.pop(frame.get("nonce") or "", None):
                pong.set()
        elif kind != "welcome":
            self._follow(kind, frame)

    def _answer(self, frame: Frame) -> None:
        if frame["type"] == "error":
            self._journal.note(Got(reader=self.name, frame=frame))
            self._journal.count(f"errors {frame['code']}")
            if wait_ms := frame.get("retry_after_ms"):
                self._pause_s = max(self._pause_s, wait_ms / 1000)
            self._asking.discard(frame.get("ref") or "")
        self._told(frame)

    def _follow(self, kind: str, frame: Frame) -> None:
        self._journal.note(Got(reader=self.name, frame=frame))
        session_id = frame.get("session_id") or frame["session"]["id"]
        if session_id in self._away:
            return
        if kind == "attached":
            self._asking.discard(session_id)
            self.attached.add(session_id)
            self.wanted.add(session_id)
        if session_id not in self.attached:
            return
        self._move(kind, session_id, frame)
        if kind in ("snapshot", "turn_done", "turn_failed"):
            self._told(frame)

    def _move(self, kind: str, session_id: str, frame: Frame) -> None:
        if kind == "snapshot" or (kind == "attached" and frame["recovered"]):
            self.cursors[session_id] = (frame["epoch"], frame["seq"])
        elif kind != "attached":
            # what follows recovered: false is worth nothing before its snapshot
            self.cursors[session_id] = (self.cursors[session_id][0], frame["seq"])
