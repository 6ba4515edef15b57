"""A client that keeps a cursor, is cut off, comes back, and checks that nothing is missing."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

import msgspec
from msgspec import Struct

from bench.client import Client
from bench.harness import token

__all__ = ["Follower", "scripted_text"]


class _Frame(Struct):
    type: str
    session_id: str = ""
    epoch: str = ""
    seq: int = 0
    text: str = ""
    recovered: bool = True
    running_turn: dict[str, Any] | None = None
    messages: tuple[dict[str, Any], ...] = ()


_decode = msgspec.json.Decoder(_Frame).decode


def scripted_text(tokens: int) -> str:
    """Return what the scripted model answers."""
    return "".join(f"w{index} " for index in range(tokens))


class Follower:
    """One user with one session: `connect` resumes where it was.

    `exact` counts cuts after which it went on at its cursor, `restored` those healed by a snapshot;
    `answers` are the whole texts, `wrong` is what broke the protocol.
    """

    def __init__(self, ws_url: str, user_id: str, session_id: str = "") -> None:
        self.ws_url = ws_url
        self.user_id = user_id
        self.session_id = session_id
        self.epoch = ""
        self.seq = 0
        self.text = ""
        self.exact = self.restored = self.restarts = 0
        self.answers: list[str] = []
        self.first_s: list[float] = []
        self.delta_at = 0.0
        self.wrong: list[str] = []
        self.client: Client | None = None
        self._hello_at: float | None = None
        self._owed = 0
        self._news = asyncio.Event()

    async def connect(self) -> None:
        """Connect, say hello, and attach at the cursor when a session is known."""
        client = await Client.open(self.ws_url, self._take, user_id=self.user_id)
        self.client = client
        client.gone.add_done_callback(lambda _: self._news.set())
        point: dict[str, Any] = {"session_id": self.session_id}
        if self.epoch:
            point |= {"epoch": self.epoch, "after": self.seq}
            self._owed += 1
        self._hello_at = time.perf_counter()
        attach = [point] if self.session_id else []
        client.say({"type": "hello", "token": token(self.user_id), "attach": attach})

    def ask(self, key: str) -> None:
        """Send a message."""
        assert self.client is not None  # noqa: S101 - for the type checker
        frame = {"type": "send", "client_msg_id": key, "text": "I can't decide what to do"}
        self.client.say(frame | ({"session_id": self.session_id} if self.session_id else {}))

    def cut(self) -> None:
        """Lose the connection."""
        if self.client is not None:
            self.client.abort()

    @property
    def lost(self) -> bool:
        """Tell whether the connection has ended."""
        return self.client is not None and self.client.gone.done()

    async def until(self, condition: Callable[[Any], object], *, deadline_s: float = 60) -> None:
        """Wait until a condition on this follower holds; raises TimeoutError."""
        async with asyncio.timeout(deadline_s):
            while not condition(self):
                self._news.clear()
                await self._news.wait()

    def _take(self, raw: bytes) -> None:
        frame = _decode(raw)
        match frame.type:
            case "ack":
                self.session_id = frame.session_id
            case "attached":
                self._attached(frame)
            case "snapshot":
                self._snapshot(frame)
            case "error":
                self.wrong.append(raw.decode())
            case _ if frame.seq:
                self._log_frame(frame)
        self._news.set()

    def _attached(self, frame: _Frame) -> None:
        same = frame.recovered and (frame.epoch, frame.seq) == (self.epoch, self.seq)
        if same:
            self.exact += self._owed
        else:
            self.restored += self._owed
        self._owed = 0
        self.epoch, self.seq = frame.epoch, frame.seq

    def _snapshot(self, frame: _Frame) -> None:
        self._came()
        if frame.running_turn is not None:
            self.text = frame.running_turn["text"]
        elif frame.messages and frame.messages[-1]["role"] == "assistant":
            self.answers.append(frame.messages[-1]["text"])

    def _came(self) -> None:
        """Note how long after the hello the first news came."""
        if self._hello_at is not None:
            self.first_s.append(time.perf_counter() - self._hello_at)
            self._hello_at = None

    def _log_frame(self, frame: _Frame) -> None:
        self._came()
        if frame.seq != self.seq + 1:
            self.wrong.append(f"{frame.seq} after {self.seq}")
        self.seq = frame.seq
        if frame.type == "delta":
            self.text += frame.text
            self.delta_at = time.perf_counter()
        elif frame.type in ("turn_started", "turn_restarted"):
            self.text = ""
            self.restarts += frame.type == "turn_restarted"
        elif frame.type == "turn_done":
            if frame.text != self.text:
                self.wrong.append("the deltas are not the answer")
            self.answers.append(frame.text)
        elif frame.type == "turn_failed":
            self.wrong.append("turn_failed")
