"""A user with several devices who talks, stops, looks away and comes back, and never gives up."""

import asyncio
import random
from collections.abc import Sequence
from typing import Any

import httpx
from msgspec import Struct

from sessions.llm.scripted import FAIL_AFTER_10, FAIL_BEFORE_FIRST
from tests.chaos.device import Device
from tests.chaos.events import Acked, Frame, Got, Sent
from tests.chaos.journal import Journal
from tests.chaos.reading import ends_in

__all__ = ["Door", "User"]

_ACK_S = 2.5
_MOST_SESSIONS = 2
_MOST_OPEN = 3
_POLICIES = ("merge", "queue", "interrupt", "reject", "merge")
_MARKED = (FAIL_AFTER_10, FAIL_BEFORE_FIRST)


class Door(Struct, frozen=True):
    """A server as clients reach it, through the line that breaks."""

    api: str
    ws: str


class _Message(Struct, kw_only=True):
    client_msg_id: str
    text: str
    policy: str
    session_id: str | None
    acked: asyncio.Event
    pause_s: float = 0.0


class User:
    """Talks through devices and over HTTP; `strangers` gives session ids of other users."""

    def __init__(
        self, name: str, token: str, doors: Sequence[Door], journal: Journal, *, seed: str
    ) -> None:
        self.name = name
        self.token = token
        self.sessions: list[str] = []
        self.strangers: list[User] = []
        self._doors = doors
        self._journal = journal
        self._draw = random.Random(seed)
        self._messages: dict[str, _Message] = {}
        self.open: dict[str, str] = {}
        self._ended: set[str] = set()
        self._count = 0
        self._asked_sessions = 0
        self.devices: list[Device] = []
        self._http = httpx.AsyncClient(
            headers={"authorization": f"Bearer {token}"}, timeout=_ACK_S, trust_env=False
        )

    def new_device(self, name: str) -> Device:
        """Return a device of this user that is not connected yet."""
        return Device(
            f"{self.name}/{name}",
            self.token,
            [each.ws for each in self._doors],
            self._journal,
            random.Random(self._draw.random()),
            told=self._told,
        )

    async def live(self, n_devices: int, talking: asyncio.Event) -> None:
        """Use `n_devices` as long as `talking` is set; then see every message acknowledged."""
        self.devices = [self.new_device(f"d{i}") for i in range(n_devices)]
        async with asyncio.TaskGroup() as group:
            connected = [group.create_task(each.run()) for each in self.devices]
            try:
                async with asyncio.TaskGroup() as sending:
                    acting = [
                        sending.create_task(self._act(each, sending)) for each in self.devices
                    ]
                    await _unset(talking)
                    for task in acting:
                        task.cancel()
                await asyncio.Event().wait()
            finally:
                for task in connected:
                    task.cancel()
                await self._http.aclose()

    @property
    def unacked(self) -> list[str]:
        """The messages that wait for their ack."""
        return [key for key, each in self._messages.items() if not each.acked.is_set()]

    async def _act(self, device: Device, sending: asyncio.TaskGroup) -> None:
        draw = self._draw
        while True:
            await asyncio.sleep(draw.uniform(0.2, 4.0))
            chance = draw.random()
            session_id = draw.choice(self.sessions) if self.sessions else None
            if chance < 0.62 or session_id is None:
                self._talk(session_id, sending)
            elif chance < 0.72:
                await self._stop(device, session_id)
            elif chance < 0.90:
                away_s, fresh = draw.uniform(0, 0.5), draw.random() < 0.3
                await device.look_away(session_id, fresh=fresh, away_s=away_s)
            elif chance < 0.96:
                device.drop()
            else:
                await self._trespass(device)

    def _talk(self, session_id: str | None, sending: asyncio.TaskGroup) -> None:
        draw = self._draw
        if self._asked_sessions < _MOST_SESSIONS and (session_id is None or draw.random() < 0.3):
            self._asked_sessions += 1
            session_id = None
        elif session_id is None or self._open_in(session_id) >= _MOST_OPEN:
            return
        self._count += 1
        mark = f" {draw.choice(_MARKED)}" if draw.random() < 0.1 else ""
        message = _Message(
            client_msg_id=f"{self.name}-{self._count}",
            text=f"{self.name} says thing number {self._count}{mark}",
            policy=draw.choice(_POLICIES),
            session_id=session_id,
            acked=asyncio.Event(),
        )
        self._messages[message.client_msg_id] = message
        self._journal.note(
            Sent(user=self.name, client_msg_id=message.client_msg_id, text=message.text)
        )
        sending.create_task(self._deliver(message))

    def _open_in(self, session_id: str) -> int:
        """Count messages whose answer has not been seen to end, so that nothing piles up."""
        waiting = [each for each in self._messages.values() if each.session_id == session_id]
        unacked = sum(not each.acked.is_set() for each in waiting)
        return unacked + sum(where == session_id for where in self.open.values())

    async def _deliver(self, message: _Message) -> None:
        """Send until acknowledged; now and then once more, for good measure."""
        self._journal.count("messages")
        while not message.acked.is_set():
            gone_out = await self._try(message)
            try:
                async with asyncio.timeout(_ACK_S if gone_out else 0.2):
                    await message.acked.wait()
            except TimeoutError:
                self._journal.count("resends after silence")
            if message.pause_s and not message.acked.is_set():
                await asyncio.sleep(message.pause_s)
                message.pause_s = 0.0
        if self._draw.random() < 0.2:
            await self._try(message)

    async def _try(self, message: _Message) -> bool:
        """Send once, or twice at once by two ways; False when there was no way."""
        ways = [*self.devices, None] if message.session_id else [*self.devices]
        chosen = self._draw.sample(ways, k=2 if self._draw.random() < 0.25 else 1)
        self._journal.count("sends", len(chosen))
        return any(await asyncio.gather(*(self._by(way, message) for way in chosen)))

    async def _by(self, way: Device | None, message: _Message) -> bool:
        frame: Frame = {
            "client_msg_id": message.client_msg_id,
            "text": message.text,
            "policy": message.policy,
        }
        if way is None:
            return await self._post(f"/sessions/{message.session_id}/messages", frame)
        if message.session_id:
            frame["session_id"] = message.session_id
        return await way.say({"type": "send"} | frame)

    async def _post(self, path: str, body: Frame) -> bool:
        try:
            answer = await self._http.post(f"{self._draw.choice(self._doors).api}{path}", json=body)
            found: Any = answer.json() if answer.content else {}
        except (httpx.HTTPError, ValueError):
            self._journal.count("requests that failed")
            return False
        if answer.status_code == 202 and found:
            self._told({"type": "ack"} | found)
        elif answer.status_code >= 400:
            error = {"type": "error", "code": found["code"], "ref": body.get("client_msg_id")}
            error["retry_after_ms"] = found.get("retry_after_ms")
            self._journal.note(Got(reader=f"{self.name}/http", frame=error))
            self._journal.count(f"errors {found['code']}")
            self._told(error)
        return True

    async def _stop(self, device: Device, session_id: str) -> None:
        self._journal.count("stops")
        frame: Frame = {"session_id": session_id}
        turns = [turn_id for turn_id, where in self.open.items() if where == session_id]
        if turns and self._draw.random() < 0.3:
            frame["turn_id"] = self._draw.choice(turns)
        await device.say({"type": "stop"} | frame)

    async def _trespass(self, device: Device) -> None:
        """Ask for what belongs to somebody else."""
        found = [each for user in self.strangers for each in user.sessions]
        if not found:
            return
        self._journal.count("trespasses")
        session_id = self._draw.choice(found)
        if self._draw.random() < 0.5:
            await device.say({"type": "attach", "session_id": session_id})
        else:
            key = f"{self.name}-trespass-{self._draw.random()}"
            frame = {"client_msg_id": key, "text": "let me in", "session_id": session_id}
            await device.say({"type": "send"} | frame)

    def _told(self, frame: Frame) -> None:
        match frame["type"]:
            case "ack":
                self._acknowledged(frame)
            case "error":
                message = self._messages.get(frame.get("ref") or "")
                if message is not None:
                    message.pause_s = (frame.get("retry_after_ms") or 300) / 1000
            case "snapshot":
                for turn_id in ends_in(frame["messages"]):
                    self._end(turn_id)
            case _:
                self._end(frame["turn_id"])

    def _end(self, turn_id: str) -> None:
        self._ended.add(turn_id)
        self.open.pop(turn_id, None)

    def _acknowledged(self, frame: Frame) -> None:
        self._journal.note(Acked(user=self.name, ack=frame))
        message = self._messages.get(frame["client_msg_id"])
        if message is None:
            return
        session_id = message.session_id = frame["session_id"]
        message.acked.set()
        if frame["turn_id"] not in self._ended:
            self.open[frame["turn_id"]] = session_id
        if session_id not in self.sessions:
            self.sessions.append(session_id)
            for device in self.devices:
                device.wanted.add(session_id)


async def _unset(event: asyncio.Event) -> None:
    while event.is_set():
        await asyncio.sleep(0.1)
