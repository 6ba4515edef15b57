"""A device as the protocol describes it, written for tests alone: it checks what it is sent."""

import asyncio
import json
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

__all__ = ["Device", "View"]

Frame = dict[str, Any]


class View:
    """What one device knows of one session; raises AssertionError when the log has a hole."""

    def __init__(self) -> None:
        self.epoch: str | None = None
        self.seq: int | None = None
        self.epochs: list[str] = []
        self.messages: dict[str, Frame] = {}
        self.texts: dict[str, str] = {}
        self.ended: dict[str, Frame] = {}
        self.frames: list[Frame] = []
        self.snapshots = 0

    def apply(self, frame: Frame) -> None:
        kind = frame["type"]
        if kind == "attached":
            self._attached(frame)
        elif kind == "snapshot":
            self._snapshot(frame)
        elif "seq" in frame:
            self._log_frame(frame)

    def _attached(self, frame: Frame) -> None:
        if frame["recovered"]:
            assert self.epoch in (None, frame["epoch"])
            assert frame["seq"] == (self.seq or 0)
        self.epoch, self.seq = frame["epoch"], frame["seq"]
        self.epochs.append(frame["epoch"])

    def _snapshot(self, frame: Frame) -> None:
        self.snapshots += 1
        assert (frame["epoch"], frame["seq"]) == (self.epoch, self.seq)
        self.messages = {each["id"]: each for each in frame["messages"]}
        assert len(self.messages) == len(frame["messages"]), "a message twice"
        self.texts = {}
        if running := frame.get("running_turn"):
            self.texts[running["turn_id"]] = running["text"]

    def _log_frame(self, frame: Frame) -> None:
        assert self.seq is not None, "a log frame before attached"
        assert frame["seq"] == self.seq + 1, f"seq {frame['seq']} after {self.seq}"
        self.seq = frame["seq"]
        self.frames.append(frame)
        kind = frame["type"]
        if kind == "message":
            self.messages[frame["message"]["id"]] = frame["message"]
        elif kind in ("turn_started", "turn_restarted"):
            self.texts[frame["turn_id"]] = ""
        elif kind == "delta":
            self.texts[frame["turn_id"]] = self.texts.get(frame["turn_id"], "") + frame["text"]
        elif kind == "turn_done":
            assert self.texts[frame["turn_id"]] == frame["text"], "deltas are not the answer"
            self.ended[frame["turn_id"]] = frame
        elif kind == "turn_failed":
            self.ended[frame["turn_id"]] = frame


class Device:
    """One connection at a time, views that outlive it.

    `async with Device(ws_url, token) as device` connects; `connect` connects again and resumes.
    """

    def __init__(self, ws_url: str, token: str, *, subprotocol: str = "ion.v2.1.json") -> None:
        self.ws_url = ws_url
        self.token = token
        self.subprotocol = subprotocol
        self.views: dict[str, View] = {}
        self.acks: dict[str, Frame] = {}
        self.errors: list[Frame] = []
        self.others: list[Frame] = []
        self.closed: tuple[int, str] | None = None
        self._socket: ClientConnection | None = None
        self._reader: asyncio.Task[None] | None = None
        self._news = asyncio.Condition()

    async def __aenter__(self) -> Self:
        await self.connect()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def connect(self, *, resume: bool = True) -> None:
        """Connect, say hello and attach to all known sessions from their cursors."""
        await self.close()
        self.closed = None
        self._socket = await connect(
            self.ws_url,
            subprotocols=[self.subprotocol],  # type: ignore[list-item]
            max_size=None,
            open_timeout=20,
            compression=None,
        )
        attach: list[Frame] = [
            {"session_id": session_id}
            | ({"epoch": view.epoch, "after": view.seq} if view.epoch else {})
            for session_id, view in self.views.items()
            if resume
        ]
        await self.say({"type": "hello", "token": self.token, "attach": attach})
        self._reader = asyncio.get_running_loop().create_task(self._read(self._socket))

    async def close(self) -> None:
        """Go away without a word to the log."""
        if self._reader is not None:
            self._reader.cancel()
            await asyncio.gather(self._reader, return_exceptions=True)
            self._reader = None
        if self._socket is not None:
            self._socket.transport.abort()
            self._socket = None

    async def say(self, frame: Frame) -> None:
        assert self._socket is not None
        if self.subprotocol.endswith("msgpack"):
            import msgspec

            await self._socket.send(msgspec.msgpack.encode(frame))
        else:
            await self._socket.send(json.dumps(frame))

    async def send(
        self,
        text: str,
        client_msg_id: str,
        session_id: str | None = None,
        *,
        policy: str = "merge",
    ) -> Frame:
        """Send a message and return its ack."""
        self.acks.pop(client_msg_id, None)
        frame = {"type": "send", "client_msg_id": client_msg_id, "text": text, "policy": policy}
        await self.say(frame | ({"session_id": session_id} if session_id else {}))
        await self.until(lambda: client_msg_id in self.acks)
        return self.acks[client_msg_id]

    async def attach(self, session_id: str) -> View:
        """Read a session from a snapshot on, and return the view when it is there."""
        self.views.setdefault(session_id, View())
        await self.say({"type": "attach", "session_id": session_id})
        await self.until(lambda: self.views[session_id].snapshots > 0)
        return self.views[session_id]

    async def until(self, condition: Callable[[], bool], *, deadline_s: float = 20) -> None:
        """Wait for a condition on what was received; raises when the connection ends first."""
        async with asyncio.timeout(deadline_s), self._news:
            while not condition():
                if self.closed is not None:
                    raise ConnectionError(f"closed {self.closed}, errors {self.errors}")
                await self._news.wait()

    async def until_closed(self, *, deadline_s: float = 20) -> tuple[int, str]:
        """Wait for the other side to close; return code and reason."""
        async with asyncio.timeout(deadline_s), self._news:
            while self.closed is None:
                await self._news.wait()
        return self.closed

    async def answer(self, turn_id: str, session_id: str, *, deadline_s: float = 20) -> Frame:
        """Wait for a turn's end and return its frame."""
        view = self.views[session_id]
        await self.until(lambda: turn_id in view.ended, deadline_s=deadline_s)
        return view.ended[turn_id]

    async def ask(self, text: str, client_msg_id: str, session_id: str | None = None) -> Frame:
        """Send a message and return its turn_done."""
        ack = await self.send(text, client_msg_id, session_id)
        return await self.answer(ack["turn_id"], ack["session_id"])

    async def _read(self, socket: ClientConnection) -> None:
        error: BaseException | None = None
        try:
            async for raw in socket:
                self._take(_decoded(raw))
                async with self._news:
                    self._news.notify_all()
        except ConnectionClosed:
            pass
        except (AssertionError, KeyError) as failed:
            error = failed
        async with self._news:
            self.closed = (socket.close_code or 1006, str(error or socket.close_reason))
            self._news.notify_all()
        if error is not None:
            raise error

    def _take(self, frame: Frame) -> None:
        kind = frame["type"]
        if kind == "ack":
            self.acks[frame["client_msg_id"]] = frame
        elif kind == "error":
            self.errors.append(frame)
        elif kind in ("welcome", "pong", "drain"):
            self.others.append(frame)
        else:
            session_id = frame.get("session_id") or frame["session"]["id"]
            self.views.setdefault(session_id, View()).apply(frame)


def _decoded(raw: str | bytes) -> Frame:
    if isinstance(raw, str):
        found: Frame = json.loads(raw)
        return found
    import msgspec

    unpacked: Frame = msgspec.msgpack.decode(raw)
    return unpacked
