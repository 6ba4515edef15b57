"""A user with several devices who talks, stops, looks away and comes back, and never gives up."""

import asyncio
import random
from collections.abc import Sequence

from sessions.llm.scripted import FAIL_AFTER_10, FAIL_BEFORE_FIRST
from tests.chaos.device import Device
from tests.chaos.events import Acked, Forked, Frame, Sent
from tests.chaos.journal import Journal
from tests.chaos.outbox import Door, Outbox
from tests.chaos.reading import ends_in

__all__ = ["User"]

_MOST_SESSIONS = 2
_MOST_OPEN = 3
_POLICIES = ("merge", "queue", "interrupt", "reject", "merge")
_MARKED = (FAIL_AFTER_10, FAIL_BEFORE_FIRST)
_HABITS = {
    "talk": 40,
    "burst": 12,
    "type": 6,
    "stop": 9,
    "fork": 6,
    "read": 6,
    "rate": 3,
    "look away": 16,
    "drop": 6,
    "trespass": 4,
}


class User:
    """Talks through devices and over HTTP; `strangers` are users whose sessions it may not see."""

    def __init__(
        self, name: str, token: str, doors: Sequence[Door], journal: Journal, *, seed: str
    ) -> None:
        self.name = name
        self.token = token
        self.sessions: list[str] = []
        self.open: dict[str, str] = {}
        self._shown: dict[str, set[str]] = {}
        self.strangers: list[User] = []
        self._doors = doors
        self._journal = journal
        self._draw = random.Random(seed)
        self._said: list[Frame] = []
        self._closed: set[str] = set()
        self._answered: set[str] = set()
        self._asked_sessions = 0
        self._outbox = Outbox(name, token, doors, journal, self._draw, told=self._told)

    @property
    def devices(self) -> list[Device]:
        """Return the devices in use."""
        return self._outbox.devices

    @property
    def unacked(self) -> list[str]:
        """Return the keys of what waits for its ack."""
        return [each.client_msg_id for each in self._outbox.unacked]

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
        self.devices.extend(self.new_device(f"d{i}") for i in range(n_devices))
        async with asyncio.TaskGroup() as group:
            for device in self.devices:
                group.create_task(device.run())
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
                await self._outbox.aclose()

    async def _act(self, device: Device, sending: asyncio.TaskGroup) -> None:
        draw = self._draw
        while True:
            await asyncio.sleep(draw.uniform(0.2, 4.0))
            [habit] = draw.choices([*_HABITS], [*_HABITS.values()])
            if not self.sessions:
                habit = "talk"
            session_id = draw.choice(self.sessions) if self.sessions else None
            if habit in ("talk", "burst") or session_id is None:
                await self._talk(session_id, sending, burst=habit == "burst")
            elif habit == "fork":
                self._fork(session_id, sending)
            else:
                await self._fidget(habit, device, session_id)

    async def _fidget(self, habit: str, device: Device, session_id: str) -> None:
        draw = self._draw
        match habit:
            case "stop":
                await self._stop(device, session_id)
            case "type":
                active = draw.random() < 0.7
                await device.say({"type": "typing", "session_id": session_id, "active": active})
            case "read":
                await device.read(session_id)
            case "rate":
                await self._rate(device, session_id)
            case "look away":
                away_s, fresh = draw.uniform(0, 0.5), draw.random() < 0.3
                await device.look_away(session_id, fresh=fresh, away_s=away_s)
            case "drop":
                device.drop()
            case _:
                await self._trespass(device)

    async def _talk(
        self, session_id: str | None, sending: asyncio.TaskGroup, *, burst: bool
    ) -> None:
        """Say something, in a burst as two messages; in a new session while there are few."""
        draw = self._draw
        if self._asked_sessions < _MOST_SESSIONS and (session_id is None or draw.random() < 0.3):
            self._asked_sessions += 1
            session_id = None
        elif session_id is None or self._open_in(session_id) >= _MOST_OPEN:
            return
        self._say(session_id, "merge" if burst else draw.choice(_POLICIES), sending)
        if burst and session_id is not None:
            await asyncio.sleep(draw.uniform(0, 0.1))
            self._say(session_id, "merge", sending)

    def _say(self, session_id: str | None, policy: str, sending: asyncio.TaskGroup) -> None:
        draw = self._draw
        mark = f" {draw.choice(_MARKED)}" if draw.random() < 0.1 else ""
        text = f"{self.name} says {draw.random()}{mark}"
        wish = self._outbox.new("send", session_id, text=text, policy=policy)
        self._journal.note(Sent(user=self.name, client_msg_id=wish.client_msg_id, text=text))
        sending.create_task(self._outbox.deliver(wish))

    def _fork(self, session_id: str, sending: asyncio.TaskGroup) -> None:
        """Have a turn answered again, or replace a message."""
        said = [each for each in self._said if each["session_id"] == session_id]
        if not said or any(each.kind != "send" for each in self._outbox.unacked):
            return
        from_ = self._draw.choice(said)
        text = f"{self.name} means {self._draw.random()}" if self._draw.random() < 0.5 else None
        if text is None:
            wish = self._outbox.new("regenerate", session_id, turn_id=from_["turn_id"])
        else:
            wish = self._outbox.new("edit", session_id, message_id=from_["message_id"], text=text)
        self._journal.note(
            Forked(
                user=self.name,
                session_id=session_id,
                client_msg_id=wish.client_msg_id,
                turn_id=from_["turn_id"],
                text=text,
            )
        )
        sending.create_task(self._outbox.deliver(wish))

    def _open_in(self, session_id: str) -> int:
        """Count messages whose answer has not been seen to end, so that nothing piles up."""
        unacked = sum(each.session_id == session_id for each in self._outbox.unacked)
        return unacked + sum(where == session_id for where in self.open.values())

    async def _stop(self, device: Device, session_id: str) -> None:
        self._journal.count("stops")
        frame: Frame = {"session_id": session_id}
        turns = [turn_id for turn_id, where in self.open.items() if where == session_id]
        if turns and self._draw.random() < 0.3:
            frame["turn_id"] = self._draw.choice(turns)
        await device.say({"type": "stop"} | frame)

    async def _rate(self, device: Device, session_id: str) -> None:
        said = [
            each
            for each in self._said
            if each["session_id"] == session_id and each["turn_id"] in self._answered
        ]
        if said:
            turn_id = self._draw.choice(said)["turn_id"]
            frame = {"session_id": session_id, "turn_id": turn_id, "rating": 1}
            await device.say({"type": "feedback"} | frame)

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
                wish = self._outbox.wishes.get(frame.get("ref") or "")
                if wish is not None:
                    wish.pause_s = (frame.get("retry_after_ms") or 300) / 1000
            case "snapshot":
                self._look_over(frame)
            case kind:
                self._end(frame["turn_id"], answered=kind == "turn_done")

    def _look_over(self, snapshot: Frame) -> None:
        """Learn what ended, and wait no more for turns of a branch that is not shown."""
        for turn_id, end in ends_in(snapshot["messages"]).items():
            self._end(turn_id, answered=end.answered)
        shown = {each["turn_id"] for each in snapshot["messages"]}
        session_id = snapshot["session"]["id"]
        self._shown[session_id] = shown
        for turn_id, where in list(self.open.items()):
            if where == session_id and self._is_left(turn_id, session_id):
                del self.open[turn_id]

    def _is_left(self, turn_id: str, session_id: str) -> bool:
        """Tell whether a turn is of a branch that was not shown any more when last looked at."""
        shown = self._shown.get(session_id, set())
        return turn_id not in shown and turn_id < max(shown, default="")

    def _end(self, turn_id: str, *, answered: bool) -> None:
        if answered:
            self._answered.add(turn_id)
        self._closed.add(turn_id)
        self.open.pop(turn_id, None)

    def _acknowledged(self, frame: Frame) -> None:
        self._journal.note(Acked(user=self.name, ack=frame))
        wish = self._outbox.wishes.get(frame["client_msg_id"])
        if wish is None:
            return
        session_id = wish.session_id = frame["session_id"]
        if not wish.acked.is_set():
            wish.acked.set()
            self._said.append(frame)
            # an ack may come after an edit has left its branch
            if frame["turn_id"] not in self._closed and not self._is_left(
                frame["turn_id"], session_id
            ):
                self.open[frame["turn_id"]] = session_id
        if session_id not in self.sessions:
            self.sessions.append(session_id)
            for device in self.devices:
                device.wanted.add(session_id)


async def _unset(event: asyncio.Event) -> None:
    while event.is_set():
        await asyncio.sleep(0.1)
